"""Tables as Excel files: text stays text, whatever it begins with. Not for what tables hold."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """A title, which heads the first column, the other columns, the rows."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


def sheets(tables: Iterable[Table]) -> bytes:
    """An Excel file with a sheet for each table."""
    # Loaded only when a table is asked for: it takes memory in every process.
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.title[:31])
        sheet.column_dimensions["A"].width = 36
        sheet.append([_cell(sheet, text, bold=True) for text in (table.title, *table.columns)])
        for row in table.rows:
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: object, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    plain = value if isinstance(value, int) else ILLEGAL_CHARACTERS_RE.sub("", str(value))
    cell = WriteOnlyCell(sheet, value=plain)
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    if bold:
        cell.font = Font(bold=True)
    return cell
