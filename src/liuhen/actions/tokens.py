"""Tokens by which another system reads over the network: issued once, revoked for good."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.people.models import ApiToken, Person

LONGEST = dt.timedelta(days=731)
_MARK = "liuhen_"


@dataclass(frozen=True)
class IssuedToken:
    """A token's row, and its secret, which nobody can show again."""

    row: ApiToken
    secret: str


@act(permission="token.issue", event="token.issued")
def issue_token(
    draft: Draft,
    *,
    actor: Person,
    name: str,
    scope: str,
    until: dt.datetime,
    person_id: UUID | None = None,
) -> IssuedToken:
    """Issue a token for a system outside.

    A replica's reads everything there is, past every approval and class (Art. 42, 45): it is issued
    at the machine alone, by no office.

    A docking station's and a reading system's act for a person: the issuer, or whom the machine's
    administrator names at the command line.

    Raises:
        Refused: `token.incomplete`, `token.span`, `token.everything`, `token.person`,
            `token.other_person`.
    """
    if not name.strip() or scope not in ApiToken.Scope.values:
        raise Refused("token.incomplete")
    if not draft.at < until <= draft.at + LONGEST:
        raise Refused("token.span", days=LONGEST.days)
    if scope == ApiToken.Scope.REPLICA and actor.nature != Person.Nature.SYSTEM:
        raise Refused("token.everything")
    person = acts_for(actor, person_id) if scope in ApiToken.PERSONAL else None
    secret = _MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        name=name.strip()[:60],
        scope=scope,
        person=person,
        sha256=sha256_hex(secret.encode()),
        issued_by=draft.actor,
        issued_at=draft.at,
        until=until,
    )
    draft.about(row)
    draft.note(name=row.name, scope=scope, until=until)
    if person is not None:
        draft.note(person=person.id)
    return IssuedToken(row, secret)


def acts_for(actor: Person, person_id: UUID | None) -> Person:
    """Whom a token acts for: nobody lends somebody else's rights away."""
    if actor.nature != Person.Nature.SYSTEM and person_id not in (None, actor.id):
        raise Refused("token.other_person")
    person = Person.objects.filter(id=person_id or actor.id, nature=Person.Nature.HUMAN).first()
    if person is None or not person.is_active:
        raise Refused("token.person")
    return person


@act(permission="token.revoke", event="token.revoked")
def revoke_token(draft: Draft, *, actor: Person, token_id: UUID, reason: str) -> ApiToken:
    """End a token at once.

    Raises:
        Refused: `record.not_found`, `reason.missing`, `token.revoked`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    row = ApiToken.objects.select_for_update().filter(id=token_id).first()
    if row is None:
        raise Refused("record.not_found")
    if row.revoked_at is not None:
        raise Refused("token.revoked")
    row.revoked_at = draft.at
    row.save(update_fields=["revoked_at"])
    draft.about(row)
    draft.note(reason=reason.strip())
    return row
