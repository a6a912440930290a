"""How long each original is kept, and what stands against its disposal (Art. 40, 41). Reads only.

An original lives as long as the longest of its owners. What is not known is kept. Not for raising
classes (`actions.retention_rows`), nor for destroying (`actions.disposal`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from liuhen.archive.models import DisposalItem, Hold, Retention, RetentionCorrection
from liuhen.cameras.models import Segment
from liuhen.cameras.queries import visible_cameras
from liuhen.cases.queries import visible_cases
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.recordings.models import Derivative, DraftText, Recording
from liuhen.recordings.queries import visible_recordings
from liuhen.rulebook.queries import Rulebook, rulebook
from liuhen.vault.models import Original

Level = Retention.Level
# The figure that gives each class its length; permanent has none.
FIGURES = {
    Level.GUIDANCE: "measures.retention_guidance",
    Level.UNCLASSIFIED: "measures.retention_unclassified",
    Level.CASE_FILE: "archives.case_file",
}
SEGMENTS = "measures.retention_room_segments"
ALLOWED = "measures.retention_disposal_allowed"
REASONS = {
    "evidence": "作为作出决定的证据",
    "major": "重大案件",
    "complex": "复杂案件",
    "conflict": "现场发生争议或者冲突",
    "sudden": "突发事件或者群体性事件",
    "uncooperative": "当事人不配合，可能引起投诉、复议或者诉讼",
    "objection": "当事人有异议，可能引起投诉、信访、复议或者诉讼",
}
# Tables that speak of an original without keeping it for a purpose of their own.
_OWNED = (
    *("archive_disposal", "vault_", Derivative._meta.db_table),
    DraftText._meta.db_table,
)
# Counted to here and no further; above it a page says "more than".
COUNTED = 1_000


@dataclass(frozen=True)
class Kept:
    """How one recording is kept: class, why, from when, until when (None: no end, or not known)."""

    level: str
    is_settled: bool
    reasons: tuple[str, ...]
    basis_at: dt.datetime
    until: dt.datetime | None

    @property
    def label(self) -> str:
        """The class in words."""
        return str(Level(self.level).label)

    @property
    def why(self) -> str:
        """What the class rests on, in words."""
        if not self.is_settled:
            return "决定类别的事实还没有确定，确定前不得处置"
        if self.reasons:
            return "、".join(REASONS[one] for one in self.reasons)
        return _WHY[Level(self.level)]


_WHY = {
    Level.GUIDANCE: "检查中只有引导、劝导、纠正，没有争议",
    Level.UNCLASSIFIED: "办法没有列明，按参数保管",
    Level.CASE_FILE: "许可、处罚、强制、征收案件的记录随案卷保管",
    Level.PERMANENT: "曾有永久保管的情形，不得降低",
}


def kept(recording: Recording, book: Rulebook | None = None) -> Kept:
    """How a recording is kept; one with neither case nor row the measures don't name."""
    row = Retention.objects.filter(recording=recording).first()
    if row is None:
        row = Retention(
            level=Level.UNCLASSIFIED,
            is_settled=recording.case_id is None,
            basis_at=recording.original.received_at,
        )
    until = _until(row, recording, book or rulebook())
    return Kept(row.level, row.is_settled, tuple(row.reasons), row.basis_at, until)


def _until(row: Retention, recording: Recording, book: Rulebook) -> dt.datetime | None:
    """The last instant: after the later of intake and end; of a case's file after its closing."""
    if row.level == Level.PERMANENT:
        return None
    begin = row.basis_at
    if recording.ended_at is not None:
        begin = max(begin, recording.ended_at)
    if row.level == Level.CASE_FILE:
        closed_at = recording.case.closed_at if recording.case else None
        if closed_at is None:
            return None
        begin = max(begin, closed_at)
    return period_end(FIGURES[Level(row.level)], begin, book)


def period_end(figure: str, begin: dt.datetime, book: Rulebook) -> dt.datetime | None:
    """When a period of years or days from an instant ends; None when the figure sets none."""
    first = clock.local_date(begin)
    used = book.parameters.on(figure, first)
    if not isinstance(used.value, int):
        return None
    ends = book.calendar.after_days if used.unit == "days" else book.calendar.after_years
    return ends(first, used.value).due_at


def obstacles(sha256: str, at: dt.datetime) -> list[str]:
    """Why an original may not be disposed of at an instant, in words; empty when it may."""
    book = rulebook()
    owners = Recording.objects.filter(original=sha256).select_related("case", "original")
    found = [words for one in owners for words in _of_recording(one, at, book)]
    segments = Segment.objects.filter(original=sha256)
    if not owners:
        found += [words for one in segments for words in _of_segment(one, at, book)]
        if not segments:
            found.append("没有登记用途，不能确定保管期限")
    return [*found, *_other_owners(sha256)]


def _of_recording(one: Recording, at: dt.datetime, book: Rulebook) -> Iterator[str]:
    told = kept(one, book)
    if one.disposed_at is not None:
        yield f"{one.name}已经处置"
    if told.level == Level.PERMANENT:
        yield f"{one.name}永久保管"
    elif not told.is_settled:
        yield f"{one.name}的保管类别还没有确定"
    elif told.until is None or at <= told.until:
        day = f"{clock.local_date(told.until)}" if told.until else "案件办结后再定"
        yield f"{one.name}的保管期限未满（{day}）"
    if one.case is not None and one.case.handed_over_at is None:
        yield f"案件{one.case.number}没有办结归档"
    for hold in holds_on(one):
        yield f"{one.name}已暂缓处置：{hold.reason}"


