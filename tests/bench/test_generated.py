"""Generated scale data is what acts would have written: `liuhen verify` finds nothing."""

from __future__ import annotations

import psycopg

from liuhen.bench.generated import write_cases
from liuhen.cases.models import Case
from liuhen.demo.people import World
from liuhen.ledger.sequencing import sequence_all
from liuhen.vault.checks import differences


def test_generated_cases_verify(world: World, owner: psycopg.Connection) -> None:
    officers = [world["officer"], world["officer2"]]
    for numbers in (range(40), range(40, 60)):
        write_cases(owner, numbers, unit=world.units["ZD1"], officers=officers)
    assert sequence_all() >= 60
    assert Case.objects.count() == 60
    assert list(differences()) == []
