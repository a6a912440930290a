"""Keeps a small home as this version writes it, for later ones: `python -m tests.upgrade.keep`.

Run once before a version is given out. The home is a fictional authority with one finished case,
its films and papers; what is kept is the database as SQL, the vault, and what the home says of
itself. No secret is kept: the log's key comes from a known word, the others are made anew.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liuhen.host.home import Home
from liuhen.host.postgres_binaries import find_binaries
from liuhen.host.postgres_roles import DATABASE, SERVER, SUPERUSER

HERE = Path(__file__).parent
KEPT = ("database.sql", "vault", "home.toml", "trust.policy")


def log_key() -> bytes:
    """The key of the kept log, PEM; anybody can make it, so it proves nothing elsewhere."""
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"liuhen kept versions").digest())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def new_home(path: Path) -> Home:
    """A home whose log has that key."""
    home = Home(path)
    home.secrets.create_folder()
    home.secrets.read_or_make("log.pem", log_key)
    home.create()
    return home


def dumped(url: str) -> bytes:
    """A database as SQL."""
    command = find_binaries().command("pg_dump", url)
    return subprocess.run(command, stdout=subprocess.PIPE, cwd="/", check=True).stdout


def _filled() -> None:
    from liuhen.demo.people import found_world  # noqa: PLC0415
    from liuhen.kernel import clock  # noqa: PLC0415
    from liuhen.ledger.sequencing import sequence_all  # noqa: PLC0415
    from tests.disc.conftest import on_the_spot  # noqa: PLC0415 - needs a set-up Django
    from tests.world import MORNING  # noqa: PLC0415

    with clock.frozen(MORNING - dt.timedelta(days=30)) as stopped:
        found = found_world()
        stopped.set(MORNING)
        on_the_spot(found, stopped)
        sequence_all()


def keep() -> Path:
    """Make the home and pack it; returns the archive."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.environ |= {"LIUHEN_HOME": f"{folder}/home", "DJANGO_SETTINGS_MODULE": "liuhen.settings"}
        os.environ["LIUHEN_AS_OWNER"] = "1"
        home = new_home(Path(folder) / "home")
        import django  # noqa: PLC0415 - reads the home

        with home.cluster().running() as cluster:
            django.setup()
            from liuhen.commands.migrate import migrate  # noqa: PLC0415
            from tests.database import point_at  # noqa: PLC0415

            migrate()
            point_at(cluster.dsn(DATABASE, SERVER))
            _filled()
            sql = dumped(cluster.dsn(DATABASE, SUPERUSER))
            (home.path / "database.sql").write_bytes(sql)
        commit = ["git", "log", "-1", "--format=%cs-%h"]
        version = subprocess.run(commit, capture_output=True, text=True, check=True).stdout.strip()
        target = HERE / f"version-{version}.tar.xz"
        with tarfile.open(target, "w:xz") as archive:
            for name in KEPT:
                archive.add(home.path / name, name)
        return target


if __name__ == "__main__":
    print(keep())  # noqa: T201 - for the person at the terminal
