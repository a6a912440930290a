"""The jobs of backup: one set a night, one restore drill a month, where a repository is named.

Each runs the command an operator would, and says so when it fails. Not for the work itself
(`recovery`).
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection

from liuhen.actions.backups import note_backup_try, take_backup_drill
from liuhen.backup.repository import Repository
from liuhen.backup.sealing import Key
from liuhen.host.home import Home
from liuhen.host.server import liuhen
from liuhen.kernel import trace
from liuhen.kernel.refusals import Fault
from liuhen.people.queries import system_person

log = logging.getLogger(__name__)


def back_up() -> bool:
    """Make one set; False where no repository is named. Raises `Fault` when it fails."""
    target, key = settings.BACKUP_TARGET, settings.BACKUP_KEY
    if not (target and key):
        return False
    done = _run("backup", settings.HOME.path, target, "--key", key, "--json")
    if done.returncode:
        said = done.stderr.strip()[-500:] or done.stdout.strip()[-500:]
        _note(target, key, said)
        raise Fault(f"backup failed: {said}")
    return True


def drill() -> bool:
    """Restore the newest set into a folder, verify, record the result, remove it again.

    False where no repository is named. Raises `Fault` when nothing could be restored.
    """
    target, key = settings.BACKUP_TARGET, settings.BACKUP_KEY
    if not (target and key):
        return False
    folder = (settings.DRILL_FOLDER or target.parent) / "liuhen-drill"
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--backup", target, "--key", key, "--drill", "--json")
    try:
        done = _run("restore", folder, *options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        raise Fault(f"drill failed: {done.stderr.strip()[-500:]}")
    result = json.loads(done.stdout)
    with trace.through("job"):
        repository = Repository.open(target, Key.read(key)).facts.name
        take_backup_drill(system_person(), repository, result)
    if result["differences"]:
        log.error("drill: %d differences after the restore", result["differences"])
    return True


def _note(target: Path, key: Path, said: str) -> None:
    """Tell the lamps, where the repository can be named at all."""
    if (target / "backup.toml").exists():
        note_backup_try(Repository.open(target, Key.read(key)).facts.name, said, target)


def _run(command: str, home: Path, *options: str | Path) -> subprocess.CompletedProcess[str]:
    """One of our commands on a home. It may take hours; no connection waits for it."""
    connection.close()
    start = liuhen(command, Home(home), *map(str, options))
    environment = {**os.environ, "LIUHEN_HOME": str(home)}
    return subprocess.run(start, env=environment, capture_output=True, text=True, check=False)
