"""`liuhen keys …`: the keys of the log and of identity numbers, and changing those in force."""

from __future__ import annotations

import click
import django

from liuhen.commands import home_option
from liuhen.kernel import trace


@click.group(name="keys")
def command() -> None:
    """Show and change the log's signing key, and the keys of identity numbers."""


@command.command(name="list")
@home_option
def listed(home: object) -> None:
    """Print the key in force, the earlier ones, and from which entry each counts."""
    django.setup()
    from liuhen.ledger.signing import rotations, signer, sm2_key  # noqa: PLC0415 - needs Django

    changes = rotations()
    click.echo(f"现用 {signer().verifier.vkey}")
    for one in reversed(changes):
        place = "等待入账" if one.index is None else f"序号 {one.index} 起停用"
        click.echo(f"{place} {one.old}")
    if (sm2 := sm2_key()) is not None:
        click.echo(f"SM2 {sm2.vkey}")


@command.command(name="rotate")
@home_option
@click.option("--reason", required=True, help="Why: it is entered in the ledger.")
def rotate(home: object, reason: str) -> None:
    """Give the log a new key; the next checkpoint is signed by the old one and the new."""
    django.setup()
    from liuhen.actions.log_keys import rotate_log_key  # noqa: PLC0415 - models need Django
    from liuhen.people.queries import system_person  # noqa: PLC0415

    with trace.through("command"):
        new = rotate_log_key(actor=system_person(), reason=reason)
    click.echo(f"新公钥：{new.vkey}")
    click.echo("旧私钥文件留在 secrets/ 中，确认新检查点签出后请离线封存或者销毁。")


@command.command(name="rotate-numbers")
@home_option
@click.option("--reason", required=True, help="Why: it is entered in the ledger.")
@click.option("--wrapping", is_flag=True, help="Only wrap the keys with a new wrapping key.")
def rotate_numbers(home: object, reason: str, wrapping: bool) -> None:
    """Seal every party's identity number with a new key, in batches; the server may run."""
    django.setup()
    from liuhen.actions import identity_numbers  # noqa: PLC0415 - models need Django
    from liuhen.people.queries import system_person  # noqa: PLC0415

    with trace.through("command"):
        if wrapping:
            identity_numbers.change_wrapping_key(actor=system_person(), reason=reason)
            click.echo("封装密钥已更换，旧文件已删除；备份里的旧文件仍能打开旧的密钥文件。")
            return
        key = identity_numbers.rotate_identity_key(actor=system_person(), reason=reason)
        count = identity_numbers.reseal_numbers(lambda many: click.echo(f"已重新加密 {many} 个"))
    click.echo(f"新密钥 {key}；重新加密 {count} 个证件号码。")
