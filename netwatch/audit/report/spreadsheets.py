"""Tables of a report -> XLSX. Figures stay exact: seconds with three decimals, as numbers.

Text that a spreadsheet would take for a formula is kept from being one: names come from devices and from people.
"""

import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from netwatch.core.audit.report.tables import Cell, Table

_HEAD, _EXACT = Font(bold=True), "#,##0.000"
_REPLACED = "\N{REPLACEMENT CHARACTER}"


def as_xlsx(tables: Iterable[Table]) -> bytes:
    """A sheet a table; the names of the columns stay in view."""
    book = openpyxl.Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.freeze_panes = "A2"
        for place, column in enumerate(table.columns, 1):
            sheet.column_dimensions[get_column_letter(place)].width = max(len(column) + 2, 12)
        sheet.append([_styled(sheet, column, font=_HEAD) for column in table.columns])
        for row in table.rows:
            sheet.append([_xlsx_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_cell(sheet: Any, cell: Cell) -> Any:  # noqa: ANN401 - openpyxl is not typed
    if isinstance(cell, Decimal):
        return _styled(sheet, cell, number_format=_EXACT)
    if not isinstance(cell, str):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub(_REPLACED, cell)
    return _styled(sheet, text, data_type="s") if text.startswith("=") else text


def _styled(sheet: Any, value: Cell, **style: Any) -> Any:  # noqa: ANN401 - openpyxl is not typed
    cell = WriteOnlyCell(sheet, value)
    for name, told in style.items():
        setattr(cell, name, told)
    return cell
