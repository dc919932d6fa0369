"""Reports of the ledger: read from a store or a pack, and written as files."""
