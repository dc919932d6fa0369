"""inventory.yaml and its includes -> core.model.Inventory, or every mistake at once."""