def _of_segment(one: Segment, at: dt.datetime, book: Rulebook) -> Iterator[str]:
    until = segment_until(one, book)
    if until is None or at <= until:
        yield f"监控片段{one.id}的保管期限未满"


def _other_owners(sha256: str) -> Iterator[str]:
    """Papers, materials, bound files: their text has no period of its own here, so they stay."""
    for relation in Original._meta.related_objects:
        model = relation.related_model
        table = model._meta.db_table
        if model in (Recording, Segment) or table.startswith(_OWNED):
            continue
        if model._default_manager.filter(**{relation.field.name: sha256}).exists():
            yield f"同一文件也用作{model._meta.verbose_name}"


def segment_until(segment: Segment, book: Rulebook) -> dt.datetime | None:
    """Until when footage of a room that is tied to nothing is kept; None where no figure says."""
    return period_end(SEGMENTS, segment.stored_at, book)


def due_segments(person: Person, at: dt.datetime) -> QuerySet[Segment]:
    """Footage of rooms a person may see that is tied to nothing and whose period may have ended.

    The oldest first; `obstacles` has the last word on each.
    """
    days = rulebook().parameters.on(SEGMENTS, clock.local_date(at)).value
    if not isinstance(days, int):
        return Segment.objects.none()
    tied = Recording.objects.filter(original=OuterRef("original"))
    listed = DisposalItem.objects.filter(original=OuterRef("original"), left_at=None)
    rows = Segment.objects.filter(
        ~Exists(tied),
        ~Exists(listed),
        camera__in=visible_cameras(person).values("id"),
        original__destruction=None,
        stored_at__lt=at - dt.timedelta(days=days),
    )
    return rows.select_related("camera__room", "camera__device", "original").order_by("id")


def has_other_owner(sha256: str) -> bool:
    """Whether an original is also a paper, material or bound file, which have no period here."""
    return next(_other_owners(sha256), None) is not None


def holds_on(recording: Recording) -> QuerySet[Hold]:
    """The holds in force on a recording or its case."""
    about = Q(recording=recording)
    if recording.case_id is not None:
        about |= Q(case=recording.case_id)
    return Hold.objects.filter(about, lifted_at=None).order_by("placed_at")


def due_recordings(
    person: Person, at: dt.datetime, lengths: dict[str, dt.timedelta | None] | None = None
) -> QuerySet[Recording]:
    """Recordings a person may see whose period may have ended, the oldest first.

    By class and intake alone: `obstacles` has the last word on each. `lengths` takes the place of
    the figures in a simulation.
    """
    cuts = {level: at - length for level, length in (lengths or _lengths(at)).items() if length}
    due = Q(pk__in=[])
    for level in (Level.GUIDANCE, Level.UNCLASSIFIED):
        if level in cuts:
            due |= Q(retention__level=level, retention__basis_at__lt=cuts[level])
    if Level.UNCLASSIFIED in cuts:
        loose = Q(retention=None, case=None)
        due |= loose & Q(original__received_at__lt=cuts[Level.UNCLASSIFIED])
    if Level.CASE_FILE in cuts:
        cut = cuts[Level.CASE_FILE]
        due |= Q(retention__level=Level.CASE_FILE, case__closed_at__lt=cut)
    settled = Q(retention=None) | Q(retention__is_settled=True)
    rows = visible_recordings(person).filter(due, settled, disposed_at=None)
    rows = rows.filter(Q(case=None) | Q(case__handed_over_at__isnull=False))
    rows = rows.exclude(holds__lifted_at=None, holds__isnull=False)
    held = Hold.objects.filter(lifted_at=None, case__isnull=False).values("case")
    listed = DisposalItem.objects.filter(left_at=None).values("original")
    rows = rows.exclude(case__in=held).exclude(original__in=listed)
    return rows.select_related("original", "case", "retention").order_by(F("stored_at").asc(), "id")


def _lengths(at: dt.datetime) -> dict[str, dt.timedelta | None]:
    parameters, day = rulebook().parameters, clock.local_date(at)
    return {level: years(parameters.on(name, day).value) for level, name in FIGURES.items()}


def years(value: object) -> dt.timedelta | None:
    """So many calendar years, at most: a list errs on the early side, `obstacles` decides."""
    return dt.timedelta(days=365 * value) if isinstance(value, int) else None


def simulated(person: Person, at: dt.datetime, level: str, value: int) -> QuerySet[Recording]:
    """What would be due besides what is, were the figure of a class another one."""
    now = _lengths(at)
    would = due_recordings(person, at, {**now, level: years(value)})
    return would.exclude(id__in=due_recordings(person, at, now).values("id"))


def standing_holds(person: Person) -> QuerySet[Hold]:
    """Holds on what a person may see, those in force first, the newest before older."""
    seen = Q(case__in=visible_cases(person)) | Q(recording__in=visible_recordings(person))
    rows = Hold.objects.filter(seen).select_related("case", "recording", "placed_by", "lifted_by")
    return rows.order_by(F("lifted_at").desc(nulls_first=True), "-placed_at", "id")


def corrections_waiting(person: Person) -> QuerySet[RetentionCorrection]:
    """Corrections of recordings a person may see that wait for a second person."""
    rows = RetentionCorrection.objects.filter(outcome="", recording__in=visible_recordings(person))
    return rows.select_related("recording", "asked_by").order_by("asked_at", "id")
