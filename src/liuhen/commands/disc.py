"""`liuhen disc CASE --out FILE.iso`: a case on discs that open, play and verify anywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import django

from liuhen.commands import home_option
from liuhen.kernel import trace
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue
from liuhen.package.iso import write_image
from liuhen.package.writer import write_bag
from liuhen.web.events import event_titles

if TYPE_CHECKING:
    from liuhen.archive.disc import Titles
    from liuhen.people.models import Person

# What discs hold in bytes; the sum of sectors, not the number on the box.
SIZES = {"cd": 734_003_200, "dvd": 4_700_372_992, "bd": 25_025_314_816, "bd50": 50_050_629_632}
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


def size_in_bytes(text: str) -> int:
    """`dvd`, `bd`, `700M`, `23G` or plain bytes. Raises `Refused("disc.size")`."""
    if text.lower() in SIZES:
        return SIZES[text.lower()]
    found = re.fullmatch(r"(\d{1,15})([kmg]?)b?", text.lower())
    if found is None:
        raise Refused("disc.size", size=text)
    return int(found[1]) * _UNITS[found[2]]


@click.command(name="disc")
@home_option
@click.argument("case")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="FILE.iso or folder.")
@click.option("--recipient", default="", help="Whose approved request, if there are several.")
@click.option("--size", help="Bytes a disc holds: cd, dvd, bd, bd50, 700M …; splits when needed.")
@click.option("--folder", is_flag=True, help="Write folders, for a USB stick, instead of images.")
def command(
    home: object,
    case: str,
    out: Path,
    recipient: str,
    size: str | None,
    folder: bool,
) -> None:
    """Copy CASE (number or id) onto discs, as approved; registered before it is written."""
    limit = size_in_bytes(size) if size else None
    django.setup()
    from liuhen.archive.disc import pages  # noqa: PLC0415 - models need Django
    from liuhen.people.queries import system_person  # noqa: PLC0415

    with trace.through("command"):
        made = make_discs(
            system_person(),
            case,
            out,
            recipient=recipient,
            limit=limit,
            is_folder=folder,
        )
    for path in made:
        click.echo(f"已写出：{path}")
    click.echo(f"核验页面 SHA-256：{pages().verifier_sha256}")


def make_discs(
    actor: Person,
    reference: str,
    out: Path,
    *,
    recipient: str = "",
    limit: int | None = None,
    is_folder: bool = False,
) -> list[Path]:
    """Register an approved copy of a case, then write its discs beside `out`; what was written.

    For whom and what for is in the request (`actions.case_copies`); a party's copy is without the
    side file. With `recipient` that one's request is taken, else the oldest.

    Raises:
        Refused: `record.not_found`, `case_copy.unapproved`, `package.exists`, and as `copy_case`
            and the writers.
    """
    from liuhen.actions.copying import copy_case  # noqa: PLC0415 - models need Django
    from liuhen.archive.disc import parted, plan_disc, volume_of  # noqa: PLC0415
    from liuhen.archive.packing import gather  # noqa: PLC0415
    from liuhen.archive.queries import approved_copy  # noqa: PLC0415
    from liuhen.cases.queries import case_by_reference  # noqa: PLC0415
    from liuhen.ledger.attesting import ask_witnesses  # noqa: PLC0415
    from liuhen.ledger.sequencing import sequence_all  # noqa: PLC0415

    case = case_by_reference(actor, reference)
    asked = approved_copy(case, recipient)
    sequence_all()
    before = gather(case, asked.audience)
    parts = parted(before, limit)
    targets = _targets(out, len(parts))
    copy_case(actor=actor, request_id=asked.id, packed=before, limit=limit)
    # The copy's own entry and statement go onto the discs too, with their proofs.
    sequence_all()
    ask_witnesses()
    packed = gather(case, asked.audience)
    for part, target in enumerate(targets, start=1):
        plan = plan_disc(case, packed, parts, part, _titles())
        if is_folder:
            write_bag(target, plan.files, plan.info, bagged_on=plan.made_on)
        else:
            write_image(target, plan.whole(), volume_of(case, part))
    return targets


def _titles() -> Titles:
    from liuhen.archive.disc import Titles  # noqa: PLC0415 - models need Django
    from liuhen.recordings.wording import CAUSES  # noqa: PLC0415

    activities = {key: kind.name for key, kind in catalogue().activities.items()}
    causes = {str(cause): words for cause, words in CAUSES.items()}
    return Titles(event_titles(), causes, activities)


def _targets(out: Path, parts: int) -> list[Path]:
    """One name a disc: `case.iso`, or `case-1.iso`, `case-2.iso` …; none of them may exist."""
    numbered = (out.with_name(f"{out.stem}-{part}{out.suffix}") for part in range(1, parts + 1))
    names = [out] if parts == 1 else list(numbered)
    for name in names:
        if name.exists():
            raise Refused("package.exists", folder=str(name))
        if not name.parent.is_dir():
            raise Refused("package.no_folder", folder=str(name.parent))
    return names
