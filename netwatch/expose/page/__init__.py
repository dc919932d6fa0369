"""The operator's page: read models as JSON, their changes as events, and the few static parts that show them."""
