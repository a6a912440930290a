"""A served home on a machine without a network: it starts, answers, works, and calls nobody."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from liuhen.host.home import Home
from liuhen.host.postgres_roles import OWNER
from tests.kill.cycle import made_video
from tests.kill.tree import ROOT, Tree, copied_home, environment, start, until

# A network of its own with the loopback and an interface that leads nowhere, by which everything
# outside would be reached, a name server too: whoever calls is counted there.
NOWHERE = """
set -e
ip link set lo up
ip link add nowhere type veth peer name wall
for one in nowhere wall; do echo 1 > /proc/sys/net/ipv6/conf/$one/disable_ipv6; done
ip link set wall up
ip addr add 192.0.2.1/24 dev nowhere
ip link set nowhere up arp off
ip route add default dev nowhere
mount --bind "$0" /etc/resolv.conf
exec "$@"
"""
CALLED = """
(told,) = [line for line in open("/proc/net/dev") if line.strip().startswith("nowhere:")]
print(told.partition(":")[2].split()[9])
"""
CALL = """
import urllib.request
try:
    urllib.request.urlopen('http://somewhere.example/', timeout=2)
except OSError as error:
    print(error)
"""
# One case by simple procedure, one film, and the pages of both.
WORK = """
from pathlib import Path
from tests.kill.officer import Officer
officer = Officer({port}, "officer", Path("{notes}"), Path("{video}"), 11)
officer.resume()
officer.case()
officer.upload()
print(*[officer.line.ask("GET", path).status for path in ("/", "/cases/", "/recordings/")])
"""


def inside(*command: str | Path) -> list[str]:
    """What runs a command in such a network."""
    told = [str(one) for one in command]
    return ["unshare", "--net", "--mount", "sh", "-c", NOWHERE, *told]


@pytest.fixture
def tree(pattern: Home, kill_folder: Path) -> Iterator[Tree]:
    folder = kill_folder / "offline"
    home = copied_home(pattern, folder / "home")
    names = folder / "resolv.conf"
    names.write_text("nameserver 192.0.2.53\noptions timeout:1 attempts:1\n")
    tried = subprocess.run(inside(names, "true"), capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"a network of its own is not permitted here: {tried.stderr.strip()}")
    found = start(home, before=inside(names))
    yield found
    if found.process.poll() is None:
        found.kill()


def within(tree: Tree, code: str) -> str:
    """Run Python in the network of a served home; what it printed."""
    command = ["nsenter", "--target", str(tree.process.pid), "--net", "--mount"]
    done = subprocess.run(
        [*command, sys.executable, "-c", code],
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def answers(tree: Tree) -> bool:
    assert tree.process.poll() is None, tree.said()
    asked = f"from tests.kill.tree import status_of; print(status_of('{tree.url}/healthz'))"
    return within(tree, asked) == "200"


def is_idle(home: Home) -> bool:
    """Whether the worker has done what people's work asked for."""
    asked = "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    with psycopg.connect(home.cluster().dsn(role=OWNER)) as owner:
        return owner.execute(asked).fetchone() is None


def test_without_a_network_people_work_and_nothing_calls_outside(tree: Tree) -> None:
    folder = tree.home.path.parent
    until(lambda: answers(tree), "pages are answered")
    video, notes = made_video(folder / "footage.mp4"), folder / "officer.notes"
    told = within(tree, WORK.format(port=tree.port, notes=notes, video=video))
    assert told == "200 200 200"
    until(lambda: is_idle(tree.home), "the worker has done its part")
    assert int(within(tree, CALLED)) == 0
    assert within(tree, CALL), "whoever calls is not answered"
    assert int(within(tree, CALLED)) > 0, "and is counted"
