"""`liuhen regulation load FILE`: the official text, article by article. No rules here."""

from __future__ import annotations

from pathlib import Path

import click
import django

from liuhen.commands import home_option
from liuhen.kernel.digests import sha256_hex


@click.group(name="regulation")
def command() -> None:
    """The official text beside our own words."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--version", required=True, help="Which text it is, such as 2024-11-29修改.")
@click.option(
    "--statute",
    default="",
    help="Of a statute: its name in our clauses, such as penalty_law; the measures without it.",
)
@home_option
def load(file: Path, version: str, statute: str, home: object) -> None:
    """Load the official text of the measures, or of a statute, from a plain text FILE."""
    django.setup()
    from liuhen.actions.figures import load_regulation  # noqa: PLC0415 - models need Django
    from liuhen.law.official import articles_of  # noqa: PLC0415 - beside its kin
    from liuhen.people.queries import system_person  # noqa: PLC0415 - models need Django

    data = file.read_bytes()
    found = articles_of(data.decode("utf-8", errors="replace"))
    prefix = f"{statute}:" if statute else ""
    count = load_regulation(
        actor=system_person(),
        articles={f"{prefix}{number}": text for number, text in found.items()},
        version=version,
        sha256=sha256_hex(data),
    )
    click.echo(f"已载入{count}条，版本：{version}。")
