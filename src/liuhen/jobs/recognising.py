"""Jobs that read words in photos, scans and stills and hear what is said: drafts for people and
search.

Each makes its draft once; what can't be read is kept as a draft that says why. Not for what a
person makes of it (`actions.texts`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from itertools import takewhile
from typing import Any

from django.conf import settings
from django.db import connection

from liuhen.kernel.portions import Portion
from liuhen.kernel.refusals import Refused
from liuhen.media.speech import SpeechModel, hear_words, listener_version
from liuhen.media.words import MODEL, read_words, reader_version
from liuhen.recordings.derivatives import STILL, made_file
from liuhen.recordings.models import DraftText
from liuhen.recordings.queries import derivative_of
from liuhen.recordings.texts import has_draft, note_tried, put_draft, untried
from liuhen.search.indexing import index_texts
from liuhen.vault.keeping import local_store
from liuhen.vault.queries import is_destroyed

log = logging.getLogger(__name__)

PICTURE, SPEECH = DraftText.Source.PICTURE, DraftText.Source.SPEECH
# What is of before, or whose job was lost: so many in one go.
PICTURES, SOUNDS = 20, 5


def read_picture(sha256: str, key: str = "") -> bool:
    """Read the words of a photo or a scan, or of the still picture `key` of a recording.

    Returns whether a draft was made.
    """
    if not settings.READS_WORDS or is_destroyed(sha256) or has_draft(sha256, PICTURE, key):
        return False
    path = local_store().place(sha256)
    if key:
        still = made_file(derivative_of(sha256, STILL, key))
        if still is None:
            return False
        path = still
    connection.close()  # reading takes seconds
    put = partial(put_draft, sha256, PICTURE, key=key, model=MODEL, version=reader_version())
    try:
        words = read_words(path)
    except Refused as refused:
        log.info("no words of %s: %s", sha256[:12], refused.data)
        _is_put(put, failure=str(refused.data["cause"]))
        return False
    left = f"第{'、'.join(map(str, words.unread))}页没有读出" if words.unread else ""
    if not _is_put(put, text=words.text, lines=map(asdict, words.lines), failure=left):
        return False
    index_texts(sha256)
    return True


def _is_put(put: Callable[..., DraftText], **told: Any) -> bool:
    """Whether there still is something of which a draft can be kept."""
    try:
        put(**told)
    except Refused as refused:
        log.info("no draft: %s", refused)
        return False
    return True


def read_waiting_pictures() -> int:
    """Read photos and scans nobody has read yet: a net under the single jobs. Returns how many."""
    if not settings.READS_WORDS:
        return 0
    return _tried(PICTURE, read_picture, PICTURES)


def _tried(source: DraftText.Source, read: Callable[[str], bool], limit: int) -> int:
    waiting = untried(source).values_list("original_id", flat=True)[:limit]
    portion = Portion()
    digests = takewhile(lambda _: not portion.is_over, dict.fromkeys(waiting))
    done = sum(map(read, digests))
    note_tried(source)
    return done


def hear(sha256: str) -> bool:
    """Hear what is said in an original, with the operator's model. Returns whether it was drafted.

    Nothing listens without a model; what could not be heard says why and is not tried again.
    """
    model: SpeechModel | None = settings.SPEECH_MODEL
    if model is None or is_destroyed(sha256) or has_draft(sha256, SPEECH):
        return False
    connection.close()  # hearing takes minutes
    put = partial(put_draft, sha256, SPEECH, model=model.name, version=listener_version())
    try:
        speech = hear_words(local_store().place(sha256), model)
    except Refused as refused:
        log.info("no speech of %s: %s", sha256[:12], refused.data)
        _is_put(put, failure=str(refused.data["cause"]))
        return False
    if not _is_put(put, text=speech.text, lines=map(asdict, speech.sayings)):
        return False
    index_texts(sha256)
    return True


def hear_waiting() -> int:
    """Hear recordings nobody has listened to yet, if there is a model. Returns how many."""
    if settings.SPEECH_MODEL is None:
        return 0
    return _tried(SPEECH, hear, SOUNDS)
