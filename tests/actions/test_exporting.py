"""Nothing leaves the house without a purpose, before it is bound, or without an entry."""

from __future__ import annotations

import pytest

from liuhen.actions.exporting import export_case
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry


@pytest.mark.parametrize(
    ("purpose", "code"), [("", "export.purpose"), ("归档", "case_file.not_bound")]
)
def test_an_unbound_case_or_an_export_without_purpose_is_refused(
    world: World, purpose: str, code: str
) -> None:
    simple = SimpleCase(world)
    case_id = simple.start().case_id
    with pytest.raises(Refused) as refused:
        export_case(actor=world["records"], case_id=case_id, purpose=purpose)
    assert refused.value.code == code
    assert not Entry.objects.filter(event="case.exported").exists()
