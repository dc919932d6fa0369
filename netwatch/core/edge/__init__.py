"""The city's edge ports: who is on them, and who should be."""
