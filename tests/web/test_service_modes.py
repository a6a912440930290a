"""Service by fax, electronically, through others, by announcement: each complete and defective.

In person, left at the residence and by post have pages of tests of their own.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liuhen.actions.paper_corrections import withdraw_paper
from liuhen.actions.paper_drafts import revise_paper
from liuhen.actions.papers import issue_paper, sign_paper
from liuhen.actions.parties import record_party_death
from liuhen.cases.models import Activity
from liuhen.compliance.facts import facts_of_case
from liuhen.compliance.queries import findings_of_case
from liuhen.demo.footage import photograph
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Material, Paper, Service
from liuhen.documents.ordinary_facts import first_service
from liuhen.kernel import clock
from liuhen.ledger.models import Entry
from tests.web.conftest import words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]
STROKES = {"own_strokes": json.dumps(ink(4))}
FAX, MAIL = "010-00000003", "cao@example.test"


def decision(case: Ordinary) -> Paper:
    return Paper.objects.get(case=case.case, type="penalty_decision")


def page(case: Ordinary) -> str:
    return words(case.browser("handler").get(reverse("case_service", args=[case.case.id])))


def picture(name: str = "jieping.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"\x89PNG picture of " + name.encode())


def minute(at: dt.datetime) -> str:
    return f"{clock.local(at):%Y-%m-%dT%H:%M}"


def begin(case: Ordinary, way: str, mode: str, paper: Paper | None = None) -> str:
    """Set out; the address of the page on which it goes on."""
    data = {
        "papers": [str((paper or decision(case)).id)],
        "mode": mode,
        "place": "虚构市示例区办公地点",
        "officers": [str(case.world[who].id) for who in ("handler", "officer")],
    }
    address = f"{reverse('service_begin', args=[case.case.id])}?way={way}"
    told = case.browser("handler").post(address, data)
    assert told.status_code == 302, words(told)
    case.clock.move(minutes=1)
    return told.headers["Location"]


def post(case: Ordinary, page: str, /, **data: Any) -> Any:
    return case.browser("handler").post(page, data)


def lacking(case: Ordinary, service: Service, *clauses: str) -> list[str]:
    """What the law finds wanting of a service under these articles."""
    return [
        one.reason
        for one in findings_of_case(case.case)
        if one.subject_id == str(service.id)
        and one.lamp != "green"
        and any(clause in one.clause for clause in clauses)
    ]


def consented(case: Ordinary, **given: Any) -> Paper:
    """The party's confirmation, drawn up from the page, signed and issued."""
    told = post(case, reverse("service_consent", args=[case.case.id]))
    assert told.status_code == 302, words(told)
    paper = Paper.objects.filter(type="electronic_service_consent").latest("drawn_up_at")
    fields = {
        "way": ["fax"],
        "address": FAX,
        "receiver": "曹样例",
        "statement": "同意以上列方式送达，地址准确。",
        "confirmed_on": clock.local_date(case.clock()).isoformat(),
        **given,
    }
    by: dict[str, Any] = {"actor": case.world["handler"], "paper_id": paper.id}
    revise_paper(**by, version=paper.version, fields=fields)
    sign_paper(**by, role="party", name="曹样例", strokes=ink(3))
    issue_paper(**by)
    return paper


def sent(case: Ordinary, mode: str, consent: Paper, way: str) -> Activity:
    """Papers sent to the confirmed address, not arrived yet."""
    told = post(case, begin(case, "remote", mode), address=f"{consent.id}:{way}")
    assert told.status_code == 302, words(told)
    return Activity.objects.filter(kind__startswith="service_").latest("started_at")


def arrived(case: Ordinary, activity: Activity, **given: Any) -> Any:
    data = {"arrived_at": minute(case.clock()), "receiver": "曹样例", **STROKES, **given}
    return post(case, reverse("service_arrival", args=[activity.id]), **data)


def is_told(case: Ordinary, *events: str) -> None:
    """Each of these acts stands in the ledger once."""
    for event in events:
        assert Entry.objects.filter(event=event, case_id=case.case.id).count() == 1, event


# -- fax ---------------------------------------------------------------------------------------


