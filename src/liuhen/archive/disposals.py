"""Reads of disposals: lists, what is left of one, by which one an original went. Not for writes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q, QuerySet

from liuhen.archive.models import CaseCopy, Disposal, DisposalItem, Hold
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import RowImage
from liuhen.people.models import ApiToken, Person
from liuhen.people.queries import live_token_names
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import unknown_originals
from liuhen.vault.models import Copy, Destruction, Replica
from liuhen.vault.store import S3, SECOND, STORE

_STORES = {STORE: "本机存储", SECOND: "第二存储", S3: "对象存储"}
_KINDS = {"replica": "异地副本", "backup": "备份库"}


def store_words(store: str) -> str:
    """A store of copies as people call it."""
    kind, _, name = store.partition(":")
    return f"{_KINDS[kind]} {name}" if kind in _KINDS and name else _STORES.get(store, store)


def visible_disposals(person: Person) -> QuerySet[Disposal]:
    """The disposals a person may see, the newest first.

    One that lists a record the person may not know (Art. 45) exists for those who may know all.
    """
    people = ("proposed_by", "first_by", "second_by", "begun_by", "withdrawn_by")
    secret = DisposalItem.objects.filter(original__in=unknown_originals(person))
    rows = Disposal.objects.exclude(id__in=secret.values("disposal"))
    return rows.select_related(*people).order_by("-proposed_at", "-id")


def visible_disposal(person: Person, disposal_id: UUID) -> Disposal:
    """One of them. Raises `Refused("record.not_found")`."""
    found = visible_disposals(person).filter(id=disposal_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def remaining_copies(disposal: Disposal) -> QuerySet[Copy]:
    """Copies of a disposal's originals that are not proven gone."""
    ordered = Destruction.objects.filter(disposal=disposal.id).values("original")
    return Copy.objects.filter(original__in=ordered, gone=None).order_by("store", "id")


def case_copies_out(disposal: Disposal) -> QuerySet[CaseCopy]:
    """Copies on discs, not back yet, of the cases whose recordings a disposal lists.

    One that bears a day is to be back or destroyed first; the others their recipients keep.
    """
    listed = disposal.items.filter(left_at=None).values("original")
    cases = Recording.objects.filter(original__in=listed, case__isnull=False).values("case")
    rows = CaseCopy.objects.filter(case__in=cases, ended_at=None).select_related("case")
    return rows.order_by(F("due_on").asc(nulls_last=True), "id")


def holds_of(disposal: Disposal) -> dict[str, list[str]]:
    """By original why what a disposal lists is held now; two queries."""
    listed = disposal.items.filter(left_at=None).values("original")
    owners = list(
        Recording.objects.filter(original__in=listed).values_list("id", "case_id", "original_id")
    )
    about = Q(recording__in=[one for one, _, _ in owners])
    about |= Q(case__in={case for _, case, _ in owners if case is not None})
    found: dict[str, list[str]] = {}
    for hold in Hold.objects.filter(about, lifted_at=None).order_by("placed_at", "id"):
        for recording, case, original in owners:
            if hold.recording_id == recording or (case is not None and hold.case_id == case):
                found.setdefault(original, []).append(hold.reason)
    return found


def replicas_behind(disposal: Disposal) -> list[str]:
    """Names of replicas that have not read the order yet: they may hold what they never told of."""
    ordered = Destruction.objects.filter(disposal=disposal.id).values_list("original_id", flat=True)
    first = ordered.first()
    if first is None:
        return []
    placed = RowImage.objects.filter(table=Destruction._meta.db_table, row_id=first)
    index = placed.values_list("entry__sequenced__index", flat=True).first()
    rows = Replica.objects.filter(name__in=live_token_names(ApiToken.Scope.REPLICA))
    if index is not None:
        rows = rows.filter(size__lte=index)
    return sorted(rows.values_list("name", flat=True))


def destructions_of(digests: Iterable[str]) -> dict[str, Destruction]:
    """By digest, the order under which an original was destroyed."""
    found = Destruction.objects.filter(original__in=list(digests))
    return {one.original_id: one for one in found}
