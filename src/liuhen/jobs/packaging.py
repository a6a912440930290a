"""The job that makes the archival package of a case: registered as a copy, then written."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from liuhen.actions.case_packages import enter_case_package
from liuhen.actions.copying import copy_case
from liuhen.archive.models import CaseCopyRequest
from liuhen.archive.packages import PACKAGE, drop_old_packages, file_name
from liuhen.archive.packing import Packed, gather, zip_package
from liuhen.jobs.redacting import STOPPED, in_time
from liuhen.kernel import trace
from liuhen.kernel.refusals import Fault, Refused, explain
from liuhen.ledger.attesting import ask_witnesses
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.queries import system_person
from liuhen.recordings.batch import working_folder
from liuhen.recordings.derivatives import Made, bring_in

log = logging.getLogger(__name__)


def make_package(request_id: str) -> bool:
    """Make the package that was ordered. Returns whether there was something to do.

    A run whose worker was thought dead may end after another has made it: then it did nothing.
    """
    rows = CaseCopyRequest.objects.select_related("case", "ordered_by", "copy")
    found = rows.filter(id=UUID(request_id)).first()
    if found is None or not found.is_making:
        return False
    with trace.through("job"), working_folder(settings.HOME.intake_dir) as folder:
        try:
            made, holds = _made(found, folder)
            return _entered(found, made, holds)
        except Refused as refused:
            log.warning("no package for %s: %s", found.id, refused)
            return _entered(found, failure=explain(refused).message)
        except (OSError, Fault):
            _entered(found, failure=STOPPED)
            raise


def expire_packages() -> int:
    """Remove packages that were to be taken and whose days are over; returns how many."""
    return drop_old_packages()


def _made(found: CaseCopyRequest, folder: Path) -> tuple[Made, list[str]]:
    packed, target = _registered(found), folder / file_name(found)
    connection.close()  # film is large
    zip_package(packed, target)
    assert found.copy is not None  # it was registered
    made = bring_in(found.copy.statement_id, PACKAGE, target, how={"request": str(found.id)})
    return made, [one.file.sha256 for one in packed.manifest.recordings]


def _registered(found: CaseCopyRequest) -> Packed:
    """What the case holds, after the copy was registered: its own entry goes in with its proof."""
    sequence_all()
    if found.copy is None:
        assert found.ordered_by is not None  # it is being made
        packed = gather(found.case, found.audience)
        found.copy = copy_case(actor=found.ordered_by, request_id=found.id, packed=packed)
        sequence_all()
    ask_witnesses()
    return gather(found.case, found.audience)


def _entered(
    found: CaseCopyRequest,
    made: Made | None = None,
    holds: list[str] | None = None,
    failure: str = "",
) -> bool:
    """Enter what a run came to, if it is still asked for."""
    ordered_at = found.ordered_at
    assert ordered_at is not None  # it is being made

    def enter() -> None:
        enter_case_package(
            actor=system_person(),
            request_id=found.id,
            ordered_at=ordered_at,
            made=made,
            holds=holds or (),
            failure=failure,
        )

    waiting = CaseCopyRequest.objects.filter(id=found.id, ordered_at=ordered_at, made_at=None)
    return in_time(enter, [made] if made else [], waiting.exists(), "case_package.step")