def test_a_fax_serves_on_the_day_of_its_arrival_and_its_record_is_complete(at: At) -> None:
    case = at("decided")
    activity = sent(case, "by_fax", consented(case), "fax")
    shown = page(case)
    assert "等待到达" in shown
    assert not Service.objects.filter(paper=decision(case)).exists()
    photograph(case.world, activity, officer="handler", returned_at=case.clock())
    case.clock.move(minutes=5)
    notes = ["time_noted", "number_noted", "receiver_noted"]
    told = arrived(case, activity, notes=notes, proof=picture("baogao.jpg"))
    assert told.status_code == 302, words(told)
    served = Service.objects.get(paper=decision(case))
    assert (served.mode, served.place, served.recipient) == ("by_fax", FAX, "曹样例")
    assert served.receipt is not None
    assert served.receipt.state == Paper.State.ISSUED
    assert served.receipt.original is not None
    assert lacking(case, served, "32", "90", "8.1") == []
    shown = page(case)
    assert "等待到达" not in shown
    assert "没有等待送达的文书" in shown
    is_told(case, "service.sent", "service.arrival_recorded")


def test_a_fax_with_nothing_noted_and_no_report_serves_and_lacks_each_by_name(at: At) -> None:
    case = at("decided")
    activity = sent(case, "by_fax", consented(case), "fax")
    assert arrived(case, activity, notes=["time_noted"]).status_code == 302
    served = Service.objects.get(paper=decision(case))
    (noted,) = lacking(case, served, "32")
    assert "缺少：传真号码、接收人。" in noted
    (proven,) = lacking(case, served, "90")
    assert "缺少：到达的证明。" in proven
    shown = page(case)
    assert "补存传真发送报告" in shown
    address = reverse("service_proof", args=[served.id])
    sent_in = {"proof": "arrival_shown", "content": picture()}
    assert post(case, address, **sent_in).status_code == 302
    served = Service.objects.get(paper=decision(case))
    assert lacking(case, served, "90") == []
    assert Material.objects.get(subject_id=served.receipt_id).name == "传真发送报告"


# -- electronic --------------------------------------------------------------------------------


def test_an_electronic_service_rests_on_consent_and_a_picture_of_its_arrival(at: At) -> None:
    case = at("decided")
    activity = sent(case, "electronic", consented(case, way=["email"], address=MAIL), "email")
    case.clock.move(minutes=3)
    assert arrived(case, activity, proof=picture()).status_code == 302
    served = Service.objects.get(paper=decision(case))
    assert lacking(case, served, "90", "8.1") == []  # the picture is its recording
    fact = next(
        one for one in facts_of_case(case.case.id).services or () if one.key == str(served.id)
    )
    assert fact.effective_on == clock.local_date(case.clock())


def test_an_electronic_service_without_proof_of_arrival_serves_and_lacks_it(at: At) -> None:
    case = at("decided")
    activity = sent(case, "electronic", consented(case, way=["email"], address=MAIL), "email")
    case.clock.move(minutes=3)
    assert arrived(case, activity).status_code == 302
    served = Service.objects.get(paper=decision(case))
    assert served.received_at is not None, "the day of arrival stands all the same"
    assert "缺少：到达的证明。" in "".join(lacking(case, served, "90"))
    assert "补存" in page(case)


def test_without_consent_nothing_is_sent_and_a_wrong_address_is_told(at: At) -> None:
    case = at("decided")
    address = begin(case, "remote", "electronic")
    told = post(case, address)
    assert told.status_code == 400
    assert "电子送达确认书" in words(told)
    wrong = consented(case, way=["email"], address="不是邮箱")
    told = post(case, address, address=f"{wrong.id}:email")
    assert told.status_code == 400
    assert "不像所选方式的地址" in words(told)
    told = post(case, address, address=f"{wrong.id}:fax")  # not a way that was agreed to
    assert told.status_code == 400
    failed = reverse("service_failed", args=[Activity.objects.get(kind="service_electronic").id])
    assert post(case, failed, reason="").status_code == 400
    assert post(case, failed, reason="受送达人未确认有效的地址").status_code == 302
    shown = page(case)
    assert "没有送成的经过" in shown
    assert "受送达人未确认有效的地址" in shown
    assert not Service.objects.filter(paper=decision(case)).exists()


