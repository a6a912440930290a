"""`liuhen appoint`: a security administrator, where nobody holds that office.

So it is after an update from a version without that office, or when the last one has left. Whoever
may run it owns the machine; that it ran is an entry. Everybody else is appointed on the pages.
"""

from __future__ import annotations

from pathlib import Path

import click

from liuhen.commands import home_option
from liuhen.commands.found import asked_password, database, prepare, told_password
from liuhen.host.home import Home
from liuhen.kernel import trace


@click.command(name="appoint")
@home_option
@click.option("--security", "username", required=True, help="User name of the new account.")
@click.option("--security-name", required=True, help="That person's name (姓名).")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read that person's password from the first line of a file.",
)
def command(home: Path, username: str, security_name: str, password_file: Path | None) -> None:
    """Register a security administrator where nobody holds that office."""
    place = Home(home).open()
    told = told_password(password_file)
    with database(place):
        prepare(place)
        from liuhen.actions.people import (  # noqa: PLC0415 - models need a set-up Django
            restore_security_administrator,
        )
        from liuhen.people.queries import system_person  # noqa: PLC0415

        password = asked_password() if told is None else told
        with trace.through("command"):
            restore_security_administrator(
                actor=system_person(),
                username=username,
                name=security_name.strip(),
                password=password,
            )
    click.echo(f"安全管理员账号 {username} 已经登记，请登录、更换密码，然后登记第二名。")
