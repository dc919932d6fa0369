"""What a device sees around it, and whether the inventory agrees."""
