"""What measured tables say of how a device is."""
