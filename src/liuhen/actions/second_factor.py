"""The second step of signing in: enrolled by its person, taken away by two security administrators.

Not for the check at sign-in (allauth) nor for who must have one (`people.queries`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError

from liuhen.actions.act import Draft, act
from liuhen.actions.people import locked_person
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person, SecondFactorReset
from liuhen.people.queries import must_have_second_factor

# A request nobody confirmed by then is none.
CONFIRMED_WITHIN = dt.timedelta(hours=24)


@act(permission="second_factor.enrol", event="second_factor.enrolled")
def enrol_second_factor(draft: Draft, *, actor: Person, secret: str, code: str) -> None:
    """Begin to ask a person for codes of their own device; `code` proves that it has the secret.

    Raises:
        Refused: `second_factor.enrolled`, `second_factor.wrong_code`.
    """
    person = locked_person(actor.id)
    if Authenticator.objects.filter(user_id=person.id, type=Authenticator.Type.TOTP).exists():
        raise Refused("second_factor.enrolled")
    if not validate_totp_code(secret, code.replace(" ", "")):
        raise Refused("second_factor.wrong_code")
    TOTP.activate(person, secret)
    draft.about(person)


@act(permission="second_factor.enrol", event="passkey.enrolled")
def enrol_passkey(draft: Draft, *, actor: Person, name: str, credential: Mapping[str, Any]) -> None:
    """Keep the public key of a person's device, which opens without a password from now on.

    `credential` is what the device answered to the challenge of this session.

    Raises:
        Refused: `passkey.unnamed`, `passkey.not_proved`.
    """
    person = locked_person(actor.id)
    if not name.strip():
        raise Refused("passkey.unnamed")
    try:
        webauthn.parse_registration_response(credential)
        proved = webauthn.complete_registration(dict(credential))
    except (ValidationError, ValueError, TypeError, KeyError):
        raise Refused("passkey.not_proved") from None
    if not proved.is_user_verified():
        raise Refused("passkey.not_proved")
    webauthn.WebAuthn.add(person, name.strip()[:60], dict(credential))
    draft.about(person)
    draft.note(name=name.strip()[:60])


@act(permission="second_factor.enrol", event="passkey.removed")
def remove_passkey(draft: Draft, *, actor: Person, passkey_id: int) -> None:
    """Forget a device of one's own; who must have a second step keeps at least one.

    Raises:
        Refused: `record.not_found`, `passkey.last`.
    """
    person = locked_person(actor.id)
    mine = Authenticator.objects.filter(user_id=person.id)
    row = mine.filter(id=passkey_id, type=Authenticator.Type.WEBAUTHN).first()
    if row is None:
        raise Refused("record.not_found")
    if must_have_second_factor(person) and not mine.exclude(id=row.id).exists():
        raise Refused("passkey.last")
    row.delete()
    draft.about(person)
    draft.note(name=row.data["name"])


@act(permission="second_factor.reset", event="second_factor.reset_asked")
def ask_second_factor_reset(
    draft: Draft, *, actor: Person, person_id: UUID, reason: str
) -> SecondFactorReset:
    """Ask that a person's second step be taken away, because their device is lost.

    Raises:
        Refused: `record.not_found`, `person.system`, `second_factor.own`, `reason.missing`,
            `second_factor.none`.
    """
    person = locked_person(person_id)
    if person.id == actor.id:
        raise Refused("second_factor.own")
    if not reason.strip():
        raise Refused("reason.missing")
    if not Authenticator.objects.filter(user_id=person.id).exists():
        raise Refused("second_factor.none", name=person.name)
    row = SecondFactorReset.objects.create(
        person=person, reason=reason.strip()[:200], asked_by=draft.actor, asked_at=draft.at
    )
    draft.about(row)
    draft.note(person=person.id, reason=row.reason)
    return row


@act(permission="second_factor.reset", event="second_factor.reset")
def confirm_second_factor_reset(draft: Draft, *, actor: Person, reset_id: UUID) -> None:
    """Confirm what another one asked: the second step and every session of the person end.

    Raises:
        Refused: `record.not_found`, `second_factor.own`, `second_factor.same_person`,
            `second_factor.answered`, `second_factor.too_late`.
    """
    row = SecondFactorReset.objects.select_for_update(of=("self",)).filter(id=reset_id).first()
    if row is None:
        raise Refused("record.not_found")
    if row.person_id == actor.id:
        raise Refused("second_factor.own")
    if row.asked_by_id == actor.id:
        raise Refused("second_factor.same_person")
    if row.confirmed_at is not None:
        raise Refused("second_factor.answered")
    if draft.at > row.asked_at + CONFIRMED_WITHIN:
        raise Refused("second_factor.too_late")
    row.confirmed_by, row.confirmed_at = draft.actor, draft.at
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    Authenticator.objects.filter(user_id=row.person_id).delete()
    for session in UserSession.objects.filter(user_id=row.person_id):
        session.end()
    draft.about(row)
    draft.note(person=row.person_id, asked_by=row.asked_by_id)
