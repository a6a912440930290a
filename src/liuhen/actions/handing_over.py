"""Who moves or leaves hands over: listed, handed, received, countersigned (Art. 40).

What is listed changes hands when it is received. Not for ending offices or accounts (`deputising`,
`leaving`), which needs that nothing is held any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q

from liuhen.actions.act import Draft, act
from liuhen.actions.joining import certified
from liuhen.approvals.queries import KIND_TITLES
from liuhen.assembly.rendering import render
from liuhen.cases.models import ActivityOfficer, Case, CaseOfficer
from liuhen.cases.queries import UNIT_CASES
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Device, Person
from liuhen.people.queries import offices_held
from liuhen.recordings.holdings import (
    approvals_held,
    cases_held,
    running_hand_overs,
    visible_hand_overs,
)
from liuhen.recordings.models import HandOver, Recording
from liuhen.recordings.queries import unlabelled_recordings
from liuhen.vault import keeping

# An entry names each row it changed, so a long list is received in portions of so many.
PORTION = 100
TITLES = {
    "case": "案件",
    "recording": "未标注音像",
    "device": "执法设备",
    "approval": "待答复的审批",
}
Row = dict[str, str]


@act(permission="hand_over.draw_up", event="hand_over.drawn_up")
def draw_up_hand_over(
    draft: Draft, *, actor: Person, leaver_id: UUID, taker_id: UUID, reason: str
) -> HandOver:
    """List what a person of one's unit holds, for another to take over.

    Raises:
        Refused: `record.not_found`, `hand_over.same`, `reason.missing`, `hand_over.running`,
            `hand_over.nothing`, `hand_over.alone`, `officer.not_officer`, `certificate.invalid`.
    """
    leaver, taker = _of_unit(actor, leaver_id), _of_unit(actor, taker_id)
    if leaver.id == taker.id:
        raise Refused("hand_over.same")
    if not reason.strip():
        raise Refused("reason.missing")
    if running_hand_overs(leaver).exists():
        raise Refused("hand_over.running", name=leaver.name)
    rows = list(_rows(leaver))
    if not rows:
        raise Refused("hand_over.nothing", name=leaver.name)
    _refuse_unable(draft, leaver, taker)
    made = HandOver.objects.create(
        leaver=leaver,
        taker=taker,
        reason=reason.strip()[:200],
        rows=rows,
        drawn_up_by=actor,
        drawn_up_at=draft.at,
    )
    draft.about(made)
    draft.note(leaver=str(leaver.id), taker=str(taker.id), rows=len(made.rows))
    return made


@act(permission="hand_over.confirm", event="hand_over.handed")
def hand_over_records(draft: Draft, *, actor: Person, hand_over_id: UUID) -> HandOver:
    """State as who leaves that all of it is handed over.

    Raises:
        Refused: `record.not_found`, `hand_over.step`, `hand_over.not_yours`.
    """
    found = _locked(draft, hand_over_id, "hand")
    if actor.id != found.leaver_id:
        raise Refused("hand_over.not_yours", name=found.leaver.name)
    found.handed_at = draft.at
    found.save(update_fields=["handed_at"])
    return found


@act(permission="hand_over.confirm", event="hand_over.received")
def receive_hand_over(draft: Draft, *, actor: Person, hand_over_id: UUID) -> HandOver:
    """Receive a portion as who takes over; from now on its cases, labels and devices are theirs.

    Called again until `received_at` is set; what was received before stays so.

    Raises:
        Refused: `record.not_found`, `hand_over.step`, `hand_over.not_yours`,
            `officer.in_activity`, `hand_over.alone`, `officer.not_officer`, `certificate.invalid`.
    """
    found = _locked(draft, hand_over_id, "receive")
    if actor.id != found.taker_id:
        raise Refused("hand_over.not_yours", name=found.taker.name)
    leaver, taker = found.leaver, found.taker
    _refuse_unable(draft, leaver, taker)
    portion = found.rows[found.received_rows : found.received_rows + PORTION]
    cases = Case.objects.select_for_update().filter(id__in=_ids(portion, "case"))
    for case in cases.order_by("id"):
        draft.opens(case)
        _give_case(draft, case, leaver, taker)
    draft.entry.case_id = None
    recordings = Recording.objects.select_for_update().filter(id__in=_ids(portion, "recording"))
    for recording in recordings:
        recording.taken_over_by = taker
        recording.save(update_fields=["taken_over_by"])
    devices = Device.objects.select_for_update().filter(
        id__in=_ids(portion, "device"), holder=leaver
    )
    for device in devices:
        device.holder = taker
        device.save(update_fields=["holder"])
    found.received_rows += len(portion)
    if found.received_rows == len(found.rows):
        found.received_at = draft.at
    found.save(update_fields=["received_rows", "received_at"])
    draft.note(received=found.received_rows, rows=len(found.rows))
    return found


@act(permission="hand_over.draw_up", event="hand_over.countersigned")
def countersign_hand_over(draft: Draft, *, actor: Person, hand_over_id: UUID) -> HandOver:
    """Countersign as a head of the unit who is neither of the two; the list is kept as a paper.

    Raises:
        Refused: `record.not_found`, `hand_over.step`, `hand_over.own`.
    """
    found = _locked(draft, hand_over_id, "countersign")
    if actor.id in (found.leaver_id, found.taker_id):
        raise Refused("hand_over.own")
    found.countersigned_by, found.countersigned_at = actor, draft.at
    pdf = render("people_hand_over_list", _paper(found), timestamp=draft.at)
    name = f"人员调动交接清单{found.leaver.name}.pdf"
    found.paper = keeping.keep_bytes(pdf, name=name, by=actor.id, at=draft.at)
    found.save()
    draft.note(paper=found.paper_id)
    return found


@act(permission="hand_over.draw_up", event="hand_over.withdrawn")
def withdraw_hand_over(draft: Draft, *, actor: Person, hand_over_id: UUID, reason: str) -> HandOver:
    """Withdraw a list that nobody has received yet.

    Raises:
        Refused: `record.not_found`, `hand_over.step`, `reason.missing`, `hand_over.partly`.
    """
    found = _locked(draft, hand_over_id, "hand", "receive")
    if not reason.strip():
        raise Refused("reason.missing")
    if found.received_rows:
        raise Refused("hand_over.partly")
    found.withdrawn_at = draft.at
    found.save(update_fields=["withdrawn_at"])
    draft.note(reason=reason.strip())
    return found


def _of_unit(head: Person, person_id: UUID) -> Person:
    units = offices_held(head).filter(kind__in=UNIT_CASES).values("unit")
    found = Person.objects.filter(id=person_id, unit__in=units, is_active=True).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def _rows(leaver: Person) -> Iterator[Row]:
    for case in cases_held(leaver):
        yield {"kind": "case", "id": str(case.id), "what": f"{case.number} {case.cause}".strip()}
    for one in unlabelled_recordings(leaver).order_by("stored_at", "id"):
        stored = f"{clock.local(one.stored_at):%Y-%m-%d %H:%M}存入"
        yield {"kind": "recording", "id": str(one.id), "what": f"{one.name}，{stored}"}
    for device in Device.objects.filter(holder=leaver).order_by("serial"):
        what = f"{device.get_kind_display()} {device.serial}"
        yield {"kind": "device", "id": str(device.id), "what": what}
    for asked in approvals_held(leaver):
        what = f"{KIND_TITLES[asked.kind]}，{clock.local(asked.asked_at):%Y-%m-%d}报送"
        yield {"kind": "approval", "id": str(asked.id), "what": what}


def _refuse_unable(draft: Draft, leaver: Person, taker: Person) -> None:
    """Who takes cases is an officer with a certificate, and leaves no case with one alone."""
    open_ones = cases_held(leaver).filter(closed_at=None)
    if not open_ones.exists():
        return
    certified(taker, draft.at)
    both = open_ones.filter(
        Q(id__in=CaseOfficer.objects.filter(person=taker, until=None).values("case")),
        id__in=CaseOfficer.objects.filter(person=leaver, until=None).values("case"),
    ).first()
    if both is not None:
        raise Refused("hand_over.alone", name=taker.name, case=both.number)


def _give_case(draft: Draft, case: Case, leaver: Person, taker: Person) -> None:
    if ActivityOfficer.objects.filter(
        activity__case=case, activity__ended_at=None, person=leaver
    ).exists():
        raise Refused("officer.in_activity", name=leaver.name, activity=case.number)
    for row in CaseOfficer.objects.filter(case=case, person=leaver, until=None):
        row.until = draft.at
        row.save(update_fields=["until"])
        CaseOfficer.objects.create(case=case, person=taker, since=draft.at)
    if case.handler_id == leaver.id:
        case.handler = taker
        case.save(update_fields=["handler"])


def _ids(rows: list[Row], kind: str) -> list[UUID]:
    return [UUID(row["id"]) for row in rows if row["kind"] == kind]


def _locked(draft: Draft, hand_over_id: UUID, *steps: str) -> HandOver:
    seen = visible_hand_overs(draft.actor).filter(id=hand_over_id).values("id")
    rows = HandOver.objects.select_for_update(of=("self",)).filter(id__in=seen)
    found = rows.select_related("leaver__unit", "taker").first()
    if found is None:
        raise Refused("record.not_found")
    draft.about(found)
    if found.step not in steps:
        raise Refused("hand_over.step")
    return found


def _paper(found: HandOver) -> dict[str, object]:
    unit = found.leaver.unit
    rows = [
        {"kind": TITLES[row["kind"]], "what": row["what"], "state": "已接收"} for row in found.rows
    ]
    return {
        "authority_name": unit.profile.get("authority", unit.name) if unit else "",
        "leaver": found.leaver.name,
        "taker": found.taker.name,
        "rows": rows,
        "handed_at": clock.iso(found.received_at or clock.now()),
        "remark": found.reason,
    }
