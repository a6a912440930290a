"""What is refused is told in Chinese on the same page, and nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from liuhen.access.models import StandingApproval
from liuhen.actions.explanations import explain_gap
from liuhen.approvals.models import Approval
from liuhen.compliance.models import Explanation, Finding
from liuhen.demo.simple_case import ink
from liuhen.kernel.ids import new_id
from liuhen.recordings.models import Gap, Recording
from liuhen.web.recordings import ReturnForm
from tests.web.conftest import Street, hand_in, words

Given = Callable[[Street], dict[str, Any]]


def said(street: Street, who: str, address: str, data: dict[str, Any]) -> tuple[int, str]:
    answer = street.browser(who).post(address, data)
    return answer.status_code, words(answer)


def _step(street: Street, step: str) -> str:
    return reverse("simple_step", args=[street.scene(street.running).id, step])


CLOSING = {
    "summary": "占道堆放一案，当场处罚。",
    "reason": "performed",
    "remedy_state": "未申请复议。",
    "handler_opinion": "建议结案。",
}
GRANT = {
    "group": "supervisor",
    "scope": "all_cases",
    "purpose": "年度抽查",
    "until": "2026-03-09",
}


def _start(street: Street) -> dict[str, Any]:
    return {"second_officer": str(street.world["officer2"].id), "place": "演示街口"}


def _approval(street: Street) -> str:
    return reverse("approval", args=[Approval.objects.get(case_id=street.filed).id])


def _on(name: str, case: str = "filed") -> Callable[[Street], str]:
    return lambda street: reverse(name, args=[getattr(street, case)])


# who, address, what is posted, status, what is said, what is kept
REFUSALS: dict[str, tuple[str, Callable[[Street], str], Given, int, str, str]] = {
    "certificate not shown": (
        "officer", lambda _: reverse("simple_start"), _start, 409,
        "尚未向当事人出示执法证件", "演示街口",
    ),
    "nothing typed": (
        "officer", lambda _: reverse("simple_start"), lambda _: {"place": "演示街口"}, 400,
        "有 1 项需要改正后才能提交", "演示街口",
    ),
    "a fine over the limit": (
        "officer", lambda s: _step(s, "decision"),
        lambda _: {"penalty": ["fine"], "fine": "201", "collection": "bank"}, 409,
        "罚款201元超过简易程序的上限200元", 'value="201"',
    ),
    "collected on the spot for no ground": (
        "officer", lambda s: _step(s, "decision"),
        lambda _: {"penalty": ["fine"], "fine": "150", "collection": "on_the_spot"}, 400,
        "当场收缴必须说明法定理由", 'value="150"',
    ),
    "a defence without its words": (
        "officer", lambda s: _step(s, "statement"), lambda _: {"form": "oral", "text": " "}, 400,
        "没有填写当事人陈述申辩的内容", 'value="oral" id="id_form_0" checked',
    ),
    "facts without a name": (
        "officer", lambda s: _step(s, "facts"),
        lambda _: {"party_kind": "person", "facts": "堆放砖块"}, 400, "姓名或者名称", "堆放砖块",
    ),
    "an amount that is none": (
        "officer", lambda s: _step(s, "decision"),
        lambda _: {"penalty": ["fine"], "fine": "五十", "collection": "bank"}, 400,
        "罚款金额", 'value="五十"',
    ),
    "filed twice": (
        "officer", _on("case_filing"), lambda _: {}, 409,
        "同一事项已经报送，正在等待审批", "等待办理",
    ),
    "an answer without an opinion": (
        "unit_head", _approval, lambda _: {"outcome": "approved", "opinion": "  "}, 400,
        "审批意见", 'value="approved" id="id_outcome_0" checked',
    ),
    "one's own request": (
        "officer", _approval, lambda _: {"outcome": "approved", "opinion": "我同意"}, 403,
        "您没有办理这一事项的权限（审批）", "我同意",
    ),
    "closing before it is performed": (
        "officer", _on("case_closing", "running"),
        lambda _: {**CLOSING, "handler_strokes": json.dumps(ink(1))}, 409,
        "还没有登记履行情况，不能结案", "占道堆放一案，当场处罚。",
    ),
    "closing unsigned": (
        "officer", _on("case_closing"), lambda _: CLOSING, 400, "没有看到签名笔迹", "建议结案。",
    ),
    "closing while something can still be made good": (
        "officer", _on("case_closing"),
        lambda _: {**CLOSING, "handler_strokes": json.dumps(ink(1))}, 409,
        "法律现在不允许这一步", "占道堆放一案，当场处罚。",
    ),
    "strokes that are none": (
        "officer", _on("case_closing"), lambda _: {**CLOSING, "handler_strokes": "[[["}, 400,
        "签名笔迹或者图片无法识别", "占道堆放一案，当场处罚。",
    ),
    "paid twice over": (
        "officer", _on("case_performance"), lambda _: {"note": "  "}, 400,
        "履行情况", "虚财票000001",
    ),
    "bound twice": (
        "officer", _on("case_binding", "archived"),
        lambda s: {"checked_by": str(s.world["unit_head"].id)}, 409, "本案已经立卷", "卷内目录",
    ),
    "bound before it is closed": (
        "officer", _on("case_binding"), lambda s: {"checked_by": str(s.world["unit_head"].id)}, 409,
        "本案还没有结案，不能立卷", "还不能立卷",
    ),
    "handed over without a copy kept": (
        "officer", _on("case_hand_over", "archived"), lambda _: {}, 409, "复制件", "待移交",
    ),
    "handed over before it is bound": (
        "officer", _on("case_hand_over"), lambda _: {"is_unit_copy_kept": "on"}, 409,
        "本案还没有立卷", "还没有案卷",
    ),
    "a gap without a cause": (
        "officer", _on("case_gaps"), lambda _: {"explanation": "电池没电"}, 400,
        "中断原因", "电池没电",
    ),
    "an approval that ends in the past": (
        "deputy", lambda _: reverse("viewing_approvals"), lambda _: GRANT, 400,
        "批准的失效时间必须晚于生效时间和现在", "年度抽查",
    ),
    "passwords that differ": (
        "officer", lambda _: reverse("account_change_password"),
        lambda _: {"old": "liuhen-demo", "new": "xin-mima-2026", "again": "xin-mima-2027"}, 400,
        "两次输入的新密码不一致", "修改密码",
    ),
    "a wrong old password": (
        "officer", lambda _: reverse("account_change_password"),
        lambda _: {"old": "cuowu-mima", "new": "xin-mima-2026", "again": "xin-mima-2026"}, 400,
        "原密码不正确", "修改密码",
    ),
    "a password that is too weak": (
        "officer", lambda _: reverse("account_change_password"),
        lambda _: {"old": "liuhen-demo", "new": "12345678901", "again": "12345678901"}, 400,
        "密码不符合要求", "修改密码",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_is_told_and_nothing_typed_is_lost(street: Street, what: str) -> None:
    who, address, given, status, message, kept = REFUSALS[what]
    answered, page = said(street, who, address(street), given(street))
    assert (answered, message in page, kept in page) == (status, True, True)
    assert "Traceback" not in page


# -- one recording -----------------------------------------------------------------------------


def _recording(street: Street) -> Recording:
    return Recording.objects.get(case=street.filed)


@pytest.mark.parametrize(
    ("do", "data", "status", "message", "kept"),
    [
        ("open", {"open-reason": ""}, 400, "调阅事由", ""),
        ("label", {"label-lead_number": "", "label-place": "新地点"}, 400, "承办人", "新地点"),
        ("untie", {"untie-reason": " "}, 400, "解除关联的理由", ""),
        ("returned", {"returned-returned_at": "2027-01-01T08:00"}, 400,
         "返回单位的时间不能晚于现在", "2027-01-01T08:00"),
        ("returned", {"returned-returned_at": "2026-03-10T08:00"}, 400,
         "返回单位的时间早于记录", "2026-03-10T08:00"),
        ("time", {"time-started_at": "2026-03-10T09:10:00", "time-ended_at": "2026-03-10T09:00:00",
                  "time-reason": "时钟慢了"}, 400, "记录的结束时间不能早于开始时间", "时钟慢了"),
        ("tie", {"tie-activity": "0190a0a0-0000-7000-8000-000000000000"}, 400, "执法活动", ""),
    ],
)  # fmt: skip
def test_forms_of_a_recording_refuse_on_its_page(
    street: Street, do: str, data: dict[str, str], status: int, message: str, kept: str
) -> None:
    address = reverse("recording", args=[_recording(street).id])
    answered, page = said(street, "officer", address, {"do": do, **data})
    assert (answered, message in page, kept in page) == (status, True, True)


def test_a_loose_recording_is_labelled_tied_and_untied_on_its_page(street: Street) -> None:
    loose = hand_in(street.world, 77)
    address = reverse("recording", args=[loose.id])
    scene = street.scene(street.filed)
    tie = {"do": "tie", "tie-activity": str(scene.id)}
    assert street.browser("officer").post(address, tie).status_code == 302
    tied = Recording.objects.get(id=loose.id)
    assert (tied.case_id, tied.activity_id) == (street.filed, scene.id)
    untie = {"do": "untie", "untie-reason": "拍的是另一处"}
    assert street.browser("officer").post(address, untie).status_code == 302
    label = {
        "do": "label",
        "label-case": str(street.running),
        "label-handler": str(street.world["officer"].id),
        "label-event_kind": "简易程序处罚",
        "label-place": "样板路口",
    }
    assert street.browser("officer").post(address, label).status_code == 302
    labelled = Recording.objects.get(id=loose.id)
    assert labelled.case_id == street.running
    assert labelled.party == street.case(street.running).parties.get()
    assert (labelled.event_kind, labelled.place) == ("simple_procedure", "样板路口")


def test_returns_are_stated_for_many_at_once_or_refused_with_what_was_typed(
    street: Street,
) -> None:
    one, two = hand_in(street.world, 81), hand_in(street.world, 82)
    address = reverse("recordings_returned")
    data = {"recordings": [str(one.id), str(two.id)], "returned_at": "2026-03-10T10:00"}
    answered, page = said(street, "officer", address, data)
    assert (answered, "返回单位的时间不能晚于现在" in page) == (400, True)
    assert 'value="2026-03-10T10:00"' in page
    data["returned_at"] = "2026-03-10T09:20"
    assert street.browser("officer").post(address, data).status_code == 302
    stated = Recording.objects.filter(id__in=[one.id, two.id]).values_list("returned_at", flat=True)
    assert None not in set(stated)
    hours = (0, 11, 12)
    waiting = [
        Recording(id=new_id(), name="a", stored_at=one.stored_at - dt.timedelta(hours=ago))
        for ago in hours
    ]
    chosen = ReturnForm(waiting=waiting).fields["recordings"].initial
    assert chosen == [str(one.id) for one in waiting[:2]], "older ones a person has to choose"
    assert ReturnForm(waiting=[]).fields["recordings"].initial == []


# -- explaining --------------------------------------------------------------------------------


def test_gaps_are_explained_together_with_one_cause(street: Street) -> None:
    gaps = list(Gap.objects.filter(activity__case=street.filed, filled_at=None))
    assert gaps
    address = reverse("case_gaps", args=[street.filed])
    data = {
        "gaps": [str(gap.id) for gap in gaps],
        "cause": "fault",
        "explanation": "电池接触不良，自动关机。",
        "told_on_resumption": "yes",
    }
    assert street.browser("officer").post(address, data).status_code == 302
    explained = Gap.objects.filter(activity__case=street.filed, filled_at=None)
    assert {gap.is_told_on_resumption for gap in explained} == {True}
    page = words(street.browser("officer").get(address))
    assert "设备故障" in page
    assert "缺口均已说明" in page
    assert "（已说明，重新说明）" in page


def _incurable(street: Street) -> Finding:
    gaps = list(Gap.objects.filter(activity__case=street.filed, filled_at=None))
    data = {"gaps": [str(g.id) for g in gaps], "cause": "fault", "explanation": "电池故障。"}
    street.browser("officer").post(reverse("case_gaps", args=[street.filed]), data)
    found = Finding.objects.filter(
        case=street.filed, outcome="breached", column="text", is_curable=False
    ).first()
    assert found is not None
    return found


def test_a_breach_is_explained_by_the_handler_and_noted_by_the_head(street: Street) -> None:
    breach = _incurable(street)
    address = reverse("case_explanations", args=[street.filed])
    about = f"{breach.rule}|{breach.subject_id}"
    answered, page = said(street, "officer", address, {"about": about, "text": "  "})
    assert (answered, "书面说明" in page) == (400, True)
    answered, page = said(street, "officer2", address, {"about": about, "text": "我来说明"})
    assert (answered, "书面说明由本案承办人作出，承办人是张示例" in page) == (403, True)
    text = {"about": about, "text": "电池故障，更换后恢复。"}
    assert street.browser("officer").post(address, text).status_code == 302
    explanation = Explanation.objects.get()
    assert "知悉书面说明" in words(street.browser("unit_head").get("/"))
    own = reverse("case_acknowledge", args=[street.filed, explanation.id])
    assert street.browser("officer").post(own).status_code == 403
    assert street.browser("unit_head").post(own).status_code == 302
    page = words(street.browser("supervisor").get(reverse("suspicions")))
    assert "电池故障，更换后恢复。" in page
    again = street.browser("unit_head").post(own)
    assert (again.status_code, "负责人已经知悉这份说明" in words(again)) == (409, True)


def test_an_explanation_may_be_rewritten_until_somebody_has_taken_note_of_it(
    street: Street,
) -> None:
    breach = _incurable(street)
    explain_gap(
        actor=street.world["officer"],
        case_id=street.filed,
        rule=breach.rule,
        subject_id=breach.subject_id,
        text="初稿",
    )
    address = reverse("case_explanations", args=[street.filed])
    assert "初稿" in words(street.browser("officer").get(address))
    data = {"about": f"{breach.rule}|{breach.subject_id}", "text": "改定稿"}
    assert street.browser("officer").post(address, data).status_code == 302
    assert Explanation.objects.get().text == "改定稿"


# -- standing approvals ------------------------------------------------------------------------


def test_a_standing_approval_is_given_to_the_end_of_its_day_and_revoked(street: Street) -> None:
    deputy = street.browser("deputy")
    address = reverse("viewing_approvals")
    assert deputy.post(address, {**GRANT, "until": "2026-06-30"}).status_code == 302
    given = StandingApproval.objects.get(group="supervisor")
    assert given.until.isoformat() == "2026-06-30T16:00:00+00:00"
    assert "至 2026年6月30日" in words(deputy.get(address))
    revoke = reverse("viewing_approval_revoke", args=[given.id])
    refused = deputy.post(revoke, {"reason": ""})
    assert (refused.status_code, "请写明理由" in words(refused)) == (400, True)
    assert deputy.post(revoke, {"reason": "抽查已结束"}).status_code == 302
    assert "已撤销" in words(deputy.get(address))


def test_an_unknown_form_of_a_recording_does_not_exist(street: Street) -> None:
    address = reverse("recording", args=[_recording(street).id])
    assert street.browser("officer").post(address, {"do": "erase"}).status_code == 404
    assert isinstance(_recording(street).id, UUID)
