"""The confined child: what it can't do, what stops it, and that the parent hears why."""

from __future__ import annotations

import importlib.util
import marshal
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import liuhen
from liuhen.media.child import Failure, FailureKind, Reply, protections, run_job
from liuhen.media.limits import MIB, Limits
from liuhen.media.protections import Attempts, Layer

NOBODY = 65534
IS_ROOT = os.geteuid() == 0


@dataclass(frozen=True)
class Nothing:
    """The empty answer."""


def exceed(what: str, limits: Limits, **more: Any) -> Reply[Nothing] | Failure:
    return run_job("exceed", Nothing, limits, arguments={"what": what, **more})


def failure(what: str, limits: Limits, **more: Any) -> Failure:
    reply = exceed(what, limits, **more)
    assert isinstance(reply, Failure)
    return reply


def test_with_everything_in_force_a_child_can_do_none_of_it() -> None:
    in_force, attempts = protections()
    assert attempts == Attempts(False, False, False, False, False, False)
    assert in_force.has_no_new_descriptors and in_force.has_no_new_privileges
    assert in_force.dies_with_parent and in_force.has_no_capabilities
    assert in_force.identity in ({"fresh_user", "nobody"} if IS_ROOT else {"same_user"})


@pytest.mark.parametrize(
    "left_out",
    [
        ("landlock",),
        ("namespaces",),
        ("sockets",),
        ("namespaces", "landlock"),
        ("namespaces", "sockets"),
        ("namespaces", "landlock", "sockets"),
    ],
)
def test_each_layer_left_out_is_told_and_the_others_hold(left_out: Sequence[Layer]) -> None:
    in_force, attempts = protections(left_out)
    assert not (attempts.could_open_socket or attempts.could_write_input or attempts.could_fork)
    told = {
        ("landlock",): {"namespace", "no_sockets"},
        ("namespaces",): {"no_sockets"},
        ("sockets",): {"namespace", "landlock_tcp", "no_new_descriptors"},
        ("namespaces", "landlock"): {"no_sockets"},
        ("namespaces", "sockets"): {"landlock_tcp", "no_new_descriptors"},
        ("namespaces", "landlock", "sockets"): {"no_new_descriptors"},
    }
    assert in_force.network in told[tuple(left_out)]
    if in_force.network != "no_new_descriptors":
        assert not attempts.could_connect


def test_the_attempts_are_real_with_nothing_in_force_they_succeed() -> None:
    in_force, attempts = protections(("namespaces", "landlock", "sockets", "descriptors"))
    assert (in_force.network, in_force.files) == ("open", "open")
    assert attempts.could_open_socket and attempts.could_connect and attempts.could_read_file
    assert not attempts.could_write_input


def test_a_network_namespace_where_permitted_leaves_no_way_out() -> None:
    in_force, attempts = protections(("landlock", "sockets", "descriptors"))
    if in_force.network != "namespace":
        pytest.skip("this kernel permits no network namespace to this user")
    assert attempts.could_open_socket and not attempts.could_connect


def test_the_filter_alone_lets_no_socket_be_made() -> None:
    in_force, attempts = protections(("namespaces", "landlock", "descriptors"))
    assert (in_force.network, in_force.sockets) == ("no_sockets", "none")
    assert not (attempts.could_open_socket or attempts.could_connect)
    assert attempts.could_read_file, "it is about sockets only"


SMALL = Limits(memory=400 * MIB, cpu_s=1, wall_s=120)


@pytest.mark.parametrize(
    ("what", "limits", "kind"),
    [
        ("memory", SMALL, "memory"),
        ("time", SMALL, "cpu_time"),
        ("sleep", replace(SMALL, wall_s=1), "wall_clock"),
        ("words", replace(SMALL, reply=1000), "reply_too_long"),
        ("crash", SMALL, "crashed"),
        ("lie", SMALL, "reply_malformed"),
    ],
)
def test_a_child_that_takes_too_much_is_stopped_and_the_cause_is_told(
    what: str, limits: Limits, kind: FailureKind
) -> None:
    told = failure(what, limits, count=5000)
    assert told.kind == kind and told.detail


def test_a_child_writes_no_more_than_it_may(tmp_path: Path) -> None:
    for limit, count, is_stopped in ((5000, 5000, False), (4999, 5000, True), (0, 1, True)):
        with (tmp_path / "out").open("wb") as out:
            reply = run_job(
                "exceed", Nothing, replace(SMALL, file_size=limit), output=out.fileno(),
                arguments={"what": "file", "count": count},
            )  # fmt: skip
        assert isinstance(reply, Failure) == is_stopped
        assert (tmp_path / "out").stat().st_size <= limit


