"""docs/measured.md: one table per section, a row per figure, written by the suites that measure.

A row says what was measured, the figure, on which commit and machine, and when. Measuring
again replaces the row. Not for targets or claims: only what a run has shown.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from liuhen.host.postgres_settings import machine_memory_bytes
from liuhen.kernel import clock

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "measured.md"
HEAD = "| What | Figure | Commit | Machine | Date |"
RULE = "|---|---|---|---|---|"
TITLE = (
    "# Measured\n\nWhat runs of the long suites have shown: what, the figure, the commit, the"
    " machine and the day. A plus marks a commit with changes beside it. Each suite writes its own"
    " rows ([commands](commands.md)); measuring again replaces them. Nothing here is a promise.\n\n"
    "Figures of a benchmark stand in the order of its runs. The machine is shared: each benchmark"
    " says how busy it was, as the load average of the minute before and the last minute; with"
    " two cores, what lies above 2 waited.\n"
)


def commit() -> str:
    """The commit that was measured; with a plus when the source was changed beside it."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    changed = ["git", "-C", str(ROOT), "status", "--porcelain", "--", "src"]
    is_changed = subprocess.run(changed, capture_output=True, text=True, check=False).stdout.strip()
    return f"{told or 'unknown'}{'+' if is_changed else ''}"


def machine() -> str:
    """The machine in the few words a figure needs; no name, no address."""
    gigabytes = round(machine_memory_bytes() / 1e9)
    system = platform.release().split("-")[0]
    return f"{os.cpu_count()} cores {platform.machine()}, {gigabytes} GB, Linux {system}"


def record(section: str, figures: Mapping[str, str], at: str, page: Path = PAGE) -> None:
    """Put the figures of a run into the table of `section`; `at` is the commit measured."""
    text = page.read_text("utf-8") if page.exists() else TITLE
    tables = _tables(text)
    rows = tables.setdefault(section, {})
    # The machine's own day: the clock of a suite may stand still, or in another year.
    day = dt.datetime.fromtimestamp(time.time(), clock.CHINA).date().isoformat()
    for what, figure in figures.items():
        rows[what] = f"| {what} | {figure} | {at} | {machine()} | {day} |"
    lines = [text.split("\n## ")[0].rstrip("\n")]
    for title, listed in tables.items():
        lines += ["", f"## {title}", "", HEAD, RULE, *listed.values()]
    page.write_text("\n".join(lines) + "\n", "utf-8")


def record_benchmarks(runs: Sequence[Mapping[str, Sequence[Mapping[str, Any]]]]) -> None:
    """Put down what `liuhen bench --json` printed in each of its runs, benchmark by benchmark."""
    for name in dict.fromkeys(name for run in runs for name in run):
        told = [{row["name"]: row for row in run[name]} for run in runs if name in run]
        figures = {
            what: f"{' / '.join(_number(one[what]['value']) for one in told if what in one)}"
            f" {row['unit']} ({row['beside']})"
            for what, row in told[0].items()
        }
        record(f"`liuhen bench {name}`", figures, commit())


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _tables(text: str) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for part in text.split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        rows = [line for line in body.splitlines() if line.startswith("|")][2:]
        tables[title] = {row.split("|")[1].strip(): row for row in rows}
    return tables


if __name__ == "__main__":
    # liuhen bench --json >one.json; … >two.json; python -m tests.soak.measured one.json two.json
    record_benchmarks([json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:]])
