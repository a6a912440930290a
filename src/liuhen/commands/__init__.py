"""The command `liuhen`: one module per command, loaded when it is called. No rules, no writes."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from pathlib import Path

import click

from liuhen.host.home import Home
from liuhen.kernel.refusals import Refused, explain

# Name → what it does. Each lives in `liuhen.commands.<name>` as `command`.
COMMANDS = {
    "serve": "database, server, worker and sequencer in one tree of processes",
    "migrate": "bring the database to this version and install its guards",
    "worker": "run jobs",
    "recorder": "record the fixed cameras of rooms and counters",
    "sequencer": "give entries their place in the log and sign checkpoints",
    "found": "the authority of a new home and its first administrator",
    "appoint": "a security administrator, where nobody is one any more",
    "demo": "load the demonstration authority",
    "articles": "the 48 articles, paragraph by paragraph",
    "check": "the findings of one case",
    "calendar": "the year tables; import that of a new year",
    "regulation": "load the official text",
    "outlines": "load the outlines of districts that maps are drawn on",
    "index": "make the search index anew",
    "dock": "take in a mounted camera",
    "verify": "hold bytes, rows and ledger against each other",
    "package": "write the archival package of a case",
    "disc": "a case on discs that open, play and verify anywhere",
    "replica": "a second home that pulls, verifies, cosigns",
    "repair": "bring back damaged or lost originals from a replica",
    "restore": "rebuild a home from a replica or a backup; the drill of it",
    "move": "to the authority's own PostgreSQL, and its bucket where that comes first",
    "witness": "which witnesses the log asks",
    "token": "tokens for other systems",
    "webhook": "addresses that are told of acts on cases",
    "keys": "the log's signing keys",
    "doctor": "examine an installation and say what to do",
    "backup": "one more backup set; read everything back",
    "bench": "run one benchmark",
}


class Lazy(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"liuhen.commands.{cmd_name}")
        command: click.Command = module.command
        return command


def use_home(ctx: click.Context, param: click.Parameter, home: Path | None) -> Path:
    """Callback of `--home`: the folder named, else LIUHEN_HOME, else ./home."""
    chosen = home or Path(os.environ.get("LIUHEN_HOME", "home"))
    os.environ["LIUHEN_HOME"] = str(chosen.absolute())
    return chosen.absolute()


home_option = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    callback=use_home,
    is_eager=True,
    help="The home folder (default: $LIUHEN_HOME or ./home).",
)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """Liuhen 留痕: the full-process record of administrative law enforcement."""


def main() -> None:
    """Entry point: a refusal is printed in the user's words and exits with 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liuhen.settings")
    try:
        group(prog_name="liuhen")
    except Exception as error:
        refused = error if isinstance(error, Refused) else _refusal_for(error)
        if refused is None:
            raise
        text = explain(refused)
        click.echo(f"{text.message}\n{text.remedy}", err=True)
        sys.exit(2)


def _refusal_for(error: Exception) -> Refused | None:
    """What the machine lacks, in words: room on the disk, a home, a running database."""
    home = Home(Path(os.environ.get("LIUHEN_HOME", "home")))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refused("host.disk_full", path=str(error.filename or home.path))
    # not imported for it: a command without a database is to answer at once
    database = sys.modules.get("django.db")
    if database is None:
        return None
    if isinstance(error, database.ProgrammingError):
        return _older(database.DatabaseError)
    if not isinstance(error, database.OperationalError | database.InterfaceError):
        return None
    if not home.is_created():
        return Refused("home.missing", path=str(home.path))
    return Refused("database.not_running", path=str(home.path), said=str(error).strip())


def _older(database_error: type[Exception]) -> Refused | None:
    """That the tables are of an older version, when they are: so they lack what was asked for."""
    from liuhen.ledger import tables  # noqa: PLC0415 - the settings are read already

    try:
        tables.refuse_older()
    except Refused as refused:
        return refused
    except database_error:
        return None
    return None
