"""Validating packages: each tampering is found by name, by `bagit` too where it can."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.kernel.digests import sha256_file
from liuhen.package.validation import validate_package

from .packages import (
    PAPER_ENTRY,
    PAPER_PATH,
    RECORDING_PATH,
    write_example,
)

ENTRY_PATH = f"data/entries/{PAPER_ENTRY}.json"
PROOF_PATH = f"data/proofs/{PAPER_ENTRY}.tlog-proof"
Tampering = Callable[[Path], object]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_example(tmp_path / "package").folder


def found(package: Path) -> set[tuple[str, str]]:
    return {(finding.code, finding.path) for finding in validate_package(package).findings}


def replaced(path: str, old: str, new: str) -> Tampering:
    def tamper(package: Path) -> None:
        file = package / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    return tamper


def appended(path: str, more: bytes) -> Tampering:
    return lambda package: (package / path).open("ab").write(more)


def flipped(path: str) -> Tampering:
    def tamper(package: Path) -> None:
        raw = bytearray((package / path).read_bytes())
        raw[len(raw) // 2] ^= 1
        (package / path).write_bytes(raw)

    return tamper


def removed(path: str) -> Tampering:
    return lambda package: (package / path).unlink()


def added(path: str) -> Tampering:
    return lambda package: (package / path).write_bytes(b"added")


def renamed(path: str, other: str) -> Tampering:
    return lambda package: (package / path).rename(package / other)


def exchanged(one: str, other: str) -> Tampering:
    def tamper(package: Path) -> None:
        first, second = (package / one).read_bytes(), (package / other).read_bytes()
        (package / one).write_bytes(second)
        (package / other).write_bytes(first)

    return tamper


def resealed(tamper: Tampering) -> Tampering:
    """Tamper, then make every manifest fit again, as one who knows the format would."""

    def both(package: Path) -> None:
        tamper(package)
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            paths = [
                line.split("  ", 1)[1] for line in (package / manifest).read_text().splitlines()
            ]
            lines = [f"{sha256_file(package / p)}  {p}\n" for p in paths if (package / p).exists()]
            (package / manifest).write_text("".join(lines))

    return both


def test_an_untouched_package_has_no_finding(package: Path) -> None:
    seen: list[tuple[str, int]] = []
    validation = validate_package(package, on_file=lambda path, size: seen.append((path, size)))
    assert validation.is_valid
    assert validation.findings == ()
    on_disk = [path for path in package.rglob("*") if path.is_file()]
    assert validation.files == len(on_disk)
    assert validation.bytes == sum(path.stat().st_size for path in on_disk)
    assert len(seen) == len(set(seen)) == len(on_disk) - 1
    assert bagit.Bag(str(package)).is_valid()


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (flipped(RECORDING_PATH), ("file.altered", RECORDING_PATH)),
        (flipped(PAPER_PATH), ("file.altered", PAPER_PATH)),
        (flipped(PROOF_PATH), ("file.altered", PROOF_PATH)),
        (flipped("data/case.json"), ("file.altered", "data/case.json")),
        (flipped("manifest-sha256.txt"), ("file.altered", "manifest-sha256.txt")),
        (appended(RECORDING_PATH, b"x"), ("file.altered", RECORDING_PATH)),
        (appended(RECORDING_PATH, b"x"), ("oxum.wrong", "bag-info.txt")),
        (removed(RECORDING_PATH), ("file.missing", RECORDING_PATH)),
        (removed(RECORDING_PATH), ("oxum.wrong", "bag-info.txt")),
        (removed("bag-info.txt"), ("file.missing", "bag-info.txt")),
        (removed("bagit.txt"), ("file.missing", "bagit.txt")),
        (removed("manifest-sha256.txt"), ("manifest.missing", "manifest-sha256.txt")),
        (added("data/additional.mp4"), ("file.additional", "data/additional.mp4")),
        (added("data/additional.mp4"), ("oxum.wrong", "bag-info.txt")),
        (renamed(PAPER_PATH, "data/papers/x.pdf"), ("file.missing", PAPER_PATH)),
        (renamed(PAPER_PATH, "data/papers/x.pdf"), ("file.additional", "data/papers/x.pdf")),
        (exchanged(PAPER_PATH, RECORDING_PATH), ("file.altered", RECORDING_PATH)),
        (replaced("bag-info.txt", "虚构市", "某某市"), ("file.altered", "bag-info.txt")),
        (replaced("bagit.txt", "1.0", "1.1"), ("bagit.malformed", "bagit.txt")),
        (
            resealed(replaced("bag-info.txt", "Payload-Oxum: 1", "Payload-Oxum: 2")),
            ("oxum.wrong", "bag-info.txt"),
        ),
        (
            resealed(replaced("bag-info.txt", "Payload-Oxum: ", "Payload-Oxum: x")),
            ("oxum.malformed", "bag-info.txt"),
        ),
        (
            replaced("manifest-sha256.txt", "data/papers", "../papers"),
            ("path.dangerous", "manifest-sha256.txt"),
        ),
        (
            replaced("manifest-sha256.txt", "data/papers", "/data/papers"),
            ("path.dangerous", "manifest-sha256.txt"),
        ),
    ],
)
def test_a_tampering_is_found_by_us_and_by_bagit(
    package: Path, tamper: Tampering, expected: tuple[str, str]
) -> None:
    tamper(package)
    assert expected in found(package)
    with pytest.raises(bagit.BagError):
        bagit.Bag(str(package)).validate()


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (removed("tagmanifest-sha256.txt"), ("manifest.missing", "tagmanifest-sha256.txt")),
        (added("additional.txt"), ("file.additional", "additional.txt")),
        (added("manifest-md5.txt"), ("manifest.unexpected", "manifest-md5.txt")),
        (
            resealed(replaced("bag-info.txt", "Payload-Oxum", "Payload-Oxen")),
            ("oxum.missing", "bag-info.txt"),
        ),
        (
            appended("tagmanifest-sha256.txt", b"not a line\n"),
            ("manifest.malformed", "tagmanifest-sha256.txt"),
        ),
        (lambda p: os.mkfifo(p / "data/pipe"), ("file.irregular", "data/pipe")),
        (lambda p: (p / "data/up").symlink_to("/etc"), ("file.irregular", "data/up")),
        (
            lambda p: (p / "data/x").symlink_to("case.json"),
            ("file.irregular", "data/x"),
        ),
        (
            lambda p: open(os.fsencode(p) + b"/data/\xff", "wb").close(),  # noqa: PTH123
            ("file.irregular", "data/\\udcff"),
        ),
        (
            resealed(flipped(RECORDING_PATH)),
            ("case.file_differs", RECORDING_PATH),
        ),
        (resealed(removed(RECORDING_PATH)), ("case.file_missing", RECORDING_PATH)),
        (resealed(removed("data/case.json")), ("case.missing", "data/case.json")),
        (
            resealed(replaced("data/case.json", '"size":10240', '"size":10241')),
            ("case.file_differs", RECORDING_PATH),
        ),
        (
            resealed(replaced(ENTRY_PATH, "paper.issued", "paper.voided")),
            ("case.entry_differs", ENTRY_PATH),
        ),
        (
            resealed(replaced(ENTRY_PATH, '{"actor"', '["actor"')),
            ("case.entry_differs", ENTRY_PATH),
        ),
        (
            resealed(exchanged(PAPER_PATH, RECORDING_PATH)),
            ("case.file_differs", PAPER_PATH),
        ),
    ],
)
def test_a_tampering_that_bagit_lets_pass_is_found_by_us(
    package: Path, tamper: Tampering, expected: tuple[str, str]
) -> None:
    tamper(package)
    assert expected in found(package)


def test_a_digest_changed_everywhere_in_the_package_contradicts_the_entry(package: Path) -> None:
    old = sha256_file(package / RECORDING_PATH)
    flipped(RECORDING_PATH)(package)
    new = sha256_file(package / RECORDING_PATH)
    resealed(replaced("data/case.json", f'"sha256":"{old}"', f'"sha256":"{new}"'))(package)
    assert bagit.Bag(str(package)).is_valid()
    assert ("case.entry_silent", RECORDING_PATH) in found(package)


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (lambda case: case["events"][0]["agents"][0].update(id="nobody"), "unknown_reference"),
        (lambda case: case["events"][0]["objects"][0].update(id="none"), "unknown_reference"),
        (lambda case: case["papers"][0].update(recorded_by="none"), "unknown_reference"),
        (lambda case: case["people"].append(case["people"][0]), "id_twice"),
        (lambda case: case["papers"].append(case["papers"][0]), "id_twice"),
        (lambda case: case["files"].clear(), "file_undescribed"),
        (lambda case: case["papers"][0].pop("file"), "malformed"),
        (lambda case: case["papers"][0]["file"].update(path=[]), "malformed"),
        (lambda case: case["papers"][0].update(file=None), "malformed"),
        (lambda case: case.update(papers={}), "malformed"),
        (lambda case: case.update(format="v2"), "malformed"),
        (lambda case: case.pop("people"), "malformed"),
    ],
)
def test_a_case_manifest_that_contradicts_itself_is_found(
    package: Path, tamper: Callable[[dict[str, object]], object], code: str
) -> None:
    def rewrite(package: Path) -> None:
        case = json.loads((package / "data/case.json").read_bytes())
        tamper(case)
        (package / "data/case.json").write_text(json.dumps(case), "utf-8")

    resealed(rewrite)(package)
    assert f"case.{code}" in {finding.code for finding in validate_package(package).findings}


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[]", b"null", b"[" * 100_000, b'{"format":1}'])
def test_a_case_manifest_that_is_none_is_one_finding(package: Path, raw: bytes) -> None:
    resealed(lambda p: (p / "data/case.json").write_bytes(raw))(package)
    assert "case.malformed" in {finding.code for finding in validate_package(package).findings}


@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"short  data/x", "manifest.malformed"),
        (b"0" * 64 + b"data/x", "manifest.malformed"),
        (b"0" * 64, "manifest.malformed"),
        (b"", "manifest.malformed"),
        (b"\xff", "manifest.malformed"),
        (b"0" * 64 + b"  data/100%", "manifest.malformed"),
        (b"0" * 64 + b"  data/%2", "manifest.malformed"),
        (b"0" * 64 + b"  data/%41", "manifest.malformed"),
        (b"0" * 64 + b"  ../x", "path.dangerous"),
        (b"0" * 64 + b"  data/../../x", "path.dangerous"),
        (b"0" * 64 + b"  /etc/passwd", "path.dangerous"),
        (b"0" * 64 + b"  ~/x", "path.dangerous"),
        (b"0" * 64 + b"  C:/x", "path.dangerous"),
        (b"0" * 64 + b"  data\\x", "path.dangerous"),
        (b"0" * 64 + b"  data//x", "path.dangerous"),
    ],
)
def test_a_bad_line_of_a_manifest_is_named(
    package: Path, manifest: str, line: bytes, code: str
) -> None:
    appended(manifest, line + b"\n")(package)
    findings = [f for f in validate_package(package).findings if f.path == manifest]
    assert code in [finding.code for finding in findings]


def test_a_file_listed_twice_or_in_the_wrong_manifest_is_named(package: Path) -> None:
    lines = (package / "manifest-sha256.txt").read_bytes().splitlines(keepends=True)
    appended("manifest-sha256.txt", lines[0])(package)
    assert ("path.twice", "manifest-sha256.txt") in found(package)
    appended("tagmanifest-sha256.txt", lines[0])(package)
    assert ("path.dangerous", "tagmanifest-sha256.txt") in found(package)


def test_names_that_another_system_decomposed_still_match(package: Path) -> None:
    """A copy over macOS may spell names in NFD; they are the same names."""
    write_nfd = package.parent / "nfd"
    package.rename(write_nfd)
    target = write_nfd / "data" / "e\u0301.txt"
    target.write_bytes(b"x")
    digest = sha256_file(target)
    appended("manifest-sha256.txt", f"{digest}  data/é.txt\n".encode())(write_nfd)
    assert ("file.missing", "data/é.txt") not in found(write_nfd)
    assert ("file.additional", "data/é.txt") not in found(write_nfd)
    (write_nfd / "data" / "é.txt").write_bytes(b"x")
    assert "path.twice" in {code for code, _ in found(write_nfd)}


def test_every_fault_is_reported_and_none_hides_another(package: Path) -> None:
    flipped(RECORDING_PATH)(package)
    removed(PAPER_PATH)(package)
    added("data/additional")(package)
    added("additional")(package)
    assert {
        ("file.altered", RECORDING_PATH),
        ("file.missing", PAPER_PATH),
        ("file.additional", "data/additional"),
        ("file.additional", "additional"),
        ("oxum.wrong", "bag-info.txt"),
    } <= found(package)


def test_what_is_no_package_is_a_finding_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for folder in (tmp_path / "nothing", tmp_path / "file"):
        assert found(folder) == {("bag.missing", ".")}
    (tmp_path / "empty").mkdir()
    assert ("manifest.missing", "manifest-sha256.txt") in found(tmp_path / "empty")


def test_what_can_t_be_read_is_a_finding(package: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        moved = Path(folder) / "package"
        shutil.move(package, moved)
        (moved / RECORDING_PATH).chmod(0)
        (moved / "data/papers").chmod(0)
        with _as_ordinary_owner(Path(folder)):
            findings = found(moved)
        (moved / "data/papers").chmod(0o700)
    assert ("file.unreadable", RECORDING_PATH) in findings
    assert ("file.unreadable", "data/papers") in findings
    assert ("file.missing", PAPER_PATH) in findings


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_altered_byte_of_any_file_is_found_with_its_name(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    package = _shared(tmp_path_factory)
    paths = sorted(p.relative_to(package).as_posix() for p in package.rglob("*") if p.is_file())
    path = data.draw(st.sampled_from(paths))
    original = (package / path).read_bytes()
    place, mask = data.draw(st.integers(0, len(original) - 1)), data.draw(st.integers(1, 255))
    altered = bytearray(original)
    altered[place] ^= mask
    (package / path).write_bytes(altered)
    try:
        result = validate_package(package)
    finally:
        (package / path).write_bytes(original)
    assert not result.is_valid
    if path != "tagmanifest-sha256.txt":
        assert path in {finding.path for finding in result.findings}


def test_the_validator_shares_only_digests_with_the_writer() -> None:
    folder = Path(__file__).parents[2] / "src/liuhen"
    allowed = {"liuhen.kernel.digests", "liuhen.package.findings", "liuhen.package.case_check"}
    for name in ("validation", "case_check", "findings"):
        source = (folder / f"package/{name}.py").read_text("utf-8")
        assert set(re.findall(r"(?:from|import) (liuhen[\w.]*)", source)) <= allowed


@contextmanager
def _as_ordinary_owner(folder: Path) -> Iterator[None]:
    """Root reads everything, so as root become `nobody` and own the folder for a while."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


_packages: list[Path] = []


def _shared(factory: pytest.TempPathFactory) -> Path:
    if not _packages:
        _packages.append(write_example(factory.mktemp("shared") / "package").folder)
    return _packages[0]
