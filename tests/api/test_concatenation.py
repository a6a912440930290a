"""Files that come in parts by several lines at once: tus concatenation over a real line."""

from __future__ import annotations

import hashlib

import pytest
from django.conf import settings

from liuhen.actions.taking_in import finish_upload
from liuhen.demo.people import World
from liuhen.jobs import media as jobs
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.recordings.concatenation import begin_concatenation
from liuhen.recordings.intake import IntakeFile
from liuhen.recordings.models import Recording, Upload
from liuhen.recordings.uploads import expire_uploads, intake_of
from tests.api.conftest import Caller, Server, signed_in
from tests.api.test_uploads import BODY, ROOT, code_of, metadata, offset_of, patch
from tests.recordings import samples


def part(officer: Caller, data: bytes) -> str:
    """A part whose bytes came with its creation."""
    status, answer, said = officer(
        "POST", ROOT, data, Content_Type=BODY, Upload_Length=str(len(data)), Upload_Concat="partial"
    )
    assert (status, answer["upload-concat"]) == (201, "partial"), said
    return answer["location"]


def join(officer: Caller, *urls: str, **told: str) -> tuple[int, dict[str, str], bytes]:
    named = "final;" + " ".join(urls)
    return officer("POST", ROOT, Upload_Metadata=metadata(**told), Upload_Concat=named)


@pytest.fixture
def data() -> bytes:
    return samples.video(seed=5).read_bytes()


def pieces(data: bytes, count: int = 3) -> list[bytes]:
    size = -(-len(data) // count)
    return [data[at : at + size] for at in range(0, len(data), size)]


def test_parts_become_one_recording_in_their_order(officer: Caller, data: bytes) -> None:
    last, middle, first = (part(officer, one) for one in reversed(pieces(data)))
    absolute = f"http://127.0.0.1:{officer.server.port}{middle}"
    status, answer, said = join(officer, first, absolute, last, filename="合并.mp4")
    assert status == 201, said
    assert answer["upload-offset"] == str(len(data))
    assert answer["upload-concat"] == f"final;{first} {middle} {last}"
    recording = Recording.objects.get()
    assert recording.original_id == hashlib.sha256(data).hexdigest() == answer["liuhen-sha256"]
    assert recording.name == "合并.mp4"
    assert not list(settings.HOME.intake_dir.iterdir()), "no part lies about afterwards"


def test_a_part_alone_becomes_no_recording(officer: Caller, data: bytes) -> None:
    url = part(officer, data)
    assert offset_of(officer, url) == len(data)
    assert jobs.finish_uploads() == 0
    assert not Recording.objects.exists()


def test_asked_again_the_same_parts_are_the_same_upload(officer: Caller, data: bytes) -> None:
    urls = [part(officer, one) for one in pieces(data)]
    first, again = join(officer, *urls), join(officer, *urls)
    assert (first[0], again[0]) == (201, 201)
    assert first[1]["location"] == again[1]["location"]
    assert Recording.objects.count() == 1


def test_what_a_killed_server_left_half_joined_is_joined_later(
    officer: Caller, world: World, data: bytes
) -> None:
    for one in pieces(data):
        part(officer, one)
    parts = list(Upload.objects.order_by("created_at"))
    whole = begin_concatenation(world["officer"], [one.id for one in parts], {})
    first = intake_of(parts[0]).path.read_bytes()
    # The first part and some bytes of the second were taken over and nothing else was noted.
    intake_of(whole).path.write_bytes(first + data[len(first) : len(first) + 100])
    Upload.objects.filter(id=whole.id).update(offset=len(first))
    intake_of(parts[0]).remove()
    status, answer, _ = officer("HEAD", f"{ROOT}{whole.id}")
    assert status == 200 and "upload-offset" not in answer
    assert jobs.finish_uploads() == 1
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()
    assert officer("HEAD", f"{ROOT}{whole.id}")[1]["upload-offset"] == str(len(data))


def test_two_cannot_put_the_same_file_together_at_once(
    officer: Caller, world: World, data: bytes
) -> None:
    for one in pieces(data):
        part(officer, one)
    parts = Upload.objects.order_by("created_at").values_list("id", flat=True)
    whole = begin_concatenation(world["officer"], list(parts), {})
    intake = intake_of(whole)
    assert isinstance(intake, IntakeFile)
    with intake.alone(), pytest.raises(Refused, match=r"upload\.taken_over"):
        finish_upload(whole.id)
    assert finish_upload(whole.id).result is not None


def test_parts_are_refused_that_do_not_make_a_file(
    server: Server, officer: Caller, world: World, data: bytes
) -> None:
    one, two = (part(officer, piece) for piece in pieces(data, 2))
    whole = officer("POST", ROOT, Upload_Length="100")[1]["location"]
    begun = officer("POST", ROOT, Upload_Length="100", Upload_Concat="partial")[1]["location"]
    other = Caller(server, {**signed_in(world["officer2"]), "Tus-Resumable": "1.0.0"})
    for urls, code in (
        ((one, one), "upload.part"),
        ((one, whole), "upload.part"),
        ((one, f"{ROOT}018f0000-0000-7000-8000-000000000000"), "upload.part"),
        ((one, begun), "upload.part_unfinished"),
        ((one, "nonsense"), "upload.protocol"),
        ((), "upload.protocol"),
    ):
        status, _, said = join(officer, *urls)
        assert (status // 100, code_of(said)) == (4, code)
    status, _, said = join(other, one, two)
    assert (status, code_of(said)) == (409, "upload.part")
    assert join(officer, one, two)[0] == 201
    assert code_of(join(officer, two, one)[2]) == "upload.part", "they belong to a file now"


def test_nothing_is_written_into_a_file_of_parts(officer: Caller, data: bytes) -> None:
    urls = [part(officer, one) for one in pieces(data)]
    whole = join(officer, *urls)[1]["location"]
    status, _, said = patch(officer, whole, len(data), b"x")
    assert (status, code_of(said)) == (403, "upload.of_parts")


def test_terminating_the_whole_takes_its_parts_along_and_leaves_the_recording(
    officer: Caller, data: bytes
) -> None:
    urls = [part(officer, one) for one in pieces(data)]
    whole = join(officer, *urls)[1]["location"]
    assert officer("DELETE", whole)[0] == 204
    assert not Upload.objects.exists()
    assert Recording.objects.count() == 1


def test_a_part_that_is_being_taken_over_stays(officer: Caller, world: World, data: bytes) -> None:
    urls = [part(officer, one) for one in pieces(data)]
    ids = list(Upload.objects.order_by("created_at").values_list("id", flat=True))
    whole = begin_concatenation(world["officer"], ids, {})
    assert code_of(officer("DELETE", urls[0])[2]) == "upload.part"
    with clock.frozen(whole.expires_at):
        assert expire_uploads() == 0, "a whole that waits never expires, nor do its parts"
    assert finish_upload(whole.id).result is not None


def test_a_part_may_come_from_another_address(officer: Caller, server: Server, data: bytes) -> None:
    one, two = pieces(data, 2)
    url = part(officer, one)
    moved = Caller(server, officer.headers, source="127.0.0.2")
    assert join(officer, url, part(moved, two))[0] == 201
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()