def test_what_did_not_arrive_serves_nothing_and_is_answered_once(at: At) -> None:
    case = at("decided")
    activity = sent(case, "electronic", consented(case, way=["email"], address=MAIL), "email")
    failed = reverse("service_failed", args=[activity.id])
    assert post(case, failed, reason="系统提示退信").status_code == 302
    is_told(case, "service.failed")
    assert not Service.objects.filter(paper=decision(case)).exists()
    again = arrived(case, activity)
    assert again.status_code == 409
    assert "等待到达" not in page(case)
    assert case.browser("officer2").get(failed).status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"arrived_at": "2026-01-01T08:00"}, "早于发送"),
        ({"arrived_at": "2036-01-01T08:00"}, "晚于现在"),
        ({"receiver": ""}, "接收人"),
        ({"own_strokes": ""}, "签"),
    ],
)
def test_an_arrival_that_can_not_be_is_refused(at: At, given: dict[str, str], said: str) -> None:
    case = at("decided")
    activity = sent(case, "by_fax", consented(case), "fax")
    told = arrived(case, activity, **given)
    assert told.status_code == 400
    assert said in words(told)
    assert not Service.objects.filter(paper=decision(case)).exists()


# -- through others ----------------------------------------------------------------------------

PRISON = "虚构市示例监狱"


def handed_over(case: Ordinary, ground: str = "prisoner", body: str = PRISON) -> Paper:
    address = begin(case, "through", "entrusted")
    given = {"ground": ground, "body": body, "reason": "受送达人正在服刑。", "place": body}
    assert post(case, address, **{**given, "body": ""}).status_code == 400
    told = post(case, address, **given)
    assert told.status_code == 302, words(told)
    return Paper.objects.get(type="service_entrustment_letter")


def came_back(case: Ordinary, letter: Paper, **given: Any) -> Any:
    data = {
        "result": "received",
        "happened_at": minute(case.clock()),
        "receiver": "曹样例",
        "content": picture("huizheng.jpg"),
        **given,
    }
    return post(case, reverse("service_through_result", args=[letter.id]), **data)


@pytest.mark.parametrize(("ground", "mode"), [("prisoner", "forwarded"), ("distant", "entrusted")])
def test_papers_that_go_through_others_serve_on_the_day_of_the_receipt(
    at: At, ground: str, mode: str
) -> None:
    case = at("decided")
    letter = handed_over(case, ground)
    assert letter.number is not None
    assert "等待回证" in page(case)
    activity = Activity.objects.get(kind="service_entrusted")
    photograph(case.world, activity, officer="handler", returned_at=case.clock())
    case.clock.move(days=4)
    received = case.clock()
    case.clock.move(days=2)
    both = {"is_signed_by_recipient": "on", "is_signed_by_server": "on"}
    told = came_back(case, letter, happened_at=minute(received), **both)
    assert told.status_code == 302, words(told)
    served = Service.objects.get(paper=decision(case))
    assert served.mode == mode
    assert served.received_at == received.replace(second=0, microsecond=0)
    assert lacking(case, served, "31", "8.1") == []
    assert "等待回证" not in page(case)
    is_told(case, "service.entrusted", "service.entrusted_answered")


@pytest.mark.parametrize(("ground", "mode"), [("prisoner", "forwarded"), ("distant", "entrusted")])
def test_a_receipt_nobody_there_signed_serves_and_lacks_the_signatures(
    at: At, ground: str, mode: str
) -> None:
    case = at("decided")
    letter = handed_over(case, ground)
    case.clock.move(days=3)
    assert came_back(case, letter).status_code == 302
    served = Service.objects.get(paper=decision(case))
    assert served.mode == mode
    (found,) = lacking(case, served, "31")
    assert "缺少：送达人签名、受送达人签名。" in found
    assert "3月" in page(case)  # the day stands all the same
    assert came_back(case, letter).status_code == 409


def test_papers_sent_back_by_others_serve_nothing_and_are_an_attempt(at: At) -> None:
    case = at("decided")
    letter = handed_over(case)
    case.clock.move(days=3)
    assert came_back(case, letter, result="returned").status_code == 400
    assert came_back(case, letter, happened_at="2026-01-01T08:00").status_code == 400
    assert came_back(case, letter, result="returned", reason="已经转监").status_code == 302
    assert not Service.objects.filter(paper=decision(case)).exists()
    assert "已经转监" in page(case)


