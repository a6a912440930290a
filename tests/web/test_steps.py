"""Every act the law engine names for a penalty leads to a page."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.urls import Resolver404, resolve, reverse

from liuhen.law.registry import packaged_registry
from liuhen.web.steps import href_of
from tests.web.ordinary import Ordinary

CASE, SUBJECT = UUID(int=1), str(UUID(int=2))
PENALTY = ("penalty_law", "transfer_rules")
# Acts no page of a case does: those of units, rooms, viewings and other kinds of case.
ELSEWHERE = frozenset(
    {
        *("allot_devices", "copy_off_site", "mount_camera", "name_keeper", "hand_over_records"),
        *("look_into", "complete_register"),
        # things taken, testing, coercion: no such act of a penalty exists yet
        *("approve_measure", "approve_prolongation"),
        *("issue_reminder", "drop_fine", "use_ordinary_procedure", "file_disc"),
    }
)


WITHOUT_A_CASE = frozenset({"room_day", "room", "unit", "application", "application_answer"})
# Papers that record an activity, and what was shown there, are made where the activity is.
AT_THE_ACTIVITY = frozenset({"issue_paper", "show_certificates"})


def acts() -> list[tuple[str, str, str]]:
    """(act, kind of subject, rule) of every duty whose act is done on a page of a case."""
    named = []
    for each in packaged_registry().all:
        law, kind = each.clause.rpartition(":")[0], each.over.kind
        is_penalty = not law or law in PENALTY
        is_here = kind not in WITHOUT_A_CASE and (
            each.act not in AT_THE_ACTIVITY or kind == "paper"
        )
        if each.act and each.act not in ELSEWHERE and is_penalty and is_here:
            named.append((each.act, kind, each.name))
    return named


@pytest.mark.parametrize("act, kind, rule", acts())
def test_an_act_the_engine_names_leads_to_a_page(act: str, kind: str, rule: str) -> None:
    running = SUBJECT if rule.startswith("simple_") or act == "record_oral_notice" else None
    address = href_of(act, CASE, about=(kind, SUBJECT), activity_id=running, rule=rule)
    assert address is not None, f"{act} ({rule}) leads nowhere"
    try:
        resolve(address.partition("#")[0])
    except Resolver404:
        pytest.fail(f"{act} leads to {address}, which is no page")


def test_what_the_engine_asks_of_an_ordinary_case_leads_to_its_pages(
    at: Callable[[str], Ordinary],
) -> None:
    case = at("noticed")
    address = reverse("case", args=[case.case.id])
    page = case.browser("handler").get(address).content.decode()
    for name in ("case_defence", "case_decision", "case_discussion", "case_review", "case_service"):
        assert f'href="{reverse(name, args=[case.case.id])}"' in page, name
