"""Has the newest checkpoint stamped by an outside authority (RFC 3161), now and then; and papers.

Beside the sequencer, like `attesting`: an authority that is away delays nothing. Not for deciding
whom to trust: address and root certificates are settings of the installation.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import urllib3
from cryptography.x509 import Certificate
from django.conf import settings

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Attestation, Checkpoint, Stamp
from liuhen.ledger.queries import latest_checkpoint
from liuhen.tlog.notes import parse_note
from liuhen.tlog.stamps import (
    ANSWER_TYPE,
    REQUEST_TYPE,
    stamp_request,
    trusted_roots,
    verified_digest_instant,
    verified_instant,
)

NAME = "time-stamp"
# A clock that strays further than this from the authority's is shown as a trouble.
TOLERANCE = dt.timedelta(seconds=60)
RETRY = dt.timedelta(minutes=1)
AWAY, WRONG, ASTRAY = "away", "wrong", "clock"
_TIMEOUT = urllib3.Timeout(connect=3.0, read=15.0)
# Somebody waits for the paper that is to be stamped.
_SHORT_TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)
_LONGEST_ANSWER = 1 << 18


def roots() -> list[Certificate]:
    """The root certificates of the stamping authority.

    Raises:
        Refused: `stamp.roots`.
    """
    try:
        return trusted_roots(Path(settings.TSA_ROOTS).read_bytes())
    except OSError:
        raise Refused("stamp.roots") from None


def stamp_newest() -> bool:
    """Have the newest checkpoint stamped when that is due; returns whether a stamp was kept."""
    checkpoint, state = latest_checkpoint(), Attestation.objects.filter(name=NAME).first()
    if not settings.TSA_URL or checkpoint is None or not _is_due(checkpoint, state):
        return False
    try:
        answer, instant = _stamped(checkpoint)
    except (Refused, urllib3.exceptions.HTTPError, OSError) as error:
        is_wrong = isinstance(error, Refused)
        _note(WRONG if is_wrong else AWAY, str(error) if is_wrong else type(error).__name__)
        return False
    Stamp.objects.create(
        checkpoint=checkpoint,
        authority=settings.TSA_URL[:200],
        token=answer,
        stamped_at=instant,
    )
    astray = clock.now() - instant
    is_astray = abs(astray) > TOLERANCE and not settings.HOME.facts.is_demo
    trouble = (ASTRAY, f"{astray.total_seconds():.0f}") if is_astray else ("", "")
    _note(*trouble, size=checkpoint.size)
    return True


def _is_due(checkpoint: Checkpoint, state: Attestation | None) -> bool:
    if state is None:
        return True
    now = clock.now()
    if state.trouble in (AWAY, WRONG):
        return now - state.asked_at >= RETRY
    every = dt.timedelta(minutes=settings.TSA_MINUTES)
    return checkpoint.size > state.size and now - state.asked_at >= every


def _stamped(checkpoint: Checkpoint) -> tuple[bytes, dt.datetime]:
    text = parse_note(checkpoint.note).text
    request, trusted = stamp_request(text), roots()
    body = _asked(request.body, _TIMEOUT)
    return body, verified_instant(body, text, trusted, request.nonce)


def stamp_digest(request: bytes, digest: bytes) -> tuple[bytes, dt.datetime]:
    """The authority's response to a request about a SHA-256, verified, and its instant; not kept.

    Raises:
        Refused: `stamp.away`, nobody answered; `stamp.wrong`, `stamp.roots`.
    """
    trusted = roots()
    try:
        body = _asked(request, _SHORT_TIMEOUT)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Refused("stamp.away", what=type(error).__name__) from None
    return body, verified_digest_instant(body, digest, trusted)


def is_silent() -> bool:
    """Whether the authority did not answer, or answered wrongly, a moment ago."""
    state = Attestation.objects.filter(name=NAME).first()
    is_down = state is not None and state.trouble in (AWAY, WRONG)
    return is_down and state is not None and clock.now() - state.asked_at < RETRY


def note_silence(refused: Refused) -> None:
    """Remember that the authority did not stamp, so that not every paper waits for it."""
    _note(AWAY if refused.code == "stamp.away" else WRONG, str(refused))


def _asked(request: bytes, timeout: urllib3.Timeout) -> bytes:
    with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
        reply = pool.request(
            "POST",
            settings.TSA_URL,
            body=request,
            headers={"Content-Type": REQUEST_TYPE, "Accept": ANSWER_TYPE},
            preload_content=False,
        )
        body = reply.read(_LONGEST_ANSWER)
        reply.release_conn()
    if reply.status != 200:
        raise Refused("stamp.wrong", what=f"HTTP {reply.status}")
    return body


def _note(trouble: str, detail: str, size: int | None = None) -> None:
    now = clock.now()
    told: dict[str, object] = {"asked_at": now, "trouble": trouble, "detail": detail[:300]}
    if size is not None:
        told |= {"answered_at": now, "size": size}
    Attestation.objects.update_or_create(name=NAME, defaults=told)
