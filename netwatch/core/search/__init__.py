"""Finding anything of the city by any of its names and numbers."""
