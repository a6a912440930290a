"""The trust page shows witnesses and replicas as lamps and gives the disc's verifier."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse

from liuhen.actions.log_keys import rotate_log_key
from liuhen.actions.replicas import take_report
from liuhen.demo.people import World
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.ledger import trust
from liuhen.ledger.attesting import AHEAD, ANSWER, AWAY, REFUSED
from liuhen.ledger.models import Attestation, Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.models import Recording
from liuhen.tlog.cosignatures import Cosigner
from liuhen.vault.models import Replica, Scrub
from tests.web.conftest import Browser, Street, words


@pytest.fixture(autouse=True)
def clean_home(world: World) -> Iterator[None]:
    yield
    settings.HOME.policy_path.unlink(missing_ok=True)
    for name in settings.HOME.log_key_names():
        if name != "log.pem":
            (settings.HOME.secrets.folder / name).unlink()


def test_the_verifier_is_given_as_a_file_with_the_digest_the_page_tells(browser: Browser) -> None:
    client = browser("officer")
    page = words(client.get(reverse("trust")))
    answer = client.get(reverse("trust_verifier"))
    assert hashlib.sha256(answer.content).hexdigest() in page
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_replica_that_agrees_is_green_and_one_that_differs_is_red(
    world: World, browser: Browser
) -> None:
    report = {"size": 40, "originals": 2, "missing": 0, "differences": []}
    take_report(world.system, "beta", report)
    page = words(browser("officer").get(reverse("trust")))
    assert "副本 beta" in page and "一致" in page and "没有做过" in page
    difference = {"code": "log.forked", "record": "x", "what": "分叉"}
    take_report(world.system, "beta", {**report, "differences": [difference]})
    assert "有差异" in words(browser("officer").get(reverse("trust")))


def test_a_witness_that_never_signed_is_unknown(world: World, browser: Browser) -> None:
    trust.add_witness("gamma", Cosigner("w.example", bytes(32)).verifier, "http://127.0.0.1:9")
    page = words(browser("officer").get(reverse("trust")))
    assert "见证方 gamma" in page and "还没有问过" in page


@pytest.mark.parametrize(
    ("trouble", "lamp", "told"),
    [
        (AWAY, "is-yellow", "暂时连不上，没有拒绝"),
        (REFUSED, "is-red", "拒绝见证"),
        (AHEAD, "is-red", "它见过更长的账本"),
        (ANSWER, "is-red", "答复不成立"),
    ],
)
@pytest.mark.parametrize("has_signed", [True, False])
def test_a_witness_that_is_away_is_not_one_that_refuses(
    world: World, browser: Browser, trouble: str, lamp: str, told: str, has_signed: bool
) -> None:
    trust.add_witness("gamma", Cosigner("w.example", bytes(32)).verifier, "http://127.0.0.1:9")
    now = clock.now()
    Attestation.objects.create(
        name="gamma", asked_at=now, answered_at=now if has_signed else None, trouble=trouble
    )
    page = words(browser("officer").get(reverse("trust")))
    line = page[page.index("见证方 gamma") :]
    line = line[: line.index("</li>")]
    assert told in line and lamp in line
    assert ("拒绝见证" in line) is (trouble in (REFUSED, AHEAD))


@pytest.mark.parametrize(
    ("days", "drill", "told"),
    [
        (None, {}, "没有做过"),
        (91, {"differences": 0}, "恢复成功"),
        (93, {"differences": 0}, "该再做一次"),
        (1, {"differences": 2}, "恢复后有差异"),
    ],
)
def test_a_drill_has_its_own_lamp_by_its_age(
    world: World, browser: Browser, days: int | None, drill: dict[str, int], told: str
) -> None:
    now = clock.now()
    Replica.objects.create(
        name="beta",
        reported_at=now,
        size=1,
        originals=1,
        missing=0,
        drilled_at=now - dt.timedelta(days=days) if days is not None else None,
        drill=drill,
    )
    page = words(browser("officer").get(reverse("trust")))
    assert told in page[page.index("恢复演练（beta）") :]


@pytest.mark.parametrize(
    ("counts", "told"),
    [({}, "还没有清点"), ({"1": 3, "2": 9}, "有原件只有一份"), ({"2": 3, "3": 9}, "每份至少两处")],
)
def test_copies_are_told_as_the_scrub_counted_them(
    world: World, browser: Browser, counts: dict[str, int], told: str
) -> None:
    Scrub.objects.create(
        check_name="originals", finished_at=clock.now(), told={"copies": counts} if counts else {}
    )
    page = words(browser("officer").get(reverse("trust")))
    assert told in page and all(f"{n} 份原件各有 {k} 处" in page for k, n in counts.items())


@pytest.mark.parametrize(("days", "told"), [(30, "一致"), (32, "太久没有读完一遍")])
def test_a_scrub_that_came_to_no_end_for_long_is_yellow(
    world: World, browser: Browser, days: int, told: str
) -> None:
    Scrub.objects.create(
        check_name="rows", rounds=4, finished_at=clock.now() - dt.timedelta(days=days)
    )
    page = words(browser("officer").get(reverse("trust")))
    line = page[page.index("数据行") :]
    assert told in line[: line.index("</li>")]


def test_without_an_outside_authority_the_page_says_that_hours_are_claimed(
    world: World, browser: Browser
) -> None:
    page = words(browser("officer").get(reverse("trust")))
    assert "时刻以本机时钟为准" in page and "没有配置" in page


def test_a_record_is_chosen_by_number_name_id_or_digest_and_only_if_one_may_see_it(
    street: Street,
) -> None:
    paper = Paper.objects.filter(case=street.archived, state="issued").exclude(number=None)[0]
    recording = Recording.objects.filter(case=street.archived)[0]
    client = street.browser("officer")
    assert f'<option value="{paper.number}">' in words(client.get(reverse("trust")))
    chosen = (str(paper.number), str(paper.id), str(paper.original_id), str(recording.name))
    for asked in (*chosen, str(recording.original_id).upper()):
        page = words(client.get(reverse("trust"), {"record": f" {asked} "}))
        assert 'data-island="verify"' in page, asked
        hidden = words(street.browser("operator").get(reverse("trust"), {"record": asked}))
        assert 'data-island="verify"' not in hidden and "没有找到" in hidden
    for asked in ("没有这个", "ab" * 32, "x" * 5000):
        answer = client.get(reverse("trust"), {"record": asked})
        assert answer.status_code == 200 and 'data-island="verify"' not in words(answer)
    draft = Paper.objects.filter(original=None)[0]
    assert "还没有固定" in words(client.get(reverse("trust"), {"record": str(draft.id)}))


def test_an_entry_is_still_proved_after_the_key_has_changed(world: World, browser: Browser) -> None:
    sequence_all()
    rotate_log_key(actor=world["operator"], reason="例行更换")
    sequence_all()
    entry = Entry.objects.order_by("recorded_at", "id")[0]
    client = browser("supervisor")
    assert "核验通过" in words(client.get(reverse("entry", args=[entry.id])))
