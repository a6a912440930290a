"""Handing cases, papers and results to the city's platform for supervision. Not for their form."""

from __future__ import annotations

import datetime as dt

from liuhen.actions.act import Draft, act
from liuhen.kernel.refusals import Refused
from liuhen.oversight.models import PlatformDelivery
from liuhen.oversight.platform import VERSION, as_json, as_tables, export_of
from liuhen.people.models import Person
from liuhen.vault.keeping import keep_bytes


@act(permission="platform.deliver", event="platform.delivered")
def deliver_to_platform(
    draft: Draft, *, actor: Person, since: dt.date, until: dt.date, recipient: str
) -> PlatformDelivery:
    """Make and keep what the city's platform gets for some days; record that it was handed over.

    Raises:
        Refused: `platform.recipient`, `platform.span`, `platform.too_many`, `platform.nothing`,
            `storage.full`.
    """
    if not recipient.strip():
        raise Refused("platform.recipient")
    document = export_of(draft.actor, since, until, draft.at)
    name, by, at = f"监督平台报送{since}至{until}", draft.actor.id, draft.at
    content = keep_bytes(as_json(document), name=f"{name}.json", by=by, at=at)
    tables = keep_bytes(as_tables(document), name=f"{name}.zip", by=by, at=at)
    counts = {key: len(document[key]) for key in ("cases", "papers", "results")}
    delivery = PlatformDelivery.objects.create(
        since=since,
        until=until,
        recipient=recipient.strip(),
        version=VERSION,
        content=content,
        tables=tables,
        delivered_by=draft.actor,
        delivered_at=draft.at,
        **counts,
    )
    draft.about(delivery)
    draft.note(recipient=recipient.strip(), sha256=content.sha256, tables=tables.sha256, **counts)
    return delivery
