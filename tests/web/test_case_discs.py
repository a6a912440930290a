"""A copy of a case on discs is asked for on its page, answered there by the leader, then made."""

from __future__ import annotations

from pathlib import Path

from django.urls import reverse

from liuhen.actions.case_copies import answer_case_copy, ask_case_copy
from liuhen.archive.models import CaseCopyRequest
from liuhen.commands.disc import make_discs
from liuhen.web.desk_keeping import APART
from tests.web.conftest import Street, words


def test_a_copy_is_asked_for_answered_by_the_leader_and_made_once(
    street: Street, tmp_path: Path
) -> None:
    case = street.case(street.filed)
    page, ask = reverse("case_discs", args=[case.id]), reverse("case_disc_ask", args=[case.id])
    records, deputy = street.browser("records"), street.browser("deputy")
    asked = {"recipient": "虚构市示例区人民法院", "audience": "court", "purpose": "来函调取"}

    assert records.post(ask, {**asked, "purpose": ""}).status_code == 400
    assert records.post(ask, asked).status_code == 302
    found = CaseCopyRequest.objects.get(case=case)
    answer = reverse("case_copy_answer", args=[found.id])
    shown = words(records.get(page))
    assert "待批准" in shown and "liuhen disc" not in shown and answer not in shown

    assert records.post(answer, {"outcome": "approved", "opinion": "同意"}).status_code == 403
    assert answer in words(deputy.get(page))
    deputy.post(answer, {"outcome": "approved", "opinion": "同意复制"})
    shown = words(records.get(page))
    assert f"liuhen disc {case.number} --out" in shown and "同意复制" in shown
    for number in range(1, APART + 1):
        desk = words(records.get(reverse("desk")))
        assert desk.count('lh-task-label">制作案卷光盘') == number and "同样要办" not in desk
        more = ask_case_copy(actor=street.world["records"], case_id=case.id, **asked)
        answer_case_copy(
            actor=street.world["deputy"], request_id=more.id, outcome="approved", opinion="同意"
        )
    desk = words(records.get(reverse("desk")))
    assert desk.count('lh-task-label">制作案卷光盘') == 1 and f"另有 {APART} 件同样要办" in desk

    make_discs(street.world["records"], case.number, tmp_path / "disc", is_folder=True)
    shown = words(records.get(page))
    assert shown.count("已复制") == 1 and shown.count(f"liuhen disc {case.number} --out") == APART
