"""The subjects duties are judged for: the case, its activities, recordings, papers and so on.

For: the `over=` of duties. Not for: finer conditions, which are a duty's trigger.
"""

from collections.abc import Callable, Sequence
from typing import Any

from liuhen.law.duties import Over
from liuhen.law.facts import (
    Activity,
    Case,
    Collection,
    Decision,
    Gap,
    Hearing,
    Lead,
    LegalityReview,
    Measure,
    Notice,
    Paper,
    Performance,
    Recording,
    Service,
    Statement,
)
from liuhen.law.view import View
from liuhen.law.vocabulary import MeasureKind, ServiceMode

INVESTIGATIONS = (
    "on_site_verification",
    "inspection",
    "inquiry",
    "evidence_collection",
    "sampling",
    "preservation",
    "sealing_or_seizure",
    "reinspection",
    "promise_supervision",
    "simple_procedure",
)
"""Activities that investigate or take evidence (Art. 12)."""


def _case(view: View) -> Sequence[Case]:
    return (view.case,)


CASE: Over[Case] = Over("case", _case, lambda case: case.started_at)
"""The case, by the text in force when it started."""

CASE_END: Over[Case] = Over("case", _case, lambda case: case.act_ended_at or case.started_at)
"""The case, by the text in force when the act ended."""


def activities(*kinds: str) -> Over[Activity]:
    """Activities of these kinds of the catalogue; of all kinds when none is named."""
    wanted = frozenset(kinds)

    def pick(view: View) -> list[Activity] | None:
        return view.where("activities", lambda each: not wanted or each.kind in wanted)

    return Over("activity", pick, lambda activity: activity.started_at)


def papers(*types: str) -> Over[Paper]:
    """Valid papers of these types."""
    return Over("paper", lambda view: view.papers(*types), lambda paper: paper.made_at)


def services(*modes: ServiceMode) -> Over[Service]:
    """Services by these modes (all when none is named), and those whose mode isn't known."""
    wanted = frozenset(modes)

    def pick(view: View) -> list[Service] | None:
        return view.where(
            "services", lambda each: not wanted or each.mode is None or each.mode in wanted
        )

    return Over("service", pick, lambda service: service.made_at)


def measures_taken(*kinds: MeasureKind) -> Over[Measure]:
    """Measures of these kinds, and those whose kind isn't known."""
    wanted = frozenset(kinds)

    def pick(view: View) -> list[Measure] | None:
        return view.where("measures", lambda each: each.kind is None or each.kind in wanted)

    return Over("measure", pick, lambda measure: measure.started_at)


def _whole(name: str) -> Callable[[View], Sequence[Any] | None]:
    return lambda view: view.known(name)


RECORDINGS: Over[Recording] = Over("recording", _whole("recordings"), lambda r: r.started_at)
STATEMENTS: Over[Statement] = Over("statement", _whole("statements"), lambda s: s.made_at)
DECISIONS: Over[Decision] = Over("decision", _whole("decisions"), lambda d: d.decided_at)
COLLECTIONS: Over[Collection] = Over("collection", _whole("collections"), lambda c: c.collected_at)
PERFORMANCES: Over[Performance] = Over(
    "performance", _whole("performances"), lambda p: p.performed_at
)
LEADS: Over[Lead] = Over("lead", _whole("leads"), lambda lead: lead.received_at)
NOTICES: Over[Notice] = Over("notice", _whole("notices"), lambda notice: notice.told_at)
HEARINGS: Over[Hearing] = Over("hearing", _whole("hearings"), lambda h: h.notified_at)
GAPS: Over[Gap] = Over("gap", _whole("gaps"), lambda gap: gap.started_at)
LEGALITY_REVIEWS: Over[LegalityReview] = Over(
    "legality_review", _whole("legality_reviews"), lambda review: review.reviewed_at
)
