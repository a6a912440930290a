"""The subjects duties are judged for: the case, its activities, recordings, papers and so on.

For: the `over=` of duties. Not for: finer conditions, which are a duty's trigger.
"""

from collections.abc import Callable, Sequence
from typing import Any

from liuhen.law.calendar import start_of_day
from liuhen.law.duties import Over
from liuhen.law.facts import (
    Activity,
    Application,
    ApplicationAnswer,
    Case,
    Collection,
    Decision,
    Gap,
    Handling,
    Hearing,
    Lead,
    LegalityReview,
    Measure,
    Notice,
    Paper,
    Performance,
    Prolongation,
    Recording,
    Remedy,
    SameActFine,
    Service,
    Statement,
    Suspension,
)
from liuhen.law.unit_facts import (
    HandOver,
    Room,
    RoomDay,
    Unit,
    Verification,
    Viewing,
)
from liuhen.law.view import View
from liuhen.law.vocabulary import NOT_YET, MeasureKind, ServiceMode

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
REMEDIES: Over[Remedy] = Over("remedy", _whole("remedies"), lambda each: each.began_at)
HANDLINGS: Over[Handling] = Over("handling", _whole("handlings"), lambda each: each.decided_at)
GAPS: Over[Gap] = Over("gap", _whole("gaps"), lambda gap: gap.started_at)
LEGALITY_REVIEWS: Over[LegalityReview] = Over(
    "legality_review", _whole("legality_reviews"), lambda review: review.reviewed_at
)
APPLICATIONS: Over[Application] = Over(
    "application", _whole("applications"), lambda each: each.received_at
)
ANSWERS: Over[ApplicationAnswer] = Over(
    "application_answer", _whole("answers"), lambda each: each.given_at
)


def prolongations(*clocks: str) -> Over[Prolongation]:
    """Prolongations of these clocks."""
    wanted = frozenset(clocks)
    return Over(
        "prolongation",
        lambda view: view.where("prolongations", lambda each: each.clock in wanted),
        lambda each: each.approved_at,
    )


def suspensions(*clocks: str) -> Over[Suspension]:
    """Suspensions of these clocks."""
    wanted = frozenset(clocks)
    return Over(
        "suspension",
        lambda view: view.where("suspensions", lambda each: each.clock in wanted),
        lambda each: start_of_day(each.started_on),
    )


SAME_ACT_FINES: Over[SameActFine] = Over(
    "same_act_fine", _whole("same_act_fines"), lambda each: None
)


# -- subjects of a unit ------------------------------------------------------------------------


def _unit(view: View) -> Sequence[Any]:
    return (view.root,)


UNIT: Over[Unit] = Over("unit", _unit, lambda unit: NOT_YET, "unit")
"""The unit, by the text in force at the judged instant."""

ROOMS: Over[Room] = Over("room", _whole("rooms"), lambda room: NOT_YET, "unit")
ROOM_DAYS: Over[RoomDay] = Over("room_day", _whole("room_days"), lambda each: each.ended_at, "unit")
HAND_OVERS: Over[HandOver] = Over(
    "hand_over", _whole("hand_overs"), lambda each: each.moved_at, "unit"
)
VERIFICATIONS: Over[Verification] = Over(
    "verification", _whole("verifications"), lambda each: each.ran_at, "unit"
)
VIEWINGS: Over[Viewing] = Over("viewing", _whole("viewings"), lambda each: each.viewed_at, "unit")
