"""Uploads put together from parts that came by several lines at once (tus concatenation).

The bytes of the parts are written one behind the other into the file of the whole, and each
part's file goes as soon as its bytes are durable there: a large file needs room for its largest
part once more, not for all of itself. A kill in between leaves every byte in one place or the
other, and the next try goes on from there. Not for HTTP (`api.uploads`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from liuhen.kernel.refusals import Fault, Refused
from liuhen.people.models import Person
from liuhen.recordings import running_digest
from liuhen.recordings.models import Upload
from liuhen.recordings.receiving import receive
from liuhen.recordings.staging import AnyTurn, StagedFile, move_pieces
from liuhen.recordings.uploads import begin_upload, intake_of, take_turn

MOST_PARTS = 256


def begin_concatenation(
    owner: Person, part_ids: Sequence[UUID], metadata: Mapping[str, str]
) -> Upload:
    """Accept an upload made of finished parts, in their order; asked again, the same one.

    Raises:
        Refused: as `begin_upload`; `upload.part` when a part is no part of this person's, stands
            twice, or belongs to another whole; `upload.part_unfinished`.
    """
    names = [str(part_id) for part_id in part_ids]
    found = {str(one.id): one for one in Upload.objects.filter(id__in=part_ids, owner=owner)}
    parts = [found[name] for name in names if name in found]
    if len(parts) < len(names) or len(found) < len(names) or not all(p.is_part for p in parts):
        raise Refused("upload.part")
    if any(part.offset < part.length for part in parts):
        raise Refused("upload.part_unfinished")
    with intake_of(parts[0]).locked():
        for other in Upload.objects.filter(owner=owner, parts__contains=names[:1]):
            if other.parts == names:
                return other
        if any(Upload.objects.filter(owner=owner, parts__contains=[n]).exists() for n in names):
            raise Refused("upload.part")
        length = sum(part.length for part in parts)
        return begin_upload(owner, length, metadata, parts=parts)


def put_together(whole: Upload) -> None:
    """Take over what is missing of the parts; nothing to do for an upload without parts.

    Raises:
        Refused: `storage.full`; what was taken over so far is kept. `upload.taken_over`:
            another request is at it.
        Fault: a part's bytes are gone.
    """
    if not whole.parts or whole.offset == whole.length:
        return
    found = {str(one.id): one for one in Upload.objects.filter(id__in=whole.parts)}
    intake = intake_of(whole)
    if isinstance(intake, StagedFile):
        _take_over_pieces(whole, [found[name] for name in whole.parts])
        return
    with intake.alone():
        whole.refresh_from_db()
        turn = take_turn(whole)
        try:
            begin = 0
            for part in (found[name] for name in whole.parts):
                _take_over(turn, whole, part, begin)
                begin += part.length
        finally:
            turn.close()
    whole.refresh_from_db()


def _take_over_pieces(whole: Upload, parts: Sequence[Upload]) -> None:
    """Where bytes lie in pieces, only their rows change hands: all of them, or none."""
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(id=whole.id)
        begin = 0
        for part in parts if locked.offset < locked.length else ():
            move_pieces(part, whole, begin)
            begin += part.length
            Upload.objects.filter(id=whole.id).update(offset=begin)
    whole.refresh_from_db()


def _take_over(turn: AnyTurn, whole: Upload, part: Upload, begin: int) -> None:
    """Append what is missing of a part that begins at byte `begin` of the whole; it then goes."""
    intake, end = intake_of(part), begin + part.length
    if turn.offset < end:
        digest = turn.digest()
        try:
            with intake.path.open("rb", buffering=0) as stream:
                stream.seek(turn.offset - begin)
                receive(turn, stream.read, end - turn.offset, digest)
        except FileNotFoundError:
            pass  # told below
        running_digest.put_back(whole.id, digest)
        if turn.offset < end:
            raise Fault(f"upload {whole.id}: acknowledged bytes of part {part.id} are gone")
    if turn.durable >= end:
        intake.remove()
