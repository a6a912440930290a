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
    draft: Draft, *, actor: Person, name: str, scope: str, until: dt.datetime
) -> IssuedToken:
    """Issue a token for a system outside; a replica's lets it read everything there is.

    Raises:
        Refused: `token.incomplete`, `token.span`.
    """
    if not name.strip() or scope not in ApiToken.Scope.values:
        raise Refused("token.incomplete")
    if not draft.at < until <= draft.at + LONGEST:
        raise Refused("token.span", days=LONGEST.days)
    secret = _MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        name=name.strip()[:60],
        scope=scope,
        sha256=sha256_hex(secret.encode()),
        issued_by=draft.actor,
        issued_at=draft.at,
        until=until,
    )
    draft.about(row)
    draft.note(name=row.name, scope=scope, until=until)
    return IssuedToken(row, secret)


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
