"""Writing packages: what `bagit` accepts, whole or not at all, and no dangerous path."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.kernel.digests import sha256_file, sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.package.paths import check_path, check_together, encoded_path, portable_name
from liuhen.package.validation import validate_package
from liuhen.package.writer import BagFile, WrittenBag, write_bag

from .packages import DAY, write_example

INFO = (("Source-Organization", "虚构市城市管理委员会"), ("Contact-Name", "示例人员甲"))


def write(folder: Path, *files: BagFile) -> WrittenBag:
    return write_bag(folder, files, INFO, bagged_on=DAY)


def test_bagit_s_own_command_accepts_a_case_package(tmp_path: Path) -> None:
    write_example(tmp_path / "package")
    command = [sys.executable, "-m", "bagit", "--validate", str(tmp_path / "package")]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "is valid" in result.stderr


def test_the_files_are_those_of_the_rfc(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"recording")
    file = BagFile("data/recordings/现场.mp4", source, sha256_hex(b"recording"))
    tag = BagFile.of_bytes("notes/readme.txt", b"tag")
    bag = write(tmp_path / "bag", file, tag)
    read = {p.relative_to(bag.folder).as_posix(): p for p in bag.folder.rglob("*") if p.is_file()}
    manifest = f"{file.sha256}  data/recordings/现场.mp4\n"
    assert read["manifest-sha256.txt"].read_text("utf-8") == manifest
    assert read["bagit.txt"].read_text() == (
        "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    )
    assert read["bag-info.txt"].read_text("utf-8") == (
        "Source-Organization: 虚构市城市管理委员会\nContact-Name: 示例人员甲\n"
        "Bagging-Date: 2026-03-02\nPayload-Oxum: 9.1\n"
    )
    tags = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "notes/readme.txt"]
    assert read["tagmanifest-sha256.txt"].read_text("utf-8") == "".join(
        f"{sha256_file(read[path])}  {path}\n" for path in tags
    )
    assert bag.tag_manifest_sha256 == sha256_file(read["tagmanifest-sha256.txt"])
    assert (bag.payload_bytes, bag.payload_files) == (9, 1)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = write_example(tmp_path / "one"), write_example(tmp_path / "other")
    assert one.tag_manifest_sha256 == other.tag_manifest_sha256


def test_chinese_names_emoji_and_spaces_are_accepted_by_both(tmp_path: Path) -> None:
    paths = [
        "data/文书/第 1 份.pdf",
        "data/录像/😀👨‍👩‍👧.mp4",
        "data/é.txt",
        "data/.隐藏",
        "data/'a' & b#.txt",
    ]
    bag = write(tmp_path / "bag", *(BagFile.of_bytes(path, path.encode()) for path in paths))
    assert bagit.Bag(str(bag.folder)).is_valid()
    assert validate_package_without_case(bag.folder) == []


def test_line_breaks_and_percent_signs_are_encoded_as_the_rfc_says(tmp_path: Path) -> None:
    assert encoded_path("data/100%\r\n%0A") == "data/100%25%0D%0A%250A"
    names = ["data/a\nb", "data/a\rb", "data/100%.txt", "data/%0A", "data/%25"]
    bag = write(tmp_path / "bag", *(BagFile.of_bytes(name, b"x") for name in names))
    assert validate_package_without_case(bag.folder) == []


def test_bagit_accepts_line_breaks_but_not_the_rfc_s_percent_sign(tmp_path: Path) -> None:
    """Why names are made by `portable_name`: the common reader knows no %25."""
    breaks = write(tmp_path / "breaks", BagFile.of_bytes("data/a\nb", b"x"))
    assert bagit.Bag(str(breaks.folder)).is_valid()
    percent = write(tmp_path / "percent", BagFile.of_bytes("data/100%", b"x"))
    assert not bagit.Bag(str(percent.folder)).is_valid()
    name = portable_name("100%\n.txt")
    portable = write(tmp_path / "portable", BagFile.of_bytes(f"data/{name}", b"x"))
    assert bagit.Bag(str(portable.folder)).is_valid()


names = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("文书😀%\r\n. ~e\u0301")), max_size=90
)


@given(names)
def test_a_portable_name_is_never_dangerous(original: str) -> None:
    name = portable_name(original)
    check_path(f"data/{name}")
    assert encoded_path(name) == name
    assert portable_name(name) == name
    assert 0 < len(name.encode()) <= 200


@pytest.mark.parametrize(
    ("original", "name"),
    [
        ("现场检查.mp4", "现场检查.mp4"),
        ("e\u0301.mp4", "é.mp4"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("a/b\\c:d.mp4", "a_b_c_d.mp4"),
        ("CON.txt", "_CON.txt"),
        ("", "_"),
        ("..", "_"),
        (" . ", "_"),
        ("~root", "_~root"),
        ("name. ", "name"),
        ("\u202egpj.exe", "_gpj.exe"),
        ("长" * 100 + ".mp4", "长" * 58 + ".mp4"),
    ],
)
def test_portable_names_by_example(original: str, name: str) -> None:
    assert portable_name(original) == name


file_names = st.text(st.sampled_from("文书ab%\r\n.é "), min_size=1, max_size=8)


@given(st.dictionaries(file_names, st.binary(max_size=30), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_whatever_can_be_written_validates(contents: dict[str, bytes]) -> None:
    files = [BagFile.of_bytes(f"data/{name}", content) for name, content in contents.items()]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "bag"
        try:
            write(target, *files)
        except Refused as refusal:
            assert refusal.code.startswith("package.path_")
            assert not list(Path(folder).iterdir())
        else:
            assert validate_package_without_case(target) == []


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "data/../../escape",
        "data/..",
        "data/./a",
        "data//a",
        "data/",
        "data",
        "DATA",
        "../data/a",
        "~/a",
        "data/a\\b",
        "data/C:",
        "data/a:b",
        "data/a*",
        'data/"',
        "data/a\0b",
        "data/a\tb",
        "data/a\x85b",
        "data/a\u2028b",
        "data/\u202egpj.exe",
        "data/a ",
        "data/a.",
        "data/a\u3000",
        "data/con",
        "data/NUL.txt",
        "data/lpt1.pdf",
        "data/e\u0301",
        "data/\udcff",
        "data/" + "长" * 86,
        "data/" + "/".join(["x" * 200] * 6),
        "bagit.txt",
        "bag-info.txt",
        "BagIt.txt",
        "fetch.txt",
        "manifest-sha256.txt",
        "manifest-md5.txt",
        "tagmanifest-sha512.txt",
    ],
)
def test_a_dangerous_path_is_refused_and_nothing_is_written(tmp_path: Path, path: str) -> None:
    with pytest.raises(Refused) as refusal:
        write(tmp_path / "bag", BagFile.of_bytes("data/good", b"x"), BagFile.of_bytes(path, b"x"))
    assert refusal.value.code == "package.path_dangerous"
    assert refusal.value.data["path"] == path
    assert not list(tmp_path.iterdir())


def test_the_longest_name_is_written(tmp_path: Path) -> None:
    write(tmp_path / "bag", BagFile.of_bytes("data/" + "长" * 85, b"x"))
    assert validate_package_without_case(tmp_path / "bag") == []


@pytest.mark.parametrize(
    "paths",
    [
        ("data/a", "data/a"),
        ("data/a", "data/A"),
        ("data/ß", "data/SS"),
        ("data/x/a", "data/X/b"),
        ("Data/a", "data/b"),
        ("data/a", "data/a/b"),
        ("data/a/b", "data/A"),
    ],
)
def test_paths_that_would_meet_elsewhere_are_refused(tmp_path: Path, paths: list[str]) -> None:
    with pytest.raises(Refused, match=r"package\.path_twice"):
        check_together(paths)
    with pytest.raises(Refused, match=r"package\.path_twice"):
        write(tmp_path / "bag", *(BagFile.of_bytes(path, b"x") for path in paths))
    assert not list(tmp_path.iterdir())


def test_bytes_that_differ_from_their_digest_are_never_packed(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"altered")
    file = BagFile("data/a", source, sha256_hex(b"original"))
    with pytest.raises(Refused) as refusal:
        write(tmp_path / "bag", BagFile.of_bytes("data/0", b"x"), file)
    assert refusal.value.code == "package.source_altered"
    assert refusal.value.data["path"] == "data/a"
    assert refusal.value.data["found"] == sha256_hex(b"altered")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.parametrize("digest", ["", "AB" * 32, "0" * 63])
def test_a_digest_has_one_spelling(tmp_path: Path, digest: str) -> None:
    with pytest.raises(Refused, match=r"package\.source_altered"):
        write(tmp_path / "bag", BagFile("data/a", b"x", digest))


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    for source in (tmp_path / "nothing", tmp_path, tmp_path / "nothing/below"):
        with pytest.raises(Refused) as refusal:
            write(tmp_path / "bag", BagFile("data/a", source, "0" * 64))
        assert refusal.value.code == "package.source_missing"
        assert refusal.value.data == {"path": "data/a"}
    assert not list(tmp_path.iterdir())


def test_an_existing_target_is_left_alone(tmp_path: Path) -> None:
    file = BagFile.of_bytes("data/a", b"x")
    (tmp_path / "file").write_bytes(b"kept")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "folder", "link"):
        with pytest.raises(Refused, match=r"package\.exists"):
            write(tmp_path / name, file)
    assert (tmp_path / "file").read_bytes() == b"kept"
    with pytest.raises(Refused, match=r"package\.no_folder"):
        write(tmp_path / "no" / "bag", file)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("", "x"),
        ("La:bel", "x"),
        ("La bel", "x"),
        ("Payload-Oxum", "1.1"),
        ("bagging-date", "2026-03-02"),
        ("Label", ""),
        ("Label", " x"),
        ("Label", "a\nb"),
        ("Label", "a\u2028b"),
        ("Label", "a\0b"),
    ],
)
def test_bag_info_stays_one_line_a_value(tmp_path: Path, label: str, value: str) -> None:
    with pytest.raises(Refused, match=r"package\.info_malformed"):
        write_bag(tmp_path / "bag", [], [(label, value)], bagged_on=DAY)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as stream:
        stream.truncate(4 << 20)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    file = BagFile("data/a", source, sha256_file(source))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        with pytest.raises(Refused, match=r"package\.no_space"):
            write(tmp_path / "bag", file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_killed_writer_leaves_no_package_under_the_name(tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as stream:
        stream.truncate(8 << 30)
    program = (
        "import datetime, pathlib, sys\n"
        "from liuhen.package.writer import BagFile, write_bag\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "file = BagFile('data/a', folder / 'source', '0' * 64)\n"
        "write_bag(folder / 'bag', [file], [], bagged_on=datetime.date(2026, 3, 2))\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    until = time.monotonic() + 30
    while not list(tmp_path.glob(".liuhen-*/data/a")) and time.monotonic() < until:
        time.sleep(0.005)
    writer.kill()
    assert writer.wait() == -9
    assert list(tmp_path.glob(".liuhen-*.partial/data/a"))
    assert not (tmp_path / "bag").exists()


def test_files_are_streamed(tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as stream:
        stream.truncate(64 << 20)
    digest = sha256_file(source)
    tracemalloc.start()
    write(tmp_path / "bag", BagFile("data/a", source, digest))
    assert validate_package_without_case(tmp_path / "bag") == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def validate_package_without_case(folder: Path) -> list[str]:
    findings = validate_package(folder).findings
    assert "case.missing" in [finding.code for finding in findings]
    return [str(finding) for finding in findings if finding.code != "case.missing"]
