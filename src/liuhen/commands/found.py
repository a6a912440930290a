"""`liuhen found`: the authority and its first administrator, once, in a home that is empty so far.

Everybody else is registered on the pages by that security administrator. Not for
demonstrations (`demo`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
import django
from django.db import ProgrammingError, connection

from liuhen.commands import home_option
from liuhen.host.home import Home
from liuhen.host.locks import is_free
from liuhen.host.server import migration
from liuhen.kernel import trace
from liuhen.kernel.refusals import Refused

# What papers print of the authority: option, key of `Unit.profile`, help.
PROFILE = (
    ("--phone", "phone", "Telephone number on papers."),
    ("--address", "address", "Address on papers."),
    ("--payee", "payee", "Bank and account fines are paid to."),
    ("--review-body", "review_body", "Where to ask for administrative reconsideration."),
    ("--court", "court", "Where to bring suit."),
)
DONE = """机关“{name}”已经建立，安全管理员账号为 {username}。
接下来：
  1. 启动服务（liuhen serve），用这个账号登录，并换成自己的密码；
  2. 在“人员与机构”中登记第二名安全管理员，以免唯一的密码遗失后无人可以登录；
  3. 登记系统运维和审计管理员，三者由不同的人担任；
  4. 登记承办机构、人员、职务和执法证件。"""


def profile_options(command: click.Command) -> click.Command:
    """Give a command one option for each item of the profile."""
    command.params += [
        click.Option([option, key], default="", help=words) for option, key, words in PROFILE
    ]
    return command


@profile_options
@click.command(name="found")
@home_option
@click.option("--name", required=True, help="Name of the authority (机关名称).")
@click.option("--code", required=True, help="Code of its own unit, e.g. JG.")
@click.option("--prefix", required=True, metavar="代字", help="Prefix of its document numbers.")
@click.option(
    "--security", "username", required=True, help="User name of the first security administrator."
)
@click.option("--security-name", required=True, help="That person's name (姓名).")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read that person's password from the first line of a file.",
)
def command(
    home: Path,
    name: str,
    code: str,
    prefix: str,
    username: str,
    security_name: str,
    password_file: Path | None,
    **profile: str,
) -> None:
    """Found the authority of a new home and register its first security administrator."""
    place = Home(home).open()
    told = told_password(password_file)
    with database(place):
        prepare(place)
        from liuhen.actions import founding  # noqa: PLC0415 - models need a set-up Django

        founding.refuse_second()
        password = asked_password() if told is None else told
        with trace.through("command"):
            founding.found_authority(
                code=code.strip(),
                name=name.strip(),
                number_prefix=prefix.strip(),
                profile={"authority": name.strip(), **{k: v.strip() for k, v in profile.items()}},
                administrator=founding.FirstAdministrator(
                    username, security_name.strip(), password
                ),
            )
    click.echo(DONE.format(name=name.strip(), username=username))


def database(place: Home) -> AbstractContextManager[object]:
    """The database for the block: an outside one runs already, our own is started if need be."""
    return nullcontext() if os.environ.get("LIUHEN_DATABASE_URL") else place.cluster().running()


def prepare(place: Home) -> None:
    """Set Django up on a database of this version; migrate unless a server is about to.

    Raises:
        Refused: `authority.not_ready`, `serve.preparation_failed`.
    """
    django.setup()
    if not _is_behind():
        return
    with is_free(place.run_dir / "serve.lock") as is_ours:
        if not is_ours:
            raise Refused("authority.not_ready")
        step = migration(place)
        environment = {**os.environ, **step.environment}
        done = subprocess.run(step.command, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise Refused("serve.preparation_failed", name=step.name, said=done.stderr[-800:])


def _is_behind() -> bool:
    """Whether tables are missing, or not ours to read yet: a server is making them."""
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 - needs the apps

    try:
        executor = MigrationExecutor(connection)
    except ProgrammingError:
        return True
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def told_password(path: Path | None) -> str | None:
    """The password in a file's first line; None when it is to be typed.

    Raises:
        Refused: `password.unreadable`, `password.no_terminal`.
    """
    if path is None:
        if not sys.stdin.isatty():
            raise Refused("password.no_terminal")
        return None
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    if not lines or not lines[0]:
        raise Refused("password.unreadable", path=str(path))
    return lines[0]


def asked_password() -> str:
    """The password as typed twice. Raises `Refused("password.unlike")`."""
    typed = click.prompt("安全管理员的密码", hide_input=True)
    if typed != click.prompt("再输入一次", hide_input=True):
        raise Refused("password.unlike")
    return str(typed)
