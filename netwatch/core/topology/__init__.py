"""The inventory as a graph."""
