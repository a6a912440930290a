"""What the documents say is so: generated pages, links, commands, settings, accounts, sizes."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest

from liuhen.actions.people import appoint, register_person
from liuhen.cases.queries import visible_cases
from liuhen.commands import COMMANDS
from liuhen.commands.serve import DEMO_ACCOUNTS, DEMO_PASSWORD
from liuhen.demo import people as demo
from liuhen.demo.days import PASSWORD_OF_DEMO
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.ledger.guards import own_models
from liuhen.people.models import Office, Person

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
READMES = ("README.md", "README.zh-CN.md")
# Written by people or printed by the tour; what is generated elsewhere is checked there as well.
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
MOST_WORDS_ON_A_DECISION = 450
MOST_WORDS_ON_THE_ARCHITECTURE = 2000


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    # a tool, not a package: it is found in its own folder, as when it is run
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("generate_docs")
    finally:
        sys.path.remove(str(ROOT / "tools"))


# --- generated pages


def test_generated_pages_are_what_the_source_says(generator: ModuleType) -> None:
    for name, text in generator.pages().items():
        assert (DOCS / name).read_text("utf-8") == text, f"{name}: run tools/generate_docs.py"


def test_the_check_names_a_page_that_differs_and_fails(tmp_path: Path) -> None:
    copy = tmp_path / "tools" / "generate_docs.py"
    copy.parent.mkdir()
    copy.write_text(text_of("tools/generate_docs.py"), "utf-8")
    (copy.parent / "conformity.py").write_text(text_of("tools/conformity.py"), "utf-8")
    shutil.copytree(DOCS / "conformity", tmp_path / "docs" / "conformity")

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(copy), *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    missing = run("--check")
    assert missing.returncode == 1
    assert "docs/permissions.md, docs/acts.md" in missing.stdout
    assert run().returncode == 0
    assert run("--check").returncode == 0
    with (tmp_path / "docs" / "acts.md").open("a", encoding="utf-8") as page:
        page.write("one line more\n")
    assert run("--check").returncode == 1


@pytest.mark.parametrize("kind", [k for k in Office.Kind if k != Office.Kind.SYSTEM])
def test_an_office_sees_what_the_page_says(
    kind: Office.Kind, world: World, generator: ModuleType
) -> None:
    case = SimpleCase(world).start().case
    sees = {
        place: visible_cases(newcomer(world, kind, unit)).filter(id=case.id).exists()
        for place, unit in (("own unit", "ZD1"), ("other unit", "FZ"))
    }
    said = generator.sight(kind)
    assert sees["other unit"] == (said == "every case")
    assert sees["own unit"] == (said == "every case" or "every case of the unit" in said)


def newcomer(world: World, kind: str, unit: str) -> Person:
    """Somebody who carries no case and holds one office in a unit."""
    person = register_person(
        actor=world.system,
        username=f"new_{kind}_{unit}".lower(),
        name="新来",
        unit=world.units[unit],
        password=PASSWORD_OF_DEMO,
    )
    appoint(actor=world.system, person=person, kind=kind)
    return person


# --- links


def anchor(heading: str) -> str:
    """The anchor a heading gets on common forges."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {anchor(re.sub(r"[`*]", "", heading)) for heading in headings}


def broken_links(page: Path) -> list[str]:
    prose = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if "://" in target or target.startswith("mailto:"):
            continue
        place, _, part = unquote(target).partition("#")
        found = (page.parent / place).resolve() if place else page
        if not found.exists() or (part and part not in anchors(found)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert not broken_links(page)


def test_a_link_to_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# One two\n", "utf-8")
    page = tmp_path / "a.md"
    page.write_text("[x](b.md#one-two) [y](b.md#three) [z](c.md)\n", "utf-8")
    assert broken_links(page) == ["b.md#three", "c.md"]


# --- what is documented exists


def test_every_documented_setting_is_read_by_the_source() -> None:
    source = "\n".join(p.read_text("utf-8") for p in (ROOT / "src").rglob("*.py"))
    named = set(re.findall(r"LIUHEN_[A-Z_]+[A-Z]", text_of("docs/settings.md")))
    assert named == set(re.findall(r"LIUHEN_[A-Z_]+[A-Z]", source))


def test_every_documented_command_and_target_exists() -> None:
    documented = text_of("docs/commands.md")
    assert set(re.findall(r"`liuhen ([a-z]+)", documented)) == set(COMMANDS)
    phony = re.search(r"^\.PHONY: (.+)$", text_of("Makefile"), re.MULTILINE)
    assert phony is not None
    assert set(re.findall(r"^\| `make ([a-z]+)", documented, re.MULTILINE)) == set(phony[1].split())


@pytest.mark.parametrize("name", READMES)
def test_the_readme_names_every_demonstration_account(name: str) -> None:
    readme = text_of(name)
    accounts = {account[0] for account in demo.ACCOUNTS}
    rows = re.findall(r"^\| (`[^|]+) \|", readme, re.MULTILINE)
    assert set(re.findall(r"`([a-z_0-9]+)`", "\n".join(rows))) == accounts
    assert f"`{PASSWORD_OF_DEMO}`" in readme


def test_the_server_prints_the_accounts_of_the_demonstration() -> None:
    assert [name for name, _ in DEMO_ACCOUNTS] == [account[0] for account in demo.ACCOUNTS]
    assert DEMO_PASSWORD == PASSWORD_OF_DEMO


def test_every_model_and_office_stands_in_the_glossary() -> None:
    glossary = text_of("docs/glossary.md")
    names = [model.__name__ for model in own_models()] + [str(kind) for kind in Office.Kind]
    assert not [name for name in names if f"`{name}`" not in glossary]


def test_the_changelog_speaks_of_this_version() -> None:
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert f"## [{version}]" in text_of("CHANGELOG.md")


def test_the_architecture_shows_the_layers_that_are_enforced() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    enforced = [layer.replace("liuhen.", "") for layer in layers]
    block = text_of("docs/architecture.md").split("## Layers")[1].split("```")[1]
    assert [re.split(r" {2,}", line)[0] for line in block.strip().splitlines()] == enforced


# --- the documents keep their size


def test_a_decision_is_one_page_and_the_architecture_four() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [
        f"{number:04d}" for number in range(1, len(decisions) + 1)
    ]
    for path in decisions:
        assert len(path.read_text("utf-8").split()) <= MOST_WORDS_ON_A_DECISION, path.name
    words = len(text_of("docs/architecture.md").split())
    assert words <= MOST_WORDS_ON_THE_ARCHITECTURE
