"""Mutation testing of the law: `python -m tests.soak.mutants --minutes 30 --count 1000`.

Changes `src/liuhen/law` in one place at a time, in a copy of the tree, and asks the tests of the
law whether they notice: first the tables, then, of what is no article's rule, the test files that
name the module (`tests.law.quick`). The rules come first; within rules and rest in an order drawn
by a seed, so that a short run is a sample. What was killed is kept in the session and not asked
again as long as the law stays the same. Writes docs/mutants.md with every mutant that survived
and why (`mutants.toml`); exit 1 when one has no reason there.

Not every change of cosmic-ray is made; `LEFT_OUT` says which are not, and why.
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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
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
LEFT_OUT = """\
- Comparisons are turned into their opposite (`==` and `!=`, `is` and `is not`, `<` and `>=`) and
  moved over their boundary (`<` and `<=`), no further: `is` and `==` are the same for members of
  an enumeration, and `==` turned into `<=` is weaker than its opposite.
- Arithmetic is turned into its counterpart (`+` and `-`, `*` and `/`); the ten others of each
  are louder forms of the same.
- `|` stands in annotations and unions of sets and is left alone.
- So are lines of decorators: caching and freezing change no judgement.
"""
_BOUNDARY = {"Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt"}
_OPPOSITE = {"Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is", "Lt_GtE", "GtE_Lt", "Gt_LtE", "LtE_Gt"}
_COUNTERPART = {"Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_Mul"}
# The tables are asked anyway, and the words of a home are not the law's.
_NOT_HERE = ("test_tables", "test_to_be_confirmed")
_MADE = _BOUNDARY | _OPPOSITE | _COUNTERPART


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
    stand = sha256_hex(b"".join(one.read_bytes() for one in modules))[:16]
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


def ask(
    session: Path, minutes: float, count: int, seed: int, wants: Callable[[Path], bool]
) -> None:
    """Try again what survived, then what was not tried, until time or count is used up."""
    os.chdir(TREE)
    os.environ.update(_environment())
    end = clock.monotonic() + minutes * 60
    tables = f"{sys.executable} -m tests.law.quick --rows rows.pickle"
    with use_db(str(session), WorkDB.Mode.open) as work:
        waiting = sorted(_wanted(work.pending_work_items), key=_place)
        random.Random(seed).shuffle(waiting)
        waiting.sort(key=lambda item: not _is_rule(_module(item)))
        alive = [item for item, result in work.completed_work_items if _survived(result)]
        chosen = [item for item in (*alive, *waiting) if wants(_module(item))]
        for item in chosen[:count]:
            if clock.monotonic() > end:
                return
            command = f"{tables} {_asked(_module(item))}"
            work.set_result(item.job_id, mutate_and_test(item.mutations, command, TIMEOUT_S))


def _module(item: WorkItem) -> Path:
    return Path(item.mutations[0].module_path)


def _is_rule(module: Path) -> bool:
    return module.parent.name in _RULES and module.stem != "__init__"


def _asked(module: Path) -> str:
    """What is asked about a change of a module: its rules' tables, or all and who names it."""
    if _is_rule(module):
        return f"--of {module.parent.name}.{module.stem}"
    return " ".join(f"--then {one}" for one in _naming(module.stem))


@cache
def _naming(stem: str) -> list[str]:
    """The test files of a module of the law: of its name or importing it; else the engine's."""
    imports = re.compile(rf"liuhen\.law\.{stem}\b")
    every = sorted(Path("tests/law").glob("test_*.py"))
    own = [one for one in every if one.stem == f"test_{stem}"]
    tests = [one for one in every if imports.search(one.read_text("utf-8"))]
    named = [one for one in dict.fromkeys((*own, *tests)) if one.stem not in _NOT_HERE]
    return [str(one) for one in named] or ["tests/law/test_engine.py"]


def _survived(result: WorkResult) -> bool:
    return bool(result.test_outcome is TestOutcome.SURVIVED)


def _wanted(items: Iterable[WorkItem]) -> Iterator[WorkItem]:
    """The mutants that are made at all; see `LEFT_OUT`."""
    for item in items:
        one = item.mutations[0]
        kind, _, change = one.operator_name.removeprefix("core/").partition("Operator_")
        is_made = change in _MADE if kind in ("ReplaceBinary", "ReplaceComparison") else True
        if is_made and not _line(_module(item), one.start_pos[0]).startswith("@"):
            yield item


def _line(module: Path, number: int) -> str:
    return _lines(module)[number - 1].strip()


@cache
def _lines(module: Path) -> list[str]:
    return (TREE / module).read_text("utf-8").splitlines()


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
    told: dict[str, Counter[str]] = {"rules": Counter(), "the rest": Counter()}
    survivors: list[Survivor] = []
    with use_db(str(session), WorkDB.Mode.open) as work:
        for item in _wanted(work.pending_work_items):
            told[_part(item)]["not tried"] += 1
        for item, result in work.completed_work_items:
            told[_part(item)]["survived" if _survived(result) else "killed"] += 1
            if _survived(result):
                survivors.append(_survivor(item, result))
    ordered = sorted(set(survivors), key=lambda one: (one.module, one.after))
    PAGE.write_text("\n".join(_page(told, ordered, reasons)), "utf-8")
    return [one for one in ordered if one.key not in reasons]


def _part(item: WorkItem) -> str:
    return "rules" if _is_rule(_module(item)) else "the rest"


def _page(
    told: dict[str, Counter[str]], survivors: list[Survivor], reasons: dict[str, str]
) -> Iterator[str]:
    yield "# Mutants of the law\n"
    yield "Written by `make soak` (`tests/soak/mutants.py`). Each mutant is `src/liuhen/law`"
    yield "with one thing changed. It is killed when a row of a table fails or, outside the rules"
    yield "of the articles and statutes, a test file that names the module. Rules come first, then"
    yield "the rest, each in an order drawn by a seed. Not made, since they say nothing:\n"
    yield LEFT_OUT
    yield f"Commit {commit()}:\n"
    yield "| Part | Mutants | Tried | Killed | Survived | Not tried |"
    yield "|---|---:|---:|---:|---:|---:|"
    for part, n in told.items():
        tried = n["killed"] + n["survived"]
        cells = (n.total(), tried, n["killed"], n["survived"], n["not tried"])
        yield f"| {part} | " + " | ".join(map(str, cells)) + " |"
    explained = sum(one.key in reasons for one in survivors)
    yield f"\nDifferent lines that survived: {len(survivors)}, of them explained: {explained}.\n"
    yield "| Module | Line | Mutant that survived | Why |"
    yield "|---|---|---|---|"
    for one in survivors:
        cells_ = (one.module, f"`{one.before}`", f"`{one.after}`", reasons.get(one.key, "open"))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells_) + " |"
    yield ""


@click.command()
@click.option("--minutes", type=float, default=30.0)
@click.option("--count", type=int, default=1000)
@click.option("--seed", type=int, default=1)
@click.option("--of", default="", help='Only modules whose path holds this ("measures").')
@click.option("--not-rules", is_flag=True, help="Leave the rules of articles and statutes out.")
def main(minutes: float, count: int, seed: int, of: str, *, not_rules: bool) -> None:
    """Try mutants of the law; see the module's text."""

    def wants(module: Path) -> bool:
        return of in str(module) and not (not_rules and _is_rule(module))

    session = prepare()
    ask(session, minutes, count, seed, wants)
    left = written(session)
    for one in left:
        click.echo(f"{one.module}: {one.before}  ->  {one.after}")
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
