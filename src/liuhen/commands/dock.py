"""`liuhen dock`: take in mounted cameras and say of every file what became of it. No rules here.

Exit code 0 when every recording of every camera is in the vault, 1 when one is not, 2 when a
camera could not be taken in at all.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import click
import django

from liuhen.commands import home_option
from liuhen.kernel import clock, trace
from liuhen.kernel.refusals import Refused, explain
from liuhen.recordings.wording import LEFT_ON_CAMERA

if TYPE_CHECKING:
    from liuhen.actions.docking import DockReport
    from liuhen.recordings.camera_folder import Outcome

_STATES = {
    "taken": "已入库",
    "held": "已在库",
    "ignored": "非音像",
    "left_out": "未采集",
    "not_taken": "未入库",
}
_AT_ONCE = 8
_TIMES = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]


@click.command(name="dock")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--device", help="Serial number; without it the files' names tell it.")
@click.option(
    "--clock", "shown", type=click.DateTime(_TIMES), help="What the camera's clock shows now."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--receipts",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write each signed receipt into this folder.",
)
@click.option(
    "--erase-after-receipt",
    "is_erased_after",
    is_flag=True,
    help="Erase from the camera what has a receipt and a second copy.",
)
@home_option
def command(
    folders: tuple[Path, ...],
    device: str | None,
    shown: dt.datetime | None,
    as_json: bool,
    receipts: Path | None,
    is_erased_after: bool,
    home: object,
) -> None:
    """Take in every recording below each of FOLDERS; run it again after any interruption."""
    django.setup()
    from liuhen.people.queries import system_person  # noqa: PLC0415 - models need a set-up Django

    if len(folders) > 1 and (device or shown):
        raise Refused("dock.one_device")
    telling, actor = Lock(), system_person()

    def tell(outcome: Outcome) -> None:
        with telling:
            _tell(outcome, receipts, as_json)

    def one(folder: Path) -> DockReport | Refused:
        with trace.through("command"):
            return _dock(folder, device, shown, is_erased_after, actor, tell)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        reports = list(pool.map(one, folders))
    _conclude(reports, as_json)


def _dock(folder: Path, device: str | None, shown: dt.datetime | None, is_erased_after: bool,
          actor: object, tell: object) -> DockReport | Refused:  # fmt: skip
    from django.db import connection  # noqa: PLC0415 - needs a set-up Django

    from liuhen.actions.devices import measure_device_clock  # noqa: PLC0415
    from liuhen.actions.docking import dock_folder  # noqa: PLC0415
    from liuhen.actions.strange_cameras import camera_to_dock  # noqa: PLC0415
    from liuhen.recordings.camera_folder import list_camera, recognised_device  # noqa: PLC0415

    try:
        serial = device or recognised_device(folder)
        if shown is not None:
            ahead = shown.replace(tzinfo=clock.CHINA) - clock.now()
            offset_ms = ahead // dt.timedelta(milliseconds=1)
            serial = camera_to_dock(serial, list_camera(folder), actor=actor).serial  # type: ignore[arg-type]
            measure_device_clock(actor=actor, device_serial=serial, offset_ms=offset_ms)  # type: ignore[arg-type]
        return dock_folder(folder, serial, actor=actor, is_erased_after=is_erased_after, tell=tell)  # type: ignore[arg-type]
    except Refused as refused:
        return refused
    finally:
        connection.close()


def _tell(outcome: Outcome, receipts: Path | None, as_json: bool) -> None:
    if receipts is not None and outcome.receipt:
        receipts.mkdir(parents=True, exist_ok=True)
        (receipts / f"{outcome.sha256}.receipt").write_text(outcome.receipt, encoding="utf-8")
    if not as_json:
        click.echo(_line(outcome))


def _conclude(reports: list[DockReport | Refused], as_json: bool) -> None:
    done = [one for one in reports if not isinstance(one, Refused)]
    refused = [one for one in reports if isinstance(one, Refused)]
    if as_json:
        plain = [as_plain(one) for one in done]
        click.echo(
            json.dumps(plain[0] if len(reports) == 1 and plain else plain, ensure_ascii=False)
        )
    else:
        for report in done:
            click.echo(_summary(report))
    if len(refused) == len(reports) == 1:
        raise refused[0]
    for one in refused:
        text = explain(one)
        click.echo(f"{text.message}{text.remedy}", err=True)
    sys.exit(2 if refused else 0 if all(one.is_complete for one in done) else 1)


def as_plain(report: DockReport) -> dict[str, object]:
    """The report as `--json` prints it: stable once landed."""
    counts = {state: len(report.of(state)) for state in _STATES}
    return {
        "device": report.device,
        "doubt": report.doubt,
        "expected": counts["taken"] + counts["held"] + counts["not_taken"],
        **counts,
        "found": report.found,
        "left_as": dict(report.kinds),
        "unread_folders": len(report.unread_folders),
        "erased": sum(outcome.erased for outcome in report.outcomes),
        "files": [asdict(outcome) for outcome in report.outcomes],
    }


def _line(outcome: Outcome) -> str:
    told = [_STATES[outcome.state], outcome.path]
    if outcome.sha256:
        told.append(f"SHA-256 {outcome.sha256}")
    if outcome.code:
        told.append(reason(outcome))
    return "  ".join(told)


def reason(outcome: Outcome) -> str:
    """Why a file was not taken, or what is odd about it, with what to do."""
    if outcome.code == "unreadable":
        return f"不能读取（{outcome.detail}）。请检查设备连接后重新采集，原文件请勿删除。"
    text = explain(Refused(outcome.code, name=Path(outcome.path).name, detail=outcome.detail))
    return f"{text.message}{text.remedy}"


def _summary(report: DockReport) -> str:
    taken, held = len(report.of("taken")), len(report.of("held"))
    not_taken = sum(not one.is_folder for one in report.of("not_taken"))
    told = (
        f"设备 {report.device}：共有 {report.found} 个文件，应有 {taken + held + not_taken} 个，"
        f"新入库 {taken} 个，已在库 {held} 个，未入库 {not_taken} 个{_left(report)}"
    )
    erased = sum(outcome.erased for outcome in report.outcomes)
    kept = sum(bool(outcome.kept) for outcome in report.outcomes)
    if erased or kept:
        told += f"；已从设备清除 {erased} 个，保留 {kept} 个"
    return f"{told}。{_doubt(report)}"


def _doubt(report: DockReport) -> str:
    if not report.doubt:
        return ""
    return f"\n待认定：{report.doubt}。文件已照收，请记录管理员在“执法设备”中认定是哪台设备。"


def _left(report: DockReport) -> str:
    """What was left on the camera, by kind, and what nobody could look into."""
    count = report.kinds
    kinds = [f"{words} {count[kind]} 个" for kind, words in LEFT_ON_CAMERA.items() if count[kind]]
    told = f"；不属音像而未采集：{'，'.join(kinds)}" if kinds else ""
    if report.unread_folders:
        told += f"；{len(report.unread_folders)} 个文件夹不能读取，其中的文件未能清点"
    return told
