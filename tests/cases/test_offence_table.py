"""A table of offences is read row by row; each thing that is wrong is said with its row."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from liuhen.cases.offence_table import HEADINGS, LARGEST, ReadTable, read_table, sample
from liuhen.kernel.refusals import Refused

WORDS = ("X-1", "占道堆物", "某条例第一条", "某条例第二条", "", "限期清理")
LIGHT = ("较轻", "初次", "100", "500")


def as_csv(*rows: tuple[Any, ...], encoding: str = "utf-8", headings: Any = HEADINGS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode(encoding)


def as_excel(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    for row in (HEADINGS, *rows):
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(*rows: tuple[Any, ...]) -> ReadTable:
    return read_table(as_csv(*rows), "list.csv")


def test_the_sample_is_read_as_it_is_written() -> None:
    table = read_table(sample().encode(), "sample.csv")
    assert table.faults == ()
    first, second = table.offences
    assert [(one["name"], one["from_fen"], one["to_fen"]) for one in first.grades] == [
        ("较轻", 10_000, 50_000),
        ("一般", 50_000, 200_000),
    ]
    assert (second.words["cause"], second.grades) == ("示例案由乙", [])


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (as_csv((*WORDS, *LIGHT), encoding="utf-8-sig"), "a.csv"),
        (as_csv((*WORDS, *LIGHT), encoding="gb18030"), "a.csv"),
        (as_excel((*WORDS, "较轻", "初次", 100, 500.0)), "a.XLSX"),
    ],
    ids=["utf-8", "gb18030", "excel"],
)
def test_the_same_table_comes_in_each_form(content: bytes, name: str) -> None:
    (offence,) = read_table(content, name).offences
    assert (offence.code, offence.words["correction"]) == ("X-1", "限期清理")
    assert offence.grades == [
        {"name": "较轻", "circumstances": "初次", "from_fen": 10_000, "to_fen": 50_000}
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("", *WORDS[1:], *LIGHT), "没有编号"),
        (("X-2", "", "", "某条例", "", "", *LIGHT), "没有案由、违反的规定"),
        (("X-2", *WORDS[1:], "较轻", "", "", "500"), "要填就都要填"),
        (("X-2", *WORDS[1:], "较轻", "", "-1", "500"), "不是金额"),
        (("X-2", *WORDS[1:], "较轻", "", "1e99", "500"), "不是金额"),
        (("X-2", *WORDS[1:], "较轻", "", "NaN", "500"), "不是金额"),
        (("X-2", *WORDS[1:], "较轻", "", "0.001", "500"), "不是金额"),
        (("X-2", *WORDS[1:], "较轻", "", "501", "500"), "高于上限"),
        (("X-2", "=HYPERLINK(1)", *WORDS[2:], *LIGHT), "是公式"),
        (("X-2", "案" * 201, *WORDS[2:], *LIGHT), "超过 200 字"),
        (("X-1", "别的案由", *[""] * 4, "一般", "", "500", "900"), "前面的行不同"),
        (("X-1", *[""] * 5, "较轻", "", "500", "900"), "写了两次"),
        (("X-1", *[""] * 9), "重复"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(row: tuple[str, ...], said: str) -> None:
    (fault,) = read((*WORDS, *LIGHT), (), row).faults
    assert fault.startswith("第 4 行：") and said in fault


def test_the_limits_of_a_range_may_be_alike() -> None:
    table = read((*WORDS, "一律", "", "500", "500"))
    assert table.faults == () and table.offences[0].grades[0]["from_fen"] == 50_000


def test_of_very_many_faults_the_first_are_said() -> None:
    faults = read(*[("", "案由", "甲", "乙", *[""] * 6)] * 80).faults
    assert len(faults) == 51 and "另有 30 处" in faults[-1]


def packed(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"0" * size)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"x" * (LARGEST + 1), "a.csv", "table.too_large"),
        (packed(51 * 1024**2), "a.xlsx", "table.too_large"),
        (packed(10), "a.xlsx", "table.unreadable"),
        (b"PK\x03\x04 no", "a.xlsx", "table.unreadable"),
        (b"\xff\xff\xfe\x00", "a.csv", "table.unreadable"),
        (as_csv(headings=HEADINGS[1:]), "a.csv", "table.headings"),
        (b"", "a.csv", "table.headings"),
        (as_csv(*[WORDS] * 5001), "a.csv", "table.too_large"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_table(content, name)
    assert refused.value.code == code
