"""What follows an order of destruction: copies taken away, each proven gone, the certificate.

Runs as a job, as often as it takes: killed anywhere, it goes on from what is entered. A replica
takes its own copies away and says so; what lies outside this system a person proves. Only when
nothing is left is the disposal over. Not for ordering it (`disposal`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.disposal import MOST, authority_name, locked_disposal
from liuhen.actions.replicas import store_of
from liuhen.actions.second_copies import enter_copies
from liuhen.archive.disposals import (
    case_copies_out,
    remaining_copies,
    replicas_behind,
    store_words,
    visible_disposals,
)
from liuhen.archive.models import Disposal, OutsideCopy
from liuhen.archive.packages import drop_packages_with
from liuhen.assembly.rendering import render
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import system_person
from liuhen.recordings.models import Derivative, DraftText, Recording
from liuhen.search.indexing import forget_recordings
from liuhen.vault import keeping
from liuhen.vault.destroying import leftovers, lies_in, take_away, take_from_bucket
from liuhen.vault.keeping import is_on_its_way
from liuhen.vault.models import Copy, CopyGone, Destruction, ObjectLock
from liuhen.vault.s3 import Version
from liuhen.vault.store import S3, SECOND, STORE

_HERE = (STORE, SECOND, S3)
# Longer than any job takes to make something of an original.
_MAKING_LASTS = dt.timedelta(days=2)
_SEEN = "系统删除文件后复查，原处已没有文件"
_TOLD = "异地副本报告已删除并复查"
_LEFT = (
    "原件的登记、SHA-256 摘要、账本条目、行映像、包含证明、标注、经人确认的文字和调阅登记保留；"
    "此前依批准交付的复制件在登记册上，不在此列。"
)


def destroy_ordered() -> int:
    """Go on with every disposal under way; returns how many copies were proven gone now."""
    proven = 0
    _take_away_what_came_late()
    for disposal in Disposal.objects.filter(state=Disposal.State.DESTROYING).order_by("begun_at"):
        proven += _destroy(disposal)
    return proven


def _take_away_what_came_late() -> None:
    """What was being made or copied of an original while its destruction was ordered.

    Whoever makes something is refused and takes it away; one that was killed before can't.
    """
    since = clock.now() - _MAKING_LASTS
    for one in Destruction.objects.filter(ordered_at__gt=since).order_by("pk"):
        take_away(one.original_id)
        _empty_bucket(one.original_id)


def _destroy(disposal: Disposal) -> int:
    system = system_person()
    ordered = Destruction.objects.filter(disposal=disposal.id)
    digests = list(ordered.order_by("pk").values_list("original_id", flat=True))
    # asked first: what is not on its way now is not begun any more, and lies where we look next
    is_clear = not any(is_on_its_way(sha256) for sha256 in digests)
    drop_packages_with(digests)
    for sha256 in digests:
        take_away(sha256)
        is_clear &= _empty_bucket(sha256, is_listed=True)
        Derivative.objects.filter(original=sha256).delete()
        DraftText.objects.filter(original=sha256).delete()
    recordings = Recording.objects.filter(original__in=digests)
    forget_recordings(recordings.values_list("id", flat=True))
    gone = [
        copy.id
        for copy in remaining_copies(disposal).filter(store__in=_HERE)
        if lies_in(copy.store, copy.original_id) is False
    ]
    for first in range(0, len(gone), MOST):
        record_copies_gone(actor=system, copy_ids=gone[first : first + MOST], how=_SEEN)
    is_clear &= not any(leftovers(sha256) for sha256 in digests)
    if is_clear and not is_left(disposal):
        finish_disposal(actor=system, disposal_id=disposal.id)
    return len(gone)


def _empty_bucket(sha256: str, *, is_listed: bool = False) -> bool:
    """Delete what may go from the bucket, note what is left and until when; whether all went.

    `is_listed`: what is left, and was never entered because its maker died, is a copy like others.
    """
    left = take_from_bucket(sha256)
    if left and is_listed and not Copy.objects.filter(original=sha256, store=S3).exists():
        enter_copies(actor=system_person(), store=S3, digests=[sha256])
    if left:
        _note_left(sha256, left)
    return left == []


def _note_left(sha256: str, left: Sequence[Version]) -> None:
    """Which versions the bucket keeps, and until when; one that no lock keeps is tried again."""
    at = clock.now()
    ends = [one.until for one in left if one.until is not None]
    told = [{"id": one.id, "until": one.until and clock.iso(one.until)} for one in left]
    ObjectLock.objects.update_or_create(
        original_id=sha256,
        defaults={"left": told, "set_at": at, **({"until": max(ends)} if ends else {})},
        create_defaults={"left": told, "set_at": at, "until": max(ends, default=at)},
    )


def is_left(disposal: Disposal) -> bool:
    """Whether any copy of a disposal's originals is not proven gone."""
    rows = (
        remaining_copies(disposal),
        disposal.outside.filter(gone_at=None),
        case_copies_out(disposal).exclude(due_on=None),
    )
    return any(one.exists() for one in rows) or bool(replicas_behind(disposal))


