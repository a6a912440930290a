"""`liuhen verify`: bytes, rows and ledger against each other; exit 1 on any difference."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import django

from liuhen.commands import home_option
from liuhen.host.secret_files import write_durably
from liuhen.kernel import clock

if TYPE_CHECKING:
    from liuhen.vault.checks import Check

_PROGRESS_SECONDS = 2.0
_KEEP_SECONDS = 5.0


class Verification:
    """One run: where it stands and what it has found, kept so that it can go on later."""

    def __init__(self, path: Path | None, told: Callable[[str], None]) -> None:
        self._path, self._told = path, told
        self.done: dict[str, Any] = {}
        self.finished: list[str] = []
        self.found: list[dict[str, Any]] = []
        self._kept_at = self._said_at = clock.monotonic()

    def resume(self) -> None:
        """Go on where an interrupted run stood; from the beginning when there was none."""
        if self._path is not None and self._path.exists():
            kept = json.loads(self._path.read_text("utf-8"))
            self.done, self.finished = kept["done"], kept["finished"]
            self.found = kept["found"]
            self._told(f"接着上一次未完成的核验，已发现{len(self.found)}处差异")

    def run(self) -> None:
        """Every check that is not finished, portion by portion."""
        from liuhen.vault.checks import CHECKS  # noqa: PLC0415 - models need Django

        for check in CHECKS:
            if check.name not in self.finished:
                self._check(check)
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _check(self, check: Check) -> None:
        from liuhen.vault.checks import portions  # noqa: PLC0415 - models need Django

        self._told(f"核验{check.title} …")
        total, read = check.total(), 0
        for portion in portions(check, self.done.get(check.name)):
            read += portion.count
            self.found += [dataclasses.asdict(one) for one in portion.differences]
            self.done[check.name] = portion.position
            self._keep()
            if clock.monotonic() - self._said_at > _PROGRESS_SECONDS:
                self._said_at = clock.monotonic()
                of = f" / {total}" if total else ""
                self._told(f"  {check.title} {read}{of}")
        self.finished.append(check.name)
        self._keep(now=True)

    def _keep(self, *, now: bool = False) -> None:
        if self._path is None or not (now or clock.monotonic() - self._kept_at > _KEEP_SECONDS):
            return
        self._kept_at = clock.monotonic()
        kept = {"done": self.done, "finished": self.finished, "found": self.found}
        write_durably(self._path, json.dumps(kept, ensure_ascii=False).encode())


@click.command(name="verify")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
@click.option("--resume", is_flag=True, help="Go on where an interrupted run stood.")
def command(home: Path, as_json: bool, resume: bool) -> None:
    """Hold bytes, rows and ledger against each other.

    Raises:
        Refused: `tables.older`.
    """
    django.setup()
    from liuhen.ledger import tables  # noqa: PLC0415 - models need Django
    from liuhen.vault.checks import UNFINISHED  # noqa: PLC0415

    told = (lambda line: None) if as_json else (lambda line: click.echo(line, err=True))
    verification = Verification(home / "run" / "verify.json", told)
    if resume:
        verification.resume()
    verification.run()
    found = verification.found
    if any(one["code"] == UNFINISHED for one in found):
        # tables of another version can't be compared, and nobody has altered them
        tables.refuse_older()
    if as_json:
        click.echo(json.dumps({"differences": found}, ensure_ascii=False, indent=2))
    else:
        for one in found:
            click.echo(_words(one))
        click.echo("核验通过：没有发现任何差异。" if not found else f"发现{len(found)}处差异。")
    sys.exit(1 if found else 0)


def _words(one: dict[str, Any]) -> str:
    lines = [f"✗ {one['record']}（{one['code']}）：{one['what']}"]
    if one["last_good"] is not None:
        lines.append(f"  最后完好的状态：{json.dumps(one['last_good'], ensure_ascii=False)}")
    if one["last_touched"] is not None:
        touched = one["last_touched"]
        lines.append(f"  账本中最后经手：{touched['actor']} {touched['at']} {touched['event']}")
    return "\n".join(lines)
