"""Links and rings of the city, judged from both their ends."""
