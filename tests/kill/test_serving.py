"""One home is served once, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

from tests.kill.cycle import Workplace
from tests.kill.tree import free_port, is_alive, run_liuhen, sockets_of, status_of


def test_a_second_serve_on_one_home_is_refused_and_harms_nothing(place: Workplace) -> None:
    before = place.tree.pids()
    for port in (free_port(), place.tree.port):
        done = run_liuhen("serve", "--home", place.home.path, "--port", str(port))
        assert done.returncode == 2
        assert "已经有一个服务在运行" in done.stderr
        assert f"PID {place.tree.process.pid}" in done.stderr
        assert "Traceback" not in done.stderr
    assert status_of(f"{place.tree.url}/healthz") == 200
    assert {place.tree.process.pid, place.tree.postmaster()} <= before & place.tree.pids()


def test_ctrl_c_stops_every_process_and_removes_the_sockets(place: Workplace) -> None:
    pids = place.tree.pids()
    assert len(pids) > 10
    assert sockets_of(place.home)
    assert place.tree.interrupt() == 0
    assert not [pid for pid in pids if is_alive(pid)]
    assert not place.tree.pids()
    assert not sockets_of(place.home)
    assert not (place.home.run_dir / "processes.json").exists()
