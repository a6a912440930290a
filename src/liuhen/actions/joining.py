"""Inner steps on who carries a case: officers with valid certificates. Not acts by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from liuhen.actions.simple_procedure import figure
from liuhen.cases.models import Case, CaseOfficer
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Certificate, Person
from liuhen.people.queries import office_kinds, valid_certificate


def certified(officer: Person, at: dt.datetime) -> Certificate:
    """The certificate an officer shows on the local day of an instant.

    Raises:
        Refused: `officer.not_officer`, `certificate.invalid`.
    """
    if "officer" not in office_kinds(officer):
        raise Refused("officer.not_officer", name=officer.name)
    certificate = valid_certificate(officer, clock.local_date(at))
    if certificate is None:
        raise Refused("certificate.invalid", name=officer.name)
    return certificate


def enough_officers(officers: Sequence[Person], at: dt.datetime) -> list[Person]:
    """The officers, each once and in order, when they are as many as the law asks for (Art. 12).

    Raises:
        Refused: `officer.alone`, `officer.not_officer`, `certificate.invalid`.
    """
    each = list({officer.id: officer for officer in officers}.values())
    if len(each) < figure("measures.officers_minimum", at):
        raise Refused("officer.alone")
    for officer in each:
        certified(officer, at)
    return each


def carry(case: Case, officers: Sequence[Person], at: dt.datetime) -> None:
    """Let these officers, and no others, carry a locked case from now on."""
    wanted = {officer.id for officer in officers}
    for row in CaseOfficer.objects.filter(case=case, until=None):
        if row.person_id in wanted:
            wanted.discard(row.person_id)
        else:
            row.until = at
            row.save(update_fields=["until"])
    for officer in officers:
        if officer.id in wanted:
            CaseOfficer.objects.create(case=case, person=officer, since=at)
