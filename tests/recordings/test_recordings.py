"""Taking in, tying, labelling, timing, returning: what each act does and refuses."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from liuhen.actions.devices import measure_device_clock
from liuhen.actions.recordings import (
    explain_recording_gap,
    label_recording,
    record_media,
    report_gap,
    state_return,
    state_time,
    tie_to_activity,
    untie_from_activity,
)
from liuhen.actions.taking_in import READ_AT_ONCE, take_in_file
from liuhen.demo.people import World
from liuhen.jobs import media as jobs
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.media.probe import probe
from liuhen.recordings.models import Derivative, Gap, Recording
from liuhen.recordings.queries import (
    hand_in_times,
    recordings_of_case,
    unlabelled_recordings,
    unreturned_recordings,
    visible_recordings,
)
from liuhen.recordings.uploads import Intent
from liuhen.vault.keeping import local_store
from tests.recordings import samples, street
from tests.world import MORNING

HOUR = dt.timedelta(hours=1)


def code(act: Callable[..., object], **kwargs: object) -> str:
    with pytest.raises(Refused) as refused:
        act(**kwargs)
    return refused.value.code


# taking in


@pytest.mark.parametrize(
    ("path", "kind", "has_video", "has_audio"),
    [
        (samples.video, "video", True, True),
        (samples.sound, "audio", False, True),
        (samples.photo, "photo", None, None),
    ],
)
def test_a_medium_becomes_a_recording_of_its_kind(
    world: World,
    path: Callable[[], Path],
    kind: str,
    has_video: bool | None,
    has_audio: bool | None,
) -> None:
    recording = take_in_file(path(), actor=world["officer"])
    assert recording.kind == kind
    if kind != "photo":
        assert (recording.has_video, recording.has_audio) == (has_video, has_audio)
    assert recording.media["state"] == "read"
    assert local_store().digest(recording.original_id) == recording.original_id
    assert recording.made_by == world["officer"] and recording.labelled_at is None


def test_the_time_comes_from_the_file_when_nobody_states_it(world: World) -> None:
    with clock.frozen(MORNING + HOUR):
        recording = take_in_file(samples.video(), actor=world["officer"])
    assert recording.time_source == "creation_tag"
    assert recording.started_at == MORNING
    assert recording.ended_at is not None
    length = recording.ended_at - recording.started_at
    assert abs(length - dt.timedelta(seconds=samples.SECONDS)) < dt.timedelta(milliseconds=300)


def test_a_measured_clock_corrects_what_is_taken_in_afterwards(world: World) -> None:
    measure_device_clock(actor=world["records"], device_serial="DEMO-0001", offset_ms=60_000)
    with clock.frozen(MORNING + HOUR):
        recording = take_in_file(
            samples.video(),
            actor=world["officer"],
            intent=Intent("a.mp4", device_serial="DEMO-0001"),
        )
    assert recording.time_source == "tag_corrected"
    assert recording.started_at == MORNING - dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("started_at", "doubt"),
    [
        (dt.datetime(1970, 1, 2, tzinfo=dt.UTC), "clock_unset"),
        (MORNING + dt.timedelta(days=400), "in_future"),
    ],
)
def test_a_camera_with_a_wrong_clock_is_kept_and_marked_but_not_believed(
    world: World, started_at: dt.datetime, doubt: str
) -> None:
    recording = take_in_file(samples.video(started_at), actor=world["officer"])
    assert (recording.started_at, recording.ended_at) == (None, None)
    assert recording.media["time_doubts"] == [doubt]
    assert recording.media["created"]["text"].startswith(str(started_at.year))


def test_an_end_before_the_beginning_is_kept_and_marked_but_not_believed(world: World) -> None:
    intent = Intent("a.mp4", started_at=MORNING, ended_at=MORNING - HOUR)
    recording = take_in_file(samples.sound(), actor=world["officer"], intent=intent)
    assert "ends_before_it_begins" in recording.media["time_doubts"]
    assert recording.time_source != "stated"


@pytest.mark.parametrize("damaged", [samples.truncated, samples.beheaded])
def test_damaged_media_is_kept_as_received_and_says_what_can_be_read(
    world: World, damaged: Callable[[], Path]
) -> None:
    recording = take_in_file(damaged(), actor=world["officer"])
    assert recording.media["findings"], "a damaged file has a finding"
    kept = local_store().place(recording.original_id)
    assert kept.read_bytes() == damaged().read_bytes()


def test_what_is_no_medium_and_what_is_empty_is_refused(world: World, tmp_path: Path) -> None:
    assert code(take_in_file, path=samples.disguised(), actor=world["officer"]) == (
        "recording.not_media"
    )
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert code(take_in_file, path=empty, actor=world["officer"]) == "recording.empty"


def test_the_same_bytes_may_show_two_activities_but_not_the_same_one_twice(world: World) -> None:
    first, second = street.begin(world), street.begin(world)
    street.film(world, first, 0, 4)
    street.film(world, second, 0, 4)
    assert Recording.objects.count() == 2
    assert len({one.original_id for one in Recording.objects.all()}) == 1
    with pytest.raises(Refused) as refused:
        street.film(world, second, 0, 4)
    assert refused.value.code == "recording.duplicate"
    held = Recording.objects.get(activity=second)
    assert refused.value.data["recording"] == str(held.id)
    assert local_store().has(held.original_id)


def test_the_activity_of_another_unit_does_not_exist(world: World) -> None:
    activity = street.begin(world)
    with pytest.raises(Refused) as refused:
        street.film(world, activity, 0, 4, officer="handler")
    assert refused.value.code == "record.not_found"


def test_a_large_file_is_a_recording_at_once_and_read_by_a_job(
    world: World, tmp_path: Path
) -> None:
    path = samples.big(tmp_path / "VID_20260310_090000.mp4", READ_AT_ONCE + 1)
    with clock.frozen(MORNING + HOUR):
        recording = take_in_file(path, actor=world["officer"])
    assert recording.media["state"] == "probing"
    assert (recording.kind, recording.time_source) == ("video", "file_name")
    assert jobs.read_waiting_recordings() == 1
    recording.refresh_from_db()
    assert recording.media["state"] == "read"
    assert (recording.time_source, recording.started_at) == ("creation_tag", MORNING)
    assert jobs.read_recording(str(recording.id)) is False, "a second run finds nothing to do"


def test_what_was_read_is_not_read_again(world: World) -> None:
    recording = take_in_file(samples.video(), actor=world["officer"])
    seen = probe(samples.video())
    refused = code(record_media, actor=world.system, recording_id=recording.id, probe=seen)
    assert refused == "recording.already_read"


def test_the_thumbnail_is_made_once_from_the_original(world: World) -> None:
    recording = take_in_file(samples.video(), actor=world["officer"])
    assert jobs.make_thumbnail(recording.original_id) is True
    assert jobs.make_thumbnail(recording.original_id) is False
    made = Derivative.objects.get()
    assert (made.kind, made.original_id) == ("thumbnail", recording.original_id)


def test_no_thumbnail_of_what_has_no_picture(world: World) -> None:
    recording = take_in_file(samples.sound(), actor=world["officer"])
    assert jobs.make_thumbnail(recording.original_id) is False


# gaps


def test_what_no_recording_covers_becomes_a_gap_when_the_activity_ends(world: World) -> None:
    activity = street.begin(world)
    street.film(world, activity, 2, 6)
    assert street.gaps(activity) == [], "while it goes on nothing is missing yet"
    street.end(world, activity, 10)
    assert street.gaps(activity) == [(0, 2), (6, 10)]


def test_footage_handed_in_later_fills_a_gap_and_the_row_stays(world: World) -> None:
    activity = street.begin(world)
    street.film(world, activity, 0, 4)
    street.end(world, activity, 8)
    with clock.frozen(activity.started_at + HOUR):
        street.film(world, activity, 4, 8)
    assert street.gaps(activity) == []
    assert street.gaps(activity, is_open=False) == [(4, 8)]
    assert Gap.objects.get().filled_at == activity.started_at + HOUR


def test_a_tie_taken_back_opens_the_gap_again(world: World) -> None:
    activity = street.begin(world)
    recording = street.film(world, activity, 0, 8)
    street.end(world, activity, 8)
    assert street.gaps(activity) == []
    untie_from_activity(actor=world["officer"], recording_id=recording.id, reason="关联错误")
    assert street.gaps(activity) == [(0, 8)]
    tie_to_activity(actor=world["officer"], recording_id=recording.id, activity_id=activity.id)
    assert street.gaps(activity) == []


def test_a_tie_moved_to_another_case_settles_both(world: World) -> None:
    wrong, right = street.begin(world), street.begin(world)
    recording = street.film(world, wrong, 0, 4)
    street.end(world, wrong, 4)
    street.end(world, right, 4)
    assert (street.gaps(wrong), street.gaps(right)) == ([], [(0, 4)])
    tie_to_activity(actor=world["officer"], recording_id=recording.id, activity_id=right.id)
    assert (street.gaps(wrong), street.gaps(right)) == ([(0, 4)], [])
    recording.refresh_from_db()
    assert (recording.case_id, recording.handler) == (right.case_id, world["officer"])


def test_ties_that_change_nothing_are_refused(world: World) -> None:
    activity = street.begin(world)
    recording = street.film(world, activity, 0, 4)
    tie = {"actor": world["officer"], "recording_id": recording.id}
    assert code(tie_to_activity, **tie, activity_id=activity.id) == "recording.tied_already"
    assert code(untie_from_activity, **tie, reason=" ") == "reason.missing"
    untie_from_activity(actor=world["officer"], recording_id=recording.id, reason="误")
    assert code(untie_from_activity, **tie, reason="误") == "recording.not_tied"


def test_an_explained_gap_keeps_its_explanation_when_a_part_of_it_is_filled(world: World) -> None:
    activity = street.begin(world)
    street.end(world, activity, 12)
    gap = Gap.objects.get(activity=activity)
    about = {"actor": world["officer"], "gap_id": gap.id}
    said = {"cause": "fault", "explanation": "电池耗尽", "is_told_on_resumption": True}
    explain_recording_gap(**about, **said)  # type: ignore[arg-type]
    report_gap(**about, reported_to=world["unit_head"], reported_at=activity.started_at)  # type: ignore[arg-type]
    with clock.frozen(activity.started_at + HOUR):
        street.film(world, activity, 4, 8)
    assert street.gaps(activity) == [(0, 4), (8, 12)]
    reported = {"reported_to": world["unit_head"].id, "reported_at": activity.started_at}
    for piece in Gap.objects.filter(activity=activity).values(*said, *reported, "explained_by"):
        assert piece == {**said, **reported, "explained_by": world["officer"].id}


def test_an_explanation_needs_a_cause_and_words_and_an_open_gap(world: World) -> None:
    activity = street.begin(world)
    street.end(world, activity, 4)
    told = {"actor": world["officer"], "gap_id": Gap.objects.get().id}
    assert code(explain_recording_gap, **told, cause="moon", explanation="x") == "gap.cause"
    assert code(explain_recording_gap, **told, cause="fault", explanation=" ") == "gap.explanation"
    with clock.frozen(activity.started_at + HOUR):
        street.film(world, activity, 0, 4)
    assert code(explain_recording_gap, **told, cause="fault", explanation="x") == "gap.filled"
    stranger = {**told, "actor": world["handler"]}
    assert code(explain_recording_gap, **stranger, cause="fault", explanation="x") == (
        "record.not_found"
    )


def test_a_photo_covers_nothing_of_the_span(world: World) -> None:
    activity = street.begin(world)
    take_in_file(
        samples.photo(),
        actor=world["officer"],
        intent=Intent("a.jpg", activity_id=activity.id, started_at=activity.started_at),
    )
    street.end(world, activity, 4)
    assert street.gaps(activity) == [(0, 4)]


def test_a_time_stated_by_hand_moves_the_gaps(world: World) -> None:
    activity = street.begin(world)
    recording = street.film(world, activity, 0, 4)
    street.end(world, activity, 8)
    start = activity.started_at + dt.timedelta(seconds=4)
    with clock.frozen(activity.started_at + HOUR):
        state_time(
            actor=world["officer"],
            recording_id=recording.id,
            started_at=start,
            ended_at=start + dt.timedelta(seconds=4),
            reason="按执法记录仪画面时间核对",
        )
    assert street.gaps(activity) == [(0, 4)]


def test_a_time_that_cannot_be_is_not_taken_by_hand_either(world: World) -> None:
    recording = take_in_file(samples.video(), actor=world["officer"])
    told = {"actor": world["officer"], "recording_id": recording.id, "reason": "核对"}
    assert code(state_time, **told, started_at=MORNING, ended_at=MORNING - HOUR) == (
        "recording.span"
    )
    late = recording.stored_at + HOUR
    assert code(state_time, **told, started_at=MORNING, ended_at=late) == "recording.span"
    told["reason"] = ""
    assert code(state_time, **told, started_at=MORNING, ended_at=MORNING) == "reason.missing"


# labels and return


def test_a_recording_tied_to_an_activity_has_the_label_the_case_tells(world: World) -> None:
    activity = street.begin(world)
    recording = street.film(world, activity, 0, 4)
    assert (recording.case_id, recording.handler) == (activity.case_id, world["officer"])
    assert (recording.place, recording.event_kind) == ("示例路1号", "simple_procedure")
    assert recording.labelled_at is not None and recording.party is None
    listed = unlabelled_recordings(world["officer"])
    assert list(listed) == [recording], "without a party the label is not complete"


def test_a_label_names_case_party_and_handler(world: World) -> None:
    activity = street.begin(world)
    recording = take_in_file(samples.video(), actor=world["officer"])
    case = street.case_of(activity.case_id)
    label_recording(
        actor=world["officer"],
        recording_id=recording.id,
        case_id=case.id,
        handler=world["handler"],
        place="示例路2号",
        event_kind="inspection",
    )
    recording.refresh_from_db()
    assert (recording.case, recording.handler) == (case, world["handler"])
    entry = Entry.objects.get(event="recording.labelled")
    assert entry.case_id == case.id


def test_a_lead_number_labels_until_there_is_a_case(world: World) -> None:
    recording = take_in_file(samples.video(), actor=world["officer"])
    label_recording(
        actor=world["officer"],
        recording_id=recording.id,
        lead_number="线索2026-8",
        handler=world["officer"],
    )
    recording.refresh_from_db()
    assert (recording.lead_number, recording.case) == ("线索2026-8", None)


def test_a_label_that_cannot_be_right_is_refused(world: World) -> None:
    activity, other = street.begin(world), street.begin(world)
    recording = street.film(world, activity, 0, 4)
    told = {"actor": world["officer"], "recording_id": recording.id}
    officer = world["officer"]
    assert code(label_recording, **told, handler=officer) == "label.incomplete"
    assert code(label_recording, **told, handler=officer, case_id=other.case_id) == (
        "label.other_case"
    )
    assert code(label_recording, **told, handler=world["legal"], case_id=activity.case_id) == (
        "label.handler"
    )
    assert (
        code(
            label_recording, **told, handler=officer, case_id=activity.case_id, party_id=activity.id
        )
        == "label.party"
    )


def test_the_return_is_unknown_until_somebody_states_it(world: World) -> None:
    activity = street.begin(world)
    recording = street.film(world, activity, 0, 4)
    assert recording.returned_at is None
    assert list(unreturned_recordings(world["officer"])) == [recording]
    back = activity.started_at + HOUR
    with clock.frozen(back + HOUR):
        state_return(actor=world["officer"], recording_ids=[recording.id], returned_at=back)
    assert [one.returned_at for one in hand_in_times(world["officer"])] == [back]


def test_a_return_before_the_recording_ended_or_in_the_future_is_refused(world: World) -> None:
    activity = street.begin(world)
    recording = street.film(world, activity, 0, 4)
    told = {"actor": world["officer"], "recording_ids": [recording.id]}
    assert recording.ended_at is not None
    with clock.frozen(recording.ended_at + HOUR) as stopped:
        late, early = stopped.instant + HOUR, recording.ended_at - dt.timedelta(microseconds=1)
        assert code(state_return, **told, returned_at=late) == "return.in_future"
        assert code(state_return, **told, returned_at=early) == "return.before_recording"
        state_return(
            actor=world["officer"],
            recording_ids=[recording.id],
            returned_at=recording.ended_at,
        )


def test_a_return_stated_at_the_upload_that_cannot_be_true_stays_unknown(world: World) -> None:
    activity = street.begin(world)
    recording = street.film(world, activity, 0, 4, returned_at=activity.started_at - HOUR)
    assert recording.returned_at is None


# what is seen


def test_a_recording_without_a_case_is_seen_by_its_maker_and_those_above(world: World) -> None:
    recording = take_in_file(samples.video(), actor=world["officer"])
    seeing = {
        name
        for name, person in world.people.items()
        if visible_recordings(person).filter(id=recording.id).exists()
    }
    assert seeing == {"officer", "unit_head", "deputy", "head", "records", "supervisor"}


def test_the_recordings_of_a_case_take_three_queries_however_many(
    world: World, django_queries: Callable[[], int]
) -> None:
    activity = street.begin(world)
    counts = []
    for start in (0, 4):
        street.film(world, activity, start, start + 4)
        before = django_queries()
        recordings_of_case(world["officer"], street.case_of(activity.case_id))
        counts.append(django_queries() - before)
    assert counts[0] == counts[1]


def test_a_case_tells_how_much_of_each_activity_is_covered(world: World) -> None:
    activity = street.begin(world)
    street.film(world, activity, 0, 4)
    listed = recordings_of_case(world["officer"], street.case_of(activity.case_id))
    assert listed.activities[0].percent is None, "it still goes on"
    street.end(world, activity, 9)
    listed = recordings_of_case(world["officer"], street.case_of(activity.case_id))
    assert listed.activities[0].percent == 44
    assert [len(listed.activities[0].bars), len(listed.activities[0].gaps)] == [1, 1]


def test_every_entry_of_a_recording_carries_its_digest(world: World) -> None:
    recording = take_in_file(samples.video(), actor=world["officer"])
    entry = Entry.objects.get(event="recording.taken_in")
    told = json.loads(bytes(entry.body))["data"]
    assert told["sha256"] == recording.original_id
    assert told["size"] == samples.video().stat().st_size
