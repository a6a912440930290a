"""Broken, lying and hostile files: no crash, nothing lost, the finding names it."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import pytest

from liuhen.media.child import Reply, run_job
from liuhen.media.facts import Reading
from liuhen.media.limits import MIB, PROBE, Limits
from liuhen.media.probe import Probe, probe
from tests.media.conftest import Sample
from tests.media.samples import DURATION_MS, PHOTOS, SOUNDS, VIDEOS, overwritten

CUTS = (7, 400, 0.3, 0.8)
# Formats that say somewhere how long they are, so that any missing end can be told.
SELF_TELLING = tuple(n for n in (*VIDEOS, *SOUNDS, *PHOTOS) if n != "video.ts")


def written(folder: Path, name: str, raw: bytes) -> Path:
    (folder / name).write_bytes(raw)
    return folder / name


def codes(found: Probe) -> set[str]:
    return {finding.code for finding in found.findings}


@pytest.mark.parametrize("name", [*VIDEOS, *SOUNDS, *PHOTOS])
@pytest.mark.parametrize("cut", CUTS)
def test_a_truncated_file_says_so_and_keeps_what_can_be_read(
    name: str, cut: float, sample: Sample, tmp_path: Path
) -> None:
    raw = sample(name).read_bytes()
    # One byte more than whole transport packets: only a partial packet can be told there.
    kept = int(cut) if cut > 1 else int(len(raw) * cut) // 188 * 188 + 1
    found = probe(written(tmp_path, name, raw[:kept]))
    assert codes(found) & {"truncated", "unreadable", "not_media"}
    assert found.size == kept
    if cut == 0.8 and name in (*VIDEOS, *SOUNDS):
        assert found.is_readable and found.duration_ms is not None
        assert DURATION_MS // 3 < found.duration_ms < DURATION_MS


@pytest.mark.parametrize("name", SELF_TELLING)
def test_even_one_missing_byte_is_told(name: str, sample: Sample, tmp_path: Path) -> None:
    raw = sample(name).read_bytes()
    assert "truncated" in codes(probe(written(tmp_path, name, raw[:-1])))


def test_an_index_at_the_end_that_never_came_is_named(sample: Sample, tmp_path: Path) -> None:
    raw = sample("video.mp4").read_bytes()
    size = int.from_bytes(raw[32:36], "big")
    assert raw[36:40] == b"moov"
    found = probe(written(tmp_path, "cut.mp4", raw[:32] + raw[32 + size :]))
    assert codes(found) >= {"truncated", "unreadable"}
    assert any("moov" in finding.detail for finding in found.findings)


SEEDS = range(4)
# Bytes without redundancy can be altered unseen: plain samples, VP8, stuffing of transport
# packets, free text in headers. Digests guard those, not media.
TELLING = ("video.mp4", "video.mov", "video.mkv", "sound.m4a", "photo.png")


@pytest.fixture(scope="module")
def overwritten_files(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Probe]]:
    """Each sample with 64 bytes overwritten at four places, deeply read: 48 damaged files."""
    folder = tmp_path_factory.mktemp("overwritten")
    return {
        name: [
            probe(written(folder, name, overwritten(sample(name).read_bytes(), seed)), deep=True)
            for seed in SEEDS
        ]
        for name in (*VIDEOS, *SOUNDS, *PHOTOS)
    }


def test_overwritten_bytes_are_found_or_everything_still_reads(
    overwritten_files: dict[str, list[Probe]], sample: Sample
) -> None:
    for name, found in overwritten_files.items():
        whole = probe(sample(name), deep=True)
        for one in found:
            assert one.size == whole.size
            if not one.findings:
                assert one.is_readable and (one.width, one.height) == (whole.width, whole.height)
                assert one.duration_ms == pytest.approx(whole.duration_ms, abs=100)
                assert one.spans("video") == whole.spans("video")
                assert len(one.spans("audio")) == len(whole.spans("audio"))


def test_most_overwritten_bytes_are_found(overwritten_files: dict[str, list[Probe]]) -> None:
    found = {
        name: sum(bool(one.findings) for one in all_of)
        for name, all_of in overwritten_files.items()
    }
    assert sum(found[name] for name in TELLING) >= len(TELLING) * len(SEEDS) * 3 // 4, found
    assert sum(found.values()) >= len(found) * len(SEEDS) // 2, found


def test_damage_has_its_place(sample: Sample, tmp_path: Path) -> None:
    raw = bytearray(sample("video.mp4").read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 4000] = bytes(4000)
    found = probe(written(tmp_path, "video.mp4", bytes(raw)), deep=True)
    assert "damaged" in codes(found) and found.is_readable
    assert found.damage_count >= 3
    for place in found.damage:
        assert place.offset is not None and abs(place.offset - middle) < 12_000
        assert place.at_ms is not None and 0 < place.at_ms < DURATION_MS
        assert place.cause


def test_a_track_whose_index_is_destroyed_is_told_without_decoding(
    sample: Sample, tmp_path: Path
) -> None:
    raw = sample("video.mov").read_bytes()
    at = raw.index(b"stsc")
    found = probe(written(tmp_path, "video.mov", raw[:at] + b"xxxx" + raw[at + 4 :]))
    assert "damaged" in codes(found) and found.is_readable
    assert any("holds nothing" in finding.detail for finding in found.findings)
    assert codes(probe(sample("video.mov"))) == set()


@pytest.mark.parametrize("name", ["empty.mp4", "empty.jpg", "empty"])
def test_an_empty_file_is_empty(name: str, tmp_path: Path) -> None:
    found = probe(written(tmp_path, name, b""))
    assert codes(found) == {"empty"} and not found.is_readable


@pytest.mark.parametrize(
    ("raw", "found_as"),
    [
        ("这不是录像\n".encode() * 50, "text"),
        ("这不是录像\n".encode("gb18030") * 50, "text"),
        (b"PK\x03\x04" + bytes(500), "zip"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "text"),
    ],
)
def test_another_kind_of_file_named_as_video_is_not_media(
    raw: bytes, found_as: str, tmp_path: Path
) -> None:
    found = probe(written(tmp_path, "video.mp4", raw))
    assert codes(found) == {"not_media", "type_differs"}
    assert (found.kind, found.found) == ("other", found_as)


def test_a_paper_cut_off_and_named_as_video_is_a_scan_that_cannot_be_read(tmp_path: Path) -> None:
    found = probe(written(tmp_path, "video.mp4", b"%PDF-1.7\n"))
    assert codes(found) == {"truncated", "unreadable", "type_differs"}
    assert (found.kind, found.found, found.is_readable) == ("scan", "pdf", False)


@pytest.mark.parametrize("length", [1, 16, 200, 5000, 300_000])
def test_garbage_is_unreadable(length: int, tmp_path: Path) -> None:
    raw = overwritten(bytes(length + 1), 7, length)
    assert codes(probe(written(tmp_path, "video.mp4", raw))) >= {"unreadable"}
    assert codes(probe(written(tmp_path, "zeros.mp4", bytes(length)))) >= {"unreadable"}


def test_what_is_not_there_or_no_file_is_unreadable(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "absent.mp4", tmp_path, tmp_path / "pipe.mp4"):
        found = probe(path)
        assert found.findings and not found.is_readable


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (1, 2**30)])
def test_a_picture_of_absurd_dimensions_is_hostile_and_never_decoded(
    size: tuple[int, int], tmp_path: Path
) -> None:
    found = probe(written(tmp_path, "bomb.png", png(*size)))
    assert "unreadable" in codes(found)
    assert "hostile" in codes(found)


def test_a_compressed_text_that_would_fill_the_memory_is_stopped(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(100 * MIB), 9)
    raw = png(10, 10, (b"zTXt", b"Comment\x00\x00" + bomb))
    found = probe(written(tmp_path, "bomb.png", raw))
    assert codes(found) & {"unreadable", "damaged"}


def test_a_video_of_absurd_dimensions_is_hostile(sample: Sample, tmp_path: Path) -> None:
    raw = sample("video.avi").read_bytes()
    at = raw.index(b"strf") + 8
    assert struct.unpack("<II", raw[at + 4 : at + 12]) == (320, 180)
    huge = raw[: at + 4] + struct.pack("<II", 16_000, 16_000) + raw[at + 12 :]
    # Without the sequence header in the pictures the container's claim stands.
    huge = huge.replace(b"\x00\x00\x01\x20", b"\x00\x00\x01\xff")
    found = probe(written(tmp_path, "video.avi", huge))
    assert "hostile" in codes(found) and found.depth == "header"


def test_boxes_without_end_are_told_in_time(tmp_path: Path) -> None:
    nested = b""
    for _ in range(20_000):
        nested = struct.pack(">I", (len(nested) + 8) & 0xFFFFFFFF) + b"moov" + nested[:200_000]
    head = b"\x00\x00\x00\x14ftypisom\x00\x00\x00\x00isom"
    for raw in (head + nested, head + b"\x00\x00\x00\x08free" * 20_000):
        found = probe(written(tmp_path, "endless.mp4", raw))
        assert codes(found) & {"unreadable", "hostile"}


def test_a_playlist_reaches_no_other_file(sample: Sample, tmp_path: Path) -> None:
    target = sample("video.ts")
    playlists = (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:4,\nfile://{target}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{target}'\n",
    )
    for text in playlists:
        path = written(tmp_path, "list.bin", text.encode())
        reply = run_job(
            "read_container", Reading, Limits(), source=path,
            arguments={"found": "unknown", "deep": False, "hole_ms": 500, "index_above": 10**9},
        )  # fmt: skip
        assert isinstance(reply, Reply)
        assert reply.result.tracks == ()
        assert [f.code for f in reply.result.findings] == ["unreadable"]


def test_a_child_stopped_by_a_limit_is_a_finding_with_its_cause(sample: Sample) -> None:
    tight = Limits(memory=60 * MIB, cpu_s=PROBE.cpu_s)
    found = probe(sample("video.mp4"), limits=tight)
    assert "unreadable" in codes(found) and not found.is_readable
    assert found.size == sample("video.mp4").stat().st_size
    assert all(finding.detail for finding in found.findings)
