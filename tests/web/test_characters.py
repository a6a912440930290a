"""Characters that no record can hold are refused in Chinese, wherever they come in."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from liuhen.cases.models import Lead
from tests.web.conftest import Street, words

TOLD = "有不能保存的字符"


@pytest.mark.parametrize(
    "name", ["q", "party", "place", "number", "handler", "after", "没有这一栏"]
)
def test_a_question_with_nul_is_refused_whatever_field_it_is_in(street: Street, name: str) -> None:
    answer = street.browser("officer").get(reverse("search"), {name: "样\0例"})
    assert answer.status_code == 400
    assert TOLD in words(answer)


@pytest.mark.parametrize("name", ["cases", "leads", "recordings", "register", "people"])
def test_lists_refuse_it_too(street: Street, name: str) -> None:
    answer = street.browser("head").get(reverse(_named(name)), {"q": "\0"})
    assert (answer.status_code, TOLD in words(answer)) == (400, True)


def _named(name: str) -> str:
    return {"register": "view_register"}.get(name, name)


@pytest.mark.parametrize("field", ["content", "subject", "csrfmiddlewaretoken", "没有这一栏"])
def test_a_form_with_nul_changes_nothing(street: Street, field: str) -> None:
    before = Lead.objects.count()
    told = {"content": "占道经营", "subject": "某店", field: "占道\0经营"}
    answer = street.browser("handler").post(reverse("lead_register"), told)
    assert answer.status_code == 400
    assert TOLD in words(answer)
    assert Lead.objects.count() == before


def test_an_address_with_nul_is_refused(street: Street) -> None:
    answer = street.browser("officer").get("/law/articles/17%00/")
    assert answer.status_code in (400, 404)
    assert "没有找到" in words(answer) or TOLD in words(answer)


@pytest.mark.parametrize("text", ["红漆\0桶", "\ud83d"])
def test_a_program_is_told_so_as_a_problem(street: Street, text: str) -> None:
    told = {"id": str(uuid4()), "activity": str(uuid4()), "name": text, "deep": [{"n": text}]}
    answer = street.browser("officer").post(
        "/api/v1/capture/things", json.dumps(told), content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.json()["title"] == "text.unwritable"


def test_a_whole_pair_and_broken_json_are_for_their_readers(street: Street) -> None:
    officer, address = street.browser("officer"), "/api/v1/capture/things"
    for body in (json.dumps({"name": "😀"}), "{", "[" * 100_000):
        answer = officer.post(address, body, content_type="application/json")
        assert answer.json()["title"] != "text.unwritable"


def test_signing_in_with_nul_is_refused(street: Street) -> None:
    nobody = Client(SERVER_NAME="localhost")
    answer = nobody.post(reverse("account_login"), {"login": "offi\0cer", "password": "x"})
    assert answer.status_code == 400
    assert TOLD in words(answer)
