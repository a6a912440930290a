"""RFC 3161 time stamps: asking and verifying. Not for sending or keeping them.

Of a checkpoint its note text is stamped, with its last newline and without signatures: what the
log itself signs. So `openssl ts -verify -data TEXT -in STAMP -CAfile ROOTS` says the same as we do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    Verifier,
    VerifierBuilder,
    decode_timestamp_response,
)

from liuhen.kernel.refusals import Refused

REQUEST_TYPE = "application/timestamp-query"
ANSWER_TYPE = "application/timestamp-reply"
_CODE = "stamp.wrong"


@dataclass(frozen=True)
class StampRequest:
    """A request as bytes (DER), and the number that its answer must repeat."""

    body: bytes
    nonce: int | None


def stamp_request(text: str) -> StampRequest:
    """Ask for a stamp of a checkpoint's note text, with the authority's certificate in it."""
    builder = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.cert_request(cert_request=True).nonce(nonce=True).build()
    return StampRequest(request.as_bytes(), request.nonce)


def trusted_roots(pem: bytes) -> list[Certificate]:
    """The certificates one trusts, from a PEM file.

    Raises:
        Refused: `stamp.roots`, when the file holds none.
    """
    try:
        return load_pem_x509_certificates(pem)
    except ValueError:
        raise Refused("stamp.roots") from None


def verified_instant(
    answer: bytes, text: str, roots: Sequence[Certificate], nonce: int | None = None
) -> dt.datetime:
    """When the authority stamped this text, by a stamp (whole response, DER) that holds.

    Raises:
        Refused: `stamp.wrong`, with `what`.
    """
    return _instant(
        answer, lambda v, response: v.verify_message(response, text.encode()), roots, nonce
    )


def verified_digest_instant(
    answer: bytes, digest: bytes, roots: Sequence[Certificate]
) -> dt.datetime:
    """The same for what has this digest, of the algorithm that was asked for.

    Raises:
        Refused: `stamp.wrong`, with `what`.
    """
    return _instant(answer, lambda v, response: v.verify(response, digest), roots, None)


def _instant(
    answer: bytes,
    check: Callable[[Verifier, TimeStampResponse], bool],
    roots: Sequence[Certificate],
    nonce: int | None,
) -> dt.datetime:
    try:
        response = decode_timestamp_response(answer)
        check(VerifierBuilder(roots=list(roots), nonce=nonce).build(), response)
        instant: dt.datetime = response.tst_info.gen_time
    except (VerificationError, ValueError) as error:
        raise Refused(_CODE, what=str(error)[:200]) from None
    return instant.astimezone(dt.UTC)
