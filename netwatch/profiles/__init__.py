"""Vendor and MIB knowledge as YAML: which objects a device is asked for, and how its rows are read."""
