"""The wire outwards: fragments, pages, service discovery, HTTP, control socket."""
