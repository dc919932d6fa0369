"""Everything that turns a checkout into something that can be installed: run by `make deb` and `make wheelhouse`."""