# -- announcement ------------------------------------------------------------------------------

WEB = "https://www.example.test/gonggao/2026/12.html"


def announce(case: Ordinary, **given: Any) -> Any:
    data = {
        "paper_id": str(decision(case).id),
        "ground": "missing",
        "course": "到住所查找，邻居称已搬走；电话停机",
        "content": "对你（单位）罚款人民币五百元。",
        "medium": "本机关网站",
        **given,
    }
    return post(case, reverse("service_announce", args=[case.case.id]), **data)


def announced(case: Ordinary, **given: Any) -> Paper:
    """The notice, issued."""
    told = announce(case, **given)
    assert told.status_code == 302, words(told)
    notice = Paper.objects.get(type="service_announcement")
    issue_paper(actor=case.world["handler"], paper_id=notice.id)
    notice.refresh_from_db()
    case.clock.move(minutes=10)
    return notice


def publish(case: Ordinary, notice: Paper, medium: str = "on_web", **given: Any) -> Any:
    address = begin(case, "public", "by_announcement", notice)
    data = {"medium": medium, "where": WEB, "published_at": minute(case.clock()), **given}
    return post(case, address, **data)


def test_a_web_announcement_takes_effect_when_its_thirty_days_are_full(at: At) -> None:
    case = at("decided")
    notice = announced(case)
    assert notice.number is not None
    assert "下落不明（到住所查找" in notice.data["reason"]
    assert "等待发布" in page(case)
    captured = case.clock() + dt.timedelta(minutes=1)
    case_at = clock.local_date(case.clock())
    told = publish(
        case,
        notice,
        published_at=minute(case.clock()),
        screenshot=picture(),
        printed=picture("dayin.pdf"),
        captured_at=captured.isoformat(),
    )
    assert told.status_code == 302, words(told)
    served = Service.objects.get(paper=decision(case))
    assert served.is_awaited
    assert clock.local_date(served.received_at or case.clock()) == case_at + dt.timedelta(days=30)
    assert lacking(case, served, "33", "8.1") == []
    kept = Material.objects.get(subject_id=notice.id, name="网页截屏")
    assert WEB in kept.summary
    assert "本系统页面于" in kept.summary
    assert "公告中" in page(case)
    is_told(case, "service.announcement_drawn", "service.announced")
    assert first_service(case.case, "penalty_decision") is None  # no period runs from it yet
    assert "公告中，尚未送达" in words(
        case.browser("handler").get(reverse("case_decision", args=[case.case.id]))
    )
    assert served.received_at is not None
    case.clock.set(served.received_at - dt.timedelta(seconds=1))
    assert first_service(case.case, "penalty_decision") is None
    case.clock.move(seconds=1)
    assert first_service(case.case, "penalty_decision") == served
    assert "公告期满" in page(case)


def test_an_announcement_without_its_proofs_names_each_and_takes_effect_all_the_same(
    at: At,
) -> None:
    case = at("decided")
    notice = announced(case)
    assert publish(case, notice).status_code == 302
    served = Service.objects.get(paper=decision(case))
    (found,) = lacking(case, served, "33")
    shown = page(case)
    assert "补存网页截屏" in shown
    assert "补存网页打印件" in shown
    day = served.received_at
    for proof in ("screenshot", "printed"):
        address = reverse("service_proof", args=[served.id])
        assert post(case, address, proof=proof, content=picture()).status_code == 302
    served.refresh_from_db()
    assert served.received_at == day
    assert lacking(case, served, "33") == []
    second = publish(case, notice, "in_newspaper", where="虚构市日报第8版")
    assert second.status_code == 302, words(second)
    served.refresh_from_db()
    assert served.received_at == day  # the earliest publication counts
    (found,) = lacking(case, served, "33")
    assert found
    again = publish(case, notice, "in_newspaper", where="虚构市日报第9版")
    assert again.status_code == 409


def test_a_posted_notice_is_proven_by_the_recording_of_its_posting(at: At) -> None:
    case = at("decided")
    form = words(case.browser("handler").get(reverse("service_announce", args=[case.case.id])))
    assert decision(case).data["content"] in form, "nobody types it again"
    begun = f"{reverse('service_begin', args=[case.case.id])}?way=remote"
    assert case.case.unit.profile["address"] in words(case.browser("handler").get(begun))
    notice = announced(case)
    assert publish(case, notice, "posted", where="住所门前").status_code == 302
    served = Service.objects.get(paper=decision(case))
    assert lacking(case, served, "33") != []
    activity = Activity.objects.get(kind="service_by_announcement")
    photograph(case.world, activity, officer="handler", returned_at=case.clock())
    assert lacking(case, served, "33", "8.1") == []


