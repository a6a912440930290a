"""What the engine asks for in the front half leads to a page that opens, and is offered there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from liuhen.cases.models import Case
from liuhen.compliance.queries import findings_of_case
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.web.steps import href_of, href_of_finding
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries


def _assigned(story: OrdinaryCase) -> None:
    story.register()
    story.assign()


def _checked(story: OrdinaryCase) -> None:
    _assigned(story)
    story.check()


def _inspecting(story: OrdinaryCase) -> None:
    story.until_initiated()
    story.begin("inspection")


def _inspected(story: OrdinaryCase) -> None:
    story.until_initiated()
    story.inspect()


def _concluded(story: OrdinaryCase) -> None:
    story.until_initiated()
    story.conclude()


MOMENTS: dict[str, tuple[Callable[[OrdinaryCase], object], set[str]]] = {
    "assigned": (_assigned, {"case_lead", "case_initiation", "case_parties", "case_officers"}),
    "checked": (_checked, {"case_lead", "case_initiation", "case_parties", "case_activities"}),
    "initiated": (
        OrdinaryCase.until_initiated,
        {"case_initiation", "case_parties", "case_activities", "case_conclusion"},
    ),
    "inspecting": (_inspecting, {"case_activities", "case_conclusion", "case_upload"}),
    "inspected": (_inspected, {"case_activities", "case_conclusion", "case_upload"}),
    "concluded": (_concluded, {"case_conclusion", "case_parties", "case_activities"}),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_button_of_the_case_page_and_what_is_open_by_law_has_its_page(
    ordinary: OrdinaryCase, browser: Browser, moment: str
) -> None:
    live, offered = MOMENTS[moment]
    live(ordinary)
    client, case = browser("handler"), ordinary.case
    page = words(client.get(reverse("case", args=[case.id])))
    for name in offered:
        assert f'class="btn" href="{reverse(name, args=[case.id])}"' in page, name
    main = page[page.index('id="content"') :]
    links = {one for one in re.findall(r'href="(/[^"#]+)', main) if not one.endswith(".pdf")}
    answers = {one: client.get(one, follow=True).status_code for one in links}
    assert {one: code for one, code in answers.items() if code != 200} == {}
    following = re.search(r'lh-next-button" href="([^"]+)"', page)
    assert following is not None
    assert following[1].partition("#")[0] in {*links, reverse("case", args=[case.id])}
    _every_open_finding_of_the_front_half_has_its_page(client, case)


def _every_open_finding_of_the_front_half_has_its_page(client: Client, case: Case) -> None:
    for one in findings_of_case(case):
        article = one.clause.partition(".")[0]
        if one.lamp in ("green", "grey") or article not in ("10", "11", "12", "13"):
            continue
        href = href_of_finding(one, case.id, None)
        assert href is not None, (one.rule, one.act)
        assert client.get(href.partition("#")[0], follow=True).status_code == 200


@pytest.mark.parametrize(
    ("act", "subject", "name"),
    [
        ("decide_lead", "lead", "lead"),
        ("record_lead", "lead", "lead"),
        ("inform_complainant", "lead", "lead_informing"),
        ("transfer_lead", "lead", "lead"),
        ("approve_initiation", "case", "case_initiation"),
        ("assign_officers", "activity", "case_officers"),
        ("show_certificates", "activity", "activity"),
        ("describe_items", "activity", "activity"),
        ("issue_paper", "activity", "activity"),
    ],
)
def test_each_act_the_engine_names_leads_to_its_page(
    ordinary: OrdinaryCase, browser: Browser, act: str, subject: str, name: str
) -> None:
    _inspecting(ordinary)
    case = ordinary.case
    keys = {
        "lead": ordinary.lead.id,
        "case": case.id,
        "activity": case.activities.get().id,
    }
    href = href_of(act, case.id, about=(subject, str(keys[subject])))
    assert href == reverse(name, args=[keys["case" if name.startswith("case") else subject]])
    assert browser("handler").get(href).status_code == 200


def test_circumstances_nobody_stated_are_asked_for(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.until_initiated()
    address = reverse("case_circumstances", args=[ordinary.case.id])
    assert address in words(browser("handler").get(reverse("case", args=[ordinary.case.id])))
    ordinary.conclude()
    assert address not in words(browser("handler").get(reverse("case", args=[ordinary.case.id])))


def test_leaders_are_offered_nothing_they_may_not_do(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.until_initiated()
    page = words(browser("head").get(reverse("case", args=[ordinary.case.id])))
    heading = page[page.index("lh-heading-actions") : page.index('id="notices"')]
    for address in re.findall(r'href="([^"]+)"', heading):
        assert browser("head").get(address).status_code == 200
    assert reverse("case_activities", args=[ordinary.case.id]) not in heading
    # What everybody who sees the case may read is linked where it is told.
    assert reverse("case_parties", args=[ordinary.case.id]) in page


def test_the_desk_takes_as_many_queries_for_one_lead_as_for_twelve(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    few = queries(browser("unit_head"), reverse("desk"))
    for place in range(11):
        ordinary.register(subject=f"虚构市第{place}商店")
    assert queries(browser("unit_head"), reverse("desk")) == few
