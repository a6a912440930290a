"""`liuhen dock`: take in a mounted camera and say of every file what became of it. No rules here.

Exit code 0 when every recording of the camera is in the vault, 1 when one is not.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import django

from liuhen.commands import home_option
from liuhen.kernel import trace
from liuhen.kernel.refusals import Refused, explain

if TYPE_CHECKING:
    from liuhen.actions.docking import DockReport, Outcome

_STATES = {"taken": "已入库", "held": "已在库", "ignored": "非音像", "not_taken": "未入库"}


@click.command(name="dock")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--device", required=True, help="Serial number of the registered camera.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--receipts",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write each signed receipt into this folder.",
)
@home_option
def command(folder: Path, device: str, as_json: bool, receipts: Path | None, home: object) -> None:
    """Take in every recording below FOLDER; run it again after any interruption."""
    django.setup()
    from liuhen.actions.docking import dock_folder  # noqa: PLC0415 - models need a set-up Django
    from liuhen.people.queries import system_person  # noqa: PLC0415 - likewise

    def tell(outcome: Outcome) -> None:
        if receipts is not None and outcome.receipt:
            receipts.mkdir(parents=True, exist_ok=True)
            (receipts / f"{outcome.sha256}.receipt").write_text(outcome.receipt, encoding="utf-8")
        if not as_json:
            click.echo(_line(outcome))

    with trace.through("command"):
        report = dock_folder(folder, device, actor=system_person(), tell=tell)
    click.echo(json.dumps(as_plain(report), ensure_ascii=False) if as_json else _summary(report))
    sys.exit(0 if report.is_complete else 1)


def as_plain(report: DockReport) -> dict[str, object]:
    """The report as `--json` prints it: stable once landed."""
    counts = {state: len(report.of(state)) for state in _STATES}
    return {
        "device": report.device,
        "expected": counts["taken"] + counts["held"] + counts["not_taken"],
        **counts,
        "files": [asdict(outcome) for outcome in report.outcomes],
    }


def _line(outcome: Outcome) -> str:
    told = [_STATES[outcome.state], outcome.path]
    if outcome.sha256:
        told.append(f"SHA-256 {outcome.sha256}")
    if outcome.code:
        told.append(_reason(outcome))
    return "  ".join(told)


def _reason(outcome: Outcome) -> str:
    if outcome.code == "unreadable":
        return f"不能读取（{outcome.detail}）。请检查设备连接后重新采集，原文件请勿删除。"
    text = explain(Refused(outcome.code, name=Path(outcome.path).name))
    return f"{text.message}{text.remedy}"


def _summary(report: DockReport) -> str:
    plain = as_plain(report)
    return (
        f"设备 {report.device}：应有 {plain['expected']} 个，新入库 {plain['taken']} 个，"
        f"已在库 {plain['held']} 个，未入库 {plain['not_taken']} 个，非音像 {plain['ignored']} 个。"
    )
