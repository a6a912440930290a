"""Binding a closed case and handing the file to the archive room (Art. 38, 41).

Not for giving a file back (`archive_returns`).
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from liuhen.actions.act import Draft, act
from liuhen.actions.archive_receipts import give_receipt
from liuhen.actions.closing import report_type
from liuhen.actions.simple_procedure import figure
from liuhen.actions.stages import advance
from liuhen.archive.four_checks import four_checks
from liuhen.archive.models import CaseFile
from liuhen.assembly.binding import BoundFile, Part, bind
from liuhen.assembly.document_types import MAIN, SIDE
from liuhen.assembly.file_order import place_in_file
from liuhen.cases.models import Case
from liuhen.documents.case_facts import facts_of
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import of_side_file
from liuhen.vault import keeping
from liuhen.vault.models import Original


@act(permission="case.bind", event="case.bound")
def bind_case(draft: Draft, *, actor: Person, case_id: UUID, checked_by: Person) -> CaseFile:
    """Bind a closed case: cover, catalogue, papers with page numbers, end note; main and side file.

    A file the archive room refused, or that was returned for supplements, is bound anew.

    Raises:
        Refused: `binding.not_closed`, `binding.bound`, `binding.self_checked`,
            `binding.drafts_left`, `law.forbids`.
    """
    case = draft.lock_case(case_id)
    if case.closed_at is None:
        raise Refused("binding.not_closed")
    before = CaseFile.objects.select_for_update().filter(case=case).first()
    if before is not None and before.reopened_at is None:
        raise Refused("binding.bound")
    if checked_by.id == draft.actor.id:
        raise Refused("binding.self_checked")
    drafts = case.papers.filter(state=Paper.State.DRAFT)
    if drafts.exists():
        titles = "、".join(paper.document_type.title for paper in drafts)
        raise Refused("binding.drafts_left", titles=titles)
    draft.gate("bind", case)
    retention = f"{figure('archives.case_file', draft.at)}年"
    bound, side = _bound(draft, case, checked_by, retention)
    file = before or CaseFile(case=case)
    file.catalogue = [_line(entry) for entry in bound.entries]
    file.pages, file.retention = bound.pages, retention
    file.original = _kept(draft, bound, f"案卷{case.number}.pdf")
    file.side_catalogue = [_line(entry) for entry in side.entries] if side else []
    file.side_pages = side.pages if side else 0
    file.side = _kept(draft, side, f"案卷{case.number}副卷.pdf") if side else None
    file.bound_by, file.bound_at = draft.actor, draft.at
    file.reopened_at = None
    file.save()
    case.bound_at = draft.at
    case.save(update_fields=["bound_at"])
    draft.about(file)
    draft.note(pages=bound.pages, sha256=file.original_id)
    if side:
        draft.note(side_pages=side.pages, side_sha256=file.side_id)
    advance(case, "binding")
    return file


def _kept(draft: Draft, bound: BoundFile, name: str) -> Original:
    return keeping.keep_bytes(bound.pdf, name=name, by=draft.actor.id, at=draft.at)


def _bound(
    draft: Draft, case: Case, checked_by: Person, retention: str
) -> tuple[BoundFile, BoundFile | None]:
    """The main file, and the side file where there is anything to bind into it."""
    main, side = _volumes(case)
    frame = _frame(draft, case, retention)
    filmed = [sum(part.pdf is None for part in parts) for parts in (main, side)]
    stored = f"另有音像记录{filmed[0]}件，存于专用存储并随卷管理。"
    beside = "内部审批、讨论和法制审核材料另立副卷。" if side else ""
    end_note = {
        **frame["filed"],
        "recordings": filmed[0],
        "statement": f"本卷文书齐全，{stored}{beside}",
        "checked_by": checked_by.name,
    }
    bound = bind(
        main,
        cover={**frame["cover"], "volume": "正卷" if side else None},
        end_note=end_note,
        timestamp=draft.at,
    )
    if not side:
        return bound, None
    stated = "本卷为副卷，不提供当事人复制。文书齐全。"
    if filmed[1]:
        stated += f"另有音像记录{filmed[1]}件，存于专用存储并随卷管理。"
    kept = {**end_note, "recordings": filmed[1], "statement": stated}
    cover = {**frame["cover"], "volume": "副卷"}
    return bound, bind(side, cover=cover, end_note=kept, timestamp=draft.at)


def _volumes(case: Case) -> tuple[list[Part], list[Part]]:
    """What goes into the main and into the side file: papers in order, then recordings by name.

    Recordings of an internal discussion go where its minutes are; without a paper beside them
    there is no side file to list them in, and they are in the main one.
    """
    papers = _papers_in_order(case)
    main, side = (
        [_paper_part(one) for one in papers if one.document_type.volume == volume]
        for volume in (MAIN, SIDE)
    )
    internal = of_side_file() if side else Q(pk__in=())
    filmed = case.recordings.order_by("started_at", "id")
    main += map(_recording_part, filmed.exclude(internal))
    side += map(_recording_part, filmed.filter(internal))
    return main, side


def _frame(draft: Draft, case: Case, retention: str) -> dict[str, dict[str, object]]:
    """What cover and end note say of the case, `filed` both."""
    facts = facts_of(case, None, draft.at)
    title = f"{facts['party']['name']}{case.cause}案"
    filed = {
        "case_title": title,
        "filed_by": draft.actor.name,
        "filed_on": clock.local_date(draft.at).isoformat(),
    }
    cover = {
        **filed,
        "authority_name": facts["authority"]["name"],
        "case_number": case.number,
        "decision_number": facts["decision"].get("number"),
        "case_kind": f"{case.get_kind_display()}（{case.get_procedure_display()}）",
        "unit": case.unit.name,
        "handlers": "、".join(officer["name"] for officer in facts["officers"]),
        "initiated_on": clock.local_date(case.initiated_at or case.started_at).isoformat(),
        "closed_on": clock.local_date(case.closed_at or draft.at).isoformat(),
        "result": _result(case),
        "retention": retention,
    }
    return {"filed": filed, "cover": cover}


def _result(case: Case) -> str:
    """What became of the case, as its closing report has it: ended, it was never decided."""
    report = case.papers.filter(type=report_type(case), state=Paper.State.ISSUED).first()
    told = report.data if report is not None else {}
    return str(told.get("penalty_content") or told.get("result") or "")


def _papers_in_order(case: Case) -> list[Paper]:
    """By what they are (`assembly/file_order.toml`), papers of one place as they were issued."""
    issued = case.papers.filter(state=Paper.State.ISSUED).select_related("original", "issued_by")
    return sorted(issued.order_by("issued_at"), key=lambda one: place_in_file(one.type))


def _paper_part(paper: Paper) -> Part:
    assert paper.original is not None and paper.issued_at is not None  # issued papers have both
    with keeping.local_store().open(paper.original.sha256) as stream:
        pdf = stream.read()
    return Part(
        title=paper.document_type.title,
        pdf=pdf,
        number=paper.number or "",
        responsible=paper.issued_by.name if paper.issued_by else "",
        dated_on=clock.local_date(paper.issued_at),
    )


def _recording_part(recording: Recording) -> Part:
    return Part(
        title=f"{recording.get_kind_display()}：{recording.name}",
        pdf=None,
        responsible=recording.made_by.name if recording.made_by else "",
        dated_on=clock.local_date(recording.started_at) if recording.started_at else None,
        note=f"电子件 {recording.original_id[:8]}…",
    )


def _line(entry: object) -> dict[str, object]:
    names = ("seq", "title", "number", "responsible", "dated_on", "pages", "note", "sha256")
    line = {name: getattr(entry, name) for name in names}
    line["dated_on"] = line["dated_on"].isoformat() if line["dated_on"] else None
    return line


def locked_file(draft: Draft, case_id: UUID) -> CaseFile:
    """Lock a case and its bound file.

    Raises:
        Refused: `record.not_found`, `case_file.not_bound`.
    """
    case = draft.lock_case(case_id)
    file = CaseFile.objects.select_for_update().filter(case=case).first()
    if file is None:
        raise Refused("case_file.not_bound")
    file.case = case
    draft.about(file)
    return file


@act(permission="case_file.hand_over", event="case_file.handed_over")
def hand_over_case_file(
    draft: Draft, *, actor: Person, case_id: UUID, is_unit_copy_kept: bool
) -> CaseFile:
    """Hand the original file to the archive room; it counts when the archivist has received it.

    The unit states that it keeps a copy, as Art. 38 demands of it; the four checks of an electronic
    file (DA/T 70) are made before the file goes, and again when it is received.

    Raises:
        Refused: `case_file.not_bound`, `case_file.handed_over`, `case_file.reopened`,
            `case_file.no_copy`, `law.forbids`, `case_file.not_sound` with what the checks found.
    """
    file = locked_file(draft, case_id)
    if file.handed_over_at is not None:
        raise Refused("case_file.handed_over")
    if file.reopened_at is not None:
        raise Refused("case_file.reopened")
    if not is_unit_copy_kept:
        raise Refused("case_file.no_copy")
    draft.gate("hand_over", file.case)
    draft.note(checks=_checked(file))
    file.handed_over_by, file.handed_over_at = draft.actor, draft.at
    file.save(update_fields=["handed_over_by", "handed_over_at"])
    file.case.unit_copy_kept_at = draft.at
    file.case.save(update_fields=["unit_copy_kept_at"])
    return file


@act(permission="case_file.receive", event="case_file.received")
def receive_case_file(
    draft: Draft, *, actor: Person, case_id: UUID, archive_number: str
) -> CaseFile:
    """Receive a file in the archive room after the four checks of an electronic file (DA/T 70).

    One that was received before keeps its number. The unit and the archive room get a receipt.

    Raises:
        Refused: `case_file.not_handed_over`, `case_file.received`, `case_file.number`,
            `case_file.number_taken`, `case_file.not_sound` with what the checks found,
            `paper_certificate.*`.
    """
    file = locked_file(draft, case_id)
    if file.handed_over_at is None:
        raise Refused("case_file.not_handed_over")
    if file.received_at is not None:
        raise Refused("case_file.received")
    if not archive_number.strip():
        raise Refused("case_file.number")
    taken = CaseFile.objects.filter(archive_number=archive_number.strip())
    if taken.exclude(id=file.id).exists():
        raise Refused("case_file.number_taken", number=archive_number)
    checks = _checked(file)
    file.archive_number = archive_number.strip()
    file.received_by, file.received_at = draft.actor, draft.at
    give_receipt(draft, file, checks)
    received = ("archive_number", "received_by", "received_at", "receipt", "receipt_number")
    file.save(update_fields=received)
    if file.case.handed_over_at is None:  # returned since, it was handed over in its time
        file.case.handed_over_at = draft.at
        file.case.save(update_fields=["handed_over_at"])
    draft.note(archive_number=file.archive_number, checks=checks)
    advance(file.case, "hand_over")
    return file


def _checked(file: CaseFile) -> list[str]:
    """The titles of the four checks, all passed. Raises `case_file.not_sound`."""
    checks = four_checks(file)
    found = [words for check in checks for words in check.found]
    if found:
        raise Refused("case_file.not_sound", found="；".join(found))
    return [check.title for check in checks]
