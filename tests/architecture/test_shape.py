"""The shape of the source: sizes, names, docstrings, where writes stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "liuhen"
MODULES = sorted(
    p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts and "node_modules" not in p.parts
)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "manager", "services"}
# Django asks for a backend of the database by this name.
GIVEN_NAMES = {"web/patience/base.py"}
# May only shrink.
LONG_FUNCTIONS: frozenset[str] = frozenset()
LONG_MODULES: frozenset[str] = frozenset()
WRITES = {
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "save",
    "delete",
    "create",
    "update",
}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    doc = function.body[0]
    if isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant):
        lines -= (doc.end_lineno or doc.lineno) - doc.lineno + 1
    return lines


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for_and_stays_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(tree(path)), "the module has no docstring"
    assert path.stem not in FORBIDDEN_NAMES or name_of(path) in GIVEN_NAMES
    assert len(text.splitlines()) <= 400 or name_of(path) in LONG_MODULES
    long = [f.name for f in functions(path) if length(f) > 40]
    assert not [name for name in long if f"{name_of(path)}:{name}" not in LONG_FUNCTIONS]


def clock_reads(path: Path) -> list[int]:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            holder = ast.unparse(node.value)
            if holder in ("dt.datetime", "datetime", "datetime.datetime", "dt.date", "timezone"):
                found.append(node.lineno)
    return found


def test_time_comes_only_from_the_kernel_clock() -> None:
    readers = {name_of(p) for p in MODULES if clock_reads(p)}
    assert readers <= {"kernel/clock.py"}


def test_there_are_no_signals_and_no_logic_in_save() -> None:
    for path in MODULES:
        text = path.read_text("utf-8")
        assert "post_save" not in text and "pre_save" not in text, name_of(path)
        if path.stem == "models":
            names = {f.name for f in functions(path)}
            assert not names & {"save", "delete", "clean"}, name_of(path)


def orm_writes(path: Path) -> list[str]:
    """Where rows are written: through a manager, by a row's own `save` and `delete`, in SQL."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target, verb = ast.unparse(node.func.value), node.func.attr
            by_manager = verb in WRITES and (".objects" in target or target.endswith("_set"))
            # a picture is saved to a place; a row to none
            if by_manager or (verb in {"save", "delete"} and not node.args):
                found.append(f"{node.lineno}: {target}.{verb}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [f"{node.lineno}: {told}" for told in SQL_WRITES.findall(node.value)]
    return found


SQL_WRITES = re.compile(
    r"\b(?:INSERT INTO|DELETE FROM|TRUNCATE TABLE|UPDATE \w+ SET|DISABLE TRIGGER)\b.*|\ACOPY .*"
)
DERIVED = (
    "finding",
    "upload",
    "docking",
    "derivative",
    "drafttext",
    "tile",
    "pending",
    "indexed",
    "follower",
    "camerastate",
    "recorderstate",
    "unitstanding",
    "expirywarning",
    "answered",
    "mailstate",
    "state.save",
    "difference",
    "reconciliation",
    "scrub",
    "alarm",
    "backupplace",
    "sweep",
    "storestate",
)
# Derived rows and the ledger's and vault's own inner steps are written below the acts.
WRITERS_BELOW = {
    # millions of cases, entries and records of the search, as the owner of a throwaway home
    "bench/generated.py",
    "bench/indexed.py",
    "bench/ledger.py",
    "ledger/attesting.py",
    "ledger/recording.py",
    "ledger/sequencing.py",
    "ledger/stamping.py",
    # a whole home anew or elsewhere, as the owner of its tables, verified before it is used
    "recovery/moving_rows.py",
    "recovery/rows.py",
    "vault/keeping.py",
}


def test_guarded_and_recorded_rows_are_written_only_in_actions() -> None:
    for path in MODULES:
        name = name_of(path)
        if name.startswith("actions/") or name in WRITERS_BELOW:
            continue
        writes = [w for w in orm_writes(path) if not any(d in w.lower() for d in DERIVED)]
        assert not writes, f"{name}: {writes}"


@pytest.mark.parametrize(
    "line",
    [
        "Case.objects.filter(id=1).update(cause='x')",
        "Case.objects.create()",
        "case.save(update_fields=['cause'])",
        "case.delete()",
        "case.party_set.create(name='x')",
        "cursor.execute('UPDATE cases_case SET cause = 1')",
        "cursor.copy(f'COPY {table} (id) FROM STDIN')",
        "owner.execute(f'ALTER TABLE {table} DISABLE TRIGGER USER')",
    ],
)
def test_each_way_to_write_a_row_is_seen(line: str, tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(line, "utf-8")
    assert orm_writes(module)


def test_no_broad_except_outside_doors_and_job_runners() -> None:
    for path in MODULES:
        if name_of(path).split("/")[0] in ("web", "api", "commands", "jobs"):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                line = path.read_text("utf-8").splitlines()[node.lineno - 1]
                assert caught not in ("Exception", "everything") or "BLE001" in line, name_of(path)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_named_fields_are_taken_from_a_request(path: Path) -> None:
    """No form made of a model, no `**` of what was sent, no attribute by a name from outside."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            assert not {"ModelForm", "ModelSchema"} & {
                ast.unparse(b).split(".")[-1] for b in node.bases
            }
        if isinstance(node, ast.Call):
            for given in (one.value for one in node.keywords if one.arg is None):
                sent = re.search(r"request\.(POST|GET|FILES|body|META|headers)", ast.unparse(given))
                assert not sent, ast.unparse(node)
            is_set = isinstance(node.func, ast.Name) and node.func.id == "setattr"
            if is_set and path.is_relative_to(SOURCE / "web"):
                assert isinstance(node.args[1], ast.Constant), ast.unparse(node)


@pytest.mark.parametrize("path", sorted((SOURCE.parents[1] / "frontend").rglob("*.ts")), ids=str)
def test_no_program_of_a_page_writes_under_a_name_from_outside(path: Path) -> None:
    """What would let a sent key such as `__proto__` reach the objects everything inherits from."""
    text = path.read_text("utf-8")
    for wrong in (
        r"__proto__",
        r"\.prototype\b",
        r"\bsetPrototypeOf\b",
        r"\bnew Function\b",
        r"\beval\(",
    ):
        assert not re.search(wrong, text), wrong
