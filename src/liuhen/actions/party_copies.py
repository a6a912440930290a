"""A party's application for copies (Art. 46): received, checked, approved, copied, handed over.

Each copy carries who receives it and when, burnt in. Not for making the files
(`jobs.party_copying`), nor for whole cases on discs (`copying`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.access.models import CopyApplication, Redaction
from liuhen.access.queries import visible_applications
from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import COPY_FOR_PARTY, defer
from liuhen.assembly.document_types import SIDE
from liuhen.assembly.rendering import render
from liuhen.cases.models import Case, Party
from liuhen.cases.secrecy import kinds_of
from liuhen.documents.case_facts import facts_of
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_own_matter
from liuhen.recordings.derivatives import Made, enter_made
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import of_side_file, visible_recordings
from liuhen.vault import keeping

_W = CopyApplication.Way
MOST_ITEMS = 200


@act(permission="copy.receive", event="copy_application.received")
def receive_copy_application(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    party_id: UUID,
    applicant: str,
    identity: str,
    purpose: str,
    paper_ids: Sequence[UUID] = (),
    recording_ids: Sequence[UUID] = (),
) -> CopyApplication:
    """Take an application of a party of the case, or of who acts for it, after checking who asks.

    Raises:
        Refused: `record.not_found`, `copy_application.incomplete`, `copy_application.empty`.
    """
    case = draft.lock_case(case_id)
    party = Party.objects.filter(id=party_id, case=case).first()
    if party is None:
        raise Refused("record.not_found")
    if not (applicant.strip() and identity.strip() and purpose.strip()):
        raise Refused("copy_application.incomplete")
    items = [*_papers(case, paper_ids), *_recordings(actor, case, recording_ids)]
    if not 0 < len(items) <= MOST_ITEMS:
        raise Refused("copy_application.empty", most=MOST_ITEMS)
    made = CopyApplication.objects.create(
        case=case,
        party=party,
        applicant=applicant.strip()[:60],
        identity=identity.strip()[:200],
        purpose=purpose.strip()[:200],
        items=items,
        received_by=actor,
        received_at=draft.at,
    )
    draft.about(made)
    draft.note(items=len(items), purpose=made.purpose)
    return made


@act(permission="copy.check", event="copy_application.checked")
def check_copy_secrecy(
    draft: Draft, *, actor: Person, application_id: UUID, ways: Mapping[str, str], opinion: str
) -> CopyApplication:
    """State for each item whether it goes as it is, covered, or not at all.

    What is classified does not go as it is.

    Raises:
        Refused: `record.not_found`, `copy_application.step`, `copy_application.way`,
            `copy_application.secret`, `copy_application.side_file`, `approval.opinion`.
    """
    found = _locked(draft, application_id, "check")
    if not opinion.strip():
        raise Refused("approval.opinion")
    items = []
    for item in found.items:
        way = ways.get(item["id"], "")
        if way not in _W.values:
            raise Refused("copy_application.way", name=item["name"])
        if way != _W.WITHHELD and _is_of_side_file(item):
            raise Refused("copy_application.side_file", name=item["name"])
        if way == _W.WHOLE and _is_secret(found.case, item):
            raise Refused("copy_application.secret", name=item["name"])
        items.append({**item, "way": way})
    found.items, found.secrecy = items, opinion.strip()[:200]
    found.checked_by, found.checked_at = actor, draft.at
    found.save()
    draft.note(**{way: sum(item["way"] == way for item in items) for way in _W.values})
    return found


def _is_of_side_file(item: Mapping[str, Any]) -> bool:
    """Whether an item belongs to the side file, which no party is given."""
    if item["kind"] == "recording":
        return Recording.objects.filter(of_side_file(), id=item["id"]).exists()
    kept = Paper.objects.filter(id=item["id"]).first()
    return kept is not None and kept.document_type.volume == SIDE


@act(permission="viewing.approve", event="copy_application.answered")
def answer_copy_application(
    draft: Draft, *, actor: Person, application_id: UUID, outcome: str, opinion: str
) -> CopyApplication:
    """Approve or refuse as the leader in charge.

    Raises:
        Refused: `record.not_found`, `copy_application.step`, `copy_application.own`,
            `approval.outcome`, `approval.opinion`, `copy_application.nothing`.
    """
    found = _locked(draft, application_id, "answer")
    if is_own_matter(actor, "viewing.approve", found.received_by_id, found.checked_by_id):
        raise Refused("copy_application.own")
    if outcome not in CopyApplication.Outcome.values:
        raise Refused("approval.outcome")
    if not opinion.strip():
        raise Refused("approval.opinion")
    if outcome == CopyApplication.Outcome.APPROVED:
        _given(found)
    found.outcome, found.opinion = outcome, opinion.strip()[:200]
    found.approved_by, found.approved_at = actor, draft.at
    found.save()
    draft.note(outcome=outcome)
    return found


@act(permission="case.copy", event="copy_application.ordered")
def order_party_copies(draft: Draft, *, actor: Person, application_id: UUID) -> CopyApplication:
    """Have the copies made, when every item to be covered has a released copy.

    Raises:
        Refused: `record.not_found`, `copy_application.step`, `copy_application.unreleased`,
            `copy_application.nothing`.
    """
    found = _locked(draft, application_id, "copy")
    for item in _given(found):
        if item["way"] == _W.COVERED and released_copy(item) is None:
            raise Refused("copy_application.unreleased", name=item["name"])
    found.ordered_by, found.ordered_at, found.failure = actor, draft.at, ""
    found.save()
    defer(COPY_FOR_PARTY, application_id=str(found.id))
    return found


@act(permission="copy.enter", event="copy_application.copied")
def enter_party_copies(
    draft: Draft,
    *,
    actor: Person,
    application_id: UUID,
    ordered_at: dt.datetime,
    files: Sequence[tuple[str, Made]] = (),
    failure: str = "",
) -> CopyApplication:
    """Enter the files a job made by an order, each with its name, or why it could not; then the
    keeper may try again.

    Raises:
        Refused: `record.not_found`, `copy_application.step`.
    """
    found = _locked(draft, application_id, "making")
    if found.ordered_at != ordered_at:
        raise Refused("copy_application.step")
    if failure:
        found.ordered_at, found.failure = None, failure[:300]
    else:
        found.files, found.made_at = [_file(name, one) for name, one in files], draft.at
    found.save()
    draft.note(files=[one.sha256 for _, one in files], failure=failure[:300])
    return found


def _file(name: str, made: Made) -> dict[str, str]:
    """A copy that goes out, as the application lists it."""
    enter_made(made)
    return {"name": name, "sha256": made.sha256, "original": made.original, "key": made.key}


@act(permission="case.copy", event="copy_application.handed_over")
def hand_over_copies(
    draft: Draft, *, actor: Person, application_id: UUID, receiver: str, identity: str
) -> CopyApplication:
    """Note who took the copies and how that was checked; the receipt is kept for the file.

    Raises:
        Refused: `record.not_found`, `copy_application.step`, `copy_application.receiver`.
    """
    found = _locked(draft, application_id, "hand_over")
    if not (receiver.strip() and identity.strip()):
        raise Refused("copy_application.receiver")
    found.receiver, found.receiver_identity = receiver.strip()[:60], identity.strip()[:200]
    found.handed_by, found.handed_at = actor, draft.at
    pdf = render("access_sheet", _receipt(found), timestamp=draft.at)
    name = f"复制登记单{found.case.number}.pdf"
    found.receipt = keeping.keep_bytes(pdf, name=name, by=actor.id, at=draft.at)
    found.save()
    draft.note(receiver=found.receiver, receipt=found.receipt_id)
    return found


def _given(found: CopyApplication) -> list[dict[str, str]]:
    """What goes out of an application that was checked, something at least.

    Raises:
        Refused: `copy_application.nothing`.
    """
    given = [item for item in found.items if item["way"] != _W.WITHHELD]
    if not given:
        raise Refused("copy_application.nothing")
    return given


def released_copy(item: Mapping[str, str]) -> Redaction | None:
    """The newest covered copy of an item that may go out."""
    about = {f"{item['kind']}_id": item["id"]}
    rows = Redaction.objects.filter(state=Redaction.State.RELEASED, **about)
    return rows.order_by("-released_at", "-id").first()


def paper_name(paper: Paper) -> str:
    """A paper as a list names it: title and number."""
    return f"{paper.document_type.title} {paper.number or ''}".strip()


def _papers(case: Case, ids: Sequence[UUID]) -> list[dict[str, str]]:
    rows = list(Paper.objects.filter(case=case, id__in=ids, original__isnull=False))
    if len(rows) != len(set(ids)):
        raise Refused("record.not_found")
    return [
        {"kind": "paper", "id": str(one.id), "name": paper_name(one), "way": ""} for one in rows
    ]


def _recordings(person: Person, case: Case, ids: Sequence[UUID]) -> list[dict[str, str]]:
    seen = visible_recordings(person).filter(case=case, id__in=ids, disposed_at=None)
    rows = list(seen.exclude(kind=Recording.Kind.OTHER))
    if len(rows) != len(set(ids)):
        raise Refused("record.not_found")
    return [{"kind": "recording", "id": str(one.id), "name": one.name, "way": ""} for one in rows]


def _is_secret(case: Case, item: Mapping[str, str]) -> bool:
    own = ""
    if item["kind"] == "recording":
        own = Recording.objects.filter(id=item["id"]).values_list("secrecy", flat=True)[0]
    return bool(kinds_of(case.secrecy, own))


def _locked(draft: Draft, application_id: UUID, step: str) -> CopyApplication:
    seen = visible_applications(draft.actor).filter(id=application_id)
    case_id = seen.values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    draft.lock_case(case_id)
    rows = CopyApplication.objects.select_for_update(of=("self",)).select_related("case")
    found = rows.get(id=application_id)
    draft.about(found)
    if found.step != step:
        raise Refused("copy_application.step")
    return found


def _receipt(found: CopyApplication) -> dict[str, Any]:
    rows = [{"name": one["name"], "sha256": one["sha256"]} for one in found.files]
    assert found.approved_by is not None and found.approved_at is not None
    return {
        "authority_name": facts_of(found.case, None, clock.now())["authority"]["name"],
        "case_number": found.case.number,
        "applicant": found.receiver,
        "kind": ["copying"],
        "recordings": rows,
        "reason": found.purpose,
        "identity": found.receiver_identity,
        "secrecy": found.secrecy,
        "leader_opinion": {
            "text": found.opinion,
            "name": found.approved_by.name,
            "signed_on": clock.local_date(found.approved_at).isoformat(),
        },
        "handled_at": clock.iso(found.handed_at or clock.now()),
        "copies": f"{len(rows)} 件",
    }
