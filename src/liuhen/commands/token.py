"""`liuhen token …`: tokens by which another system reads this one."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import click
import django

from liuhen.commands import home_option
from liuhen.kernel import clock, trace


@click.group(name="token")
def command() -> None:
    """Issue, list and revoke tokens."""


@command.command(name="issue")
@home_option
@click.option("--name", required=True, help="What it is for: the replica's name.")
@click.option(
    "--scope",
    default="replica",
    show_default=True,
    type=click.Choice(("replica", "metrics", "docking", "reading")),
)
@click.option("--person", help="Sign-in name of whom a docking or reading system acts for.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 731))
def issue(home: object, name: str, scope: str, person: str | None, days: int) -> None:
    """Issue a token and print its secret, once, to the standard output alone."""
    django.setup()
    from liuhen.actions.tokens import issue_token  # noqa: PLC0415 - models need Django
    from liuhen.people.queries import person_called, system_person  # noqa: PLC0415

    with trace.through("command"):
        until = clock.now() + dt.timedelta(days=days)
        issued = issue_token(
            actor=system_person(),
            name=name,
            scope=scope,
            until=until,
            person_id=person_called(person).id if person else None,
        )
    click.echo(
        f"令牌 {issued.row.id}，有效至 {clock.local(until):%Y-%m-%d}；只显示这一次：", err=True
    )
    click.echo(issued.secret)


@command.command(name="list")
@home_option
def listed(home: object) -> None:
    """List the tokens ever issued."""
    django.setup()
    from liuhen.people.queries import tokens  # noqa: PLC0415 - models need Django

    for row in tokens():
        state = "已收回" if row.revoked_at else f"有效至 {clock.local(row.until):%Y-%m-%d}"
        whose = f"（{row.person.name}）" if row.person else ""
        click.echo(f"{row.id}  {row.name}  {row.get_scope_display()}{whose}  {state}")


@command.command(name="revoke")
@home_option
@click.argument("token_id", type=click.UUID)
@click.option("--reason", required=True)
def revoke(home: object, token_id: UUID, reason: str) -> None:
    """End a token at once."""
    django.setup()
    from liuhen.actions.tokens import revoke_token  # noqa: PLC0415 - models need Django
    from liuhen.people.queries import system_person  # noqa: PLC0415

    with trace.through("command"):
        row = revoke_token(actor=system_person(), token_id=token_id, reason=reason)
    click.echo(f"令牌 {row.name} 已收回。")
