"""The engine's version: every change of a source gives another, and every finding bears it."""

import importlib
import sys
from pathlib import Path

import pytest

from liuhen.law import judge
from liuhen.law.version import ENGINE_VERSION, source_digest
from tests.law.case_tables import case_named, facts_from


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of two modules and a table."""
    folder = tmp_path / "sample_of_rules"
    (folder / "inner").mkdir(parents=True)
    for name in ("__init__.py", "a.py", "inner/__init__.py", "figures.toml"):
        (folder / name).write_text(f"# {name}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    sys.modules.pop(folder.name, None)
    return folder


def test_every_change_of_a_source_gives_another_version(package: Path) -> None:
    seen = {source_digest(package.name)}
    for name in ("a.py", "figures.toml", "inner/__init__.py"):
        (package / name).write_text("value = 2\n")
        seen.add(source_digest(package.name))
    (package / "a.py").rename(package / "b.py")
    seen.add(source_digest(package.name))
    (package / "b.py").unlink()
    seen.add(source_digest(package.name))
    assert len(seen) == 6


def test_what_is_no_source_and_how_it_is_asked_change_nothing(package: Path) -> None:
    before = source_digest(package.name)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "a.pyc").write_bytes(b"1")
    (package / "notes.md").write_text("words")
    assert source_digest(package.name) == before
    both = source_digest(package.name, "liuhen.law")
    assert both == source_digest("liuhen.law", package.name) != before


def test_every_finding_bears_it() -> None:
    plain = case_named("simple")
    found = judge(facts_from(plain), plain["at"])
    assert {each.engine_version for each in found} == {ENGINE_VERSION}
    assert source_digest("liuhen.law")[:12] == ENGINE_VERSION
