"""The wire inwards: scheduler, poller, ping, TCP checks, discovery."""
