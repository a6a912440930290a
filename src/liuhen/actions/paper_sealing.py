"""Inner step of issuing: the electronic signatures on a paper's file. Not an act by itself.

Each of our own people who signed on glass or by scan has a signature on the file that names them,
made with the authority's certificate; the authority's seal comes last, over all of it, with an
outside time stamp where one is configured. What others signed stands in the file as ink and is
covered by the seal. Not for ink (`assembly.signing`) nor for certificates (`host`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from liuhen.documents.models import Paper, Signature
from liuhen.host.home import Home
from liuhen.host.paper_certificates import paper_certificate
from liuhen.kernel.refusals import Refused
from liuhen.ledger import stamping
from liuhen.tlog.sm2 import Sm2Signer


@dataclass(frozen=True)
class Sealed:
    """A signed file; the certificate's SHA-256; when it was stamped, if it was."""

    pdf: bytes
    certificate: str
    stamped_at: dt.datetime | None


def seal(paper: Paper, pdf: bytes, signatures: Sequence[Signature], at: dt.datetime) -> Sealed:
    """The file of a paper with the signatures of our people and the seal.

    Raises:
        Refused: `paper_certificate.*`, `home.secrets_open`.
    """
    return seal_file(pdf, _words(paper, signatures), at)


def seal_file(pdf: bytes, words: Sequence[tuple[str, str, str]], at: dt.datetime) -> Sealed:
    """A file with electronic signatures, each of `words` (field, name, reason), the last the seal.

    A stamping authority that is away delays nothing: the file goes without its stamp, and the
    ledger, whose checkpoints are stamped, still says since when it exists.

    Raises:
        Refused: `paper_certificate.*`, `home.secrets_open`.
    """
    # Half a second to import, which only what issues papers has to spend.
    from liuhen.assembly.sealing import FileSignature, Stamper, sealed  # noqa: PLC0415

    found = paper_certificate(_home().secrets, at)
    on_file = [FileSignature(*each) for each in words]
    stamped: list[dt.datetime] = []

    def stamper(request: bytes, digest: bytes) -> bytes:
        answer, instant = stamping.stamp_digest(request, digest)
        stamped.append(instant)
        return answer

    def made(by: Stamper | None) -> bytes:
        return sealed(pdf, on_file, key=found.key, chain=found.chain, at=at, stamper=by)

    if not settings.TSA_URL or stamping.is_silent():
        return Sealed(made(None), found.fingerprint, None)
    try:
        return Sealed(made(stamper), found.fingerprint, stamped[0])
    except Refused as refused:
        stamping.note_silence(refused)
        return Sealed(made(None), found.fingerprint, None)


def _words(paper: Paper, signatures: Sequence[Signature]) -> list[tuple[str, str, str]]:
    """Field, name and reason of each signature on the file, the seal last."""
    ours: dict[tuple[str, str], None] = {}
    for one in signatures:
        if one.person_id and not one.is_refused:
            ours.setdefault((one.name, one.get_role_display()))
    named = [
        (f"signer-{place}", name, f"{role}签字") for place, (name, role) in enumerate(ours, start=1)
    ]
    kind = paper.document_type
    authority = str(paper.data.get("authority_name") or paper.case.unit.name)
    return [*named, ("seal", authority, "加盖印章" if kind.seal else "制作")]


def sm2_signature(pdf: bytes) -> bytes | None:
    """The detached SM2 signature (GB/T 32918, SM3) of a file; None when no key was supplied.

    Raises:
        Refused: `key.sm2_unusable`.
    """
    path = _home().paper_sm2_key_path
    return Sm2Signer("papers", path).signature_of(pdf) if path.exists() else None


def _home() -> Home:
    home: Home = settings.HOME
    return home
