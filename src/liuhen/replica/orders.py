"""Which originals the verified log orders destroyed, and that the order is one a replica follows.

A primary in wrong hands might order evidence destroyed. So a replica follows only an entry of the
act that orders it, in which the disposal stands with two approvers of different offices, neither
of them who listed it, and a cooling-off period that is over. Pure; not for deleting.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from liuhen.kernel.digests import is_sha256
from liuhen.replica.images import paired
from liuhen.replica.tree import Tree
from liuhen.tlog.entry import EntryBody, parse_entry
from liuhen.tlog.tiles import BundleId

EVENT, ORDERS, DISPOSALS = "disposal.begun", "vault_destruction", "archive_disposal"


def orders_of(tree: Tree, bundle: BundleId) -> Iterator[str]:
    """Digests of the originals that lawful orders in a bundle's entries name."""
    entries = [parse_entry(one) for one in tree.bundle(bundle)]
    if not any(entry.event == EVENT for entry in entries):
        return
    rows: dict[str, tuple[EntryBody, dict[str, list[dict[str, Any]]]]] = {}
    for entry, listed, body in paired(entries, tree.images_path(bundle).read_bytes()):
        if entry.event == EVENT and body is not None and listed.table in (ORDERS, DISPOSALS):
            found = rows.setdefault(str(entry.id), (entry, {}))[1]
            found.setdefault(listed.table, []).append(json.loads(body)["row"])
    for _, found in rows.values():
        for order in found.get(ORDERS, ()):
            approved = [one for one in found.get(DISPOSALS, ()) if one["id"] == order["disposal"]]
            if approved and _is_lawful(approved[-1], order) and is_sha256(order["original_id"]):
                yield order["original_id"]


def _is_lawful(disposal: dict[str, Any], order: dict[str, Any]) -> bool:
    persons = [disposal.get(name) for name in ("proposed_by_id", "first_by_id", "second_by_id")]
    offices = [disposal.get(name) for name in ("first_office", "second_office")]
    cooled = disposal.get("cooling_until")
    return (
        None not in persons
        and len(set(persons)) == len(persons)
        and all(offices)
        and offices[0] != offices[1]
        and cooled is not None
        and cooled <= order["ordered_at"]
    )
