"""One device: what one poll or echo changes in what is known of it."""
