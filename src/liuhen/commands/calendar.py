"""`liuhen calendar`: the year tables, and importing that of a new year. No rules here."""

from __future__ import annotations

import json
from pathlib import Path

import click
import django

from liuhen.commands import home_option


@click.group(name="calendar")
def command() -> None:
    """The years whose working days are known; importing a new one."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@home_option
def show(as_json: bool, home: object) -> None:
    """The year tables in force, with their source."""
    django.setup()
    from liuhen.rulebook.queries import rulebook  # noqa: PLC0415 - models need Django

    rows = [
        {
            "year": table.year,
            "is_official": not table.is_predicted,
            "source": table.source,
            "rest_days": len(table.rest),
            "worked_weekend_days": len(table.work),
        }
        for table in rulebook().calendar.tables
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        state = "" if row["is_official"] else "（暂定）"
        click.echo(
            f"{row['year']}{state}  放假{row['rest_days']}日  "
            f"调休上班{row['worked_weekend_days']}日  {row['source']}"
        )


@command.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--accept-differences", is_flag=True, help="The days the second source has otherwise were read."
)
@home_option
def import_(file: Path, accept_differences: bool, home: object) -> None:
    """Import the year tables of FILE; every case is then judged anew by a job."""
    django.setup()
    from liuhen.actions.figures import import_year_table  # noqa: PLC0415 - models need Django
    from liuhen.people.queries import system_person  # noqa: PLC0415 - models need Django

    stored = import_year_table(
        actor=system_person(),
        text=file.read_text("utf-8", errors="replace"),
        accepts_differences=accept_differences,
    )
    for one in stored:
        compared = f"与{one.second_source}逐日对照" if one.second_source else "没有可对照的来源"
        found = f"，不一致：{'、'.join(one.differences)}" if one.differences else ""
        click.echo(f"{one.year}年的放假安排已导入，{compared}{found}；案件将重新认定。")
