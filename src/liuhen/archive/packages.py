"""Archival packages that were made and wait to be taken: where they lie, until when. Derived.

They hold originals of their case, so a disposal takes them away too. Not for making them
(`jobs.packaging`) nor for what they hold (`packing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.conf import settings

from liuhen.archive.models import CaseCopy, CaseCopyRequest
from liuhen.kernel import clock
from liuhen.recordings.derivatives import drop_all
from liuhen.recordings.models import Derivative, Recording
from liuhen.recordings.queries import derivative_of
from liuhen.vault.models import Original

PACKAGE = "package"
# How long a package that was made can be taken; after that it is asked for anew.
KEPT = dt.timedelta(days=7)


def file_name(asked: CaseCopyRequest) -> str:
    """What the file is called while it is being written."""
    return f"package-{asked.id}.zip"


def package_of(asked: CaseCopyRequest) -> Derivative | None:
    """The package of a request while it can be taken. It hangs on the statement of its copy."""
    if asked.copy is None or asked.made_at is None:
        return None
    return derivative_of(asked.copy.statement_id, PACKAGE)


def progress_of(asked: CaseCopyRequest) -> int | None:
    """How much of a package is written, in per cent of the recordings; None when nobody can say.

    Another machine's job writes where this one can't look.
    """
    found = next(settings.HOME.intake_dir.glob(f"*/{file_name(asked)}"), None)
    held = Original.objects.filter(recordings__case=asked.case_id, destruction=None).distinct()
    total = sum(held.values_list("size", flat=True))
    if found is None or not total:
        return None
    try:
        return min(99, found.stat().st_size * 100 // total)
    except FileNotFoundError:
        return None  # it was finished meanwhile


def drop_old_packages() -> int:
    """Remove packages nobody may take any more; returns how many."""
    old = Derivative.objects.filter(
        kind=PACKAGE,
        made_at__lt=clock.now() - KEPT,
        original__in=CaseCopy.objects.filter(audience=CaseCopy.Audience.ARCHIVE).values(
            "statement"
        ),
    )
    gone = list(old.values_list("original_id", flat=True))
    for sha256 in gone:
        drop_all(sha256, PACKAGE)
    return len(gone)


def drop_packages_with(digests: Collection[str]) -> None:
    """Remove every package of the cases that hold one of these originals."""
    cases = Recording.objects.filter(original__in=digests, case__isnull=False).values("case")
    copies = CaseCopy.objects.filter(case__in=cases, audience=CaseCopy.Audience.ARCHIVE)
    for sha256 in copies.values_list("statement_id", flat=True):
        drop_all(sha256, PACKAGE)