def test_nothing_is_announced_before_other_ways_were_tried(at: At) -> None:
    case = at("decided")
    told = announce(case, ground="failed")
    assert told.status_code == 409
    assert "没有登记过未送成的送达" in words(told)
    begin(case, "remote", "by_fax")
    tried = Activity.objects.get(kind="service_by_fax")
    failed = reverse("service_failed", args=[tried.id])
    assert post(case, failed, reason="没有确认的传真号码").status_code == 302
    notice = announced(case, ground="failed", is_abroad="on")
    assert notice.data["days"] == 60
    assert "传真送达，没有确认的传真号码" in notice.data["reason"]
    assert announce(case, ground="failed").status_code == 409  # it has one already


def test_a_publication_that_can_not_be_is_refused(at: At) -> None:
    case = at("decided")
    assert announce(case, course="").status_code == 400
    notice = announced(case)
    address = begin(case, "public", "by_announcement", notice)
    when = {"published_at": minute(case.clock())}
    for given, said in (
        ({"medium": "on_web", "where": "本机关网站", **when}, "不是完整的网址"),
        ({"medium": "on_web", "where": WEB, "published_at": "2026-01-01T08:00"}, "早于公告签发"),
        ({"medium": "on_web", "where": WEB, "published_at": "2036-01-01T08:00"}, "晚于现在"),
        ({"medium": "posted", "where": "", **when}, "张贴的地点"),
        ({"where": WEB, **when}, "载体"),
    ):
        told = post(case, address, **given)
        assert told.status_code == 400, said
        assert said in words(told)
    assert not Service.objects.filter(receipt=notice).exists()


def test_a_series_begins_anew_with_the_authoritys_year_and_keeps_a_withdrawn_number(
    at: At,
) -> None:
    case = at("decided")
    case.clock.set(dt.datetime(2026, 12, 31, 15, 50, tzinfo=dt.UTC))  # ten to midnight there
    last = announced(case)
    assert last.number is not None
    assert last.number.endswith("〔2026〕第1号")
    withdraw_paper(actor=case.world["unit_head"], paper_id=last.id, reason="公告内容有误")
    assert announce(case).status_code == 302
    anew = Paper.objects.exclude(id=last.id).get(type="service_announcement")
    issue_paper(actor=case.world["handler"], paper_id=anew.id)
    anew.refresh_from_db()
    last.refresh_from_db()
    assert anew.number is not None
    assert anew.number.endswith("〔2027〕第1号")
    assert (last.state, last.number.endswith("〔2026〕第1号")) == (Paper.State.VOID, True)


def test_who_comes_while_the_announcement_runs_is_served_that_day(at: At) -> None:
    case = at("decided")
    notice = announced(case)
    assert publish(case, notice).status_code == 302
    case.clock.move(days=5)
    case.story.serve("penalty_decision")
    first = first_service(case.case, "penalty_decision")
    assert first is not None
    assert first.mode == "in_person"
    assert page(case).count("此前已经送达，期限从较早的一次起算") == 1


def test_nobody_dead_is_served_by_any_of_these_ways(at: At) -> None:
    case = at("decided")
    letter = handed_over(case)
    case.clock.move(days=3)
    record_party_death(
        actor=case.world["handler"],
        party_id=case.case.parties.get().id,
        died_on=clock.local_date(case.clock()),
        proof="登记机关注销登记通知书",
    )
    assert came_back(case, letter).status_code == 409
    assert announce(case).status_code == 409


def test_the_page_takes_as_many_queries_for_two_announcements_as_for_one(at: At) -> None:
    case = at("decided")
    notice = announced(case)
    client, address = case.browser("handler"), reverse("case_service", args=[case.case.id])
    assert publish(case, notice).status_code == 302
    before = queries(client, address)
    assert publish(case, notice, "in_newspaper", where="虚构市日报第8版").status_code == 302
    assert queries(client, address) <= before + 1 < 60
