"""`python -m grafana.generate` writes `grafana/dashboards/LANGUAGE/NAME.json` anew from the code."""

import json
from collections.abc import Mapping
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.board import Board, render_board
from grafana.boards import audit, capacity, city, device, fault, field_device, own, ring_link, service
from grafana.words import Language

FOLDER = Path(__file__).parent / "dashboards"
BOARDS: tuple[Board, ...] = tuple(
    module.BOARD for module in (city, fault, service, ring_link, device, field_device, capacity, audit, own)
)


def dashboards() -> Mapping[Path, str]:
    """Every file of `dashboards/` -> its text."""
    return {
        FOLDER / language / f"{board.name}.json": json.dumps(
            render_board(board, language), cls=JSONEncoder, ensure_ascii=False, indent=1, sort_keys=True
        )
        + "\n"
        for board in BOARDS
        for language in Language
    }


def main() -> None:
    """Write what the code says, and remove what it says no more."""
    wanted = dashboards()
    for stale in set(FOLDER.glob("*/*.json")) - set(wanted):
        stale.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
