"""Rebuilds a whole home from a replica's folder into an empty folder, and verifies it.

Not for the tables themselves (`rows`). The new home gets new secrets: the log's private key is not
in a replica, so the restored log goes on under a new key, which is entered in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import psycopg
from django.db import connection

from liuhen.host.home import Home, HomeFacts
from liuhen.host.postgres_roles import OWNER
from liuhen.host.secret_files import write_durably
from liuhen.host.server import migration
from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault, Refused
from liuhen.replica.folder import ReplicaFolder
from liuhen.tlog.keys import Verifier
from liuhen.tlog.policy import Policy, TrustedLog
from liuhen.vault.store import LocalStore

_DEMO = "demo.liuhen.invalid/"
_SAVED = ("log*.pem", "identity*.key", "identity-keys.json")
Told = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What came back, how long it took, and what verification then said."""

    entries: int
    rows: int
    originals: int
    seconds: int
    differences: list[Any]

    @property
    def figures(self) -> dict[str, int]:
        """The numbers, as a drill records them."""
        return {
            "entries": self.entries,
            "rows": self.rows,
            "originals": self.originals,
            "seconds": self.seconds,
            "differences": len(self.differences),
        }


def restore(folder: ReplicaFolder, target: Path, told: Told, secrets: Path | None) -> Restored:
    """Rebuild a home at `target`, which must be empty or absent; its database runs meanwhile.

    Django of this process is set up on it. `secrets` is a folder with the old keys of the log and
    of identity numbers, if saved; without the latter no number of a party opens.

    Raises:
        Refused: `restore.nothing`, `restore.not_verified`, `home.*`, and as the database does.
    """
    began = clock.monotonic()
    state = folder.state()
    if state.size == 0:
        raise Refused("restore.nothing")
    home = _new_home(folder, target, secrets)
    told("建立数据目录和数据库")
    with home.cluster().running():
        step = migration(home)
        done = subprocess.run(
            step.command, env={**os.environ, **step.environment}, capture_output=True, text=True
        )
        if done.returncode:
            raise Refused("serve.preparation_failed", name=step.name, said=done.stderr[-800:])
        django.setup()
        from liuhen.recovery.rows import write_all  # noqa: PLC0415 - models need Django

        told("写入账本、行映像和数据行")
        with psycopg.connect(home.database_url(OWNER), autocommit=True) as owner:
            rows = write_all(owner, folder)
        told("复制原件")
        originals = _copy_originals(folder, home, _destroyed())
        told("核验")
        found = differences()
        connection.close()
    seconds = round(clock.monotonic() - began)
    return Restored(state.size, rows, originals, seconds, found)


def go_on(home: Home, told: Told) -> None:
    """Let a restored log go on: a new key, entered in it; findings judged again."""
    with home.cluster().running():
        from liuhen.actions.log_keys import rotate_log_key  # noqa: PLC0415 - models need Django
        from liuhen.jobs.judging import judge_all_cases  # noqa: PLC0415
        from liuhen.ledger.sequencing import sequence_all  # noqa: PLC0415
        from liuhen.ledger.signing import key_in_force, signer_of  # noqa: PLC0415
        from liuhen.people.queries import system_person  # noqa: PLC0415

        vkey = key_in_force()
        try:
            signer_of(vkey)
        except Fault:
            told("更换账本签名密钥")
            rotate_log_key(actor=system_person(), reason="从异地副本恢复，原私钥不在", lost=vkey)
        sequence_all()
        told("重新评判全部案件")
        judge_all_cases()
        sequence_all()


def _new_home(folder: ReplicaFolder, target: Path, secrets: Path | None) -> Home:
    home, origin = Home(target), folder.facts.origin
    if target.exists() and any(target.iterdir()):
        raise Refused("home.not_empty", path=str(target), found=min(target.iterdir()).name)
    home.create(HomeFacts(origin, is_demo=origin.startswith(_DEMO)))
    keys = [Verifier.from_vkey(vkey) for _, vkey in folder.state().keys]
    text = Policy(logs=tuple(TrustedLog(key) for key in keys)).text
    write_durably(home.policy_path, text.encode(), mode=0o644)
    saved = [path for like in _SAVED for path in sorted(secrets.glob(like))] if secrets else []
    for path in saved:
        write_durably(home.secrets.folder / path.name, path.read_bytes())
    return home


def _destroyed() -> set[str]:
    """Originals that stay destroyed, whatever a replica that was away still holds of them."""
    from liuhen.vault.models import Destruction  # noqa: PLC0415 - models need Django

    return set(Destruction.objects.values_list("original_id", flat=True))


def _copy_originals(folder: ReplicaFolder, home: Home, destroyed: set[str]) -> int:
    store, count = LocalStore(home.vault_dir), 0
    for path in sorted(folder.store.folder.glob("??/??/*")):
        if path.name in destroyed:
            continue
        fresh = home.intake_dir / path.name
        shutil.copyfile(path, fresh)
        with fresh.open("rb") as stream:
            os.fsync(stream.fileno())
        store.adopt(fresh, path.name)
        count += 1
    return count


def differences() -> list[Any]:
    """What verification of the whole home finds."""
    from liuhen.vault.checks import differences  # noqa: PLC0415 - models need Django

    return list(differences())
