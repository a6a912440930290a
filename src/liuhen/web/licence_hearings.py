"""How it stands with the right to a hearing on a licence, in lines of a card. Reads only.

Not for the hearing itself (`activities`), its papers and the forms (`licensing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from liuhen.actions.licence_hearings import NOTICE, RIGHT_NOTICE
from liuhen.actions.licensing import GRANT, REFUSAL
from liuhen.actions.paper_needs import is_issued
from liuhen.cases.models import Case, Party
from liuhen.documents.models import Service
from liuhen.documents.service_days import in_effect
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.templatetags.wording import instant


def hearing_card(person: Person, case: Case) -> dict[str, Any]:
    """Who was told of the right, what was announced, and what this person may record now."""
    right = case.circumstances.get("hearing_right")
    is_public = case.circumstances.get("is_hearing_public")
    interested = list(case.parties.filter(role=Party.Role.INTERESTED).order_by("id"))
    told: Mapping[str, Any] = case.facts["licence"].get("hearing_told") or {}
    announced = case.facts["licence"].get("hearing_announced")
    is_open = case.closed_at is None and not is_issued(case, GRANT, REFUSAL)
    may = is_open and is_allowed(person, "licence.review")
    untold = [one for one in interested if str(one.id) not in told]
    lines = [_applicant(case)] if right else []
    lines += [_interested(one, told.get(str(one.id))) for one in interested] if right else []
    if is_public:
        lines.append(_announced(announced))
    return {
        "lines": lines,
        "is_settled": right is False and not is_public,
        "lacks_interested": bool(right) and not interested,
        "may_add": is_open and is_allowed(person, "party.record"),
        "may_tell": may and bool(right and untold) and is_issued(case, RIGHT_NOTICE),
        "may_announce": may and bool(is_public) and announced is None and is_issued(case, NOTICE),
    }


def _applicant(case: Case) -> dict[str, Any]:
    served = in_effect(Service.objects.filter(paper__case=case, paper__type=RIGHT_NOTICE))
    ats = [at for one in served if (at := one.received_at or one.served_at)]
    return _line("申请人", min(ats, default=None), "告知书送达", "告知书还没有送达")


def _interested(party: Party, told: Mapping[str, Any] | None) -> dict[str, Any]:
    at = clock.parse_iso(told["at"]) if told else None
    return _line(f"利害关系人{party.name}", at, told["way"] if told else "", "还没有登记告知")


def _announced(told: Mapping[str, Any] | None) -> dict[str, Any]:
    at = clock.parse_iso(told["at"]) if told else None
    words = f"{told['where']} {told['address']}".strip() if told else ""
    return _line("向社会公告听证", at, words, "还没有登记公告")


def _line(label: str, at: dt.datetime | None, words: str, lacking: str) -> dict[str, Any]:
    return {
        "label": label,
        "words": f"{instant(at)}，{words}" if at else lacking,
        "lamp": "green" if at else "open",
        "lamp_words": "已办" if at else "还缺",
    }
