"""Where other systems want to hear of cases: registered once, ended for good.

Not for what is sent (`jobs.webhooks`).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from liuhen.actions.act import Draft, act
from liuhen.actions.tokens import acts_for
from liuhen.host.posting import require_address
from liuhen.kernel.refusals import Refused
from liuhen.ledger.queries import latest_size
from liuhen.people.models import Person, Webhook, WebhookState

_MARK = "whsec_"


@dataclass(frozen=True)
class RegisteredWebhook:
    """A webhook's row, and the secret its receiver checks signatures with."""

    row: Webhook
    secret: str


@act(permission="webhook.register", event="webhook.registered")
def register_webhook(
    draft: Draft,
    *,
    actor: Person,
    name: str,
    address: str,
    events: Sequence[str] = (),
    person_id: UUID | None = None,
) -> RegisteredWebhook:
    """Tell an address, from now on, of acts on cases that a person may see.

    `events` are names (`case.closed`) or beginnings of names (`case.`); none means all.

    Raises:
        Refused: `webhook.incomplete`, `webhook.address`, `token.person`, `token.other_person`.
    """
    wanted = [one.strip() for one in events if one.strip()]
    if not name.strip() or not all(one.replace(".", "").isidentifier() for one in wanted):
        raise Refused("webhook.incomplete")
    require_address(address.strip())
    row = Webhook.objects.create(
        name=name.strip()[:60],
        address=address.strip()[:500],
        events=wanted,
        person=acts_for(actor, person_id),
        registered_by=draft.actor,
        registered_at=draft.at,
    )
    WebhookState.objects.create(webhook=row, next_index=latest_size())
    draft.about(row)
    draft.note(name=row.name, address=row.address, events=wanted, person=row.person_id)
    key = settings.HOME.webhook_key(str(row.id))
    return RegisteredWebhook(row, _MARK + base64.b64encode(key).decode())


@act(permission="webhook.end", event="webhook.ended")
def end_webhook(draft: Draft, *, actor: Person, webhook_id: UUID, reason: str) -> Webhook:
    """Tell an address nothing more.

    Raises:
        Refused: `record.not_found`, `reason.missing`, `webhook.ended`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    row = Webhook.objects.select_for_update().filter(id=webhook_id).first()
    if row is None:
        raise Refused("record.not_found")
    if row.ended_at is not None:
        raise Refused("webhook.ended")
    row.ended_at = draft.at
    row.save(update_fields=["ended_at"])
    draft.about(row)
    draft.note(reason=reason.strip())
    return row
