"""The pass over all cases that an upgrade asks for: how far it is. Not for the judging itself.

What judges is told by a digest of its sources: the law's and those that read facts from rows.
"""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.db.models import F

from liuhen.compliance.models import Sweep
from liuhen.compliance.queries import case_ids
from liuhen.kernel import clock
from liuhen.law.version import source_digest


@cache
def judging_version() -> str:
    """What judges in this process."""
    return source_digest("liuhen.law", "liuhen.compliance")


def open_sweep() -> Sweep | None:
    """The pass this version has to make, begun where it wasn't; None when it is through."""
    version = judging_version()
    found = Sweep.objects.filter(version=version).first()
    if found is None:
        begun = {"started_at": clock.now(), "cases": case_ids().count()}
        found, _ = Sweep.objects.get_or_create(version=version, defaults=begun)
    return found if found.ended_at is None else None


def next_of(sweep: Sweep, size: int) -> list[UUID]:
    """The next cases of a pass, none when it has reached the last; it goes on behind them."""
    ids = case_ids()
    rest = ids if sweep.last_case is None else ids.filter(id__gt=sweep.last_case)
    return list(rest[:size])


def went_on(sweep: Sweep, ids: list[UUID]) -> None:
    """These cases of a pass were judged."""
    sweep.last_case = ids[-1]
    Sweep.objects.filter(pk=sweep.pk).update(last_case=ids[-1], judged=F("judged") + len(ids))


def went_through(sweep: Sweep) -> None:
    """A pass has judged its last case; what earlier versions went through is forgotten."""
    Sweep.objects.filter(pk=sweep.pk).update(ended_at=clock.now())
    Sweep.objects.exclude(pk=sweep.pk).delete()


def sweep_progress() -> tuple[int, int] | None:
    """How many cases of how many the pass under way has judged; None while none is under way."""
    found = Sweep.objects.filter(ended_at=None).order_by("-started_at").first()
    return None if found is None else (found.judged, max(found.cases, found.judged))
