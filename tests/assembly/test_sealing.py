"""Signatures on the file: `pdfsig` is content, what was there keeps every byte, PDF/A is kept."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from pypdf import PdfReader

from liuhen.assembly.binding import Part, bind
from liuhen.assembly.filling import fill
from liuhen.assembly.rendering import render
from liuhen.assembly.sealing import FileSignature, sealed
from liuhen.host.certificates import builder, common_name
from liuhen.host.paper_certificates import demonstration_certificate
from liuhen.host.secret_files import SecretFiles
from tests.assembly.case_facts import FACTS, facts_for

KEY = "rectification_order"
AT = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)
WHO = [
    FileSignature("signer-1", "周演示", "执法人员签字"),
    FileSignature("signer-2", "吴演示", "执法人员签字"),
    FileSignature("seal", "虚构市城市管理委员会", "加盖印章"),
]


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render(KEY, fill(KEY, facts_for(KEY)), timestamp=AT)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> SecretFiles:
    made = SecretFiles(tmp_path_factory.mktemp("home") / "secrets")
    made.create_folder()
    return made


@pytest.fixture(scope="module")
def signed(plain: bytes, secrets: SecretFiles) -> bytes:
    found = demonstration_certificate(secrets, AT)
    return sealed(plain, WHO, key=found.key, chain=found.chain, at=AT)


def told(pdf: bytes, folder: Path) -> str:
    """What poppler's `pdfsig` says of a file."""
    (folder / "paper.pdf").write_bytes(pdf)
    done = subprocess.run(["pdfsig", str(folder / "paper.pdf")], capture_output=True, check=False)
    return done.stdout.decode()


def test_pdfsig_accepts_every_signature_and_sees_the_whole_file_sealed(
    signed: bytes, tmp_path: Path
) -> None:
    words = told(signed, tmp_path)
    assert words.count("Signature is Valid") == 3
    assert words.count("ETSI.CAdES.detached") == 3
    assert words.count("- Total document signed") == 1
    assert "Mar 10 2026" in words


def test_a_changed_byte_is_seen(signed: bytes, tmp_path: Path) -> None:
    place = signed.index(b"stream") + 40
    changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    words = told(changed, tmp_path)
    assert "Signature is Valid" not in words and "Digest Mismatch" in words


def test_the_paper_as_it_was_compiled_is_the_beginning_of_the_file(
    plain: bytes, signed: bytes
) -> None:
    assert signed.startswith(plain)


def test_what_pdf_a_asks_of_signatures_stands(plain: bytes, signed: bytes) -> None:
    before, after = PdfReader(io.BytesIO(plain)), PdfReader(io.BytesIO(signed))
    root: Any = after.root_object
    old: Any = before.root_object
    assert after.metadata == before.metadata
    assert root["/Metadata"].get_object().get_data() == (old["/Metadata"].get_object().get_data())
    assert b"pdfaid:part>2<" in root["/Metadata"].get_object().get_data()
    assert root.get("/Version", "/1.7") == "/1.7" and signed.startswith(b"%PDF-1.7")
    assert list(root["/Extensions"].get_object()) == ["/ESIC"]
    form = root["/AcroForm"].get_object()
    assert "/NeedAppearances" not in form and "/XFA" not in form
    for one in form["/Fields"]:
        field = one.get_object()
        rectangle = [float(side) for side in field["/Rect"]]
        assert rectangle[0] == rectangle[2] and rectangle[1] == rectangle[3]  # no appearance due
        flags = int(field.get("/F", 0))
        assert flags & 4 and not flags & (1 | 2 | 32)  # printed, not hidden, not out of view
        value = field["/V"].get_object()
        assert (value["/SubFilter"], "/Cert" in value) == ("/ETSI.CAdES.detached", False)


def test_signatures_name_who_signed_and_when(signed: bytes) -> None:
    root: Any = PdfReader(io.BytesIO(signed)).root_object
    fields = root["/AcroForm"].get_object()["/Fields"]
    values = [one.get_object()["/V"].get_object() for one in fields]
    assert [(one["/Name"], one["/Reason"]) for one in values] == [
        (one.name, one.reason) for one in WHO
    ]
    assert all(re.match(r"D:20260310010000", one["/M"]) for one in values)


def test_a_bound_file_shows_the_pages_without_the_fields(signed: bytes) -> None:
    cover, end = fill("case_cover", FACTS), fill("end_note", FACTS)
    bound = bind([Part("放弃声明", signed)], cover=cover, end_note=end, timestamp=AT)
    pages = PdfReader(io.BytesIO(bound.pdf)).pages
    assert not any(page.get("/Annots") for page in pages)


def test_the_longest_chain_and_an_rsa_key_find_room(plain: bytes, tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 3072)
    name = common_name("虚构市城市管理委员会")
    made = builder(
        name,
        name,
        key.public_key(),
        AT - dt.timedelta(days=1),
        AT + dt.timedelta(days=1),
    ).sign(key, hashes.SHA256())
    pdf = sealed(plain, WHO[2:], key=key, chain=[made] * 4, at=AT)
    assert "Signature is Valid" in told(pdf, tmp_path)
