"""An SNMP manager that knows nothing of the rest of netwatch."""
