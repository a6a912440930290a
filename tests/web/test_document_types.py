"""Pages of document types: the form without scripts, preview, putting in force, taking along."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from liuhen.actions.document_types import set_document_type
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.documents.models import Paper
from liuhen.rulebook.models import TypeVersion
from tests.actions.test_document_types import DAY, put
from tests.assembly.test_own_types import definition
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries

NEW = "/document-types/new/"


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of the editor as it stands, buttons aside."""
    form = page[page.index('<form method="post" action="/document-types') :]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        is_box = 'type="checkbox"' in tag
        if name and "disabled" not in tag and (not is_box or " checked" in tag):
            sent[name[1]] = unescape(value[1]) if value else "on" if is_box else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        values = re.findall(r'value="([^"]*)"( selected)?', options)
        sent[name] = next((value for value, is_chosen in values if is_chosen), values[0][0])
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = unescape(text)
    return sent


def filled(client: Client) -> dict[str, Any]:
    """The form of a new type as somebody fills it."""
    sent = form_of(words(client.get(NEW)))
    return {
        **sent,
        "title": "约谈通知书",
        "series": "{authority_code}约谈字〔{year}〕第{seq}号",
        "articles": "办法第13条",
        "body": "因{案由}，请于{约谈时间}到本机关接受约谈。\n[携带材料]",
        "f.5.label": "案由",
        "f.5.kind": "text",
        "f.5.required": "on",
        "f.5.source": "case.cause",
        "f.6.label": "约谈时间",
        "f.6.kind": "instant",
        "f.6.required": "on",
        "f.7.label": "携带材料",
        "f.7.kind": "items",
        "f.7.more": "名称、份数（数）",
        "s.1.label": "当事人签收",
        "s.1.role": "recipient",
        "s.1.minimum": "0",
        "s.1.may_refuse": "on",
        "reason": "本机关约谈办法",
    }


def test_a_type_is_written_previewed_put_in_force_and_drawn_up(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    legal = browser("legal")
    sent = filled(legal)
    shown = words(legal.post(NEW, {**sent, "act": "preview"}))
    assert "都在页面上" in shown and "data:image/png;base64," in shown
    assert form_of(shown)["f.7.more"] == "名称、份数（数）"
    assert not TypeVersion.objects.exists()
    answer = legal.post(NEW, {**sent, "act": "set", "valid_from": DAY.isoformat()})
    assert answer.status_code == 302
    kept = TypeVersion.objects.get()
    assert [one["kind"] for one in kept.definition["field"][-3:]] == ["text", "instant", "items"]
    assert kept.definition["body"][1] == f"[{kept.definition['field'][-1]['key']}]"
    assert "第 1 版" in words(legal.get(answer.headers["Location"]))

    ordinary.register()
    ordinary.assign()
    ordinary.party()
    papers = reverse("case_papers", args=[ordinary.case_id])
    officer = browser(ordinary.handler)
    assert "约谈通知书" in words(officer.get(papers))
    assert "起草不属于某一步骤的文书" not in words(browser("unit_head").get(papers))
    drawn = officer.post(reverse("case_paper_draw", args=[ordinary.case_id]), {"type": "own_1"})
    assert "本机关第 1 版式样" in words(officer.get(drawn.headers["Location"]))
    paper = Paper.objects.get(type="own_1")
    assert paper.document_type.version == 1
    assert paper.data["party"]["name"] == ordinary.case.parties.get().name


def test_a_form_that_is_wrong_says_so_and_loses_nothing(browser: Browser) -> None:
    legal = browser("legal")
    sent = {**filled(legal), "body": "因{案由}接受约谈。", "act": "set"}
    answer = legal.post(NEW, sent)
    assert answer.status_code == 400
    page = words(answer)
    assert "正文没有写必填的“约谈时间”" in page
    again = form_of(page)
    assert (again["title"], again["body"]) == ("约谈通知书", "因{案由}接受约谈。")
    rubbish = {**sent, "base": "[1, {", "f.5.place": "inf", "s.1.minimum": "1e999", "act": "more"}
    assert legal.post(NEW, rubbish).status_code == 200
    odd = {**sent, "base": '{"field": [{"key": "own_1", "options": [1]}]}', "act": "preview"}
    assert legal.post(NEW, odd).status_code == 400


def test_a_type_of_the_product_is_changed_and_its_own_fields_stay(browser: Browser) -> None:
    legal = browser("legal")
    here = reverse("document_type_edit", args=["hearing_notice"])
    sent = form_of(words(legal.get(here)))
    assert "定于{听证时间}在{听证地点}举行听证" in sent["body"]
    sent |= {"title": "听证通知书（本市）", "reason": "统一名称", "valid_from": "2026-03-11"}
    answer = legal.post(here, {**sent, "act": "set"})
    assert answer.status_code == 302, words(answer)
    assert "尚未生效" in words(legal.get(answer.headers["Location"]))
    without = {name: value for name, value in sent.items() if name != "f.5.label"}
    told = legal.post(here, {**without, "act": "preview"})
    assert told.status_code == 400 and "正文提到没有的一栏“听证时间”" in words(told)


def test_a_type_goes_from_one_authority_to_another_as_a_file(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    legal = browser("legal")
    put(ordinary.world)
    file = legal.get(reverse("document_type_export", args=["own_1"])).content
    told = json.loads(file)
    assert told["definition"]["title"] == "约谈通知书"
    there = reverse("document_type_import")
    page = words(legal.post(there, {"content": io.BytesIO(file)}))
    assert 'action="/document-types/new/"' in page
    assert form_of(page)["series"] == definition()["series"]
    for content in (b"\x00\xff", b"[]", b"{}", b"[" * 100_000, b" " * 300_000):
        answer = legal.post(there, {"content": io.BytesIO(content)})
        assert answer.status_code == 400 and "读不出" in words(answer)
    told["definition"]["layout"] = "../secrets"
    bad = legal.post(there, {"content": io.BytesIO(json.dumps(told).encode())})
    assert bad.status_code == 400 and "没有这种版式" in words(bad)


def test_who_may_not_set_one_may_not_open_the_form(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    put(ordinary.world)
    for who in ("handler", "unit_head", "head"):
        assert browser(who).get(NEW).status_code == 403
        assert browser(who).post(NEW, {"act": "set"}).status_code == 403
    assert browser("unit_head").get(reverse("document_types")).status_code == 200
    assert browser("handler").get(reverse("document_types")).status_code == 403


def test_a_type_is_withdrawn_on_its_page(browser: Browser, ordinary: OrdinaryCase) -> None:
    put(ordinary.world)
    legal = browser("legal")
    here = reverse("document_type_withdraw", args=["own_1"])
    assert "停用《约谈通知书》" in words(legal.get(here))
    legal.post(here, {"valid_from": DAY.isoformat(), "reason": "不再使用"})
    assert "约谈通知书" not in words(legal.get(reverse("document_types"), {"show": "own"}))
    assert "停用" in words(legal.get(reverse("document_type", args=["own_1"])))
    assert legal.get(reverse("document_type", args=["own_9"])).status_code == 404


def test_the_list_takes_as_many_queries_for_many_types(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    legal = browser("legal")
    put(ordinary.world)
    few = queries(legal, reverse("document_types"))
    for n in range(3):
        told = definition(title=f"文书{n}", series=f"{{authority_code}}{n}字{{year}}{{seq}}")
        set_document_type(
            actor=ordinary.world["legal"], key="", definition=told, valid_from=DAY, reason="规定"
        )
    assert queries(legal, reverse("document_types")) == few
