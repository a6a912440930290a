"""Set-up does each step once, says what to do when one fails, and names no registry."""

from __future__ import annotations

import ast
import importlib
import json
import re
import shlex
import socket
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.fixture(scope="module")
def steps() -> ModuleType:
    return _tool("steps")


@pytest.fixture(scope="module")
def machine() -> ModuleType:
    return _tool("machine")


def _tool(name: str) -> ModuleType:
    # the tools import one another by their bare names, as they run from their own folder
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(ROOT / "tools"))


# --- one step


class Work:
    """A step over real commands that counts how often it was done."""

    def __init__(self, steps: ModuleType, folder: Path, command: list[str]) -> None:
        self.steps, self.folder, self.command, self.done = steps, folder, command, 0
        (folder / ".build").mkdir()

    def ensure(self, wanted: str = "digest") -> bool:
        def build(run: object) -> None:
            self.done += 1
            run(self.command)  # type: ignore[operator]
            (self.folder / "product").touch()

        step = self.steps.Step(
            "a step", self.folder / "stamp", wanted, build, self.folder / "product"
        )
        return bool(step.ensure(1, 1, self.folder / ".build"))


def test_a_step_is_done_once_until_its_inputs_change(steps: ModuleType, tmp_path: Path) -> None:
    work = Work(steps, tmp_path, ["true"])
    assert [work.ensure(), work.ensure(), work.ensure("changed"), work.ensure("changed")] == [
        True,
        False,
        True,
        False,
    ]
    assert work.done == 2


def test_a_step_whose_product_is_gone_is_done_again(steps: ModuleType, tmp_path: Path) -> None:
    work = Work(steps, tmp_path, ["true"])
    work.ensure()
    (tmp_path / "product").unlink()
    assert work.ensure()


def test_a_failed_step_is_not_taken_for_done(steps: ModuleType, tmp_path: Path) -> None:
    work = Work(steps, tmp_path, ["true"])
    work.ensure()
    work.command = ["sh", "-c", "echo reason; exit 3"]
    with pytest.raises(steps.SetUpError, match="reason"):
        work.ensure("changed")
    work.command = ["true"]
    assert work.ensure("changed")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("npm error code ENOSPC", "disk is full"),
        ("npm error code EAI_AGAIN", "registry"),
        ("Temporary failure in name resolution", "registry"),
        ("error: Failed to fetch: `x`\n  Caused by: dns error", "registry"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "digest"),
        ("npm error code EINTEGRITY", "digest"),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "certificate"),
        ("EACCES: permission denied, mkdir '/x'", "owner"),
    ],
)
def test_each_known_failure_says_what_to_do(
    steps: ModuleType, tmp_path: Path, said: str, word: str
) -> None:
    work = Work(steps, tmp_path, ["sh", "-c", 'echo "$0"; exit 1', said])
    with pytest.raises(steps.SetUpError, match=word):
        work.ensure()


def test_an_unknown_failure_shows_its_end_and_where_the_rest_is(
    steps: ModuleType, tmp_path: Path
) -> None:
    work = Work(steps, tmp_path, ["sh", "-c", "seq 100; exit 1"])
    with pytest.raises(steps.SetUpError) as failed:
        work.ensure()
    assert "    100\n" in str(failed.value)
    assert "    50\n" not in str(failed.value)
    assert "set-up.log" in str(failed.value)
    assert "\n50\n" in (tmp_path / ".build" / "set-up.log").read_text()


# --- the machine


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [
        ("v18.19.0", False),
        ("v20.18.9", False),
        ("v20.19.0", True),
        ("v20.20.2", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
    ],
)
def test_node_is_held_against_what_the_pages_need(
    machine: ModuleType, version: str, is_enough: bool
) -> None:
    assert machine.is_node_new_enough(version, "^20.19.0 || >=22.12.0") is is_enough


def test_set_up_is_readable_by_a_python_that_is_too_old() -> None:
    text = (ROOT / "tools" / "bootstrap.py").read_text()
    ast.parse(text, feature_version=(3, 6))
    assert "__future__" not in text


