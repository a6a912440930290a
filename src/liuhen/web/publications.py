"""The pages that record a result made public and taken back. Not for putting it anywhere itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.paper_needs import is_issued
from liuhen.actions.publishing import (
    PUBLISHED,
    publish_result,
    withdraw_publication,
    withhold_publication,
)
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.compliance.readiness import PUBLIC_IN_COURSE
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import person_of, signed_in
from liuhen.web.inspection_forms import PublishForm, WithdrawalForm, WithholdingForm
from liuhen.web.offered import kind_page
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.periods import period_words
from liuhen.web.templatetags.wording import day

# By kind of case: the figure of the period, the article, what the period runs from.
_PERIODS = {
    Case.Kind.INSPECTION: ("publication.inspection", "business_environment:54", "检查结束后"),
    Case.Kind.PENALTY: ("order55.publish", "penalty_law:48.1", "决定作出后"),
    Case.Kind.LICENSING: ("publication.licence_or_penalty", "licensing_law:40", "决定作出后"),
    Case.Kind.COERCION: ("publication.decision", "three_systems:2", "决定作出后"),
    Case.Kind.LEVY: ("publication.decision", "three_systems:2", "决定作出后"),
}
_ENDING = ("publication.licence_or_penalty", "three_systems:2", "决定作出后")


def _period_of(case: Case) -> tuple[str, str, str] | None:
    if case.procedure == Case.Procedure.ENDING:  # it grants nothing (Licensing Law 40)
        return _ENDING
    return _PERIODS.get(Case.Kind(case.kind))


def publication_card(person: Person, case: Case) -> dict[str, Any] | None:
    """How it stands with the result in public, for `parts/publication.html`; None: it has none."""
    kind = Case.Kind(case.kind)
    told = case.facts.get("publication") or {}
    is_made = is_issued(case, *PUBLISHED.get(kind, ()))
    period = _period_of(case)
    if period is None or (case.procedure in _WITHOUT and not is_made):
        return None
    if is_issued(case, "licence_refusal"):
        return None
    figure, article, since = period
    may = is_allowed(person, "case.publish")
    is_open = case.closed_at is None or kind not in PUBLIC_IN_COURSE
    return {
        "article": article,
        "is_made": is_made,
        "told": told,
        "published_at": case.published_at,
        "withdrawn_at": clock.parse_iso(told["withdrawn_at"]) if "withdrawn_at" in told else None,
        "period": f"{since}{period_words(figure)}内",
        "may_publish": may and is_made and is_open and case.published_at is None,
        "may_withdraw": may and case.published_at is not None and kind == Case.Kind.PENALTY,
    }


def publication_fact(case: Case) -> dict[str, Any] | None:
    """How it stands with the result in public in one line of `parts/facts.html`; None: it has none.

    Nothing before there is a result.
    """
    period, told = _period_of(case), case.facts.get("publication") or {}
    if period is None or not is_issued(case, *PUBLISHED.get(Case.Kind(case.kind), ())):
        return None
    own = kind_page(case)
    page = own[0] if own else "case_decision"
    href = None if case.is_on_the_spot else reverse(page, args=[case.id])
    return {"label": "结果公开", "value": _standing(case, period, told), "href": href}


def _standing(case: Case, period: tuple[str, str, str], told: Mapping[str, Any]) -> str:
    figure, _, since = period
    if "withdrawn_at" in told:
        return f"已于{day(clock.parse_iso(told['withdrawn_at']))}撤回"
    if case.published_at is not None:
        return f"{day(case.published_at)}公开，{told['where']}"
    if "withheld_by" in told:
        return f"依法不公开：{told['withheld_by']}"
    return f"尚未公开，应当在{since}{period_words(figure)}内公开"


# An application that is turned down by a paper of its own, a cancellation: nothing is decided.
_WITHOUT = (Case.Procedure.ENDING, Case.Procedure.SIMPLE)


@signed_in
def case_publication(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record that the result was made public."""
    case = visible_case(person_of(request), case_id)
    period = _period_of(case)
    return _recorded(
        request,
        case,
        PublishForm(posted(request)),
        publish_result,
        title="登记结果公开",
        success="结果公开已经登记。",
        notes=[
            *([f"结果应当在{period[2]}{period_words(period[0])}内公开。"] if period else []),
            "涉及国家秘密、商业秘密、个人隐私的内容不得公开。",
        ],
        article=period[1] if period else "",
        other=("依法不公开", reverse("case_publication_withholding", args=[case.id]))
        if case.kind != Case.Kind.LICENSING or case.procedure == Case.Procedure.ENDING
        else None,
    )


@signed_in
def case_publication_withdrawal(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record that what was made public was taken back, with the reasons."""
    return _recorded(
        request,
        visible_case(person_of(request), case_id),
        WithdrawalForm(posted(request)),
        withdraw_publication,
        title="登记撤回公开信息",
        success="撤回已经登记。",
        notes=[
            "决定被变更、撤销、确认违法或者无效的，"
            f"{period_words('penalty_law.withdraw_publication')}内撤回，并公开说明理由。"
        ],
        article="penalty_law:48.2",
    )


@signed_in
def case_publication_withholding(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record that the result is not made public, and by which provision."""
    return _recorded(
        request,
        visible_case(person_of(request), case_id),
        WithholdingForm(posted(request)),
        withhold_publication,
        title="登记依法不公开",
        success="已经登记，公开的期限不再计算。",
        notes=[
            "只有法律、行政法规另有规定，或者涉及国家秘密、商业秘密、个人隐私的，才不公开。",
            "部分内容不宜公开的，遮盖后公开，不在这里登记。",
        ],
        article="three_systems:2",
    )


def _recorded(
    request: HttpRequest, case: Case, form: PlacedForm, act: Callable[..., object], **told: Any
) -> HttpResponse:
    """The form of one of these acts; back to the case when it is done."""

    def perform(data: dict[str, Any]) -> str:
        act(actor=person_of(request), case_id=case.id, **data)
        return reverse("case", args=[case.id])

    page = OneForm(
        permission="case.publish",
        submit="登记",
        crumbs=[("案件", reverse("cases")), (case.number, reverse("case", args=[case.id]))],
        about=f"{case.number} {case.cause}",
        **told,
    )
    return page.answer(request, form, perform)
