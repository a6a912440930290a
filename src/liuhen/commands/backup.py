"""`liuhen backup TARGET`: one more backup set; its key; reading everything back."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click
import django

from liuhen.backup.repository import Repository
from liuhen.backup.sealing import Key
from liuhen.backup.sets import sets_of
from liuhen.commands import home_option
from liuhen.host.home import Home
from liuhen.kernel import clock, trace
from liuhen.kernel.refusals import Refused, explain


@click.command(name="backup")
@home_option
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", "key_file", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--new-key", is_flag=True, help="Make the key's file first.")
@click.option("--new", "is_new", is_flag=True, help="Begin a repository beside an earlier one.")
@click.option("--full", is_flag=True, help="A base copy of the database in any case.")
@click.option("--list", "is_list", is_flag=True, help="Only list the sets.")
@click.option("--check", "is_check", is_flag=True, help="Only read everything back.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    home: Path,
    target: Path,
    key_file: Path,
    new_key: bool,
    is_new: bool,
    full: bool,
    is_list: bool,
    is_check: bool,
    as_json: bool,
) -> None:
    """Back up a home into an encrypted repository, while it runs or not."""
    refuse_near(home, target.absolute(), key_file.absolute())
    key = Key.make(key_file) if new_key else Key.read(key_file)
    if is_list or is_check:
        opened = Repository.open(target, key)
        sys.exit(_check(opened, as_json) if is_check else _list(opened, as_json))
    sys.exit(_back_up(home, target, key, as_json, is_full=full, is_new=is_new))


def refuse_near(home: Path, target: Path, key_file: Path) -> None:
    """Refuse a repository in the home or about it, and a key beside what it opens.

    Raises:
        Refused: `backup.place`, `backup.key_place`.
    """
    home, target, key_file = (Path(os.path.realpath(one)) for one in (home, target, key_file))
    if target.is_relative_to(home) or home.is_relative_to(target):
        raise Refused("backup.place", path=str(target))
    if key_file.is_relative_to(home) or key_file.is_relative_to(target):
        raise Refused("backup.key_place", path=str(key_file))


def _back_up(
    home: Path, target: Path, key: Key, as_json: bool, *, is_full: bool, is_new: bool = False
) -> int:
    if os.environ.get("LIUHEN_DATABASE_URL"):
        raise Refused("backup.outside_database")
    place = Home(home).open()
    with place.cluster().running(), trace.through("command"):
        django.setup()
        from liuhen.actions.backups import note_backup_try  # noqa: PLC0415 - needs Django
        from liuhen.recovery.backing_up import back_up, repository_at  # noqa: PLC0415

        repository = repository_at(target, key, place.facts.origin, is_new=is_new)
        began = clock.monotonic()
        try:
            made = back_up(place, repository, _told, is_full=is_full)
        except Refused as refused:
            note_backup_try(repository.facts.name, explain(refused).message, target)
            raise
        trouble = f"{len(made.altered)} 份原件与登记的摘要不符" if made.altered else ""
        note_backup_try(repository.facts.name, trouble, target)
    figures = {
        "repository": repository.facts.name,
        "set": made.set.id,
        "full": made.set.is_full,
        "moment": made.set.at,
        "entries": made.set.entries,
        "segments": made.segments,
        "originals": made.set.originals,
        "new_originals": made.new_originals,
        "new_bytes": made.new_bytes,
        "altered": made.altered,
        "seconds": round(clock.monotonic() - began, 1),
    }
    click.echo(json.dumps(figures) if as_json else _words(figures))
    return 1 if made.altered else 0


def _told(line: str) -> None:
    click.echo(f"{line} …", err=True)


def _words(figures: dict[str, object]) -> str:
    kind = "全量" if figures["full"] else "增量"
    moment = clock.local(clock.parse_iso(str(figures["moment"])))
    lines = [
        f"{kind}备份集 {figures['set']}，可恢复到 {moment:%Y-%m-%d %H:%M:%S}。",
        f"账本 {figures['entries']} 条；原件 {figures['originals']} 份，新取 "
        f"{figures['new_originals']} 份；数据库日志 {figures['segments']} 段；"
        f"用时 {figures['seconds']} 秒，写入的都已读回核对。",
    ]
    altered = figures["altered"]
    assert isinstance(altered, list)
    lines += [f"✗ 原件 {sha256} 的内容与登记的不符，没有放进备份" for sha256 in altered]
    if altered:
        lines.append("请运行 liuhen verify；受损的原件用 liuhen repair 从副本恢复。")
    return "\n".join(lines)


def _list(repository: Repository, as_json: bool) -> int:
    sets = sets_of(repository)
    if as_json:
        click.echo(json.dumps([one.__dict__ for one in sets]))
        return 0
    for one in sets:
        kind = "全量" if one.is_full else "增量"
        at = clock.local(one.moment)
        click.echo(f"{at:%Y-%m-%d %H:%M:%S}  {kind}  账本{one.entries}条  原件{one.originals}份")
    if not sets:
        click.echo("还没有备份集。")
    return 0


def _check(repository: Repository, as_json: bool) -> int:
    count, wrong = 0, list[str]()
    for name, refused in repository.check():
        count += 1
        if refused is not None:
            wrong.append(name)
    if as_json:
        click.echo(json.dumps({"files": count, "damaged": wrong}))
    else:
        click.echo(
            "\n".join(
                [
                    *(f"✗ {name} 损坏，打不开" for name in wrong),
                    f"读了 {count} 个文件，{len(wrong)} 个损坏。",
                ]
            )
        )
        if wrong:
            click.echo("保留损坏的文件；马上再做一次：liuhen backup --full，并检查这块磁盘。")
    return 1 if wrong else 0
