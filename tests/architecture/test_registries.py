"""What is declared is complete: acts, permissions, refusals, tables, settings, commands."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

from tests.web.matrix import NOBODYS, PAGES, addresses, named, pages

from liuhen import actions
from liuhen.actions.act import REGISTRY
from liuhen.commands import COMMANDS
from liuhen.kernel.refusals import texts
from liuhen.ledger.guards import LIBRARY_APPS, own_models
from liuhen.ledger.kinds import TableKind
from liuhen.people.queries import permissions

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "liuhen"
for found in pkgutil.iter_modules(actions.__path__):
    importlib.import_module(f"liuhen.actions.{found.name}")
# Raised by code that computes its code: listed so that the table stays complete.
_RAISED = re.compile(r'(?:Refused|refused)\(\s*"([a-z0-9_]+\.[a-z0-9_]+)"')
_NAMED = re.compile(r'"([a-z0-9_]+\.[a-z0-9_]+)"')


def source_text() -> str:
    return "\n".join(p.read_text("utf-8") for p in SOURCE.rglob("*.py"))


def own_acts() -> list[str]:
    return [event for event, act in REGISTRY.items() if act.module.startswith("liuhen.")]


def test_every_act_has_a_permission_a_summary_and_an_event_of_its_own() -> None:
    for event in own_acts():
        act = REGISTRY[event]
        assert act.permission in permissions(), act
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", event), act
        assert act.summary, act


def test_every_act_is_named_by_a_test() -> None:
    tests = "\n".join(p.read_text("utf-8") for p in (ROOT / "tests").rglob("*.py"))
    tests += "\n".join(p.read_text("utf-8") for p in (SOURCE / "demo").rglob("*.py"))
    untested = [e for e in own_acts() if REGISTRY[e].name not in tests and f'"{e}"' not in tests]
    assert not untested


def test_every_permission_is_used_and_given_to_someone() -> None:
    text = source_text()
    for name, permission in permissions().items():
        assert permission.offices, name
        assert f'"{name}"' in text, f"nobody asks for {name}"


def test_every_refusal_has_a_text_and_every_text_is_raised() -> None:
    text = source_text()
    raised = set(_RAISED.findall(text))
    assert not raised - set(texts()), sorted(raised - set(texts()))
    unused = set(texts()) - set(_NAMED.findall(text))
    assert not unused, sorted(unused)


def test_every_table_of_ours_declares_its_kind() -> None:
    for model in own_models():
        assert isinstance(getattr(model, "table_kind", None), TableKind), model
        assert model._meta.app_label not in LIBRARY_APPS


def test_every_setting_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for name in set(re.findall(r"LIUHEN_[A-Z_]+", source_text())):
        assert name in documented, name


def test_every_command_is_documented() -> None:
    documented = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for name in COMMANDS:
        assert f"liuhen {name}" in documented, name


def test_every_page_is_in_the_written_matrix_and_nothing_else_is() -> None:
    written = {*PAGES["lists"], *PAGES["records"], *PAGES["elsewhere"]["pages"]}
    unwritten, gone = set(pages()) - written, written - set(pages())
    assert not unwritten, "say in src/liuhen/web/pages.toml which permission each asks for"
    assert not gone
    assert set(named()) == set(PAGES["named"]), "say in its [named] what each asks for, and whose"
    assert {whose for _, whose in PAGES["named"].values()} == {"all", "known", "case", "own"}
    assert {needs for needs, _ in PAGES["named"].values()} <= {"*", *permissions()}
    found = {name for name, _ in addresses()}
    assert found >= NOBODYS and {*PAGES["tokens"]} <= found - NOBODYS
    asked = {needs for group in ("lists", "records") for needs in PAGES[group].values()}
    assert asked <= {"*", *permissions()}
