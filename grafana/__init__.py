"""Dashboards as code: `python -m grafana.generate` writes `dashboards/` from `boards/`, once in each language."""
