"""What a crawl through the network found, held against the inventory."""
