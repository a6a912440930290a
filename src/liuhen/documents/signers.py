"""Who is to sign a paper: the lines of its type, each with the persons the case knows for it.

Not for putting a signature down (`actions.papers`), nor for how many a paper needs to be issued
(`actions.drawing_up`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from liuhen.assembly.document_types import Signer
from liuhen.cases.models import ActivityOfficer, CaseOfficer, Party
from liuhen.documents.models import Paper, Signature
from liuhen.people.models import Person

# Lines that officers of the case sign; lines that an office signs while it answers a request.
_OFFICERS = frozenset({"officer", "handler", "server", "reviewer", "maker", "extractor"})
_OF_PARTY = frozenset({"party", "recipient"})
_BY_APPROVAL = frozenset({"unit_head", "head", "leader", "legal_head", "department_head"})


@dataclass(frozen=True)
class Expected:
    """One who may sign: the line, the name on it (may be open), the person if it is one of ours.

    `given` is the signature or refusal at the end that is already there, `pages` are those already
    signed at their foot.
    """

    line: Signer
    name: str = ""
    person: Person | None = None
    given: Signature | None = None
    pages: frozenset[int] = frozenset()

    def pages_left(self, count: int) -> list[int]:
        """The pages before the last still to be signed, of a paper of `count` pages."""
        is_refused = self.given is not None and self.given.is_refused
        if not self.line.per_page or is_refused:
            return []
        return [page for page in range(1, count) if page not in self.pages]


def expected_signers(paper: Paper) -> list[Expected]:
    """Everyone who is to sign a paper or has, in the order of its type."""
    rows = paper.signatures.select_related("person", "noted_by", "scan").order_by("signed_at")
    given = [one for one in rows if one.page is None]
    pages: dict[tuple[str, str], set[int]] = {}
    for one in rows:
        if one.page is not None:
            pages.setdefault((one.role, one.name), set()).add(one.page)
    officers = _officers(paper)
    listed: list[Expected] = []
    for line in paper.document_type.signers:
        theirs = [one for one in given if one.role == line.role]
        listed += [Expected(line, one.name, one.person, one) for one in theirs]
        if line.role in _BY_APPROVAL or any(one.is_refused for one in theirs):
            continue
        left = _left(paper, line, officers, {one.name for one in theirs})
        begun = [name for role, name in pages if role == line.role]
        if left and left[0].person is None and begun:
            left[0] = replace(left[0], name=begun[0])  # goes on as it began
        listed += left
    return [
        replace(one, pages=frozenset(pages.get((one.line.role, one.name), ()))) for one in listed
    ]


def _left(
    paper: Paper, line: Signer, officers: Sequence[Person], done: Collection[str]
) -> list[Expected]:
    """Who has not signed a line yet; of a party and of lines that may stay open, one at most."""
    left = [one for one in _named(paper, line, officers) if one.name not in done]
    if line.role in _OF_PARTY or line.minimum == 0:
        return [] if done else left[:1]
    return left


def _officers(paper: Paper) -> list[Person]:
    """The officers of the activity a paper records; without one, those who carry the case."""
    if paper.activity is not None:
        rows = ActivityOfficer.objects.filter(activity=paper.activity)
        present = [row.person for row in rows.select_related("person").order_by("id")]
        if present:
            return _handler_first(paper, present)
    carried = CaseOfficer.objects.filter(case=paper.case, until=None).select_related("person")
    return _handler_first(paper, [row.person for row in carried.order_by("id")])


def _handler_first(paper: Paper, officers: list[Person]) -> list[Person]:
    return sorted(officers, key=lambda one: one.id != paper.case.handler_id)


def _named(paper: Paper, line: Signer, officers: Sequence[Person]) -> list[Expected]:
    if line.role in _OFFICERS:
        return [Expected(line, one.name, one) for one in officers]
    if line.role in _OF_PARTY:
        return [Expected(line, _party_name(paper))]
    names = _names_in(paper, line.role)
    of_ours = {one.name: one for one in Person.objects.filter(name__in=names, is_active=True)}
    return [Expected(line, name, of_ours.get(name)) for name in names or [""]]


def _party_name(paper: Paper) -> str:
    """Who signs for the party: the person questioned, the representative, the party itself.

    Of a paper of an interested person, they.
    """
    person = paper.data.get("person") or {}
    if person.get("name"):
        return str(person.get("representative") or person["name"])
    parties = paper.case.parties.order_by("id")
    others = parties.filter(role=Party.Role.INTERESTED)
    party = others.filter(id=paper.subject_id).first() if paper.subject_id else None
    party = party or parties.filter(role=Party.Role.PARTY).first()
    return (party.representative or party.name) if party else ""


def _names_in(paper: Paper, role: str) -> list[str]:
    """The names a paper's own fields give for a line: recorder, chair, those present."""
    told = paper.data.get(role)
    if isinstance(told, list):
        chair = paper.data.get("chair")
        return [str(row["name"]) for row in told if row.get("name") and row["name"] != chair]
    return [str(told).split("（")[0]] if told else []
