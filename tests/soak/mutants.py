"""Mutation testing of the law: `python -m tests.soak.mutants --minutes 30 --count 1000`.

Changes `src/liuhen/law` in one place at a time, in a copy of the tree, and asks the tests of the
law whether they notice: first the tables, then, of what is no article's rule, the other tests but
for the long properties (`tests.law.quick`). In an order drawn by a seed, so that a short run is a
sample of the whole; what was killed is kept in the session and not asked again as long as the law
stays the same. Writes docs/mutants.md with every mutant that survived and why (`mutants.toml`);
exit 1 when one has no reason there.

Annotations are left alone: what stands between `|` there is never computed.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from cosmic_ray.commands.init import init  # type: ignore[import-untyped]
from cosmic_ray.mutating import mutate_and_test  # type: ignore[import-untyped]
from cosmic_ray.work_db import WorkDB, use_db  # type: ignore[import-untyped]
from cosmic_ray.work_item import TestOutcome, WorkItem, WorkResult  # type: ignore[import-untyped]

from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from tests.soak.measured import ROOT, commit

HOME = ROOT / ".build" / "mutants"
TREE = HOME / "tree"
PAGE = ROOT / "docs" / "mutants.md"
REASONS = Path(__file__).parent / "mutants.toml"
LAW = "src/liuhen/law"
TIMEOUT_S = 90
# What the tables alone are the tests of: rules, article by article.
_RULES = ("measures", "statutes")
_UNION = "ReplaceBinaryOperator_BitOr"


@dataclass(frozen=True)
class Survivor:
    """A change nobody noticed: the module, the line before and after."""

    module: str
    before: str
    after: str

    @property
    def key(self) -> str:
        """How `mutants.toml` names it."""
        return f"{self.module}: {self.after}"


def prepare() -> Path:
    """A copy of the tracked tree, and the session for the law as it stands; gives its file."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "src/liuhen", "tests", "docs"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    shutil.rmtree(TREE, ignore_errors=True)
    for name in (*listed, "pyproject.toml"):
        if (ROOT / name).is_file():
            (TREE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, TREE / name)
    modules = sorted((TREE / LAW).rglob("*.py"))
    tables = sorted((TREE / "tests" / "law").rglob("*.toml"))
    stand = sha256_hex(b"".join(one.read_bytes() for one in (*modules, *tables)))[:16]
    session = HOME / f"{stand}.sqlite"
    if not session.exists():
        os.chdir(TREE)
        with use_db(str(session), WorkDB.Mode.create) as work:
            init([one.relative_to(TREE) for one in modules], work, {})
    # Compiled once, held against the source's digest: two changes of one second can't be confused.
    _python("-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "src", "tests")
    _python("-m", "tests.law.quick", "--keep", "rows.pickle")
    return session


def _python(*arguments: str) -> None:
    environment = _environment()
    del environment["PYTHONDONTWRITEBYTECODE"]
    subprocess.run([sys.executable, *arguments], cwd=TREE, env=environment, check=True)


def _environment() -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": f"{TREE / 'src'}:{TREE}",
        "PYTHONPYCACHEPREFIX": str(HOME / "bytecode"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def ask(session: Path, minutes: float, count: int, seed: int) -> None:
    """Try again what survived, then what was not tried, until time or count is used up."""
    os.chdir(TREE)
    os.environ.update(_environment())
    end = clock.monotonic() + minutes * 60
    tables = f"{sys.executable} -m tests.law.quick --rows rows.pickle"
    with use_db(str(session), WorkDB.Mode.open) as work:
        waiting = sorted(_wanted(work.pending_work_items), key=_place)
        random.Random(seed).shuffle(waiting)
        alive = [item for item, result in work.completed_work_items if _survived(result)]
        for item in [*alive, *waiting][:count]:
            if clock.monotonic() > end:
                return
            command = f"{tables} {_asked(Path(item.mutations[0].module_path))}"
            work.set_result(item.job_id, mutate_and_test(item.mutations, command, TIMEOUT_S))


def _asked(module: Path) -> str:
    """What is asked about a change of a module: its rules' tables, or everything."""
    if module.parent.name in _RULES and module.stem != "__init__":
        return f"--of {module.parent.name}.{module.stem}"
    return "--then-the-rest"


def _survived(result: WorkResult) -> bool:
    return bool(result.test_outcome is TestOutcome.SURVIVED)


def _wanted(items: object) -> Iterator[WorkItem]:
    for item in items:  # type: ignore[attr-defined]
        if _UNION not in item.mutations[0].operator_name:
            yield item


def _place(item: WorkItem) -> tuple[str, str, int]:
    one = item.mutations[0]
    return str(one.module_path), one.operator_name, one.occurrence


# -- the page ------------------------------------------------------------------------------------


def _survivor(item: WorkItem, result: WorkResult) -> Survivor:
    lines = (result.diff or "").splitlines()
    before = [one[1:].strip() for one in lines if re.match(r"-(?!--)", one)]
    after = [one[1:].strip() for one in lines if re.match(r"\+(?!\+\+)", one)]
    module = str(item.mutations[0].module_path).removeprefix(f"{LAW}/")
    return Survivor(module, " ".join(before), " ".join(after))


def written(session: Path) -> list[Survivor]:
    """Write docs/mutants.md; the survivors nobody has given a reason for."""
    reasons: dict[str, str] = tomllib.loads(REASONS.read_text("utf-8"))
    tried: Counter[str] = Counter()
    survivors: list[Survivor] = []
    with use_db(str(session), WorkDB.Mode.open) as work:
        waiting = sum(1 for _ in _wanted(work.pending_work_items))
        for item, result in work.completed_work_items:
            is_alive = _survived(result)
            tried["survived" if is_alive else "killed"] += 1
            if is_alive:
                survivors.append(_survivor(item, result))
    ordered = sorted(set(survivors), key=lambda one: (one.module, one.after))
    PAGE.write_text("\n".join(_page(tried, waiting, ordered, reasons)), "utf-8")
    return [one for one in ordered if one.key not in reasons]


def _page(
    tried: Counter[str], waiting: int, survivors: list[Survivor], reasons: dict[str, str]
) -> Iterator[str]:
    asked = tried.total()
    yield "# Mutants of the law\n"
    yield "Written by `make soak` (`tests/soak/mutants.py`). Each mutant is `src/liuhen/law`"
    yield "with one thing changed: an operator, a number, a comparison, a decorator. It is killed"
    yield "when a row of a table fails or, outside the rules of the articles, a test of"
    yield "`tests/law` but for the long properties (`tests/law/quick.py`). The order is drawn by a"
    yield "seed; what was not tried is counted.\n"
    yield f"Commit {commit()}: {asked + waiting} mutants, {asked} tried, {tried['killed']} killed,"
    yield f"{tried['survived']} survived, {waiting} not tried. Explained survivors:"
    yield f"{sum(one.key in reasons for one in survivors)} of {len(survivors)}.\n"
    yield "| Module | Line | Mutant that survived | Why |"
    yield "|---|---|---|---|"
    for one in survivors:
        cells = (one.module, f"`{one.before}`", f"`{one.after}`", reasons.get(one.key, "open"))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


@click.command()
@click.option("--minutes", type=float, default=30.0)
@click.option("--count", type=int, default=1000)
@click.option("--seed", type=int, default=1)
def main(minutes: float, count: int, seed: int) -> None:
    """Try mutants of the law; see the module's text."""
    session = prepare()
    ask(session, minutes, count, seed)
    left = written(session)
    for one in left:
        click.echo(f"{one.module}: {one.before}  ->  {one.after}")
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
