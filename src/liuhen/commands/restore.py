"""`liuhen restore`: a whole home from a replica or a backup; `--drill` is the rehearsal."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from pathlib import Path

import click

from liuhen.backup.repository import Repository
from liuhen.backup.sealing import Key
from liuhen.commands import home_option
from liuhen.host.home import Home
from liuhen.kernel import clock, trace
from liuhen.kernel.refusals import Refused
from liuhen.recovery.from_backup import go_on_from_backup, restore_backup
from liuhen.recovery.restore import Restored, go_on, restore
from liuhen.replica.folder import ReplicaFolder

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(name="restore")
@home_option
@click.option("--from", "replica", type=_FOLDER, help="The replica's folder.")
@click.option("--backup", type=_FOLDER, help="The backup repository's folder.")
@click.option(
    "--key", "key_file", type=click.Path(path_type=Path, dir_okay=False), help="Its key's file."
)
@click.option("--at", "at", metavar="TIME", help="Of a backup: the moment, ISO 8601.")
@click.option(
    "--secrets",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Of a replica: a folder with the old log keys, when they were saved.",
)
@click.option("--drill", is_flag=True, help="Only rehearse: record the result, remove the home.")
@click.option("--keep", is_flag=True, help="Keep the home of a drill.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    home: Path,
    replica: Path | None,
    backup: Path | None,
    key_file: Path | None,
    at: str | None,
    secrets: Path | None,
    drill: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Rebuild a home from a replica or a backup into an empty folder, and verify it."""
    is_told_right = (replica is None) != (backup is None) and (backup is None) == (key_file is None)
    if not is_told_right or (at is not None and backup is None):
        raise Refused("restore.sources")
    with trace.through("command"):
        if backup is not None and key_file is not None:
            repository = Repository.open(backup, Key.read(key_file))
            done = _from_backup(repository, home, _moment(at), is_drill=drill)
        else:
            assert replica is not None  # one of the two, checked above
            done = _from_replica(ReplicaFolder(replica).open(), home, secrets, is_drill=drill)
    if drill and not keep:
        shutil.rmtree(home)
    click.echo(json.dumps(done.figures) if as_json else _words(done))
    sys.exit(1 if done.differences else 0)


def _moment(told: str | None) -> dt.datetime | None:
    """An instant; without an offset on the authority's wall clock.

    Raises:
        Refused: `restore.moment_unreadable`.
    """
    if told is None:
        return None
    try:
        instant = dt.datetime.fromisoformat(told)
    except ValueError:
        raise Refused("restore.moment_unreadable", told=told) from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=clock.CHINA)).astimezone(dt.UTC)


def _from_backup(
    repository: Repository, home: Path, at: dt.datetime | None, *, is_drill: bool
) -> Restored:
    """Nobody may write meanwhile: a run would forget what it thinks unfinished."""
    with repository.alone():
        done, reached = restore_backup(repository, home, _told, at)
    if not is_drill:
        moment = clock.iso(at) if at else reached.at
        go_on_from_backup(Home(home), repository.facts.name, reached, moment)
    return done


def _from_replica(
    folder: ReplicaFolder, home: Path, secrets: Path | None, *, is_drill: bool
) -> Restored:
    with folder.alone("pull"):
        done = restore(folder, home, _told, secrets)
        if is_drill:
            state = folder.state()
            state.drilled_at, state.drill = clock.iso(clock.now()), done.figures
            folder.keep_state(state)
    if not is_drill:
        go_on(Home(home), _told)
    return done


def _told(line: str) -> None:
    click.echo(f"{line} …", err=True)


def _words(done: Restored) -> str:
    lines = [
        f"条目{done.entries}，数据行{done.rows}，原件{done.originals}，用时{done.seconds}秒。",
        *(f"✗ {one.record}（{one.code}）：{one.what}" for one in done.differences),
        f"发现{len(done.differences)}处差异。" if done.differences else "核验通过：没有任何差异。",
    ]
    return "\n".join(lines)
