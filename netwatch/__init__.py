"""netwatch watches a city's own fibre network and keeps figures that an auditor can recompute."""
