"""One process of the tree dies: the supervisor starts it again and the next request works."""

from __future__ import annotations

import pytest

from tests.kill.cycle import Workplace
from tests.kill.tree import below, is_alive, status_of, until


@pytest.mark.parametrize("name", ["web", "worker", "sequencer", "recorder", "postgres"])
def test_a_killed_process_is_started_again(place: Workplace, name: str) -> None:
    until(lambda: place.tree.child(name), f"{name} runs")
    killed = place.tree.child(name)
    assert killed is not None
    place.tree.kill_all_of(below(killed))

    until(lambda: place.tree.child(name) not in (None, killed), f"{name} runs again")
    until(lambda: status_of(f"{place.tree.url}/healthz") == 200, "pages are answered")
    assert place.tree.process.poll() is None
    officer = place.officer("handler")
    officer.resume()
    officer.upload()
    assert place.holding.hold(place.notes()).problems == []


def test_a_web_server_that_loses_its_worker_answers_again(place: Workplace) -> None:
    server = place.tree.child("web")
    assert server is not None
    workers = below(server) - {server}
    assert workers
    place.tree.kill_all_of(workers)
    until(lambda: status_of(f"{place.tree.url}/healthz") == 200, "pages are answered")


def test_entries_are_sequenced_by_the_next_sequencer(place: Workplace) -> None:
    until(lambda: place.tree.child("sequencer"), "the sequencer runs")
    killed = place.tree.child("sequencer")
    assert killed is not None
    place.tree.kill_all_of({killed})
    officer = place.officer("officer")
    officer.resume()
    officer.case()

    def waiting() -> bool:
        metrics = officer.line.ask("GET", "/metrics").body.decode()
        return "liuhen_ledger_waiting 0.0" not in metrics

    until(lambda: not waiting(), "every entry has its index")
    assert not is_alive(killed)
    assert place.holding.hold(place.notes()).problems == []
