"""Two machines that share no disk: one dies in the middle, the other goes on; the bucket loses."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tusclient.client import TusClient

from liuhen.host.home import Home
from liuhen.host.postgres import throwaway_cluster
from liuhen.vault.store import relative_path
from tests.host.outside import handed_out
from tests.kill.cycle import made_video
from tests.kill.nodes import Nodes, moved
from tests.kill.officer import Officer, footage
from tests.kill.offices import LISTS, SESSIONS, doors, expected
from tests.kill.tree import Tree, copied_home, free_port, run_liuhen
from tests.vault.weed import Engine, engine
from tests.web.matrix import IS_FULL

PIECE = 300_000
READ = "from liuhen.vault.keeping import local_store; print(local_store().place('{0}'))"
ENTERED = """
import json
from liuhen.ledger.models import Entry
(one,) = Entry.objects.filter(event="originals.moved")
print(one.event, json.loads(bytes(one.body))["data"])
"""
KEPT = """
from liuhen.vault.models import Copy, ObjectLock
from liuhen.vault.keeping import s3_store
print(s3_store().locked_until('{0}'), *Copy.objects.filter(original='{0}').values_list('store'))
"""


@pytest.fixture(scope="module")
def weed(kill_folder: Path) -> Iterator[Engine]:
    folder = kill_folder / "weed"
    folder.mkdir()
    with engine(folder) as running:
        yield running


@pytest.fixture(scope="module")
def video(kill_folder: Path) -> Path:
    return made_video(kill_folder / "nodes.mp4")


@pytest.fixture(scope="module")
def nodes(pattern: Home, kill_folder: Path, weed: Engine, video: Path) -> Iterator[Nodes]:
    home, base = copied_home(pattern, kill_folder / "nodes" / "home"), video.read_bytes()
    files = (kill_folder / "first.mp4", kill_folder / "second.mp4")
    for number, path in enumerate(files):
        path.write_bytes(footage(base, number, 2 * PIECE))
    weed.bucket("originals")
    with throwaway_cluster() as cluster, handed_out(cluster, "stadt_owner", "stadt_server") as told:
        environment = {**told.environment(), **weed.environment("originals"), "LIUHEN_STORE": "s3"}
        with moved(home, environment, files) as found:
            yield found


@pytest.fixture(scope="module")
def trees(nodes: Nodes) -> Iterator[list[Tree]]:
    """Both machines at work; whatever a test left of them ends with the module."""
    running = [nodes.start(0), nodes.start(1)]
    try:
        for tree in running:
            tree.await_ready()
        yield running
    finally:
        for tree in running:
            if tree.process.poll() is None:
                tree.kill()


def tus(officer: Officer, tree: Tree) -> TusClient:
    """An unchanged client of somebody signed in, at one of the machines."""
    line = officer.line
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in line.cookies.items()),
        "X-CSRFToken": line.cookies["csrftoken"],
        "Origin": tree.url,
    }
    return TusClient(f"{tree.url}/api/v1/uploads/", headers=headers)


def test_a_move_of_the_originals_leaves_nothing_behind_that_only_one_machine_has(
    nodes: Nodes,
) -> None:
    first, other = nodes.homes
    assert not [path for path in first.vault_dir.rglob("*") if path.name != "CACHE"]
    assert (first.path / "vault.moved" / relative_path(nodes.original)).is_file()
    read = Path(nodes.inside(1, READ.format(nodes.original)))
    assert read.is_relative_to(other.vault_dir)
    assert hashlib.sha256(read.read_bytes()).hexdigest() == nodes.original
    entered = nodes.inside(1, ENTERED)  # by `record_originals_moved`
    assert entered == "originals.moved {'made': 0, 'originals': 1, 'uploads': 1}", entered
    again = run_liuhen("move", "--home", first.path, **nodes.environment)
    assert again.returncode == 2 and "都已经迁走" in again.stderr, again.stderr
    without = {name: value for name, value in nodes.environment.items() if name != "LIUHEN_STORE"}
    assert "LIUHEN_STORE" in _refused(first, without), "once an original came in by the bucket"


def _refused(home: Home, environment: dict[str, str], *more: str) -> str:
    done = run_liuhen(
        "serve", "--home", home.path, *more, "--port", str(free_port()), **environment
    )
    assert done.returncode == 2, done.stdout + done.stderr
    return done.stderr


def test_a_machine_without_database_keys_or_part_is_not_started(
    nodes: Nodes, tmp_path: Path
) -> None:
    told = dict(nodes.environment)
    assert "secrets" in _refused(Home(tmp_path / "home"), told, "--only", "web")
    assert not (tmp_path / "home").exists(), "no key is made by chance"
    assert "LIUHEN_DATABASE_URL" in _refused(nodes.homes[1], {}, "--only", "web")
    assert "pages" in _refused(nodes.homes[1], told, "--only", "web,pages")


def test_both_machines_open_the_same_doors_to_every_office(nodes: Nodes, trees: list[Tree]) -> None:
    """Each machine is asked a third of the addresses, not the same; all of them when it is long."""
    sessions, addresses = nodes.inside(0, SESSIONS), json.loads(nodes.inside(1, LISTS))
    wanted = expected(sessions, addresses)
    for which, tree in enumerate(trees):
        some = addresses if IS_FULL else dict([*addresses.items()][which::3])
        found = doors(tree.port, sessions, some)
        assert len(found) > 200 and set(found.values()) == {True, False}
        wrong = {who for who, is_open in found.items() if is_open != wanted[who]}
        assert not wrong, wrong


def test_an_upload_begun_on_one_machine_goes_on_on_the_other(
    nodes: Nodes, trees: list[Tree], video: Path, tmp_path: Path
) -> None:
    officer = Officer(trees[0].port, "officer", tmp_path / "officer.notes", video, 1)
    officer.resume()
    whole = tmp_path / "whole.mp4"
    whole.write_bytes(footage(video.read_bytes(), 7, 5 * PIECE))
    here = tus(officer, trees[0]).uploader(str(whole), chunk_size=PIECE, metadata={"filename": "a"})
    here.upload(stop_at=2 * PIECE)
    assert here.offset == 2 * PIECE and here.url is not None
    trees[0].kill()
    path = here.url.removeprefix(trees[0].url)
    there = tus(officer, trees[1]).uploader(
        str(whole), chunk_size=PIECE, url=f"{trees[1].url}{path}"
    )
    assert there.offset == 2 * PIECE, "what was acknowledged is held"
    there.upload()
    sha256 = hashlib.sha256(whole.read_bytes()).hexdigest()
    officer.line = type(officer.line)(trees[1].port, officer.line.cookies)
    told = json.loads(officer.line.ask("GET", path).body)
    assert (told["state"], told["sha256"]) == ("stored", sha256) and sha256 in told["receipt"]
    locked, *stores = nodes.inside(1, KEPT.format(sha256)).split(" ", 1)
    assert locked > "2026" and "s3" in stores[0] and "local" not in stores[0]
    _half_way_before_the_move(nodes, officer, re.sub(r"[0-9a-f-]{36}", nodes.upload, path))
    _readable_on_both(nodes, trees, sha256)


def _half_way_before_the_move(nodes: Nodes, officer: Officer, path: str) -> None:
    """What was on its way when the originals moved goes on as well."""
    officer.line = type(officer.line)(officer.line.port, officer.line.cookies)
    answer = officer.line.ask("HEAD", path)
    whole = (nodes.homes[0].path.parent.parent / "second.mp4").read_bytes()
    offset = int(answer.headers["Upload-Offset"])
    assert offset == len(whole) // 2
    told = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    done = officer.line.ask("PATCH", path, whole[offset:], **told)
    assert done.headers["Liuhen-Sha256"] == hashlib.sha256(whole).hexdigest(), done.body


def _readable_on_both(nodes: Nodes, trees: list[Tree], sha256: str) -> None:
    trees[0] = nodes.start(0)
    trees[0].await_ready()
    for which in (0, 1):
        read = Path(nodes.inside(which, READ.format(sha256)))
        assert hashlib.sha256(read.read_bytes()).hexdigest() == sha256
    assert nodes.differences(1) == ""


def test_what_the_bucket_loses_is_found_and_comes_back_from_a_machine_that_has_it(
    nodes: Nodes, trees: list[Tree], weed: Engine
) -> None:
    sha256 = nodes.original
    nodes.inside(1, READ.format(sha256))
    folder = f"/buckets/originals/{relative_path(sha256)}.versions?recursive=true"
    address = f"http://127.0.0.1:{weed.ports['filer']}{folder}"
    with urllib.request.urlopen(urllib.request.Request(address, method="DELETE")):
        pass
    assert sha256 in nodes.differences(0)
    nodes.run(1, "repair", "--from", "s3")
    nodes.run(0, "verify")
    for tree in trees:
        assert tree.process.poll() is None
        tree.process.send_signal(signal.SIGINT)
        assert tree.process.wait(120) == 0
