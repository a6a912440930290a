"""Which originals the verified log orders destroyed, and that the order is one a replica follows.

A primary in wrong hands might order evidence destroyed. So a replica follows only an entry of the
act that orders it, in which the disposal stands with two approvers of different offices, neither
of them who listed it, and a cooling-off period that is over; and it waits, by its own clock, since
it held the approval itself (`pulling`). Pure; not for deleting.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from liuhen.kernel.digests import is_sha256
from liuhen.replica.images import paired
from liuhen.replica.tree import Tree
from liuhen.tlog.entry import EntryBody, parse_entry
from liuhen.tlog.tiles import BundleId

APPROVED, EVENT = "disposal.approved", "disposal.begun"
ORDERS, DISPOSALS = "vault_destruction", "archive_disposal"


@dataclass
class Told:
    """What entries say of disposals: those approved by two, and orders as (digest, disposal)."""

    approved: list[str] = field(default_factory=list)
    orders: list[tuple[str, str]] = field(default_factory=list)


def told_in(tree: Tree, bundle: BundleId) -> Told:
    """Approvals that are complete and orders that are lawful in a bundle's entries."""
    entries = [parse_entry(one) for one in tree.bundle(bundle)]
    told = Told()
    if not any(entry.event in (APPROVED, EVENT) for entry in entries):
        return told
    rows: dict[str, tuple[EntryBody, dict[str, list[dict[str, Any]]]]] = {}
    for entry, listed, body in paired(entries, tree.images_path(bundle).read_bytes()):
        is_told = entry.event in (APPROVED, EVENT) and listed.table in (ORDERS, DISPOSALS)
        if is_told and body is not None:
            found = rows.setdefault(str(entry.id), (entry, {}))[1]
            found.setdefault(listed.table, []).append(json.loads(body)["row"])
    for entry, found in rows.values():
        disposals = found.get(DISPOSALS, [])
        if entry.event == APPROVED:
            told.approved += [one["id"] for one in disposals if _is_approved(one)]
        else:
            told.orders += _lawful(disposals, found.get(ORDERS, []))
    return told


def _lawful(
    disposals: list[dict[str, Any]], orders: list[dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    for order in orders:
        approved = [one for one in disposals if one["id"] == order["disposal"]]
        if approved and _is_lawful(approved[-1], order) and is_sha256(order["original_id"]):
            yield order["original_id"], order["disposal"]


def _is_approved(disposal: dict[str, Any]) -> bool:
    persons = [disposal.get(name) for name in ("proposed_by_id", "first_by_id", "second_by_id")]
    offices = [disposal.get(name) for name in ("first_office", "second_office")]
    return (
        None not in persons
        and len(set(persons)) == len(persons)
        and all(offices)
        and offices[0] != offices[1]
    )


def _is_lawful(disposal: dict[str, Any], order: dict[str, Any]) -> bool:
    cooled = disposal.get("cooling_until")
    return _is_approved(disposal) and cooled is not None and cooled <= order["ordered_at"]
