"""Field devices: one verdict each, with its evidence."""
