"""Reads of licences that were granted: how one stands on a day, and what the public may see.

Not for writes (`actions.licences`, `actions.licence_endings`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db.models import Q, QuerySet

from liuhen.cases.models import Case, Party
from liuhen.cases.queries import visible_cases
from liuhen.documents.models import Licence, Paper
from liuhen.people.models import CLASSIFIED, Person
from liuhen.rulebook.queries import figure_on

PURPOSES: Mapping[str, str] = {
    "new": "新申请",
    "change": "变更许可",
    "prolong": "延续许可",
    "withdraw": "撤回行政许可",
    "revoke": "撤销行政许可",
    "cancel": "注销行政许可",
}
# On which grounds a licence ends (Licensing Law 8, 69, 70), in our words.
GROUNDS: Mapping[str, Mapping[str, str]] = {
    "withdraw": {
        "law_changed": "所依据的法律、法规、规章修改或者废止",
        "facts_changed": "所依据的客观情况发生重大变化",
    },
    "revoke": {
        "abuse": "工作人员滥用职权、玩忽职守作出准予决定",
        "beyond_powers": "超越法定职权作出准予决定",
        "procedure": "违反法定程序作出准予决定",
        "unqualified": "申请人不具备资格或者不符合条件",
        "deceit": "被许可人以欺骗、贿赂等不正当手段取得",
        "other": "依法可以撤销的其他情形",
    },
    "cancel": {
        "expired": "有效期届满未延续",
        "died": "公民死亡或者丧失行为能力",
        "dissolved": "法人或者其他组织依法终止",
        "ended": "许可依法被撤回、撤销，或者许可证件依法被吊销",
        "force_majeure": "因不可抗力许可事项无法实施",
        "other": "法律、法规规定应当注销的其他情形",
    },
}
STANDINGS: Mapping[str, str] = {
    "in_force": "有效",
    "not_yet": "尚未生效",
    "deemed": "视为准予延续",
    "expired": "有效期届满",
    "withdrawn": "已撤回",
    "revoked": "已撤销",
    "cancelled": "已注销",
}


def words_of(purpose: str) -> str:
    """What a case about a licence is for, in Chinese."""
    return PURPOSES.get(purpose, PURPOSES["new"])


def standing_on(licence: Licence, day: dt.date) -> str:
    """How a licence stands on a local day: a key of `STANDINGS`.

    An application to prolong that is not answered by the last day counts as granted (50).
    """
    if licence.state != Licence.State.IN_FORCE:
        return str(licence.state)
    if licence.valid_from is not None and day < licence.valid_from:
        return "not_yet"
    if licence.valid_until is None or day <= licence.valid_until:
        return "in_force"
    return "expired" if licence.prolonging_id is None else "deemed"


def is_over(licence: Licence, day: dt.date) -> bool:
    """Whether its days are over and nobody has asked in time to prolong it."""
    return standing_on(licence, day) == "expired"


def public_licences() -> QuerySet[Licence]:
    """The licences anybody may know of: what touches a secret is left out (40). Newest first."""
    hidden = Q(case__secrecy__in=CLASSIFIED)
    return Licence.objects.exclude(hidden).order_by("-issued_at", "id")


def supervision_of(licence: Licence) -> QuerySet[Case]:
    """Inspections of its holder whose result was told, newest first; none that touches a secret.

    Anybody may look at what they recorded (61).
    """
    told = Paper.objects.filter(type="inspection_result_notice", state=Paper.State.ISSUED)
    found = Case.objects.filter(
        kind=Case.Kind.INSPECTION,
        facts__inspection__licence__id=str(licence.id),
        id__in=told.values("case_id"),
    )
    return found.exclude(secrecy__in=CLASSIFIED).order_by("-started_at", "id")


def unit_licences(person: Person) -> QuerySet[Licence]:
    """The licences of a person's own unit, newest first; of a secret only to who may know it."""
    secret = Q(case__secrecy__in=CLASSIFIED) & ~Q(case__in=visible_cases(person))
    own = Licence.objects.filter(unit=person.unit).exclude(secret)
    return own.select_related("case").order_by("-issued_at", "id")


def over_and_not_cancelled(day: dt.date) -> Q:
    """The condition that a licence is at its end and not struck off yet (70)."""
    over = Q(state=Licence.State.IN_FORCE, valid_until__lt=day, prolonging=None)
    return over | Q(state__in=(Licence.State.WITHDRAWN, Licence.State.REVOKED))


def are_names_masked(day: dt.date) -> bool:
    """Whether the register shows of natural persons the surname only."""
    return figure_on("publication.person_names_masked", day) == 1


def public_name(licence: Licence, *, is_masked: bool) -> str:
    """The holder as the register shows it; only natural persons are masked."""
    if licence.holder_kind != Party.Kind.PERSON or not is_masked:
        return licence.holder
    return f"{licence.holder[:1]}{'某' * max(len(licence.holder) - 1, 1)}"
