"""`liuhen webhook …`: addresses of other systems that are told of acts on cases."""

from __future__ import annotations

from uuid import UUID

import click
import django

from liuhen.commands import home_option
from liuhen.kernel import trace


@click.group(name="webhook")
def command() -> None:
    """Register, list and end webhooks."""


@command.command(name="register")
@home_option
@click.option("--name", required=True, help="Whose address it is.")
@click.option("--person", required=True, help="Sign-in name of whose cases are told.")
@click.option("--event", "events", multiple=True, help="case.closed, or case. for all of a kind.")
@click.argument("address")
def register(home: object, name: str, person: str, events: tuple[str, ...], address: str) -> None:
    """Register ADDRESS and print the secret of its signatures to the standard output alone."""
    django.setup()
    from liuhen.actions.webhooks import register_webhook  # noqa: PLC0415 - models need Django
    from liuhen.people.queries import person_called, system_person  # noqa: PLC0415

    with trace.through("command"):
        made = register_webhook(
            actor=system_person(),
            name=name,
            address=address,
            events=events,
            person_id=person_called(person).id,
        )
    click.echo(f"回调 {made.row.id} 已登记，签名密钥：", err=True)
    click.echo(made.secret)


@command.command(name="list")
@home_option
def listed(home: object) -> None:
    """List the webhooks ever registered, and how it stands with them."""
    django.setup()
    from liuhen.people.queries import webhooks  # noqa: PLC0415 - models need Django

    for row in webhooks():
        state = "已停用" if row.ended_at else row.state.trouble or "正常"
        click.echo(f"{row.id}  {row.name}（{row.person.name}）  {row.address}  {state}")


@command.command(name="end")
@home_option
@click.argument("webhook_id", type=click.UUID)
@click.option("--reason", required=True)
def end(home: object, webhook_id: UUID, reason: str) -> None:
    """Tell an address nothing more."""
    django.setup()
    from liuhen.actions.webhooks import end_webhook  # noqa: PLC0415 - models need Django
    from liuhen.people.queries import system_person  # noqa: PLC0415

    with trace.through("command"):
        row = end_webhook(actor=system_person(), webhook_id=webhook_id, reason=reason)
    click.echo(f"回调 {row.name} 已停用。")
