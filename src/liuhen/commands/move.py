"""`liuhen move`: from one machine to engines outside it: the database, where wanted originals."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import click

from liuhen.commands import home_option
from liuhen.host.home import Home
from liuhen.kernel import trace
from liuhen.kernel.refusals import Fault
from liuhen.vault.bucket_settings import is_bucket_first
from liuhen.vault.s3 import S3Store, place_of


@click.command(name="move")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--ahead", is_flag=True, help="While served: put what was made from originals only.")
def command(home: Path, as_json: bool, ahead: bool) -> None:
    """Move a stopped home to what the environment names, counted and verified.

    Its database to LIUHEN_DATABASE_URL and, with LIUHEN_STORE=s3, its originals to the bucket.
    """
    from liuhen.recovery.moving import move  # noqa: PLC0415 - loads Django
    from liuhen.recovery.moving_originals import move_originals, put_ahead  # noqa: PLC0415

    place = Home(home).open()
    if ahead:
        with trace.through("command"):
            click.echo(f"对象存储中有 {put_ahead(place)} 个由原件制成的文件；原件由后台任务存放。")
        return
    with_originals = _takes_originals(place)
    done = dict[str, dict[str, object]]()

    def told(line: str) -> None:
        if not as_json:
            click.echo(line, err=True)

    with trace.through("command"):
        if not with_originals or _is_embedded(place):
            done["database"] = dataclasses.asdict(move(place, told))
        if with_originals:
            done["originals"] = dataclasses.asdict(move_originals(place, told))
    click.echo(json.dumps(done, ensure_ascii=False, indent=2) if as_json else _words(done))


def _takes_originals(home: Home) -> bool:
    """Whether the bucket is to come first; if so it is fit for it, and the vault is read so far.

    Raises:
        Refused: `setting.store`, `setting.store_alone`, and as `S3Store.check` does.
    """
    if not is_bucket_first(os.environ):
        return False
    named = place_of(os.environ, home.secrets)
    if named is None:
        raise Fault("a bucket that comes first has a place")
    S3Store(named).check()
    del os.environ["LIUHEN_STORE"]
    return True


def _is_embedded(home: Home) -> bool:
    return home.postgres_dir.exists() and not home.moved_path.exists()


def _words(done: dict[str, dict[str, object]]) -> str:
    lines = []
    if one := done.get("database"):
        lines += [
            f"数据库已经迁到 {one['to']}：{one['tables']} 张表，{one['rows']} 行，"
            f"{one['seconds']} 秒，两边摘要一致。原来的留在 postgres 目录，不再启动。"
            "启动以后请运行 liuhen verify，不影响办案。"
        ]
    if one := done.get("originals"):
        lines += [
            f"对象存储中有 {one['originals']} 份原件、{one['made']} 个由原件制成的文件、"
            f"{one['uploads']} 个没有传完的文件，{one['seconds']} 秒。"
            f"原来的原件留在 {one['left_at']}。"
        ]
    return "\n".join([*lines, "今后启动都要带同样的设置。"])
