"""Read-only JSON for the city's other systems: each standard a module of pure builders, routing apart from them."""
