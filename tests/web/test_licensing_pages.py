"""The pages of licences: the counter, the supplement. Clicked to the archive by
`tests/story/test_other_kinds.py`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from liuhen.actions.paper_drafts import revise_paper
from liuhen.actions.papers import issue_paper, sign_paper
from liuhen.actions.parties import add_party
from liuhen.actions.service_sent import record_arrival, send_papers
from liuhen.cases.models import Case
from liuhen.demo.licensing_case import MATTER, LicensingCase
from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from liuhen.documents.signers import expected_signers
from liuhen.kernel import clock
from tests.actions.ordinary import refusal
from tests.web.conftest import Browser, words
from tests.web.walking import INK, Walk
from tests.world import MORNING

RIGHT = "licence_hearing_right_notice"
# Who confirms an address, and their part in the case.
NAMED = {"王邻居": "interested", "曹样例": "party"}


@pytest.fixture
def walk(world: World, browser: Browser) -> Iterator[Walk]:
    with clock.frozen(MORNING) as stopped:
        yield Walk(world, browser, stopped)


def applied(walk: Walk, **changes: Any) -> dict[str, Any]:
    return {
        "purpose": "new",
        "matter": MATTER,
        "form": "written",
        "content": "申请处置建筑垃圾约三千立方米。",
        "materials": "处置申请表，2，原件\n运输合同，1",
        "party_kind": "organisation",
        "party_name": "虚构市样例装饰有限公司",
        "identity_kind": "credit_code",
        "identity_number": "91120101MA00000009",
        "representative": "曹样例",
        "address": "虚构市示例区样板路90号",
        "place": "政务服务窗口",
        "second": str(walk.world["officer"].id),
        "applicant": "曹样例",
        "applicant_strokes": INK,
        "registrar_strokes": INK,
        **changes,
    }


def received(walk: Walk) -> None:
    walk.post("application_receive", **applied(walk))
    walk.case = Case.objects.get(kind="licensing")


def test_a_supplement_is_told_whole_and_taken_in_line_by_line(walk: Walk) -> None:
    assert reverse("application_receive") in words(walk.browser("handler").get("/"))
    received(walk)
    page = walk.get("case_licensing", walk.case.id)
    assert "运输合同" in page and "窗口受理中" in page
    notice = walk.draw("case_licensing", "supplement_notice")
    missing = {"missing.0.name": "消纳场所证明", "missing.0.problem": "未提交"}
    assert "需要补正的全部内容" in walk.refused("paper_act", notice.id, "issue")
    walk.type(notice, ["missing"], **missing)
    walk.issue(notice)
    walk.clock.move(days=1)
    assert "补正的材料" in walk.get("case_licensing", walk.case.id)
    wrong = walk.refused("licence_supplement", walk.case.id, materials="消纳场所证明")
    assert "第1行要有材料名称和份数" in wrong


def test_what_is_wrong_with_an_application_is_told_and_nothing_is_lost(walk: Walk) -> None:
    page = walk.refused("application_receive", **applied(walk, materials="合同，两份"))
    assert "第1行要有材料名称和份数" in page and "申请处置建筑垃圾约三千立方米" in page
    page = walk.refused("application_receive", **applied(walk, applicant_strokes=""))
    assert "没有看到签名笔迹" in page
    page = walk.refused(
        "application_receive", **applied(walk, identity_number="91120101MA00000001")
    )
    assert "91120101MA00000001" in page
    page = walk.refused("application_receive", **applied(walk, purpose="prolong"))
    assert "没有编号为" in page
    assert not Case.objects.exists()


def test_who_is_concerned_is_told_by_a_notice_of_their_own_or_otherwise(
    walk: Walk,
) -> None:
    licence = LicensingCase(walk.world, walk.clock)
    licence.receive()
    licence.accept()
    licence.leave_counter()
    proposed = {"touches_others": True, "is_hearing_public": True}
    licence.propose(**proposed)
    walk.case = licence.case
    page = walk.get("case_licensing", walk.case.id)
    assert "告知书还没有送达" in page and "登记利害关系人" in page and "还没有登记公告" in page
    neighbour, other = (
        add_party(
            **licence.by,
            given={"kind": "person", "role": "interested", "name": name, "address": "样板路92号"},
        )
        for name in ("王邻居", "李邻居")
    )
    licence.issue(licence.draw(RIGHT, interest="路线经过邻居门前。"))
    assert "还没有告知" in walk.get("case_licensing", walk.case.id)
    drawn = {"type": RIGHT, "addressee": str(neighbour.id)}
    walk.post("case_licensing", walk.case.id, **drawn)
    notice = walk.case.papers.get(type=RIGHT, subject_id=neighbour.id)
    assert notice.data["party"]["name"] == "王邻居"
    walk.type(notice, ["interest"], interest="路线经过邻居门前。")
    walk.issue(notice)
    serve = f"{reverse('service_begin', args=[walk.case.id])}?paper={notice.id}"
    assert serve in walk.get("case_licensing", walk.case.id)
    begin = words(walk.browser("handler").get(serve))
    assert "写给利害关系人王邻居" in begin and "样板路92号" in begin
    both = [str(notice.id), str(walk.case.papers.get(type=RIGHT, subject_id=None).id)]
    place = {"mode": "in_person", "place": "样板路92号", "is_certificate_shown": "on"}
    officers = [str(walk.world[one].id) for one in ("handler", "officer")]
    mixed: dict[str, Any] = {"papers": both, "officers": officers, **place}
    assert "请分别送达" in walk.refused("service_begin", walk.case.id, **mixed)
    licence.papers[RIGHT] = notice
    walk.clock.move(minutes=5)
    licence.serve(RIGHT, to=neighbour)
    assert "送达利害关系人王邻居" in walk.get("case_service", walk.case.id)
    told = {"party_id": str(other.id), "way": ""}
    assert "怎样告知" in walk.refused("licence_hearing_tell", walk.case.id, **told)
    walk.post("licence_hearing_tell", walk.case.id, **{**told, "way": "当面交付告知书"})
    assert "当面交付告知书" in walk.get("case_licensing", walk.case.id)


def test_a_hearing_of_a_licence_is_arranged_called_and_opened_on_the_pages_of_a_penaltys(
    walk: Walk,
) -> None:
    licence = LicensingCase(walk.world, walk.clock)
    licence.receive()
    licence.accept()
    licence.leave_counter()
    licence.propose(is_hearing_public=True, is_complex=True)
    walk.case = licence.case
    page = walk.get("case_hearing", walk.case.id)
    assert "审查人员以外的人员主持" in page and "行政处罚" not in page
    walk.post("case_discussion", walk.case.id, place="第一会议室")
    talk = walk.case.activities.get(kind="collective_discussion")
    assert "拟作决定：处置建筑垃圾" in walk.get("discussion", talk.id)
    held_at = clock.local(walk.clock() + timedelta(days=12))
    plan = {
        "held_at": f"{held_at:%Y-%m-%dT%H:%M}",
        "place": "第二会议室",
        "chair": str(walk.world["officer"].id),
        "clerk": "吴书记",
        "is_public": "yes",
    }
    assert "不能是审查本件申请的人员" in walk.refused("hearing_arrange", walk.case.id, **plan)
    walk.post("hearing_arrange", walk.case.id, **plan | {"chair": str(walk.world["legal"].id)})
    notice = walk.case.papers.get(type="licence_hearing_notice")
    licence.papers[notice.type] = licence.issue(notice)
    walk.clock.move(minutes=5)
    licence.serve(notice.type)
    walk.post("licence_hearing_announce", walk.case.id, where="虚构市人民政府网站", address="")
    page = walk.get("case_licensing", walk.case.id)
    assert "虚构市人民政府网站" in page
    assert reverse("licence_hearing_announce", args=[walk.case.id]) not in page
    walk.clock.set(clock.parse_iso(licence.case.facts["hearing"]["held_at"]))
    there: dict[str, Any] = {"investigators": [str(walk.world["handler"].id)]}
    walk.post("hearing_open", walk.case.id, by="legal", **there)
    activity = walk.case.activities.get(kind="hearing")
    page = words(walk.browser("legal").get(reverse("hearing", args=[activity.id])))
    assert "审查人员提出的审查意见" in page and "到场的利害关系人" in page


def test_the_counter_is_closed_to_whoever_receives_nothing(walk: Walk) -> None:
    walk.refused("application_receive", by="legal", **applied(walk))
    received(walk)
    answer = walk.browser("officer2").get(reverse("case_licensing", args=[walk.case.id]))
    assert answer.status_code == 404


def test_an_interested_person_confirms_an_address_of_their_own_and_nobody_elses_serves(
    walk: Walk,
) -> None:
    licence = LicensingCase(walk.world, walk.clock)
    licence.receive()
    licence.accept()
    licence.leave_counter()
    licence.propose(touches_others=True)
    walk.case, handler = licence.case, walk.world["handler"]
    given = {"kind": "person", "role": "interested", "name": "王邻居", "address": "样板路92号"}
    neighbour = add_party(**licence.by, given=given)
    drawn = licence.draw(RIGHT, addressee_id=neighbour.id, interest="路线经过邻居门前。")
    notice = licence.issue(drawn)
    assert "制作王邻居的确认书" in walk.get("case_service", walk.case.id)
    consents = {who: consented(walk, who, person) for who, person in NAMED.items()}
    assert consents["王邻居"].data["party"]["name"] == "王邻居"
    assert "王邻居：电子邮件" in walk.get("case_service", walk.case.id)
    walk.refused("service_consent", walk.case.id, addressee="x")
    sending = licence.begin("service_electronic", is_on_site=False, place="发送")
    walk.clock.move(minutes=1)
    by: dict[str, Any] = {"actor": handler, "activity_id": sending.id}
    to: dict[str, Any] = {"paper_ids": [notice.id], "way": "email"}
    other = refusal(send_papers, **by, **to, consent_id=consents["曹样例"].id)
    assert other.code == "service.no_consent"
    send_papers(**by, **to, consent_id=consents["王邻居"].id)
    walk.clock.move(minutes=5)
    (service,) = record_arrival(
        **by, arrived_at=walk.clock(), receiver="王邻居", strokes=ink(3), proof=b"%PDF-1.4 arrived"
    )
    assert service.party == neighbour
    assert service.receipt is not None and service.receipt.data["recipient"] == "王邻居"


def consented(walk: Walk, who: str, role: str) -> Paper:
    """The confirmation of an address, drawn up from the page, signed by whose it is, issued."""
    other = walk.case.parties.filter(role=role).exclude(role="party").first()
    walk.post("service_consent", walk.case.id, **({"addressee": str(other.id)} if other else {}))
    paper = walk.draft("electronic_service_consent")
    assert paper.subject_id == (other.id if other else None)
    (signer,) = expected_signers(paper)
    assert signer.name == who
    fields = {
        "way": ["email"],
        "address": "someone@example.invalid",
        "receiver": who,
        "statement": "同意以电子邮件送达，地址准确。",
        "confirmed_on": clock.local_date(walk.clock()).isoformat(),
    }
    by: dict[str, Any] = {"actor": walk.world["handler"], "paper_id": paper.id}
    revise_paper(**by, version=paper.version, fields=fields)
    sign_paper(**by, role="party", name=who, strokes=ink(3))
    return issue_paper(**by)
