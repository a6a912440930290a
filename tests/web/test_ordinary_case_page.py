"""The page of an ordinary case tells the whole of it: stages, services in two results."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from liuhen.compliance.queries import findings_of_case
from liuhen.documents.models import Service
from liuhen.ledger.queries import events_of_case
from liuhen.web.service_lines import services_of
from liuhen.web.timeline import _stages
from tests.web.conftest import words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]


def test_every_stage_reached_stands_on_the_timeline_in_order(at: At) -> None:
    case = at("closed")
    found = case.case
    stages = _stages(
        found, events_of_case(found.id), list(found.papers.all()), list(services_of(found))
    )
    names = [one["name"] for one in stages]
    for name in ("立案", "事先告知", "集体讨论", "决定审批", "送达", "履行", "结案"):
        assert name in names
    begun = [one["started_at"] for one in stages]
    assert begun == sorted(begun)


def test_a_service_shows_its_effect_and_the_completeness_of_its_record(at: At) -> None:
    case = at("performed")
    page = words(case.browser("handler").get(reverse("case", args=[case.case.id])))
    section = page[page.index('id="approvals"') : page.index('id="ledger"')]
    assert section.count("日送达") == Service.objects.count() == 2
    assert section.count("记录完整") == 2
    assert not [one for one in findings_of_case(case.case) if one.lamp == "red"]


def test_the_page_takes_as_many_queries_for_two_services_as_for_four(at: At) -> None:
    case = at("performed")
    client, address = case.browser("handler"), reverse("case", args=[case.case.id])
    few = queries(client, address)
    for _ in range(2):
        case.clock.move(hours=1)
        case.story.serve("penalty_decision")
    assert queries(client, address) == few < 80
