"""Uploads on their way in (tus 1.0): their rows, quota, expiry and files. Derived, so no acts.

Not for the protocol (`api.uploads`) or for what becomes of a whole file (`actions.taking_in`).
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum

from liuhen.cases.queries import filmed_activity, visible_case
from liuhen.kernel import clock
from liuhen.kernel.digests import is_sha256
from liuhen.kernel.refusals import Refused
from liuhen.media.names import display_name
from liuhen.people.models import Device, Person
from liuhen.people.queries import require
from liuhen.recordings.captured import Moment, captured_by, moments_of
from liuhen.recordings.intake import IntakeFile
from liuhen.recordings.models import Upload
from liuhen.recordings.running_digest import RunningDigest
from liuhen.recordings.staging import AnyTurn, StagedFile
from liuhen.vault.keeping import first_store, s3_store
from liuhen.vault.store import S3

PERMISSION = "recording.take_in"
LASTS = dt.timedelta(days=7)
MAX_LENGTH = 1 << 40
# More unfinished uploads of one person than any client keeps open.
MOST_AT_ONCE = 1000
# Left free for the database, the ledger and papers, whatever comes in.
RESERVE = 512 << 20


@dataclass(frozen=True)
class Intent:
    """What the sender says about a file. Everything may be unknown but its name.

    `path` is where it lay on its device, when that says more than the name.
    """

    name: str
    path: str = ""
    activity_id: UUID | None = None
    case_id: UUID | None = None
    device_serial: str | None = None
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    returned_at: dt.datetime | None = None
    sha256: str | None = None
    captured: dict[str, Any] | None = None
    moments: tuple[Moment, ...] = ()


def intent_of(metadata: Mapping[str, str]) -> Intent:
    """Read the metadata of an upload; unknown keys are left alone.

    Raises:
        Refused: `upload.metadata` with `key`.
    """
    told = {key: value.strip() for key, value in metadata.items() if value.strip()}
    sha256 = told.get("sha256", "").lower() or None
    if sha256 is not None and not is_sha256(sha256):
        raise Refused("upload.metadata", key="sha256")
    name = told.get("filename") or told.get("name") or ""
    return Intent(
        name=display_name(name),
        activity_id=_id(told, "activity"),
        case_id=_id(told, "case"),
        device_serial=told.get("device"),
        started_at=_instant(told, "started_at"),
        ended_at=_instant(told, "ended_at"),
        returned_at=_instant(told, "returned_at"),
        sha256=sha256,
        captured=captured_by(told),
        moments=moments_of(told),
    )


def _id(told: Mapping[str, str], key: str) -> UUID | None:
    if key not in told:
        return None
    try:
        return UUID(told[key])
    except ValueError:
        raise Refused("upload.metadata", key=key) from None


def _instant(told: Mapping[str, str], key: str) -> dt.datetime | None:
    if key not in told:
        return None
    try:
        return clock.parse_iso(told[key])
    except ValueError:
        raise Refused("upload.metadata", key=key) from None


def begin_upload(
    owner: Person,
    length: int,
    metadata: Mapping[str, str],
    *,
    is_part: bool = False,
    parts: Sequence[Upload] = (),
) -> Upload:
    """Accept an upload: what would be refused in the end is refused now.

    Args:
        is_part: it is a part of a file that comes by several lines.
        parts: finished parts whose bytes it will take over (`recordings.concatenation`).

    Raises:
        Refused: `permission.missing`, `upload.metadata`, `record.not_found` (its case),
            `device.unknown`, `recording.empty`, `upload.too_large`, `upload.quota`,
            `upload.too_many`, `storage.too_small`, `storage.full`.
    """
    require(owner, PERMISSION)
    intent = intent_of(metadata)
    if intent.activity_id is not None:
        filmed_activity(owner, intent.activity_id)
    elif intent.case_id is not None:
        visible_case(owner, intent.case_id)
    if intent.device_serial is not None:
        known_device(intent.device_serial)
    if length == 0:
        raise Refused("recording.empty", name=intent.name)
    if length > MAX_LENGTH:
        raise Refused("upload.too_large", limit_gib=MAX_LENGTH >> 30)
    if parts:
        # Each part's file goes as soon as its bytes are taken over.
        require_room(max(part.length for part in parts))
    else:
        _require_quota(owner, length)
        require_room(length)
    now = clock.now()
    upload = Upload(
        owner=owner,
        length=length,
        metadata=dict(metadata),
        is_part=is_part,
        parts=[str(part.id) for part in parts],
        created_at=now,
        expires_at=now + LASTS,
    )
    intake_of(upload).create()
    upload.save(force_insert=True)
    return upload


def known_device(serial: str) -> Device:
    """A registered device. Raises `Refused("device.unknown")`."""
    device = Device.objects.filter(serial=serial).select_related("holder").first()
    if device is None:
        raise Refused("device.unknown", serial=serial)
    return device


def _unsettled() -> QuerySet[Upload]:
    # A JSON column equals None when it holds a JSON null, which these never do.
    return Upload.objects.filter(result__isnull=True, refusal__isnull=True)


def _waiting() -> QuerySet[Upload]:
    """Every byte is here, if in parts, and nothing has become of it yet."""
    return _unsettled().filter(~Q(parts=[]) | Q(offset=F("length")), is_part=False)


def _parts_in_use() -> list[str]:
    """Ids of parts that an upload still takes over."""
    return [part for parts in _waiting().values_list("parts", flat=True) for part in parts]


def _require_quota(owner: Person, length: int) -> None:
    """What one person may have on the way at once, so that nobody takes all room.

    Raises:
        Refused: `upload.too_many`, `upload.quota` with sizes in GB.
    """
    told = _unsettled().filter(owner=owner, parts=[], expires_at__gt=clock.now())
    under_way = told.aggregate(count=Count("id"), size=Sum("length"))
    if under_way["count"] >= MOST_AT_ONCE:
        raise Refused("upload.too_many", most=MOST_AT_ONCE)
    quota, held = settings.UPLOAD_QUOTA, under_way["size"] or 0
    if quota is not None and held + length > quota:
        raise Refused(
            "upload.quota",
            needed_gb=_gigabytes(length),
            held_gb=_gigabytes(held),
            quota_gb=_gigabytes(quota),
        )


def free_room() -> int:
    """Bytes that may still be promised: free on disk, less the reserve and what is on its way.

    Where the bucket comes first a disk holds an upload only while it is brought together.
    """
    free = int(shutil.disk_usage(settings.HOME.intake_dir).free) - RESERVE
    if first_store() == S3:
        return free
    open_uploads = _unsettled().filter(parts=[], expires_at__gt=clock.now())
    promised = open_uploads.aggregate(left=Sum(F("length") - F("offset")))["left"] or 0
    return free - int(promised)


def require_room(length: int) -> None:
    """Refuse what can't fit. Raises `Refused("storage.too_small")` with sizes in GB."""
    free = free_room()
    if length > free:
        raise Refused(
            "storage.too_small", needed_gb=_gigabytes(length), free_gb=_gigabytes(max(0, free))
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f}"


