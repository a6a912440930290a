"""On what ground a person may view a recording, and who has viewed it. Not for writes.

The measures know no exception (42, 43): without an approval nothing of a recording is shown, not
its picture in small, and not to the person who made it.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import F, Q, QuerySet

from liuhen.access.models import (
    CopyApplication,
    Printing,
    Redaction,
    StandingApproval,
    Viewing,
    ViewingRequest,
)
from liuhen.access.opening import Opening, read_token
from liuhen.cases.models import Case, CaseOfficer
from liuhen.cases.queries import visible_cases
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import (
    is_allowed,
    office_kinds,
    offices_held,
    permissions,
    stood_in_for,
)
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import visible_recordings

_Scope = StandingApproval.Scope
# Stages of a case whose file has left the hands of those who handled it.
_FILED = frozenset({"binding", "hand_over"})


def live_approvals() -> QuerySet[StandingApproval]:
    """Standing approvals in force now."""
    now = clock.now()
    return StandingApproval.objects.filter(since__lte=now, until__gt=now, revoked_at=None)


Ground = StandingApproval | ViewingRequest


def ground_columns(ground: Ground | None) -> dict[str, Ground | None]:
    """A ground as the columns `approval` and `request` of the rows that rest on it."""
    return {
        "approval": ground if isinstance(ground, StandingApproval) else None,
        "request": ground if isinstance(ground, ViewingRequest) else None,
    }


def viewing_ground(person: Person, recording: Recording) -> Ground | None:
    """The approval that lets a person view a recording now, or None.

    Nobody's viewing rests on an approval they gave themselves. Among several the narrowest
    scope is taken, so that the register says the least that was needed.
    """
    if not visible_recordings(person).filter(id=recording.id).exists():
        return None
    about = Q(recording=recording)
    if recording.case_id is not None:
        about |= Q(case=recording.case_id)
    return _request_about(person, about) or _standing(person, recording.case)


def copying_ground(person: Person, case: Case) -> Ground | None:
    """The approval that lets a person print the papers of a case they see, now; or None."""
    return _request_about(person, Q(case=case)) or _standing(person, case)


def handles(person: Person, case: Case) -> bool:
    """Whether a person carries a case that is not bound yet."""
    return case.stage not in _FILED and _carries(person, case)


def _standing(person: Person, case: Case | None) -> StandingApproval | None:
    given = live_approvals().filter(group__in=office_kinds(person)).exclude(approved_by=person)
    order = list(_Scope)
    for approval in sorted(given, key=lambda one: (order.index(_Scope(one.scope)), one.since)):
        if _is_in_scope(approval.scope, person, case):
            return approval
    return None


def viewable_recordings(person: Person) -> QuerySet[Recording]:
    """The recordings for which `viewing_ground` names an approval now, as one question."""
    return visible_recordings(person).filter(under_approval(person))


def under_approval(person: Person) -> Q:
    """The part of it that is about approvals: of recordings the person may know of anyway."""
    now = clock.now()
    asked = ViewingRequest.objects.filter(asked_by=person, since__lte=now, until__gt=now)
    asked = asked.filter(outcome=ViewingRequest.Outcome.APPROVED, revoked_at=None)
    under = Q(case__in=asked.exclude(case=None).values("case"))
    under |= Q(id__in=asked.exclude(recording=None).values("recording"))
    given = live_approvals().filter(group__in=office_kinds(person)).exclude(approved_by=person)
    for scope in set(given.values_list("scope", flat=True)):
        under |= _within(scope, person)
    return under


def _within(scope: str, person: Person) -> Q:
    """`_is_in_scope` as a condition."""
    if scope == _Scope.ALL_CASES:
        return Q(id__isnull=False)
    if scope == _Scope.UNIT_CASES:
        return Q(case__unit__in=offices_held(person).values("unit"))
    carried = CaseOfficer.objects.filter(person=person, until=None).values("case")
    own = Q(case__handler=person) | Q(case__in=carried)
    return own & ~Q(case__stage__in=_FILED) & Q(case__isnull=False)


def _request_about(person: Person, about: Q) -> ViewingRequest | None:
    now = clock.now()
    live = ViewingRequest.objects.filter(about, asked_by=person, since__lte=now, until__gt=now)
    live = live.filter(outcome=ViewingRequest.Outcome.APPROVED, revoked_at=None)
    narrowest = F("recording").asc(nulls_last=True)
    return live.select_related("approved_by").order_by(narrowest, "until").first()


def _is_in_scope(scope: str, person: Person, case: Case | None) -> bool:
    if scope == _Scope.ALL_CASES:
        return True
    if case is None:
        return False
    if scope == _Scope.UNIT_CASES:
        return offices_held(person).filter(unit=case.unit_id).exists()
    return handles(person, case)


def _carries(person: Person, case: Case) -> bool:
    if case.handler_id == person.id:
        return True
    return CaseOfficer.objects.filter(case=case, person=person, until=None).exists()


def opened(person: Person, token: str) -> Opening:
    """What a token opens for this person now.

    Raises:
        Refused: `viewing.expired`: wrong, late, another's, or what let them view it has ended.
    """
    viewing_id = read_token(token, person.id)
    found = Viewing.objects.filter(id=viewing_id, viewer=person).select_related(
        "approval", "request", "recording__original"
    )
    viewing = found.first()
    if viewing is None or not person.is_active or not is_live(viewing.ground):
        raise Refused("viewing.expired", viewing=viewing_id)
    recording = viewing.recording
    if recording.disposed_at is not None:
        raise Refused("recording.destroyed", name=recording.name)
    # Classified since, handed over, moved: what may no longer be seen is no longer shown.
    if not viewable_recordings(person).filter(id=recording.id).exists():
        raise Refused("viewing.expired", viewing=viewing_id)
    return Opening(
        viewing_id=viewing.id,
        recording_id=recording.id,
        sha256=recording.original_id,
        size=recording.original.size,
        name=recording.name,
        found=str(recording.media.get("found", "")),
    )


def is_live(ground: Ground) -> bool:
    """Whether an approval is in force now."""
    return was_live(ground, clock.now())


def was_live(ground: Ground, at: dt.datetime) -> bool:
    """Whether an approval was in force at an instant, as is known now."""
    if ground.since is None or not ground.since <= at < ground.until:
        return False
    return ground.revoked_at is None or at < ground.revoked_at


def requests_waiting(person: Person) -> QuerySet[ViewingRequest]:
    """Requests the leader in charge has to answer; one's own are left out."""
    if not is_allowed(person, "viewing.approve"):
        return ViewingRequest.objects.none()
    own = {person.id, *stood_in_for(person, permissions()["viewing.approve"].offices)}
    rows = visible_requests(person).filter(outcome="").exclude(asked_by__in=own)
    return rows.select_related("case", "recording", "asked_by").order_by("asked_at", "id")


