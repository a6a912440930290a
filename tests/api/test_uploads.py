"""The upload endpoint as tus 1.0 demands it, over a real line."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import logging
import os
import shutil
import socket
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from tusclient.client import TusClient

from liuhen.actions.taking_in import finish_upload
from liuhen.demo.people import World
from liuhen.jobs import media as jobs
from liuhen.kernel import clock
from liuhen.ledger.models import Entry
from liuhen.ledger.signing import signer
from liuhen.recordings.intake import IntakeFile
from liuhen.recordings.models import Recording, Upload
from liuhen.recordings.streams import streams
from liuhen.recordings.uploads import LASTS, MOST_AT_ONCE, intake_of
from liuhen.tlog.receipt import open_receipt
from liuhen.vault import keeping
from liuhen.vault.keeping import local_store
from liuhen.vault.store import LocalStore
from tests.api.conftest import Caller, Server, signed_in
from tests.kill.tree import until
from tests.recordings import samples, street

ROOT = "/api/v1/uploads/"
BODY = "application/offset+octet-stream"
MIB = 1 << 20


def metadata(**told: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())


def create(officer: Caller, length: int, body: bytes | None = None, **told: str) -> str:
    headers = {"Upload_Length": str(length)}
    if told:
        headers["Upload_Metadata"] = metadata(**told)
    if body is not None:
        headers["Content_Type"] = BODY
    status, answer, said = officer("POST", ROOT, body, **headers)
    assert status == 201, said
    return answer["location"]


def patch(
    officer: Caller, url: str, offset: int, body: bytes, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    told = {"Upload_Offset": str(offset), "Content_Type": BODY, **headers}
    return officer("PATCH", url, body, **told)


def code_of(said: bytes) -> str:
    return str(json.loads(said)["title"])


def offset_of(officer: Caller, url: str) -> int:
    status, answer, _ = officer("HEAD", url)
    assert status == 200
    assert answer["cache-control"] == "no-store"
    return int(answer["upload-offset"])


# whole files


def test_tuspy_uploads_in_pieces_and_the_file_becomes_a_recording(
    server: Server, world: World
) -> None:
    path = samples.video()
    client = TusClient(server.uploads, headers=signed_in(world["officer"]))
    uploader = client.uploader(
        str(path), chunk_size=10_000, metadata={"filename": "街头😀.mp4"}, upload_checksum=True
    )
    uploader.upload()
    recording = Recording.objects.get()
    assert recording.name == "街头😀.mp4"
    assert recording.original_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert local_store().digest(recording.original_id) == recording.original_id
    assert (recording.has_video, recording.has_audio) == (True, True)
    assert not list(settings.HOME.intake_dir.iterdir()), "the intake folder is clean afterwards"


def test_tuspy_resumes_after_a_break(server: Server, world: World) -> None:
    path = samples.video(seed=2)
    client = TusClient(server.uploads, headers=signed_in(world["officer"]))
    first = client.uploader(str(path), chunk_size=10_000)
    first.upload(stop_at=10_000)
    again = client.uploader(str(path), chunk_size=1 << 20, url=first.url)
    assert again.offset == 10_000
    again.upload()
    assert Recording.objects.get().original_id == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_answer_to_the_last_byte_carries_recording_digest_and_signed_receipt(
    officer: Caller,
) -> None:
    data = samples.photo().read_bytes()
    url = create(officer, len(data), filename="现场.jpg")
    status, answer, _ = patch(officer, url, 0, data)
    assert (status, answer["upload-offset"]) == (204, str(len(data)))
    assert answer["liuhen-sha256"] == hashlib.sha256(data).hexdigest()
    note = base64.b64decode(answer["liuhen-receipt"])
    receipt = open_receipt(note, [signer().verifier]).receipt
    assert (receipt.sha256, receipt.size) == (answer["liuhen-sha256"], len(data))
    assert str(Recording.objects.get().id) == answer["liuhen-recording"]
    assert Entry.objects.filter(event="recording.taken_in").count() == 1
    _, _, said = officer("GET", url)
    told = json.loads(said)
    assert (told["state"], told["receipt"]) == ("stored", note.decode())


def test_an_upload_may_bring_its_bytes_with_its_creation(officer: Caller) -> None:
    data = samples.photo().read_bytes()
    status, answer, _ = officer(
        "POST", ROOT, data, Upload_Length=str(len(data)), Content_Type=BODY,
        Upload_Metadata=metadata(filename="a.jpg"),
    )  # fmt: skip
    assert (status, answer["upload-offset"]) == (201, str(len(data)))
    assert "liuhen-receipt" in answer


def test_an_upload_without_metadata_is_taken_in_too(officer: Caller) -> None:
    data = samples.video().read_bytes()
    url = create(officer, len(data))
    assert patch(officer, url, 0, data)[0] == 204
    assert Recording.objects.get().name == "未命名"


def test_a_body_sent_in_chunks_without_a_length_is_taken_in(officer: Caller) -> None:
    data = samples.photo().read_bytes()
    url = create(officer, len(data))
    with socket.create_connection(("127.0.0.1", officer.server.port)) as line:
        head = [f"PATCH {url} HTTP/1.1", "Host: 127.0.0.1", "Transfer-Encoding: chunked"]
        told = {**officer.headers, "Upload-Offset": "0", "Content-Type": BODY}
        head += [f"{name}: {value}" for name, value in told.items()]
        line.sendall("\r\n".join([*head, "", ""]).encode())
        answer = line.recv(100)
    # Django's own server leaves chunks undecoded, so this one may only not hang or crash.
    assert answer.startswith(b"HTTP/1.1 ")


# offsets and breaks


def test_what_a_broken_line_brought_is_kept_and_its_end_is_not_taken_for_the_end(
    officer: Caller,
) -> None:
    data = samples.video().read_bytes()
    url = create(officer, len(data), filename="a.mp4")
    half = len(data) // 2
    with socket.create_connection(("127.0.0.1", officer.server.port)) as line:
        told = {**officer.headers, "Upload-Offset": "0", "Content-Type": BODY}
        head = [f"PATCH {url} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
        head += [f"{name}: {value}" for name, value in told.items()]
        line.sendall("\r\n".join([*head, "", ""]).encode() + data[:half])
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(4096)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not Recording.objects.exists()
    assert offset_of(officer, url) == half
    assert patch(officer, url, half, data[half:])[0] == 204
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()


def test_who_comes_back_by_another_line_does_not_wait_for_the_old_one_to_die(
    officer: Caller, tmp_path: Path
) -> None:
    data = samples.big(tmp_path / "a.mp4", 3 * MIB).read_bytes()
    url = create(officer, len(data), filename="a.mp4")
    told = {**officer.headers, "Upload-Offset": "0", "Content-Type": BODY}
    head = [f"PATCH {url} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
    head += [f"{name}: {value}" for name, value in told.items()]
    with socket.create_connection(("127.0.0.1", officer.server.port), timeout=10) as old:
        old.sendall("\r\n".join([*head, "", ""]).encode() + data[:MIB])
        intake = settings.HOME.intake_dir / url.rsplit("/", 1)[1]
        while intake.stat().st_size < MIB:
            time.sleep(0.01)
        assert offset_of(officer, url) == MIB
        assert patch(officer, url, MIB, data[MIB:])[0] == 204
        old.sendall(data[MIB:])
        assert old.recv(4096).startswith(b"HTTP/1.1 423 ")
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()


def test_who_changes_the_address_goes_on_where_the_line_broke(
    server: Server, officer: Caller
) -> None:
    data = samples.video().read_bytes()
    url = create(officer, len(data), filename="a.mp4")
    assert patch(officer, url, 0, data[:1000])[0] == 204
    moved = Caller(server, officer.headers, source="127.0.0.2")
    assert offset_of(moved, url) == 1000
    assert patch(moved, url, 1000, data[1000:])[0] == 204
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("claimed", [0, 99, 101])
def test_an_offset_other_than_the_held_one_is_refused(officer: Caller, claimed: int) -> None:
    url = create(officer, 1000)
    patch(officer, url, 0, b"x" * 100)
    status, _, said = patch(officer, url, claimed, b"y")
    assert (status, code_of(said)) == (409, "upload.offset")
    assert offset_of(officer, url) == 100


@pytest.mark.parametrize(("extra", "status"), [(0, 422), (1, 413)])
def test_a_byte_more_than_declared_is_refused(officer: Caller, extra: int, status: int) -> None:
    url = create(officer, 10)
    assert patch(officer, url, 0, b"x" * (10 + extra))[0] == status


def test_a_server_killed_after_the_last_byte_finishes_when_asked_again(
    officer: Caller, world: World
) -> None:
    data = samples.video().read_bytes()
    url = create(officer, len(data), filename="a.mp4")
    patch(officer, url, 0, data[:-1])
    upload = Upload.objects.get()
    intake = settings.HOME.intake_dir / str(upload.id)
    with intake.open("ab") as stream:
        stream.write(data[-1:])
    Upload.objects.filter(id=upload.id).update(offset=len(data))
    assert not Recording.objects.exists()
    status, answer, _ = officer("HEAD", url)
    assert (status, answer["upload-offset"]) == (200, str(len(data)))
    assert answer["liuhen-recording"] == str(Recording.objects.get().id)


class KilledError(BaseException):
    """What nothing catches, as a kill."""


def test_a_server_killed_between_the_vault_and_the_row_finishes_when_asked_again(
    officer: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = samples.video().read_bytes()
    url = create(officer, len(data), filename="a.mp4")
    patch(officer, url, 0, data[:-1])
    upload = Upload.objects.get()
    with (settings.HOME.intake_dir / str(upload.id)).open("ab") as stream:
        stream.write(data[-1:])
    Upload.objects.filter(id=upload.id).update(offset=len(data))
    adopt = LocalStore.adopt

    def adopt_and_die(store: LocalStore, temporary: Path, sha256: str) -> Path:
        adopt(store, temporary, sha256)
        raise KilledError

    with monkeypatch.context() as killing, pytest.raises(KilledError):
        killing.setattr(LocalStore, "adopt", adopt_and_die)
        finish_upload(upload.id)
    assert not Recording.objects.exists()
    assert officer("HEAD", url)[0] == 200
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()


def test_finishing_twice_makes_one_recording(officer: Caller) -> None:
    data = samples.photo().read_bytes()
    url = create(officer, len(data), filename="a.jpg")
    patch(officer, url, 0, data)
    upload = finish_upload(Upload.objects.get().id)
    assert upload.result is not None
    assert patch(officer, url, len(data), b"")[0] == 204
    assert Recording.objects.count() == 1


# checksum


def checksum(algorithm: str, data: bytes) -> str:
    digest = hashlib.new(algorithm, data).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_whose_checksum_is_met_counts(officer: Caller, algorithm: str) -> None:
    url = create(officer, 1000)
    told = checksum(algorithm, b"x" * 100)
    assert patch(officer, url, 0, b"x" * 100, Upload_Checksum=told)[0] == 204
    assert offset_of(officer, url) == 100


def test_a_piece_whose_checksum_is_not_met_leaves_no_trace(officer: Caller) -> None:
    data = samples.photo().read_bytes()
    url = create(officer, len(data), filename="a.jpg")
    assert patch(officer, url, 0, data[:500])[0] == 204
    wrong = bytes(len(data) - 500)
    told = checksum("sha1", data[500:])
    assert patch(officer, url, 500, wrong, Upload_Checksum=told)[0] == 460
    assert offset_of(officer, url) == 500
    assert patch(officer, url, 500, data[500:], Upload_Checksum=told)[0] == 204
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("told", ["md5 AAAA", "sha1 ???", "sha1", ""])
def test_a_checksum_that_cannot_be_read_is_refused(officer: Caller, told: str) -> None:
    url = create(officer, 1000)
    status, _, said = patch(officer, url, 0, b"x", Upload_Checksum=told)
    assert (status, code_of(said)) == (400, "upload.protocol")


def test_the_senders_digest_of_the_whole_file_is_checked(officer: Caller) -> None:
    data = samples.photo().read_bytes()
    url = create(officer, len(data), filename="a.jpg", sha256="0" * 64)
    status, _, said = patch(officer, url, 0, data)
    assert (status, code_of(said)) == (422, "upload.digest_differs")
    assert not Recording.objects.exists()


# termination, expiry, ownership, protocol


def test_a_terminated_upload_is_gone_with_its_bytes(officer: Caller) -> None:
    url = create(officer, 1000)
    patch(officer, url, 0, b"x" * 100)
    assert officer("DELETE", url)[0] == 204
    assert officer("HEAD", url)[0] == 404
    assert not list(settings.HOME.intake_dir.iterdir())


def test_an_upload_terminated_while_its_bytes_come_ends_their_request(
    officer: Caller, tmp_path: Path
) -> None:
    data = samples.big(tmp_path / "a.mp4", 3 * MIB).read_bytes()
    url = create(officer, len(data), filename="a.mp4")
    told = {**officer.headers, "Upload-Offset": "0", "Content-Type": BODY}
    head = [f"PATCH {url} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
    head += [f"{name}: {value}" for name, value in told.items()]
    with socket.create_connection(("127.0.0.1", officer.server.port), timeout=10) as line:
        line.sendall("\r\n".join([*head, "", ""]).encode() + data[:MIB])
        intake = settings.HOME.intake_dir / url.rsplit("/", 1)[1]
        while intake.stat().st_size < MIB:
            time.sleep(0.01)
        assert officer("DELETE", url)[0] == 204
        line.sendall(data[MIB:])
        assert line.recv(4096).startswith(b"HTTP/1.1 423 ")
    assert not Recording.objects.exists()
    assert not list(settings.HOME.intake_dir.iterdir())


def test_terminating_a_finished_upload_leaves_its_recording(officer: Caller) -> None:
    data = samples.photo().read_bytes()
    url = create(officer, len(data), filename="a.jpg")
    patch(officer, url, 0, data)
    assert officer("DELETE", url)[0] == 204
    assert local_store().has(Recording.objects.get().original_id)


def test_an_upload_expires_when_nobody_came_back_for_a_week(officer: Caller) -> None:
    url = create(officer, 1000)
    upload = Upload.objects.get()
    with clock.frozen(upload.expires_at) as stopped:
        assert officer("HEAD", url)[0] == 410
        stopped.move(seconds=-1)
        assert officer("HEAD", url)[0] == 200


def test_another_persons_upload_does_not_exist(
    server: Server, officer: Caller, world: World
) -> None:
    url = create(officer, 1000)
    other = Caller(server, {**signed_in(world["officer2"]), "Tus-Resumable": "1.0.0"})
    for status, _, _ in (
        other("HEAD", url),
        other("DELETE", url),
        other("GET", url),
        patch(other, url, 0, b"x"),
        other("HEAD", f"{ROOT}{uuid4()}"),
    ):
        assert status == 404
    assert offset_of(officer, url) == 0


def test_nobody_uploads_without_signing_in_or_without_the_csrf_token(
    server: Server, officer: Caller, world: World
) -> None:
    nobody = Caller(server, {"Tus-Resumable": "1.0.0"})
    assert nobody("POST", ROOT, Upload_Length="10")[0] in (401, 403)
    assert nobody("HEAD", f"{ROOT}{uuid4()}")[0] == 401
    forged = Caller(server, {k: v for k, v in officer.headers.items() if k != "X-CSRFToken"})
    assert forged("POST", ROOT, Upload_Length="10")[0] == 403


def test_a_person_without_the_permission_is_refused_before_a_byte_is_sent(
    server: Server, world: World
) -> None:
    legal = Caller(server, {**signed_in(world["legal"]), "Tus-Resumable": "1.0.0"})
    status, _, said = legal("POST", ROOT, Upload_Length="10")
    assert (status, code_of(said)) == (403, "permission.missing")


def test_options_tell_what_is_offered_without_signing_in(server: Server) -> None:
    status, answer, _ = Caller(server, {})("OPTIONS", ROOT)
    assert status == 204
    assert answer["tus-version"] == answer["tus-resumable"] == "1.0.0"
    assert set(answer["tus-extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "expiration", "termination",
        "concatenation",
    }  # fmt: skip
    assert answer["tus-checksum-algorithm"] == "sha1,sha256"


def test_another_version_of_the_protocol_is_refused_and_ours_is_told(officer: Caller) -> None:
    status, answer, _ = officer("POST", ROOT, Upload_Length="10", Tus_Resumable="0.2.2")
    assert (status, answer["tus-version"]) == (412, "1.0.0")


@pytest.mark.parametrize("length", ["", "-1", "ten", "1.5", "9" * 19])
def test_a_length_that_is_no_number_is_refused(officer: Caller, length: str) -> None:
    status, _, said = officer("POST", ROOT, Upload_Length=length)
    assert (status, code_of(said)) == (400, "upload.protocol")


def test_a_body_of_another_type_is_refused(officer: Caller) -> None:
    url = create(officer, 10)
    assert patch(officer, url, 0, b"x", Content_Type="text/plain")[0] == 415


def test_a_client_behind_a_firewall_may_override_the_method(officer: Caller) -> None:
    url = create(officer, 1000)
    status, _, _ = officer(
        "POST", url, b"x" * 10, X_HTTP_Method_Override="PATCH", Upload_Offset="0",
        Content_Type=BODY,
    )  # fmt: skip
    assert status == 204
    assert offset_of(officer, url) == 10


# limits


def test_a_file_larger_than_the_free_disk_is_refused_with_both_sizes(officer: Caller) -> None:
    free = shutil.disk_usage(settings.HOME.intake_dir).free
    status, _, said = officer("POST", ROOT, Upload_Length=str(free + 3_000_000_000))
    assert (status, code_of(said)) == (413, "storage.too_small")
    assert "GB" in json.loads(said)["detail"]
    status, _, said = officer("POST", ROOT, Upload_Length="9" * 18)
    assert (status, code_of(said)) == (413, "upload.too_large")
    assert not Upload.objects.exists()


def test_space_promised_to_one_upload_is_not_promised_again(officer: Caller) -> None:
    free = shutil.disk_usage(settings.HOME.intake_dir).free
    create(officer, free * 2 // 3)
    assert officer("POST", ROOT, Upload_Length=str(free * 2 // 3))[0] == 413


def test_three_gigabytes_are_accepted_while_there_is_room(officer: Caller) -> None:
    url = create(officer, 3_000_000_000, filename="长录像.mp4")
    assert patch(officer, url, 0, b"x" * 100)[0] == 204
    assert (settings.HOME.intake_dir / url.rsplit("/", 1)[1]).stat().st_size == 100


def test_offsets_hold_at_sixty_gigabytes(officer: Caller, world: World) -> None:
    length = 60 * 10**9
    upload = Upload.objects.create(
        owner=world["officer"],
        length=length,
        offset=length - 3 * MIB,
        created_at=clock.now(),
        expires_at=clock.now() + LASTS,
    )
    intake_of(upload).create()
    with intake_of(upload).path.open("r+b") as sparse:
        sparse.truncate(length - 3 * MIB)
    url = f"{ROOT}{upload.id}"
    for piece in range(2):
        body = bytes([piece + 1]) * MIB
        held = length - (3 - piece) * MIB
        assert offset_of(officer, url) == held
        assert patch(officer, url, held - 1, body)[0] == 409
        assert patch(officer, url, held, body)[0] == 204
    assert patch(officer, url, length - MIB, bytes(MIB + 1))[0] == 413
    assert offset_of(officer, url) == length - MIB
    with intake_of(upload).path.open("rb") as written:
        written.seek(length - 2 * MIB - 1)
        assert written.read(3) == b"\x01\x02\x02"
    assert Upload.objects.get().offset == length - MIB


def test_one_person_does_not_take_all_the_room(
    server: Server, officer: Caller, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "UPLOAD_QUOTA", 1000)
    url = create(officer, 400)
    create(officer, 600)
    status, _, said = officer("POST", ROOT, Upload_Length="1")
    assert (status, code_of(said)) == (413, "upload.quota")
    other = Caller(server, {**signed_in(world["officer2"]), "Tus-Resumable": "1.0.0"})
    create(other, 1000)
    assert officer("DELETE", url)[0] == 204
    create(officer, 400)


def test_one_person_does_not_open_uploads_without_end(officer: Caller, world: World) -> None:
    told = {"owner": world["officer"], "length": 1, "created_at": clock.now()}
    later = clock.now() + LASTS
    Upload.objects.bulk_create(Upload(**told, expires_at=later) for _ in range(MOST_AT_ONCE - 1))
    create(officer, 10)
    status, _, said = officer("POST", ROOT, Upload_Length="10")
    assert (status, code_of(said)) == (429, "upload.too_many")


def test_when_all_places_are_taken_the_client_is_told_to_come_again(officer: Caller) -> None:
    url = create(officer, 1000)
    taken = [streams.take() for _ in range(streams.places)]
    try:
        status, answer, _ = patch(officer, url, 0, b"x")
        assert (status, answer["retry-after"]) == (503, "5")
    finally:
        for slot in taken:
            slot.release()
    assert patch(officer, url, 0, b"x")[0] == 204


def test_a_request_gives_its_place_back_however_it_ends(officer: Caller) -> None:
    url = create(officer, 1000)
    for offset in (7, 0, 0):
        patch(officer, url, offset, b"x")
    until(lambda: streams.taken == 0, "every place is given back")


# what is no recording


def refused_upload(officer: Caller, path: Path, **told: str) -> tuple[str, int, str]:
    data = path.read_bytes()
    url = create(officer, len(data), None, filename=path.name, **told)
    status, _, said = patch(officer, url, 0, data)
    return url, status, code_of(said)


def test_a_text_that_calls_itself_a_video_is_refused_and_waits_for_its_owner(
    officer: Caller,
) -> None:
    url, status, code = refused_upload(officer, samples.disguised())
    assert (status, code) == (422, "recording.not_media")
    assert not Recording.objects.exists()
    assert (settings.HOME.intake_dir / url.rsplit("/", 1)[1]).exists()
    _, _, said = officer("GET", url)
    assert json.loads(said)["state"] == "refused"
    assert officer("HEAD", url)[0] == 422, "who resumes it hears it again"
    assert Entry.objects.filter(event="act.refused").count() == 0
    assert officer("DELETE", url)[0] == 204
    assert not list(settings.HOME.intake_dir.iterdir())


def test_an_empty_file_is_refused_at_once(officer: Caller) -> None:
    status, _, said = officer(
        "POST", ROOT, Upload_Length="0", Upload_Metadata=metadata(filename="空.mp4")
    )
    assert (status, code_of(said)) == (422, "recording.empty")
    assert "空.mp4" in json.loads(said)["detail"]


def test_the_same_bytes_again_are_refused_with_the_recording_that_holds_them(
    officer: Caller,
) -> None:
    data = samples.photo().read_bytes()
    first = create(officer, len(data), filename="甲.jpg")
    patch(officer, first, 0, data)
    url, status, code = refused_upload(officer, samples.photo())
    assert (status, code) == (422, "recording.duplicate")
    _, _, said = officer("GET", url)
    told = json.loads(said)
    assert told["is_duplicate"] and str(Recording.objects.get().id) in told["recording_href"]
    left = settings.HOME.intake_dir / url.rsplit("/", 1)[1]
    assert not left.exists(), "the bytes are there once"


def test_an_activity_nobody_knows_is_refused_before_a_byte_is_sent(officer: Caller) -> None:
    told = metadata(filename="a.mp4", activity=str(uuid4()))
    status, _, said = officer("POST", ROOT, Upload_Length="10", Upload_Metadata=told)
    assert (status, code_of(said)) == (404, "record.not_found")


def test_an_upload_to_a_case_one_may_not_see_is_refused_as_if_there_were_none(
    server: Server, officer: Caller, world: World
) -> None:
    activity = street.begin(world)
    stranger = Caller(server, {**signed_in(world["officer3"]), "Tus-Resumable": "1.0.0"})
    for told in (f"case {_told(activity.case_id)}", f"activity {_told(activity.id)}"):
        status, _, said = stranger("POST", ROOT, Upload_Length="10", Upload_Metadata=told)
        assert (status, code_of(said)) == (404, "record.not_found")
        assert not Upload.objects.exists()
        assert officer("POST", ROOT, Upload_Length="10", Upload_Metadata=told)[0] == 201
        Upload.objects.all().delete()


def _told(key: UUID) -> str:
    return base64.b64encode(str(key).encode()).decode()


@pytest.mark.parametrize(
    "told",
    [{"activity": "x"}, {"sha256": "abc"}, {"returned_at": "yesterday"}, {"case": "1"}],
)
def test_metadata_of_ours_that_makes_no_sense_is_refused(
    officer: Caller, told: dict[str, str]
) -> None:
    status, _, said = officer(
        "POST", ROOT, Upload_Length="10", Upload_Metadata=metadata(filename="a.mp4", **told)
    )
    assert (status, code_of(said)) == (400, "upload.metadata")


@pytest.mark.parametrize("raw", ["filename", "filename !!!", "a YQ==,a Yg==", "文 YQ=="])
def test_metadata_of_a_wrong_form(officer: Caller, raw: str) -> None:
    if raw == "文 YQ==":
        raw = raw.encode().decode("latin-1")
    status, _, _ = officer("POST", ROOT, Upload_Length="10", Upload_Metadata=raw)
    assert status == (201 if raw == "filename" else 400)


def test_the_database_goes_away_in_the_middle_and_nothing_is_lost(
    officer: Caller, world: World
) -> None:
    data = os.urandom(1000)
    url = create(officer, 3000)
    patch(officer, url, 0, data)
    row = Upload.objects.get()
    Upload.objects.filter(id=row.id).update(offset=0)  # the record of that request never arrived
    assert offset_of(officer, url) == 1000


# what jobs finish and put aside


def test_a_job_finishes_what_a_killed_server_left_though_its_sender_never_comes_back(
    officer: Caller,
) -> None:
    data = samples.photo().read_bytes()
    url = create(officer, len(data), filename="a.jpg")
    patch(officer, url, 0, data[:-1])
    upload = Upload.objects.get()
    with (settings.HOME.intake_dir / str(upload.id)).open("ab") as stream:
        stream.write(data[-1:])
    Upload.objects.filter(id=upload.id).update(offset=len(data))
    assert jobs.finish_uploads() == 1
    assert jobs.finish_uploads() == 0
    assert Recording.objects.get().original_id == hashlib.sha256(data).hexdigest()


def test_an_upload_whose_bytes_are_gone_keeps_no_other_waiting(officer: Caller) -> None:
    data = samples.photo().read_bytes()
    for name in ("a.jpg", "b.jpg"):
        url = create(officer, len(data), filename=name)
        patch(officer, url, 0, data[:-1])
    lost, whole = Upload.objects.order_by("created_at")
    (settings.HOME.intake_dir / str(lost.id)).unlink()
    with (settings.HOME.intake_dir / str(whole.id)).open("ab") as stream:
        stream.write(data[-1:])
    Upload.objects.update(offset=len(data), sha256="")
    Upload.objects.filter(id=lost.id).update(sha256="0" * 64)
    assert jobs.finish_uploads() == 1, "the other one goes on"
    assert Recording.objects.count() == 1


def test_bytes_nobody_came_back_for_are_put_aside_not_deleted(officer: Caller) -> None:
    url = create(officer, 1000)
    patch(officer, url, 0, b"x" * 100)
    upload = Upload.objects.get()
    with clock.frozen(upload.expires_at) as stopped:
        stopped.move(seconds=-1)
        assert jobs.expire_abandoned_uploads() == 0
        stopped.move(seconds=1)
        assert jobs.expire_abandoned_uploads() == 1
    aside = settings.HOME.intake_dir / "quarantine" / str(upload.id)
    assert aside.read_bytes() == b"x" * 100
    assert not Upload.objects.exists()


def test_what_a_kill_left_without_an_upload_is_cleared_and_nothing_else(
    officer: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    folder, cut_off = settings.HOME.intake_dir, keeping.intake_path()
    lost, camera = IntakeFile(folder, uuid4()), folder / str(uuid4())
    patch(officer, create(officer, 1000), 0, b"x" * 100)
    resumable = intake_of(Upload.objects.get()).path
    camera.mkdir()
    others = set(folder.iterdir())
    cut_off.write_bytes(b"half a paper")
    lost.create()
    lost.path.write_bytes(b"came before its row was lost")
    (folder / "dock-dead").mkdir()
    late = Upload.objects.get().expires_at - dt.timedelta(minutes=1)
    with clock.frozen(late), caplog.at_level(logging.INFO):
        assert jobs.expire_abandoned_uploads() == 1, "a docking's lock tells at once"
        for path in (cut_off, resumable, lost.path, camera):
            os.utime(path, (0, 0))
        assert jobs.expire_abandoned_uploads() == 1, "a turn was taken not long ago"
        assert set(folder.iterdir()) == others | {lost.path, lost.turn_path}
        os.utime(lost.turn_path, (0, 0))
        assert jobs.expire_abandoned_uploads() == 1
        assert jobs.expire_abandoned_uploads() == 0
    assert set(folder.iterdir()) == others | {folder / "quarantine"}
    aside = folder / "quarantine" / lost.path.name
    assert aside.read_bytes() == b"came before its row was lost"
    for cleared in ("dock-dead", cut_off.name, lost.path.name):
        assert cleared in caplog.text
    camera.rmdir()


def test_a_whole_upload_that_waits_for_its_recording_never_expires(officer: Caller) -> None:
    create(officer, 1000)
    upload = Upload.objects.get()
    Upload.objects.filter(id=upload.id).update(offset=1000)
    with clock.frozen(upload.expires_at):
        assert jobs.expire_abandoned_uploads() == 0