def take_gone(actor: Person, replica: str, sha256s: Sequence[str]) -> int:
    """Take a replica's word that it destroyed its copies; returns how many that was news of.

    Raises:
        Refused: `copy.too_many`, `copy.not_ordered` for one that nothing ordered destroyed.
    """
    wanted = set(sha256s)
    if not 0 < len(wanted) <= MOST:
        raise Refused("copy.too_many", most=MOST)
    ordered = set(
        Destruction.objects.filter(original__in=wanted).values_list("original_id", flat=True)
    )
    if wanted - ordered:
        raise Refused("copy.not_ordered", sha256=min(wanted - ordered)[:64])
    held = Copy.objects.filter(original__in=wanted, store=store_of(replica), gone=None)
    ids = list(held.order_by("id").values_list("id", flat=True))
    if ids:
        record_copies_gone(actor=actor, copy_ids=ids, how=_TOLD)
    return len(ids)


@act(permission="original.destroy", event="copy.gone")
def record_copies_gone(
    draft: Draft, *, actor: Person, copy_ids: Sequence[int], how: str
) -> list[CopyGone]:
    """Record that copies of destroyed originals are gone, and how that was seen."""
    copies = Copy.objects.filter(id__in=copy_ids, gone=None).order_by("id")
    draft.note(how=how)
    return [
        CopyGone.objects.create(
            destruction_id=copy.original_id, copy=copy, how=how[:300], gone_at=draft.at
        )
        for copy in copies
    ]


@act(permission="copy.prove_gone", event="copy.proven_gone")
def prove_copy_gone(draft: Draft, *, actor: Person, copy_id: int, proof: str) -> CopyGone:
    """State, with proof, that a copy in a store this system can't reach any more is gone.

    Raises:
        Refused: `record.not_found`, `copy.reachable`, `reason.missing`.
    """
    seen = visible_disposals(actor).order_by().values("id")
    copies = Copy.objects.filter(original__destruction__disposal__in=seen, gone=None)
    copy = copies.filter(id=copy_id).first()
    if copy is None:
        raise Refused("record.not_found")
    if copy.store in _HERE and lies_in(copy.store, copy.original_id) is not None:
        raise Refused("copy.reachable")
    if not proof.strip():
        raise Refused("reason.missing")
    gone = CopyGone.objects.create(
        destruction_id=copy.original_id, copy=copy, how=proof.strip()[:300], gone_at=draft.at
    )
    draft.about(gone)
    draft.note(sha256=copy.original_id, store=copy.store, proof=gone.how)
    return gone


@act(permission="copy.prove_gone", event="outside_copy.proven_gone")
def prove_outside_copy_gone(
    draft: Draft, *, actor: Person, outside_id: UUID, proof: str
) -> OutsideCopy:
    """State, with proof, that a backup set or another medium outside has ended.

    Raises:
        Refused: `record.not_found`, `outside_copy.gone`, `outside_copy.unexpired`,
            `reason.missing`.
    """
    seen = visible_disposals(actor).order_by().values("id")
    outside = OutsideCopy.objects.select_for_update().filter(disposal__in=seen)
    found = outside.filter(id=outside_id).first()
    if found is None:
        raise Refused("record.not_found")
    if found.gone_at is not None:
        raise Refused("outside_copy.gone")
    if found.expires_on is not None and clock.local_date(draft.at) < found.expires_on:
        raise Refused("outside_copy.unexpired", day=f"{found.expires_on}")
    if not proof.strip():
        raise Refused("reason.missing")
    found.proof, found.gone_by, found.gone_at = proof.strip(), draft.actor, draft.at
    found.save()
    draft.about(found)
    draft.note(proof=found.proof)
    return found


@act(permission="original.destroy", event="disposal.finished")
def finish_disposal(draft: Draft, *, actor: Person, disposal_id: UUID) -> Disposal:
    """End a disposal of whose originals every copy is proven gone, with its certificate.

    Raises:
        Refused: `record.not_found`, `disposal.state`, `disposal.left`.
    """
    disposal = locked_disposal(draft, disposal_id)
    if disposal.state != Disposal.State.DESTROYING:
        raise Refused("disposal.state", state=disposal.get_state_display())
    if is_left(disposal):
        raise Refused("disposal.left")
    pdf = render("disposal_certificate", _certificate(draft, disposal), timestamp=draft.at)
    name = f"记录处置证明{disposal.number}.pdf"
    disposal.certificate = keeping.keep_bytes(pdf, name=name, by=actor.id, at=draft.at)
    disposal.state, disposal.finished_at = Disposal.State.DESTROYED, draft.at
    disposal.save()
    draft.note(sha256=disposal.certificate.sha256)
    return disposal


def _certificate(draft: Draft, disposal: Disposal) -> dict[str, Any]:
    gone = CopyGone.objects.filter(destruction__disposal=disposal.id).select_related("copy")
    places: dict[str, list[CopyGone]] = {}
    for one in gone.order_by("id"):
        places.setdefault(one.destruction_id, []).append(one)
    rows = [
        {
            "sha256": sha256,
            "copies": "、".join(store_words(one.copy.store) for one in found),
            "destroyed_at": clock.local_date(max(one.gone_at for one in found)),
        }
        for sha256, found in sorted(places.items())
    ]
    outside = [f"{one.get_kind_display()}（{one.place}）" for one in disposal.outside.all()]
    way = "删除全部副本和由其制作的缩略图、转码副本、截取片段、索引"
    if outside:
        way += f"；系统外副本{'、'.join(outside)}另有证明"
    return {
        "authority_name": authority_name(disposal.proposed_by),
        "list_number": disposal.number,
        "rows": rows,
        "way": f"{way}。",
        "left": _LEFT,
        "destroyed_on": clock.local_date(draft.at),
    }
