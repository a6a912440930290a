"""Holds a home's disposals: what nobody ordered is whole, what was ordered goes, nothing halfway.

Asked by `holding`, whose process has the product set up on the home. Not a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Told = Mapping[str, Sequence[Mapping[str, Any]]]


def disposals(told: Told, *, is_over: bool) -> Iterator[str]:
    """Every list is whole on its side of the order; when it `is_over`, what was ordered is gone.

    That every copy which nobody ordered gone lies at its place, `liuhen verify` has told.
    """
    from liuhen.archive.models import Disposal  # noqa: PLC0415 - models need a set-up Django
    from liuhen.vault.keeping import local_store  # noqa: PLC0415
    from liuhen.vault.models import Destruction  # noqa: PLC0415

    for sha256 in (one for note in told["kept"] for one in note["sha256"]):
        if local_store().digest(sha256) != sha256 or Destruction.objects.filter(pk=sha256):
            yield f"{sha256[:12]}: nobody ordered it destroyed, and it isn't kept"
    rows = {str(one.id): one for one in Disposal.objects.all()}
    asked = {note["disposal"] for note in told["order"]}
    ordered = {note["disposal"] for note in told["ordered"]}
    for name in ordered:
        if name not in rows or rows[name].begun_at is None:
            yield f"disposal {name}: the order was acknowledged and is gone"
    for name, row in rows.items():
        if row.begun_at is not None and name not in asked:
            yield f"disposal {name}: nobody ordered it"
        yield from _halves(row)
        if is_over and name in ordered:
            yield from _rest(row)


def _halves(row: Any) -> Iterator[str]:
    """What of one list is on either side of its order, or of its end, and not the whole."""
    from liuhen.recordings.models import Recording  # noqa: PLC0415
    from liuhen.vault.models import Destruction  # noqa: PLC0415

    where, is_begun = f"disposal {row.number}", row.begun_at is not None
    if is_begun != (row.state in ("destroying", "destroyed")):
        yield f"{where}: {row.state}, begun {row.begun_at}"
    items = set(row.items.filter(left_at=None).values_list("original_id", flat=True))
    orders = set(Destruction.objects.filter(disposal=row.id).values_list("original_id", flat=True))
    if orders != (items if is_begun else set()):
        yield f"{where}: {row.state}, {len(orders)} of {len(items)} ordered"
    marked = Recording.objects.filter(original__in=items, disposed_at__isnull=False)
    if marked.count() != len(orders):
        yield f"{where}: {row.state}, {marked.count()} of {len(items)} marked"
    is_over = row.state == "destroyed"
    if is_over != bool(row.certificate_id) or is_over != bool(row.finished_at):
        yield f"{where}: {row.state}, certificate {row.certificate_id}, {row.finished_at}"
    if is_over:
        yield from _left(row, sorted(orders))


def _left(row: Any, digests: Sequence[str]) -> Iterator[str]:
    """What is left of a list that is over: a copy that isn't proven gone, or bytes."""
    from liuhen.archive.disposals import remaining_copies  # noqa: PLC0415
    from liuhen.vault.destroying import lies_in  # noqa: PLC0415
    from liuhen.vault.keeping import local_store  # noqa: PLC0415
    from liuhen.vault.store import S3, SECOND, STORE  # noqa: PLC0415

    if copies := list(remaining_copies(row)):
        yield f"disposal {row.number}: over, {len(copies)} copies not proven gone"
    for sha256 in digests:
        for store in (STORE, SECOND, S3):
            if lies_in(store, sha256) is not False:
                yield f"disposal {row.number}: over, {sha256[:12]} lies in {store}"
    if local_store().digest(row.certificate_id) != row.certificate_id:
        yield f"disposal {row.number}: the vault holds another certificate"


def _rest(row: Any) -> Iterator[str]:
    """What the next rounds of the job have not brought to its end."""
    from liuhen.vault.destroying import leftovers  # noqa: PLC0415
    from liuhen.vault.models import Destruction  # noqa: PLC0415

    if row.state != "destroyed":
        yield f"disposal {row.number}: ordered, and never over"
    for order in Destruction.objects.filter(disposal=row.id):
        if found := leftovers(order.pk):
            yield f"disposal {row.number}: {found} is left"
