"""Tells other systems of acts on cases, in the ledger's order: ids and names of events alone.

The ledger is the queue: each webhook has the index it has not told yet. What does not arrive is
tried again later and later, and what comes after it waits: at least once, never out of order.
Not for registering (`actions.webhooks`) nor for posting (`host.posting`).
"""

from __future__ import annotations

import datetime as dt
import json
import logging

import urllib3
from django.conf import settings
from django.db.models import Q

from liuhen.access.looks import hidden_looks
from liuhen.cases.queries import visible_cases
from liuhen.host.posting import post
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger.models import Entry
from liuhen.people.models import Webhook, WebhookState

PORTION = 200
LONGEST_WAIT = dt.timedelta(hours=1)
log = logging.getLogger("liuhen.webhooks")


def tell_webhooks() -> int:
    """Tell each webhook what it has not heard; returns how many messages arrived."""
    due = Q(next_try_at=None) | Q(next_try_at__lte=clock.now())
    waiting = WebhookState.objects.filter(due, webhook__ended_at=None)
    return sum(_tell(state) for state in waiting.select_related("webhook__person"))


def _tell(state: WebhookState) -> int:
    arrived = 0
    while entries := _after(state.next_index):
        for entry in _wanted(state.webhook, entries):
            try:
                _post(state.webhook, entry)
            except (OSError, urllib3.exceptions.HTTPError, Refused) as error:
                _note_failure(state, entry.sequenced.index, error)
                return arrived
            arrived += 1
            _note(state, entry.sequenced.index + 1)
        _note(state, entries[-1].sequenced.index + 1)
    return arrived


def _after(index: int) -> list[Entry]:
    rows = Entry.objects.filter(sequenced__index__gte=index).select_related("sequenced")
    return list(rows.order_by("sequenced__index")[:PORTION])


def _wanted(webhook: Webhook, entries: list[Entry]) -> list[Entry]:
    """Those on a case its person may see now, of the events it asked for."""
    told = [one for one in entries if one.case_id is not None and _is_named(webhook, one.event)]
    hidden = set(
        Entry.objects.filter(
            hidden_looks(webhook.person), id__in=[one.id for one in told]
        ).values_list("id", flat=True)
    )
    told = [one for one in told if one.id not in hidden]
    cases = {one.case_id for one in told if one.case_id is not None}
    seen = set(visible_cases(webhook.person).filter(id__in=cases).values_list("id", flat=True))
    return [one for one in told if one.case_id in seen]


def _is_named(webhook: Webhook, event: str) -> bool:
    names = webhook.events
    return not names or any(
        event.startswith(name) if name.endswith(".") else event == name for name in names
    )


def _post(webhook: Webhook, entry: Entry) -> None:
    body = {
        "type": entry.event,
        "timestamp": clock.iso(entry.recorded_at),
        "data": {
            "index": entry.sequenced.index,
            "entry": str(entry.id),
            "case": str(entry.case_id),
            "subject": {"kind": entry.subject_kind, "id": entry.subject_id},
        },
    }
    post(
        webhook.address,
        settings.HOME.webhook_key(str(webhook.id)),
        json.dumps(body, ensure_ascii=False).encode(),
        message_id=f"msg_{entry.id.hex}",
        networks=settings.WEBHOOK_NETWORKS,
    )


def _note(state: WebhookState, next_index: int) -> None:
    state.next_index, state.failures, state.next_try_at, state.trouble = next_index, 0, None, ""
    state.save()


def _note_failure(state: WebhookState, index: int, error: Exception) -> None:
    told = explain(error).message if isinstance(error, Refused) else str(error)
    state.next_index, state.failures = index, state.failures + 1
    wait = min(dt.timedelta(minutes=1) * 2 ** min(state.failures - 1, 10), LONGEST_WAIT)
    state.next_try_at = clock.now() + wait
    state.trouble = f"{type(error).__name__} {told}"[:300]
    state.save()
    log.warning("webhook %s not told, again in %s: %s", state.webhook_id, wait, state.trouble)