def test_a_limit_on_writing_never_cuts_off_compiled_modules() -> None:
    compiled = Path(selfcheck_path()).parent / "__pycache__"
    if not os.access(compiled, os.W_OK):
        pytest.skip("compiled modules are not this user's to make")
    for path in compiled.glob("selfcheck.*.pyc"):
        path.unlink()
    with Path("/dev/null").open("wb") as out:
        limits = replace(SMALL, file_size=10)
        arguments = {"what": "file", "count": 1}
        first = run_job("exceed", Nothing, limits, output=out.fileno(), arguments=arguments)
    assert isinstance(first, Reply)
    assert isinstance(exceed("lie", SMALL), Failure)
    for path in compiled.glob("selfcheck.*.pyc"):
        marshal.loads(path.read_bytes()[16:])


def selfcheck_path() -> str:
    found = importlib.util.find_spec("liuhen.media.inside.selfcheck")
    assert found is not None and found.origin is not None
    return found.origin


def test_a_stopped_child_is_gone_when_its_failure_is_told() -> None:
    before = children_of(os.getpid())
    # it would sleep for ever
    told = failure("sleep", replace(SMALL, wall_s=1))
    assert (told.kind, told.detail) == ("wall_clock", "stopped after 1 s")
    assert children_of(os.getpid()) == before


def test_an_input_that_is_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "absent", tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        reply = run_job("selfcheck", Attempts, Limits(), source=path)
        assert isinstance(reply, Failure) and reply.kind == "no_input"


def test_a_child_leaves_no_descriptor_and_no_process_behind() -> None:
    before = sorted(Path("/proc/self/fd").iterdir())
    others = children_of(os.getpid())  # other tests of this worker may have left a server running
    exceed("lie", SMALL)
    failure("sleep", replace(SMALL, wall_s=1))
    assert sorted(Path("/proc/self/fd").iterdir()) == before
    assert set(children_of(os.getpid())) <= set(others)


def children_of(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return [int(number) for path in listed for number in path.read_text().split()]


def test_a_child_dies_with_its_parent() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c",
         "from liuhen.media.child import *; from liuhen.media.limits import *;"
         "run_job('exceed', Failure, Limits(), arguments={'what': 'sleep'})"],
    )  # fmt: skip
    child = first_child(parent.pid)
    parent.kill()
    parent.wait()
    until = time.monotonic() + 10
    while Path(f"/proc/{child}/stat").exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}/stat").exists()


def first_child(process: int) -> int:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = children_of(process)
        # Wait until it has confined itself: its own memory of its parent is then gone too.
        if found and "NoNewPrivs:\t1" in Path(f"/proc/{found[0]}/status").read_text():
            return found[0]
        time.sleep(0.02)
    raise AssertionError("no child came up")


@pytest.fixture
def others_python() -> Iterator[Path]:
    """An interpreter that any user can run, with this environment's packages."""
    version = platform.python_version_tuple()[:2]
    system = shutil.which(f"python{version[0]}.{version[1]}", path="/usr/bin")
    places = [sysconfig.get_paths()["purelib"], str(Path(liuhen.__file__).parents[1])]
    if not system or not all(is_readable_by_all(Path(place)) for place in places):
        pytest.skip("no interpreter, or a checkout that other users can't read")
    folder = Path(tempfile.mkdtemp(prefix="liuhen-others-"))
    folder.chmod(0o755)
    made = subprocess.run([system, "-m", "venv", "--without-pip", folder / "env"], check=False)
    if made.returncode:
        pytest.skip("the system's Python makes no environments")
    site = next((folder / "env" / "lib").glob("python*/site-packages"))
    (site / "checkout.pth").write_text("\n".join(places))
    yield folder / "env" / "bin" / "python"
    shutil.rmtree(folder)


def is_readable_by_all(path: Path) -> bool:
    return all(part.stat().st_mode & 0o005 == 0o005 for part in (path, *path.parents))


@pytest.mark.skipif(not IS_ROOT, reason="the other tests already run as an ordinary user")
def test_an_ordinary_user_is_protected_too(others_python: Path) -> None:
    script = (
        "from liuhen.media.child import protections\n"
        "held, attempts = protections()\n"
        "assert held.identity == 'same_user', held\n"
        "assert held.has_no_new_descriptors and held.has_no_capabilities, held\n"
        "assert not any(vars(attempts).values()), (held, attempts)\n"
    )
    ran = subprocess.run(
        [others_python, "-c", script], user=NOBODY, group=NOBODY, extra_groups=[], cwd="/",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


def test_the_parents_side_never_loads_a_decoder() -> None:
    script = (
        "import sys\n"
        "import liuhen.media.probe, liuhen.media.pictures, liuhen.media.sound\n"
        "import liuhen.media.coverage, liuhen.media.names, liuhen.media.patterns\n"
        "assert not {'av', 'PIL', 'pillow_heif'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
