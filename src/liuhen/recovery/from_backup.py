"""Rebuilds a whole home from a backup, as it was at a moment, and verifies it.

The old keys come back with it, so the log goes on as itself. Not for a replica (`restore`), nor for
choosing the way to a moment (`backup.sets`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
from pathlib import Path

import django
from django.db import connection

from liuhen.backup.replay import put_back, recovered, unpack
from liuhen.backup.repository import Repository
from liuhen.backup.sets import BackupSet, Way, home_name, original_name, sets_of, way_to
from liuhen.host.home import FOLDERS, Home
from liuhen.host.secret_files import make_folder
from liuhen.host.server import migration
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.recovery.restore import Restored, Told, differences

_GB = 10**9


def restore_backup(
    repository: Repository, target: Path, told: Told, at: dt.datetime | None
) -> tuple[Restored, BackupSet]:
    """Rebuild a home at `target`, which must be empty or absent, as it was at `at` or at the end.

    Django of this process is set up on it; its database runs meanwhile. Also gives the set reached.

    Raises:
        Refused: `home.not_empty`, `restore.*`, `backup.*`, and as the database does.
    """
    began = clock.monotonic()
    way = way_to(sets_of(repository), at)
    _refuse_full(repository, way, target)
    home = _new_home(repository, way, target)
    told("取回数据库")
    put_back(repository, way, home, at)
    with home.cluster().running():
        recovered(home)
        _migrate(home)
        django.setup()
        told("取回原件")
        originals = _originals_back(repository, home)
        told("核验")
        found = differences()
        entries, rows = _counts()
        connection.close()
    seconds = round(clock.monotonic() - began)
    return Restored(entries, rows, originals, seconds, found), way.last


def go_on_from_backup(home: Home, repository: str, reached: BackupSet, moment: str) -> None:
    """Enter in the restored log that it was restored, and let the sequencer take that in."""
    with home.cluster().running():
        from liuhen.actions.backups import record_restore  # noqa: PLC0415 - models need Django
        from liuhen.ledger.sequencing import sequence_all  # noqa: PLC0415
        from liuhen.people.queries import system_person  # noqa: PLC0415
        from liuhen.recovery.backing_up import made_set  # noqa: PLC0415

        record_restore(
            actor=system_person(), repository=repository, made=made_set(reached), moment=moment
        )
        sequence_all()


def _refuse_full(repository: Repository, way: Way, target: Path) -> None:
    if target.exists() and any(target.iterdir()):
        raise Refused("home.not_empty", path=str(target), found=min(target.iterdir()).name)
    originals = sum(path.stat().st_size for path in (repository.path / "originals").glob("*/*"))
    segments = sum(one.last - one.first + 1 for one in way.through)
    needed = originals + 4 * way.base.base_size + 2 * segments * 16 * 2**20 + _GB // 4
    place = next(folder for folder in (target, *target.absolute().parents) if folder.exists())
    told = os.statvfs(place)
    free = told.f_bavail * told.f_frsize
    if free < needed:
        raise Refused(
            "restore.no_room",
            needed=f"{needed / _GB:.1f}",
            free=f"{free / _GB:.1f}",
            path=str(place),
        )


def _new_home(repository: Repository, way: Way, target: Path) -> Home:
    home = Home(target)
    make_folder(home.path)
    for name in (*FOLDERS, "secrets"):
        make_folder(home.path / name)
    unpack(repository.read(home_name(way.last.id)), home.path)
    for path in home.secrets.folder.iterdir():
        path.chmod(0o600)
    return home.open()


def _migrate(home: Home) -> None:
    """Bring tables of an older version to this one."""
    step = migration(home)
    done = subprocess.run(
        step.command, env={**os.environ, **step.environment}, capture_output=True, text=True
    )
    if done.returncode:
        raise Refused("serve.preparation_failed", name=step.name, said=done.stderr[-800:])


def _originals_back(repository: Repository, home: Home) -> int:
    """Every original the restored rows speak of; what can't be had is verification's to name."""
    from liuhen.vault.keeping import intake_path, local_store  # noqa: PLC0415 - needs Django
    from liuhen.vault.models import Copy  # noqa: PLC0415
    from liuhen.vault.store import STORE  # noqa: PLC0415

    kept = Copy.objects.filter(store=STORE, original__destruction=None)
    rows = kept.order_by("id").values_list("original_id", flat=True)
    count = 0
    for sha256 in rows.iterator(2000):
        fresh = intake_path()
        try:
            digest = hashlib.sha256()
            with fresh.open("xb") as sink:
                for piece in repository.read(original_name(sha256)):
                    digest.update(piece)
                    sink.write(piece)
                sink.flush()
                os.fsync(sink.fileno())
            if digest.hexdigest() == sha256:
                local_store().adopt(fresh, sha256)
                count += 1
        except Refused as refused:
            if refused.code not in ("backup.damaged", "backup.missing"):
                raise
        finally:
            fresh.unlink(missing_ok=True)
    return count


def _counts() -> tuple[int, int]:
    """Entries of the log, and rows of ours under its guard."""
    from liuhen.ledger.guards import own_models  # noqa: PLC0415 - needs Django
    from liuhen.ledger.kinds import TableKind  # noqa: PLC0415
    from liuhen.ledger.queries import latest_size  # noqa: PLC0415

    guarded = [one for one in own_models() if one.table_kind is not TableKind.DERIVED]  # type: ignore[attr-defined]
    return latest_size(), sum(one._default_manager.count() for one in guarded)
