"""Mutation testing of the law: `python -m tests.soak.mutants --minutes 30 --count 1000`.

Changes `src/liuhen/law` in one place at a time, in a copy of the tree, and asks the tests of the
law whether they notice: first the tables, then, of what is no article's rule, the test files that
name the module (`tests.law.quick`). The rules come first; within rules and rest in an order drawn
by a seed, so that a short run is a sample. What was killed is kept and not asked again as long as
its module stays the same; what survived is asked again. Writes docs/mutants.md with every mutant
that survived and why (`mutants.toml`); exit 1 when one has no reason there.

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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from functools import cache
from pathlib import Path

import click
from cosmic_ray.commands.init import init  # type: ignore[import-untyped]
from cosmic_ray.mutating import use_mutation  # type: ignore[import-untyped]
from cosmic_ray.plugins import get_operator  # type: ignore[import-untyped]
from cosmic_ray.work_db import WorkDB, use_db  # type: ignore[import-untyped]
from cosmic_ray.work_item import (  # type: ignore[import-untyped]
    TestOutcome,
    WorkerOutcome,
    WorkItem,
    WorkResult,
)

from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from tests.soak.measured import ROOT, commit
from tests.soak.trying import ROWS, Trier

HOME = ROOT / ".build" / "mutants"
TREE = HOME / "tree"
PAGE = ROOT / "docs" / "mutants.md"
REASONS = Path(__file__).parent / "mutants.toml"
LAW = "src/liuhen/law"
# What the tables alone are the tests of: rules, article by article.
_RULES = ("measures", "statutes")
LEFT_OUT = """\
- Comparisons are turned into their opposite (`==` and `!=`, `is` and `is not`, `<` and `>=`) and
  moved over their boundary (`<` and `<=`), no further: `is` and `==` are the same for members of
  an enumeration, and `==` turned into `<=` is weaker than its opposite.
- Arithmetic is turned into its counterpart (`+` and `-`, `*` and `/`); the ten others of each
  are louder forms of the same.
- `|` stands in annotations and unions of sets and is left alone.
- So are lines of decorators, since caching and freezing change no judgement, and the `*` before
  arguments that are named.
