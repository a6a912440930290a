"""`liuhen witness …`: which witnesses this log asks for cosignatures (`trust.policy`)."""

from __future__ import annotations

import click
import django

from liuhen.commands import home_option
from liuhen.kernel.refusals import Refused
from liuhen.tlog.cosignatures import CosignatureVerifier


@click.group(name="witness")
def command() -> None:
    """Name the witnesses of this log."""


@command.command(name="add")
@home_option
@click.argument("name")
@click.argument("vkey")
@click.argument("url")
def add(home: object, name: str, vkey: str, url: str) -> None:
    """Ask the witness NAME with the key VKEY at URL from now on; no restart is needed."""
    django.setup()
    from liuhen.ledger import trust  # noqa: PLC0415 - reads the settings

    if not url.startswith(("http://", "https://")):
        raise Refused("replica.address", address=url)
    changed = trust.add_witness(name, CosignatureVerifier.from_vkey(vkey), url)
    click.echo(f"已登记见证方 {name}；见证要求：{changed.quorum}")


@command.command(name="remove")
@home_option
@click.argument("name")
def remove(home: object, name: str) -> None:
    """Ask the witness NAME no more; what it signed stays."""
    django.setup()
    from liuhen.ledger import trust  # noqa: PLC0415 - reads the settings

    changed = trust.remove_witness(name)
    click.echo(f"已取消见证方 {name}；见证要求：{changed.quorum}")


@command.command(name="list")
@home_option
def listed(home: object) -> None:
    """Print the trust policy (C2SP tlog-policy)."""
    django.setup()
    from liuhen.ledger import trust  # noqa: PLC0415 - reads the settings

    click.echo(trust.policy().text, nl=False)
