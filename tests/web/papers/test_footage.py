"""A paper says where footage shows it being signed, made and served."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from liuhen.actions.parties import record_party_renaming
from liuhen.documents.models import Paper, Service
from liuhen.kernel import clock
from liuhen.web.paper_footage import shown_in
from tests.web.conftest import words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]


@pytest.fixture
def here(at: At) -> Ordinary:
    """A case with its inspection filmed, its record refused and signed on the spot."""
    return at("investigated")


def test_the_record_of_a_filmed_inspection_names_the_place_of_each_signature(
    here: Ordinary,
) -> None:
    record = Paper.objects.get(type="inspection_record")
    found = shown_in(here.world["handler"], record)
    told = [one["words"] for one in found]
    assert any("执法人员" in one and "签名" in one for one in told)
    assert any("拒绝签名" in one for one in told)
    for one in found:
        assert one["recording"].started_at + one["place"] == one["at"]
        assert one["at"] <= one["recording"].ended_at
    shown = words(here.browser("handler").get(reverse("paper", args=[record.id])))
    assert "音像中的位置" in shown
    assert found[0]["recording"].name in shown


def test_a_paper_made_where_nothing_filmed_says_nothing(here: Ordinary) -> None:
    form = Paper.objects.get(type="initiation_approval")
    assert shown_in(here.world["handler"], form) == []
    address = reverse("paper", args=[form.id])
    assert "音像中的位置" not in words(here.browser("handler").get(address))
    record = reverse("paper", args=[Paper.objects.get(type="inspection_record").id])
    client = here.browser("handler")
    assert abs(queries(client, record) - queries(client, address)) < 8


def test_a_party_with_a_very_long_name_of_rare_characters_is_served(at: At) -> None:
    case = at("decided")
    name = "虚构市㐂𠮷" + "示例" * 60 + "有限责任公司"
    record_party_renaming(
        actor=case.world["handler"],
        party_id=case.case.parties.get().id,
        name=name,
        renamed_on=clock.local_date(case.clock()),
        proof="登记机关变更登记通知书",
    )
    case.story.serve("penalty_decision")
    served = Service.objects.get(paper__type="penalty_decision")
    assert name in (served.recipient, case.case.parties.get().name)
    assert served.receipt is not None
    assert served.receipt.data["recipient"] == name
