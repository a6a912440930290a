"""What a replica brings about here: copies it holds, differences it found, drills, repairs.

The replica speaks through its token; these acts are done in the name of the system. Not for what
it reads (`api.replica`) nor for its own side (`liuhen.replica`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from liuhen.actions.act import Draft, act
from liuhen.kernel import clock
from liuhen.kernel.canonical import LARGEST
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.vault.models import Copy, Original, Replica
from liuhen.vault.store import relative_path

# An entry lists each row; so many stay well within its length.
MOST_COPIES = 150
_MOST_DIFFERENCES = 50
_LONGEST = 300


def store_of(replica: str) -> str:
    """The name of a replica as a store of copies."""
    return f"replica:{replica}"[:40]


def take_copies(actor: Person, replica: str, sha256s: Sequence[str]) -> int:
    """Record those of the copies a replica holds that are new to us; returns how many.

    Raises:
        Refused: `copy.too_many`, `copy.unknown` for bytes that were never taken in.
    """
    wanted = set(sha256s)
    if not 0 < len(wanted) <= MOST_COPIES:
        raise Refused("copy.too_many", most=MOST_COPIES)
    known = set(Original.objects.filter(sha256__in=wanted).values_list("sha256", flat=True))
    if wanted - known:
        raise Refused("copy.unknown", sha256=min(wanted - known)[:64])
    held = Copy.objects.filter(store=store_of(replica), original_id__in=wanted)
    new = sorted(wanted - set(held.values_list("original_id", flat=True)))
    if new:
        record_copies(actor=actor, replica=replica, sha256s=new)
    return len(new)


@act(permission="copy.record", event="copy.recorded")
def record_copies(draft: Draft, *, actor: Person, replica: str, sha256s: Sequence[str]) -> None:
    """Record that a replica holds further originals, each checked there against its digest."""
    store = store_of(replica)
    for sha256 in sha256s:
        Copy.objects.get_or_create(
            original_id=sha256,
            store=store,
            defaults={"path": relative_path(sha256), "stored_at": draft.at},
        )
    draft.note(replica=replica, count=len(sha256s))


@act(permission="copy.record", event="replica.differed")
def record_differences(
    draft: Draft, *, actor: Person, replica: str, differences: Sequence[Mapping[str, Any]]
) -> None:
    """Record what a replica says does not agree between what we gave it and what we signed."""
    draft.note(replica=replica, count=len(differences), differences=_plain(differences))


@act(permission="drill.record", event="restore.drilled")
def record_drill(draft: Draft, *, actor: Person, replica: str, result: Mapping[str, Any]) -> None:
    """Record that a whole home was rebuilt from a replica and verified, with its result.

    Raises:
        Refused: `drill.incomplete`.
    """
    names = ("entries", "rows", "originals", "seconds", "differences")
    if not all(isinstance(result.get(name), int) for name in names):
        raise Refused("drill.incomplete")
    draft.note(replica=replica, **{name: result[name] for name in names})


@act(permission="original.repair", event="original.repaired")
def record_repair(
    draft: Draft, *, actor: Person, sha256: str, was: str, source: str, kept_as: str = ""
) -> Original:
    """Record that an original's bytes were brought back from a copy, and what lay there before.

    `was` is the digest of the damaged bytes, set aside as `kept_as`, or empty: there were none.

    Raises:
        Refused: `record.not_found`.
    """
    original = Original.objects.filter(sha256=sha256).first()
    if original is None:
        raise Refused("record.not_found")
    draft.about(original)
    draft.note(sha256=sha256, was=was, source=source[:_LONGEST], kept_as=kept_as)
    return original


def take_report(actor: Person, name: str, report: Mapping[str, Any]) -> None:
    """Keep what a replica reports; enter its differences and drills when they are new.

    Raises:
        Refused: `replica.report_malformed`.
    """
    told = _checked(report)
    before = Replica.objects.filter(name=name).first()
    known = before.differences if before else []
    if told["differences"] and told["differences"] != known:
        record_differences(actor=actor, replica=name, differences=told["differences"])
    drilled_at = told.pop("drilled_at")
    drill = told.pop("drill")
    is_new_drill = drilled_at and (before is None or before.drilled_at != drilled_at)
    if is_new_drill:
        record_drill(actor=actor, replica=name, result=drill)
        told |= {"drilled_at": drilled_at, "drill": drill}
    Replica.objects.update_or_create(name=name, defaults={**told, "reported_at": clock.now()})


def _checked(report: Mapping[str, Any]) -> dict[str, Any]:
    try:
        numbers = {name: int(report[name]) for name in ("size", "originals", "missing")}
        differences = _plain(report["differences"])
        drill = {str(key): int(one) for key, one in dict(report.get("drill") or {}).items()}
        trouble = str(report.get("trouble") or "")[:_LONGEST]
        at = report.get("drilled_at")
        drilled_at: dt.datetime | None = clock.parse_iso(at) if at else None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused("replica.report_malformed") from None
    if not all(0 <= one <= LARGEST for one in (*numbers.values(), *drill.values())):
        raise Refused("replica.report_malformed")
    told = {"differences": differences, "drilled_at": drilled_at, "drill": drill}
    return {**numbers, **told, "trouble": trouble}


def _plain(differences: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    names = ("code", "record", "what")
    return [
        {name: str(one[name])[:_LONGEST] for name in names}
        for one in list(differences)[:_MOST_DIFFERENCES]
    ]
