"""`liuhen move`: from the embedded database to the authority's own, originals to its bucket."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from liuhen.commands import home_option
from liuhen.host.home import Home
from liuhen.kernel import trace


@click.command(name="move")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--originals", is_flag=True, help="Move the originals to the bucket instead.")
def command(home: Path, as_json: bool, originals: bool) -> None:
    """Move a stopped home's database to LIUHEN_DATABASE_URL, counted and verified."""
    if originals:
        _move_originals(Home(home).open(), as_json)
        return
    from liuhen.recovery.moving import move  # noqa: PLC0415 - loads Django

    place = Home(home).open()
    with trace.through("command"):
        done = move(place, lambda line: None if as_json else click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(done), ensure_ascii=False, indent=2))
        return
    click.echo(f"已经迁到 {done.to}：{done.tables} 张表，{done.rows} 行，{done.seconds} 秒。")
    click.echo("今后启动都要带 LIUHEN_DATABASE_URL；原来的数据库留在 postgres 目录，不再启动。")


def _move_originals(home: Home, as_json: bool) -> None:
    from liuhen.recovery.moving_originals import move_originals  # noqa: PLC0415 - loads Django

    with trace.through("command"):
        done = move_originals(home, lambda line: None if as_json else click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(done), ensure_ascii=False, indent=2))
        return
    click.echo(
        f"对象存储中有 {done.originals} 份原件、{done.made} 个由原件制成的文件、"
        f"{done.uploads} 个没有传完的文件，{done.seconds} 秒。"
    )
    click.echo(f"今后每台机器启动都要带 LIUHEN_STORE=s3；原来的原件留在 {done.left_at}。")
