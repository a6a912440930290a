"""`liuhen outlines`: the outlines of districts beneath the places on maps. No rules here."""

from __future__ import annotations

from pathlib import Path

import click

from liuhen.commands import home_option
from liuhen.host.home import Home
from liuhen.host.outlines import load_outlines
from liuhen.kernel.refusals import Refused


@click.command(name="outlines")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@home_option
def command(file: Path, home: Path) -> None:
    """Load the areas of FILE (GeoJSON, WGS 84) in place of those before."""
    place = Home(home)
    if not place.is_created():
        raise Refused("home.missing", path=str(home))
    loaded = load_outlines(place, file.read_bytes())
    named = "、".join(one.name for one in loaded if one.name) or "没有名称"
    click.echo(f"已导入 {len(loaded)} 处区划轮廓：{named[:200]}")