@pytest.mark.parametrize("port", ["", "abc", "0", "65536", "-1", "８０００x"])
def test_what_is_no_port_is_refused(machine: ModuleType, steps: ModuleType, port: str) -> None:
    with pytest.raises(steps.SetUpError, match="PORT=8001"):
        machine.require_port(port)


@pytest.mark.parametrize("port", ["1", "8000", "65535"])
def test_a_port_is_taken_as_it_is(machine: ModuleType, port: str) -> None:
    machine.require_port(port)


def test_a_taken_port_is_told_before_anything_is_loaded(
    machine: ModuleType, steps: ModuleType
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        with pytest.raises(steps.SetUpError, match=port):
            machine.require_free_port(port)
    machine.require_free_port(port)


@pytest.mark.parametrize(("stamp", "is_whole"), [("", False), ("digest run", True)])
def test_packages_of_a_try_that_was_cut_off_are_put_in_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stamp: str, is_whole: bool
) -> None:
    bootstrap = _tool("bootstrap")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    (tmp_path / ".packages").write_text(stamp)
    commands: list[list[str]] = []
    bootstrap.packages("run").build(lambda command, env=None: commands.append(command))
    assert ("--reinstall" in commands[0]) is not is_whole


@pytest.mark.parametrize("goal", ["run", "test", "check", "soak", "bench", "lock"])
def test_the_makefile_calls_the_script_as_it_wants_to_be_called(goal: str) -> None:
    told = subprocess.run(
        ["make", "-n", goal, "PORT=8123", "HOME_DIR=second home", "ARGS=--one two"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    calls = [shlex.split(line) for line in told.splitlines() if "bootstrap.py" in line]
    assert calls
    for call in calls:
        options = _tool("bootstrap").options_from(call[call.index("tools/bootstrap.py") + 1 :])
        assert options.goal in {"run", "test", "set-up", "set-up-dev"}
        if options.goal == "run":
            assert (options.home, options.port) == ("second home", "8123")
        if options.goal in {"run", "test"} and goal != "check":
            assert options.rest == ["--one", "two"]


# --- the locks


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_python_locks_pin_versions_and_digests_and_name_no_host(lock: Path) -> None:
    text = lock.read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|@ file", text)
    pinned = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)==[^ ;]+(?: ;[^\\]*)? \\\n((?:    --hash.*\n?)+)", text, re.M
    )
    named = re.findall(r"^[a-z0-9]\S*", text, re.M)
    assert len(pinned) == len(named) > 0
    assert all("sha256:" in digests for _, digests in pinned)


def test_the_locks_of_run_and_tests_agree() -> None:
    versions = [
        dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", path.read_text(), re.M))
        for path in (ROOT / "requirements" / "run.txt", ROOT / "requirements" / "dev.txt")
    ]
    assert versions[0].items() <= versions[1].items()


def test_the_lock_of_the_pages_has_digests_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert not re.search(r'"resolved"|"https?:[^"]*\.tgz"', text)
    packages = json.loads(text)["packages"]
    without = [name for name, facts in packages.items() if name and "integrity" not in facts]
    assert without == []


def test_every_dependency_of_the_project_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    wanted = {re.split(r"[\[<>=~!; ]", line)[0].lower() for line in listed}
    dev = (ROOT / "requirements" / "dev.txt").read_text()
    assert wanted <= set(re.findall(r"^([a-z0-9._-]+)==", dev, re.M))


def test_everything_the_product_imports_is_locked_for_running_it() -> None:
    trees = [ast.parse(path.read_text()) for path in (ROOT / "src").rglob("*.py")]
    names = {
        name.partition(".")[0]
        for tree in trees
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and node.level == 0
            else []
        )
    }
    run = (ROOT / "requirements" / "run.txt").read_text()
    locked = set(re.findall(r"^([a-z0-9._-]+)==", run, re.M))
    sources = metadata.packages_distributions()
    unlocked = {
        name
        for name in names - sys.stdlib_module_names - {"liuhen", ""}
        if not {source.lower().replace("_", "-") for source in sources.get(name, [])} & locked
    }
    # What a benchmark measures beside is there for developers only; its cameras are played by
    # Debian's own Python.
    assert unlocked == {"openfisca_core", "weasyprint", "gi"}