"""
_BOUNDARY = {"Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt"}
_OPPOSITE = {"Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is", "Lt_GtE", "GtE_Lt", "Gt_LtE", "LtE_Gt"}
_COUNTERPART = {"Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_Mul"}
# The tables are asked anyway, and the words of a home are not the law's.
_NOT_HERE = ("test_tables", "test_to_be_confirmed")
_MADE = _BOUNDARY | _OPPOSITE | _COUNTERPART


@dataclass(frozen=True)
class Survivor:
    """A change nobody noticed: its module and function, the line before and after."""

    place: str
    before: str
    after: str

    @property
    def key(self) -> str:
        """How `mutants.toml` names it."""
        return f"{self.place}: {self.after}"


def prepare() -> None:
    """A copy of the tracked tree, compiled, with the rows of its tables."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "src/liuhen", "tests", "docs"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    shutil.rmtree(TREE, ignore_errors=True)
    for name in (*listed, "pyproject.toml"):
        if (ROOT / name).is_file():
            (TREE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, TREE / name)
    # Compiled once, held against the source's digest: two changes of one second can't be confused.
    _python("-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "src", "tests")
    _python("-m", "tests.law.quick", "--keep", str(ROWS))


def sessions() -> dict[Path, Path]:
    """By module of the law, from the tree's root, the session of the module as it stands."""
    os.chdir(TREE)
    found = {}
    for module in sorted(Path(LAW).rglob("*.py")):
        stand = sha256_hex(module.read_bytes())[:16]
        session = found[module] = HOME / f"{module.parent.name}.{module.stem}.{stand}.sqlite"
        if not session.exists():
            with use_db(str(session), WorkDB.Mode.create) as work:
                init([module], work, {})
    return found


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


def tries() -> Iterator[tuple[WorkItem, WorkResult | None]]:
    """Every mutant that is made, with what came of it when it was tried."""
    for session in sessions().values():
        with use_db(str(session), WorkDB.Mode.open) as work:
            results = dict(work.results)
            yield from ((one, results.get(one.job_id)) for one in work.work_items if _is_made(one))


def ask(minutes: float, count: int, seed: int, wants: Callable[[Path], bool]) -> None:
    """Try again what survived and nobody explained, what was not tried, what was explained.

    Until time or count is used up.
    """
    end = clock.monotonic() + minutes * 60
    places, known = sessions(), list(tries())
    alive = [(item, _survivor(item, result)) for item, result in known if _survived(result)]
    reasons = tomllib.loads(REASONS.read_text("utf-8"))
    unexplained = [item for item, survivor in alive if survivor.key not in reasons]
    explained = [item for item, survivor in alive if survivor.key in reasons]
    waiting = sorted((item for item, result in known if not result), key=_place)
    random.Random(seed).shuffle(waiting)
    waiting.sort(key=lambda item: not _is_rule(_module(item)))
    chosen = [item for item in (*unexplained, *waiting, *explained) if wants(_module(item))]
    environment = _environment()
    with (
        Trier(TREE, environment, of_rules=True) as rules,
        Trier(TREE, environment, of_rules=False) as rest,
    ):
        for item in chosen[:count]:
            if clock.monotonic() > end:
                return
            with use_db(str(places[_module(item)]), WorkDB.Mode.open) as work:
                work.set_result(
                    item.job_id, _tried(rules if _is_rule(_module(item)) else rest, item)
                )


def _tried(trier: Trier, item: WorkItem) -> WorkResult:
    """What comes of one mutant; what is asked of it must be right without it."""
    (one,) = item.mutations
    asked = _asked(_module(item))
    for each in asked:
        trier.unchanged(each)
    operator = get_operator(one.operator_name)(**one.operator_args)
    with use_mutation(one.module_path, operator, one.occurrence) as (before, after):
        outcome = TestOutcome.SURVIVED if trier.passes(*asked) else TestOutcome.KILLED
    changed = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return WorkResult(WorkerOutcome.NORMAL, test_outcome=outcome, diff="\n".join(changed))


def _module(item: WorkItem) -> Path:
    return Path(item.mutations[0].module_path)


def _is_rule(module: Path) -> bool:
    return module.parent.name in _RULES and module.stem != "__init__"


def _asked(module: Path) -> list[str]:
    """What is asked about a change of a module: its rules' tables, or all and who names it."""
    if _is_rule(module):
        return [f"--of={module.parent.name}.{module.stem}"]
    return _naming(module.stem)


@cache
def _naming(stem: str) -> list[str]:
    """The test files of a module of the law: of its name or importing it; else every one.

    First its own, unless it reads all tables, which takes longer than judging them.
    """
    imports = re.compile(rf"liuhen\.law\.{stem}\b")
    every = [
        one for one in sorted(Path("tests/law").glob("test_*.py")) if one.stem not in _NOT_HERE
    ]
    naming = [
        one for one in every if one.stem == f"test_{stem}" or imports.search(one.read_text("utf-8"))
    ]
    slow = {one for one in every if "table_tests" in one.read_text("utf-8")}
    first = [one for one in naming if one.stem == f"test_{stem}" and one not in slow]
    then = sorted({*(naming or every)} - {*first}, key=lambda one: (one in slow, one))
    return [*(f"--first={one}" for one in first), *(f"--then={one}" for one in then)]


def _survived(result: WorkResult | None) -> bool:
    return bool(result and result.test_outcome is TestOutcome.SURVIVED)


def _is_made(item: WorkItem) -> bool:
    """Whether this mutant is made at all; see `LEFT_OUT`."""
    one = item.mutations[0]
    row, column = one.start_pos
    line = _lines(_module(item))[row - 1]
    if line.strip().startswith("@") or line[column:].startswith("*,"):
        return False
    kind, _, change = one.operator_name.removeprefix("core/").partition("Operator_")
    return change in _MADE if kind in ("ReplaceBinary", "ReplaceComparison") else True


@cache
def _lines(module: Path) -> list[str]:
    return (TREE / module).read_text("utf-8").splitlines()


def _place(item: WorkItem) -> tuple[str, str, int]:
    one = item.mutations[0]
    return str(one.module_path), one.operator_name, one.occurrence


# -- the page ------------------------------------------------------------------------------------


def _survivor(item: WorkItem, result: WorkResult | None) -> Survivor:
    lines = (result.diff if result else "").splitlines()
    before = [one[1:].strip() for one in lines if re.match(r"-(?!--)", one)]
    after = [one[1:].strip() for one in lines if re.match(r"\+(?!\+\+)", one)]
    module = str(item.mutations[0].module_path).removeprefix(f"{LAW}/")
    place = f"{module} {item.mutations[0].definition_name or ''}".strip()
    return Survivor(place, " ".join(before), " ".join(after))


def written() -> list[Survivor]:
    """Write docs/mutants.md; the survivors nobody has given a reason for."""
    reasons: dict[str, str] = tomllib.loads(REASONS.read_text("utf-8"))
    told: dict[str, Counter[str]] = {"rules": Counter(), "the rest": Counter()}
    survivors: list[Survivor] = []
    for item, result in tries():
        told[_part(item)][_came_out(result)] += 1
        if _survived(result):
            survivors.append(_survivor(item, result))
    ordered = sorted(set(survivors), key=lambda one: (one.place, one.after))
    PAGE.write_text("\n".join(_page(told, ordered, reasons)), "utf-8")
    return [one for one in ordered if one.key not in reasons]


def _came_out(result: WorkResult | None) -> str:
    if result is None:
        return "not tried"
    return "survived" if _survived(result) else "killed"


def _part(item: WorkItem) -> str:
    return "rules" if _is_rule(_module(item)) else "the rest"


def _page(
    told: dict[str, Counter[str]], survivors: list[Survivor], reasons: dict[str, str]
) -> Iterator[str]:
    yield "# Mutants of the law\n"
    yield "Written by `make soak` (`tests/soak/mutants.py`). Each mutant is `src/liuhen/law`"
    yield "with one thing changed. It is killed when a row of a table fails or, outside the rules"
    yield "of the articles and statutes, a test file that names the module, or when either takes"
    yield "more than about twice its time. The files run without their longest properties. Rules"
    yield "come first, then the rest, each in an order drawn by a seed. A result is kept as long as"
    yield "the module's source is the same. Not made, since they say nothing:\n"
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
    yield "| Where | Line | Mutant that survived | Why |"
    yield "|---|---|---|---|"
    for one in survivors:
        cells_ = (one.place, f"`{one.before}`", f"`{one.after}`", reasons.get(one.key, "open"))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells_) + " |"
    yield ""


@click.command()
@click.option("--minutes", type=float, default=30.0)
@click.option("--count", type=int, default=3000)
@click.option("--seed", type=int, default=1)
@click.option("--of", default="", help='Only modules whose path holds this ("measures").')
@click.option("--not-rules", is_flag=True, help="Leave the rules of articles and statutes out.")
def main(minutes: float, count: int, seed: int, of: str, *, not_rules: bool) -> None:
    """Try mutants of the law; see the module's text."""

    def wants(module: Path) -> bool:
        return of in str(module) and not (not_rules and _is_rule(module))

    prepare()
    ask(minutes, count, seed, wants)
    left = written()
    for one in left:
        click.echo(f"{one.place}: {one.before}  ->  {one.after}")
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
