"""The pages of the sampling of case files: from the announcement to the settled file."""

from __future__ import annotations

import re

from django.urls import reverse

from liuhen.actions.secrecy import classify_case
from liuhen.ledger.sequencing import sequence_all
from liuhen.oversight.models import SampledCase, Sampling
from liuhen.oversight.sheet import packaged_sheet
from tests.web.conftest import Street, words


def test_a_sampling_goes_from_the_announcement_to_the_settled_file(street: Street) -> None:
    supervisor, head = street.browser("supervisor"), street.browser("unit_head")
    told = {"title": "第一季度评查", "since": "2026-01-01", "until": "2026-12-31", "size": "1"}
    too_many = supervisor.post(reverse("sampling_announce"), {**told, "size": "50"})
    assert too_many.status_code == 409
    assert "少于要抽取的50件" in words(too_many)
    announced = supervisor.post(reverse("sampling_announce"), told)
    sampling = Sampling.objects.get()
    page = reverse("sampling", args=[sampling.id])
    assert announced.headers["Location"] == page
    waiting = supervisor.get(page)
    assert "种子还没有产生" in words(waiting)
    assert waiting.headers["Refresh"] == "3", "nobody has to load it again by hand"
    assert "Refresh" not in head.get(page).headers, "who may not draw waits for nothing"
    sequence_all()
    desk = reverse("desk")
    assert "抽取评查案卷" in words(supervisor.get(desk))
    ready = supervisor.get(page)
    assert "种子已经产生" in words(ready) and "Refresh" not in ready.headers
    supervisor.post(reverse("sampling_draw", args=[sampling.id]))
    one = SampledCase.objects.get()
    drawn = words(supervisor.get(page))
    sampling.refresh_from_db()
    assert sampling.seed[:8] in drawn and one.case.number in drawn
    file = reverse("sampled_case", args=[one.id])
    assert head.get(file).status_code == 404
    points = {f"{item.key}_points": str(item.points) for item in packaged_sheet().items}
    page_text = supervisor.get(file).content.decode()
    untouched = dict(re.findall(r'name="(\w+_points)" value="(\d+)"', page_text))
    assert page_text.count('_points"') >= len(points)
    given = supervisor.post(file, {**untouched, "do": "score"})
    assert given.status_code == 400, "nobody has judged yet"
    assert all(f"“{item.title}”还没有打分" in words(given) for item in packaged_sheet().items)
    over = supervisor.post(file, {**points, "do": "score", "officers_points": "11"})
    assert "“执法人员与表明身份”的得分不能超过10" in words(over)
    assert SampledCase.objects.get().total is None
    bare = supervisor.post(file, {**points, "do": "score", "officers_points": "7"})
    assert bare.status_code == 400 and "没有写明理由" in words(bare)
    noted = {**points, "do": "score", "officers_points": "7", "officers_note": "缺少证号"}
    without = {"service_points": "", "service_none": "on", "service_note": "当场收缴。"}
    assert supervisor.post(file, {**noted, **without}).status_code == 302
    scored = words(head.get(file))
    assert "缺少证号" in scored and "得分 87 / 90" in scored and "不涉及" in scored
    assert "87 / 90" in words(head.get(page))
    assert "反馈评查意见" in words(head.get(desk))
    assert "评查意见" not in words(supervisor.get(desk))
    assert head.post(file, {"do": "answer", "answer": "已补充。"}).status_code == 302
    assert "复查评查意见" in words(supervisor.get(desk))
    settled = {"do": "recheck", "is_settled": "yes", "note": "属实"}
    assert supervisor.post(file, settled).status_code == 302
    assert "已了结" in words(head.get(file))
    officer = street.world["officer"]
    classify_case(actor=officer, case_id=one.case_id, secrecy="privacy", reason="有病历")
    assert supervisor.get(file).status_code == 404
    hidden = words(supervisor.get(page))
    assert "另抽中 1 件涉密案卷" in hidden and one.case.cause not in hidden


def test_the_pages_are_closed_to_those_it_does_not_concern(street: Street) -> None:
    for who, status in [
        ("supervisor", 200),
        ("unit_head", 200),
        ("officer", 403),
        ("operator", 403),
    ]:
        assert street.browser(who).get(reverse("samplings")).status_code == status
