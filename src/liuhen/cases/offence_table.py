"""A table of offences as the authority hands it in: CSV or Excel, read row by row.

One row an offence, or one a grade of its discretion: further rows of the same number leave the
words empty or repeat them. Nothing is believed of a file: its size, its kind, formulas, figures.
Not for putting offences on the list (`actions.offences`).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from liuhen.kernel.refusals import Refused

LARGEST = 2 * 1024**2
_LARGEST_UNPACKED = 50 * 1024**2
_MOST_ROWS = 5000
_MOST_FAULTS = 50
_HIGHEST_FINE = Decimal("100000000")

# Column, its heading and the longest text; the first four are needed of every offence.
TEXTS = (
    ("code", "编号", 40),
    ("cause", "案由", 200),
    ("breached", "违反的规定", 1000),
    ("basis", "处罚依据", 1000),
    ("conditions", "适用简易程序的条件", 2000),
    ("correction", "责令改正内容", 1000),
)
GRADE = ("裁量档次", "适用情形", "罚款下限（元）", "罚款上限（元）")
HEADINGS = (*(heading for _, heading, _ in TEXTS), *GRADE)
_NEEDED = ("cause", "breached", "basis")


@dataclass
class ReadOffence:
    """An offence as its rows tell it; `grades` as the model has them."""

    code: str
    words: dict[str, str]
    grades: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ReadTable:
    """What was read, or what stands in the way: sentences that name the row."""

    offences: Sequence[ReadOffence]
    faults: Sequence[str]


def read_table(content: bytes, name: str) -> ReadTable:
    """Read a file by its ending: `.xlsx`, else CSV in UTF-8 or GB 18030.

    Raises:
        Refused: `table.too_large`, `table.unreadable`, `table.headings`.
    """
    if len(content) > LARGEST:
        raise Refused("table.too_large", most=f"{LARGEST // 1024**2} MB")
    rows = _of_excel(content) if name.lower().endswith(".xlsx") else _of_csv(content)
    if len(rows) > _MOST_ROWS + 1:
        raise Refused("table.too_large", most=f"{_MOST_ROWS} 行")
    heading = [cell.strip() for cell in rows[0]] if rows else []
    missing = [one for one in HEADINGS if one not in heading]
    if missing:
        raise Refused("table.headings", missing="、".join(missing))
    places = [heading.index(one) for one in HEADINGS]
    table = _Table()
    for number, row in enumerate(rows[1:], start=2):
        cells = [row[at].strip() if at < len(row) else "" for at in places]
        if any(cells):
            table.take(number, dict(zip(HEADINGS, cells, strict=True)))
    return table.read()


class _Table:
    """The rows taken so far."""

    def __init__(self) -> None:
        self._offences: dict[str, ReadOffence] = {}
        self._faults: list[str] = []

    def take(self, number: int, cells: dict[str, str]) -> None:
        """Take one row, or note everything that is wrong with it."""
        before = len(self._faults)
        words = {key: cells[heading] for key, heading, _ in TEXTS}
        for key, heading, longest in TEXTS:
            if len(words[key]) > longest:
                self._fault(number, f"“{heading}”超过 {longest} 字")
        for heading, cell in cells.items():
            if cell.startswith(("=", "+", "@", "\t")):
                self._fault(number, f"“{heading}”是公式，请填写文字或者数字")
        if not words["code"]:
            self._fault(number, "没有编号")
        known = self._offences.get(words["code"])
        lacking = [h for key, h, _ in TEXTS if key in _NEEDED and not words[key] and not known]
        if lacking:
            self._fault(number, f"没有{'、'.join(lacking)}")
        differing = [
            h for key, h, _ in TEXTS if known and words[key] and words[key] != known.words[key]
        ]
        if differing:
            self._fault(number, f"{'、'.join(differing)}与编号 {words['code']} 前面的行不同")
        grade = self._grade(number, cells, known)
        if len(self._faults) > before:
            return
        offence = known or ReadOffence(words["code"], words)
        self._offences[offence.code] = offence
        if grade is not None:
            offence.grades.append(grade)
        elif known is not None:
            self._fault(number, f"编号 {offence.code} 重复，又没有另写一档裁量")

    def _grade(
        self, number: int, cells: dict[str, str], known: ReadOffence | None
    ) -> dict[str, Any] | None:
        name, circumstances, low, high = (cells[heading] for heading in GRADE)
        if not (name or circumstances or low or high):
            return None
        if not (name and low and high):
            self._fault(number, "裁量档次、罚款下限、罚款上限要填就都要填")
            return None
        if known and any(one["name"] == name for one in known.grades):
            self._fault(number, f"编号 {known.code} 的“{name}”档写了两次")
        least, most = (self._fen(number, heading, cells[heading]) for heading in GRADE[2:])
        if least is None or most is None:
            return None
        if least > most:
            self._fault(number, f"罚款下限 {low} 高于上限 {high}")
        return {
            "name": name[:40],
            "circumstances": circumstances[:2000],
            "from_fen": least,
            "to_fen": most,
        }

    def _fen(self, number: int, heading: str, text: str) -> int | None:
        try:
            yuan = Decimal(text.replace(",", "").replace("，", ""))
        except InvalidOperation:
            yuan = Decimal("NaN")
        if not yuan.is_finite() or not 0 <= yuan <= _HIGHEST_FINE or yuan * 100 % 1:
            self._fault(number, f"“{heading}”不是金额：{text[:40]}")
            return None
        return int(yuan * 100)

    def _fault(self, number: int, what: str) -> None:
        self._faults.append(f"第 {number} 行：{what}。")

    def read(self) -> ReadTable:
        """The whole; of very many faults the first ones."""
        faults = self._faults[:_MOST_FAULTS]
        if len(self._faults) > _MOST_FAULTS:
            faults.append(f"另有 {len(self._faults) - _MOST_FAULTS} 处，改正上面的以后再看。")
        return ReadTable(tuple(self._offences.values()), tuple(faults))


def _of_csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            return list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Refused("table.unreadable")


def _of_excel(content: bytes) -> list[list[str]]:
    """The first sheet's cells as text; formulas stay formulas, so that they are seen."""
    # every server process would hold its 20 MB for the one table a year
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _LARGEST_UNPACKED:
                raise Refused("table.too_large", most=f"{_LARGEST_UNPACKED // 1024**2} MB")
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=_MOST_ROWS + 2, max_col=40, values_only=True)
        return [_texts(row) for row in rows]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError):
        raise Refused("table.unreadable") from None


def _texts(cells: Iterable[Any]) -> list[str]:
    return ["" if one is None else str(one) for one in cells]


def sample() -> str:
    """A table to begin with, as CSV: one offence of two grades, one without grades."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    told = ("示例-01", "示例案由甲", "《示例条例》第一条", "《示例条例》第十一条", "", "限期清理")
    writer.writerow([*told, "较轻", "初次违法，当场改正", "100", "500"])
    writer.writerow([told[0], *[""] * 5, "一般", "未当场改正", "500", "2000"])
    other = (
        "示例-02",
        "示例案由乙",
        "《示例条例》第二条",
        "《示例条例》第十二条",
        "对公民二百元以下",
        "",
    )
    writer.writerow([*other, *[""] * 4])
    return "\ufeff" + out.getvalue()
