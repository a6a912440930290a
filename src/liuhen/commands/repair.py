"""`liuhen repair --from …`: damaged or lost originals come back from a replica or the bucket."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import click
import django

from liuhen.commands import home_option
from liuhen.kernel import trace


@click.command(name="repair")
@home_option
@click.option(
    "--from", "source", required=True, metavar="FOLDER|URL|s3", help="The replica; s3: the bucket."
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The replica's repair token, for an address.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(home: object, source: str, token_file: Path | None, as_json: bool) -> None:
    """Read every original and mend what is damaged or lost."""
    django.setup()
    from liuhen.people.queries import system_person  # noqa: PLC0415 - models need Django
    from liuhen.recovery import repair as work  # noqa: PLC0415

    is_address = source.startswith(("http://", "https://"))
    token = token_file.read_text("utf-8").strip() if token_file else ""
    good: work.Source
    if source == "s3":
        good = work.BucketSource()
    else:
        good = work.ServedSource(source, token) if is_address else work.FolderSource(Path(source))
    with trace.through("command"):
        done = list(work.repair(system_person(), good))
    left = [one for one in done if one.state != work.MENDED]
    if as_json:
        plain = [dataclasses.asdict(one) for one in done]
        click.echo(json.dumps({"repaired": plain}, ensure_ascii=False, indent=2))
    else:
        for one in done:
            was = f"原处内容现为 {one.was}" if one.was else "原处没有文件"
            state = "已修复" if one.state == work.MENDED else "副本也没有，未能修复"
            click.echo(f"{one.sha256}：{was}，{state}")
        click.echo(f"修复{len(done) - len(left)}份，未能修复{len(left)}份。")
    sys.exit(1 if left else 0)