def owned_upload(owner: Person, upload_id: UUID) -> Upload:
    """One's own upload.

    Raises:
        Refused: `record.not_found`, also for another's; `upload.expired`.
    """
    upload = Upload.objects.filter(id=upload_id, owner=owner).select_related("owner").first()
    if upload is None:
        raise Refused("record.not_found")
    if upload.expires_at <= clock.now() and upload.result is None:
        raise Refused("upload.expired")
    return upload


def intake_of(upload: Upload) -> IntakeFile | StagedFile:
    """The upload's bytes so far."""
    bucket = s3_store() if first_store() == S3 else None
    if bucket is not None:
        return StagedFile(settings.HOME.intake_dir, upload.id, bucket)
    return IntakeFile(settings.HOME.intake_dir, upload.id)


def take_turn(upload: Upload) -> AnyTurn:
    """Become the one who writes this upload; its `offset` is brought up to what is really held.

    Raises:
        Refused: `record.not_found` when the bytes are gone, `storage.full`.
    """
    upload_id, length = upload.id, upload.length

    def record(offset: int, digest: RunningDigest | None) -> None:
        told: dict[str, Any] = {"offset": offset, "expires_at": clock.now() + LASTS}
        if digest is not None and digest.position == offset == length:
            told["sha256"] = digest.hexdigest()
        Upload.objects.filter(id=upload_id).update(**told)

    try:
        turn = intake_of(upload).take_turn(upload.offset, record)
    except FileNotFoundError:
        raise Refused("record.not_found") from None
    upload.offset = turn.offset
    return turn


def is_whole(upload: Upload) -> bool:
    """Whether every byte is here and nothing has become of it yet; a part never is."""
    is_settled = upload.result is not None or upload.refusal is not None
    return upload.offset == upload.length and not is_settled and not upload.is_part


def end_upload(upload: Upload) -> None:
    """Terminate: partial or refused bytes go, a recording made of them stays.

    The parts of a whole go with it.

    Raises:
        Refused: `upload.part` for a part that a whole is taking over.
    """
    if upload.is_part and str(upload.id) in _parts_in_use():
        raise Refused("upload.part")
    intake = intake_of(upload)
    with intake.locked() as held:
        intake.end_turn(held)
        intake.unlist()
        Upload.objects.filter(id=upload.id).delete()
        if upload.result is None:
            intake.forget()
    intake.settle()
    for part in Upload.objects.filter(id__in=upload.parts, owner=upload.owner_id):
        end_upload(part)


def unfinished_uploads() -> list[UUID]:
    """Uploads that are whole and wait for becoming a recording: a server was killed between."""
    return list(_waiting().order_by("created_at").values_list("id", flat=True))


def expire_uploads() -> int:
    """Put aside what nobody came back for; rows go, bytes are quarantined. Returns how many.

    A whole upload that waits for becoming a recording never expires.
    """
    late = Upload.objects.filter(expires_at__lte=clock.now())
    abandoned = list(late.exclude(id__in=_waiting().values("id")).exclude(id__in=_parts_in_use()))
    for upload in abandoned:
        intake_of(upload).set_aside()
        upload.delete()
    return len(abandoned)
