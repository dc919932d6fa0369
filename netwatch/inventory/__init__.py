"""inventory.yaml and its includes -> core.model.Inventory, or every mistake at once.

The stages, in order: `yaml_source` and `csv_source` (bytes -> nodes), `includes` (which files), `reader` by `schema`
(nodes -> records), `build` (records -> core.model), `checks` (does it fit together). `summary.summary` tells an
inventory back on one screen; `changes.changes` compares two for a reload.
"""

from netwatch.inventory.loading import load, sources

__all__ = ["load", "sources"]
