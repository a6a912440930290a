"""`liuhen restore --from REPLICA`: a whole home from a replica; `--drill` is the rehearsal."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import click

from liuhen.commands import home_option
from liuhen.host.home import Home
from liuhen.kernel import clock, trace
from liuhen.recovery.restore import Restored, go_on, restore
from liuhen.replica.folder import ReplicaFolder


@click.command(name="restore")
@home_option
@click.option(
    "--from",
    "source",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The replica's folder.",
)
@click.option(
    "--secrets",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder with the old log keys, when they were saved.",
)
@click.option("--drill", is_flag=True, help="Only rehearse: record the result, remove the home.")
@click.option("--keep", is_flag=True, help="Keep the home of a drill.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    home: Path, source: Path, secrets: Path | None, drill: bool, keep: bool, as_json: bool
) -> None:
    """Rebuild a home from a replica into an empty folder, and verify it."""
    folder = ReplicaFolder(source).open()
    with folder.alone("pull"), trace.through("command"):
        done = restore(folder, home, lambda line: click.echo(f"{line} …", err=True), secrets)
        if drill:
            _record(folder, done)
    if drill and not keep:
        shutil.rmtree(home)
    elif not drill:
        go_on(Home(home), lambda line: click.echo(f"{line} …", err=True))
    click.echo(json.dumps(done.figures) if as_json else _words(done))
    sys.exit(1 if done.differences else 0)


def _record(folder: ReplicaFolder, done: Restored) -> None:
    state = folder.state()
    state.drilled_at, state.drill = clock.iso(clock.now()), done.figures
    folder.keep_state(state)


def _words(done: Restored) -> str:
    lines = [
        f"条目{done.entries}，数据行{done.rows}，原件{done.originals}，用时{done.seconds}秒。",
        *(f"✗ {one.record}（{one.code}）：{one.what}" for one in done.differences),
        f"发现{len(done.differences)}处差异。" if done.differences else "核验通过：没有任何差异。",
    ]
    return "\n".join(lines)
