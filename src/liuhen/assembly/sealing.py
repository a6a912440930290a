"""Electronic signatures on the file: PAdES (ETSI EN 319 142-1, level B-B; with a stamp, B-T).

Each signature is appended; what stands before it keeps every byte, so that the paper as it was
compiled is the beginning of the signed file. The fields are invisible, for ink and seal are drawn
by the layout. Info and XMP stay as they were and the version stays 1.7: of PDF/A-2u nothing is
touched that the standard asks for; no independent validator is at hand. Not for where certificates
come from (`host.paper_certificates`), nor for asking the stamping authority.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509 import Certificate
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

DIGEST = "sha256"
Stamper = Callable[[bytes, bytes], bytes]
"""Takes an RFC 3161 request (DER) and the SHA-256 it is about; gives the verified response."""

_ROOM_FOR_ATTRIBUTES = 2_048  # bytes of a signature beside its certificates
_ROOM_FOR_STAMP = 12_000  # a token with the chain of its authority


@dataclass(frozen=True, slots=True)
class FileSignature:
    """One signature to put on the file: its field, who signs, as what."""

    field: str
    name: str
    reason: str


def sealed(
    pdf: bytes,
    signatures: Sequence[FileSignature],
    *,
    key: PrivateKeyTypes,
    chain: Sequence[Certificate],
    at: dt.datetime,
    stamper: Stamper | None = None,
) -> bytes:
    """The PDF with each signature appended in turn; the last, over all of it, is stamped.

    `chain` begins with the certificate of `key`. What `stamper` raises comes through.
    """
    signer, room = _signer(_private(key), tuple(chain)), _room(chain)
    for place, one in enumerate(signatures, start=1):
        is_last = place == len(signatures)
        pdf = _appended(pdf, one, signer, at, room, stamper if is_last else None)
    return pdf


class _Appending(IncrementalPdfFileWriter):
    """Appends and leaves version, Info and XMP as they are, for PDF/A's sake."""

    output_version = (1, 7)

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Nothing: PDF/A-2 is PDF 1.7, where PAdES is an extension by ETSI."""

    def register_extension(self, ext: DeveloperExtension) -> None:
        if ext.base_version == "/1.7":
            super().register_extension(ext)

    def _update_meta(self) -> None:
        """Nothing: the day of the paper is that of its issue."""


class _Stamping(TimeStamper):
    """Hands requests to a function of ours."""

    def __init__(self, stamper: Stamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stamper = stamper

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        digest = req["message_imprint"]["hashed_message"].native
        return tsp.TimeStampResp.load(self._stamper(req.dump(), digest))


def _appended(
    pdf: bytes,
    one: FileSignature,
    signer: SimpleSigner,
    at: dt.datetime,
    room: int,
    stamper: Stamper | None,
) -> bytes:
    about = PdfSignatureMetadata(
        field_name=one.field,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        name=one.name,
        reason=one.reason,
    )
    stamping = _Stamping(stamper) if stamper is not None else None
    session = PdfSigner(about, signer=signer, timestamper=stamping).init_signing_session(
        _Appending(io.BytesIO(pdf))
    )
    session.system_time = at
    reserved = 2 * (room + (_ROOM_FOR_STAMP if stamping else 0))
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=reserved)
    digested, written = document.digest_tbs_document()
    signing = document.perform_signature(
        document_digest=digested.document_digest, pdf_cms_signed_attrs=PdfCMSSignedAttributes()
    )
    _finish(signing)
    written.seek(0)
    signed: bytes = written.read()
    return signed


def _finish(signing: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine to its end; on a thread of its own where another loop is running."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(signing)
    else:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, signing).result()


def _private(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@lru_cache(maxsize=4)
def _signer(key: bytes, chain: tuple[Certificate, ...]) -> SimpleSigner:
    read = [x509.Certificate.load(_der(one)) for one in chain]
    return SimpleSigner(
        signing_cert=read[0],
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore.from_certs(read[1:]),  # type: ignore[no-untyped-call]
    )


def _room(chain: Sequence[Certificate]) -> int:
    """Bytes a signature takes at most: the certificates, an RSA signature, attributes."""
    return sum(len(_der(one)) for one in chain) + _ROOM_FOR_ATTRIBUTES


def _der(certificate: Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)
