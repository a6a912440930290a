"""A case disc holds what it should, in both file systems, and is found altered by verify.py."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest
from pypdf import PdfReader

from liuhen.package.iso import read_image
from liuhen.package.validation import validate_package
from tests.disc.conftest import Discs


def run_script(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The script that lies on the disc, isolated from everything installed."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_image_holds_what_the_folder_does_under_chinese_names(discs: Discs) -> None:
    found = dict(read_image(discs.image))
    names = {path for path in found if "/" not in path}
    assert names >= {
        "打开案卷.html",
        "核验.html",
        "verify.py",
        "disc.json",
        "案卷.js",
        "请先读我.txt",
    }
    assert any(path.startswith("data/papers/001-") for path in found)
    for folder, tells in ((discs.folder, "核验.html"), (discs.folder, "verify.py")):
        content = (folder / tells).read_bytes()
        assert found[tells] == hashlib.sha256(content).hexdigest()


def test_the_disc_is_a_package_that_bagit_and_our_validator_accept(discs: Discs) -> None:
    assert bagit.Bag(str(discs.folder)).is_valid()
    assert validate_package(discs.folder).findings == ()


def test_the_script_on_the_disc_accepts_it_with_the_key_from_elsewhere(discs: Discs) -> None:
    told = run_script(discs.folder, "--key", discs.vkey)
    assert told.returncode == 0, told.stdout
    assert "核验通过" in told.stdout and "回执" in told.stdout


def test_the_statement_names_the_verifier_s_digest_the_copier_and_the_recipient(
    discs: Discs,
) -> None:
    newest = sorted((discs.folder / "data/copies").iterdir())[-1]
    text = "".join(page.extract_text() for page in PdfReader(newest).pages)
    flat = "".join(text.split())
    for words in (discs.verifier_sha256, "虚构市人民法院", "行政诉讼举证", discs.vkey[-20:]):
        assert words in flat, words
    assert hashlib.sha256((discs.folder / "核验.html").read_bytes()).hexdigest() == (
        discs.verifier_sha256
    )


def test_the_copy_s_own_entry_is_on_the_disc(discs: Discs) -> None:
    manifest = json.loads((discs.folder / "data/case.json").read_bytes())
    assert [event["type"] for event in manifest["events"]].count("case.copied") == 2
    assert all(event["proof"] for event in manifest["events"])


def flip(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.chmod(0o640)
    path.write_bytes(bytes(raw))


def one_frame(disc: Path) -> str:
    (video,) = (disc / "data/recordings").glob("*.mp4")
    flip(video, video.stat().st_size // 2)
    return video.name


def one_figure(disc: Path) -> str:
    paper = next((disc / "data/papers").glob("*.pdf"))
    flip(paper, paper.stat().st_size // 2)
    return paper.name


def added(disc: Path) -> str:
    (disc / "data/papers/补充.pdf").write_bytes(b"%PDF-1.7 ...")
    return "补充.pdf"


def removed(disc: Path) -> str:
    (photo,) = (disc / "data/recordings").glob("*.jpg")
    photo.unlink()
    return photo.name


def entry_altered(disc: Path) -> str:
    entry = next((disc / "data/entries").glob("*.json"))
    flip(entry, 20)
    return entry.name


def rewrite(disc: Path, path: str, content: bytes) -> None:
    """Put other bytes in place of a file and mend every list that speaks of it."""
    old = hashlib.sha256((disc / path).read_bytes()).hexdigest()
    size = (disc / path).stat().st_size
    (disc / path).chmod(0o640)
    (disc / path).write_bytes(content)
    new = hashlib.sha256(content).hexdigest()
    case = disc / "data/case.json"
    before = hashlib.sha256(case.read_bytes()).hexdigest()
    told = case.read_text().replace(old, new).replace(f'"size":{size}', f'"size":{len(content)}')
    case.write_text(told)
    after = hashlib.sha256(case.read_bytes()).hexdigest()
    manifest = disc / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text().replace(old, new).replace(before, after))
    tags = disc / "tagmanifest-sha256.txt"
    lines = []
    for line in tags.read_text().splitlines():
        name = line.split("  ", 1)[1]
        lines.append(f"{hashlib.sha256((disc / name).read_bytes()).hexdigest()}  {name}\n")
    tags.write_text("".join(lines))


def consistently(disc: Path) -> str:
    """A figure of a paper changed, and every list on the disc changed with it."""
    paper = next((disc / "data/papers").glob("*.pdf"))
    content = bytearray(paper.read_bytes())
    content[len(content) // 2] ^= 1
    rewrite(disc, f"data/papers/{paper.name}", bytes(content))
    return paper.name


ALTERATIONS: dict[str, Callable[[Path], str]] = {
    "one frame of the video": one_frame,
    "one figure of a paper": one_figure,
    "a file added": added,
    "a file removed": removed,
    "an entry altered": entry_altered,
    "a paper and every list with it": consistently,
}


@pytest.mark.parametrize("how", ALTERATIONS)
def test_the_script_finds_and_names_what_was_altered(
    discs: Discs, tmp_path: Path, how: str
) -> None:
    disc = discs.copy(tmp_path / "disc")
    name = ALTERATIONS[how](disc)
    told = run_script(disc, "--key", discs.vkey)
    assert told.returncode == 1
    assert name in told.stdout, told.stdout


def test_a_key_from_elsewhere_that_is_not_the_log_s_is_found(discs: Discs) -> None:
    from liuhen.tlog.keys import Signer  # noqa: PLC0415 - one use

    other = Signer.generated(discs.vkey.split("+")[0]).verifier.vkey
    told = run_script(discs.folder, "--key", other)
    assert told.returncode == 1 and "没有账本公钥的签名" in told.stdout