def visible_requests(person: Person) -> QuerySet[ViewingRequest]:
    """Requests about cases and recordings the person may see."""
    about = Q(case__in=visible_cases(person)) | Q(recording__in=visible_recordings(person))
    return ViewingRequest.objects.filter(about)


def visible_redactions(person: Person) -> QuerySet[Redaction]:
    """Copies with covered parts, of what the person may see, newest first."""
    of_paper = Q(paper__isnull=False, case__in=visible_cases(person).values("id"))
    of_recording = Q(recording__in=visible_recordings(person).values("id"))
    rows = Redaction.objects.filter(of_paper | of_recording)
    about = rows.select_related("recording", "paper", "case", "asked_by", "released_by")
    return about.order_by("-asked_at", "id")


def visible_redaction(person: Person, redaction_id: UUID) -> Redaction:
    """One of them. Raises `Refused("record.not_found")`."""
    found = visible_redactions(person).filter(id=redaction_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def visible_applications(person: Person) -> QuerySet[CopyApplication]:
    """Applications of parties for copies, on cases the person may see, newest first."""
    rows = CopyApplication.objects.filter(case__in=visible_cases(person).values("id"))
    about = rows.select_related("case", "party", "received_by", "checked_by", "approved_by")
    return about.order_by("-received_at", "id")


def requests_of(person: Person) -> QuerySet[ViewingRequest]:
    """What a person has asked, newest first."""
    rows = ViewingRequest.objects.filter(asked_by=person)
    about = rows.select_related("case", "recording", "approved_by", "noted_by")
    return about.order_by("-asked_at", "id")


def requests_given(person: Person) -> QuerySet[ViewingRequest]:
    """Requests that were approved and have not ended, newest first."""
    rows = visible_requests(person).filter(
        outcome=ViewingRequest.Outcome.APPROVED, revoked_at=None, until__gt=clock.now()
    )
    about = rows.select_related("case", "recording", "asked_by", "approved_by", "noted_by")
    return about.order_by("-since", "id")


def viewings_of(recording_id: UUID) -> QuerySet[Viewing]:
    """The register of one recording, latest first."""
    return (
        Viewing.objects.filter(recording=recording_id)
        .select_related("viewer", "approval__approved_by", "request__approved_by")
        .order_by("-viewed_at", "-id")
    )


def printings_of(paper: Paper) -> QuerySet[Printing]:
    """When a paper was printed, by itself or with all of its case, latest first."""
    with_all = Q(paper=None, printed_at__gte=paper.issued_at)
    rows = Printing.objects.filter(Q(paper=paper) | with_all, case=paper.case_id)
    about = rows.select_related("printed_by", "approval__approved_by", "request__approved_by")
    return about.order_by("-printed_at", "-id")


def approvals_listed() -> QuerySet[StandingApproval]:
    """Every standing approval ever given, those in force first."""
    now = clock.now()
    ended = Q(revoked_at__isnull=False) | Q(until__lte=now)
    return (
        StandingApproval.objects.alias(ended=ended)
        .select_related("approved_by")
        .order_by("ended", "-since", "id")
    )
