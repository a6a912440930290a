"""The job of the continuous scrub. Not for what it compares (`vault.scrubbing`)."""

from __future__ import annotations

import logging

from django.conf import settings

from liuhen.kernel import trace
from liuhen.kernel.refusals import Refused
from liuhen.ledger.recording import Who
from liuhen.people.queries import system_person
from liuhen.vault.scrubbing import Scrubbed, scrub

log = logging.getLogger(__name__)


def scrub_on() -> Scrubbed:
    """Read on for the seconds a minute that the installation allows; nothing with none."""
    if settings.SCRUB_SECONDS <= 0:
        return Scrubbed(0, 0, 0)
    with trace.through("job"):
        try:
            done = scrub(settings.SCRUB_SECONDS, _system)
        except Refused as refused:
            # the sign of the bucket tells; what it keeps is read when it answers again
            log.warning("scrub waits for the bucket: %s", refused)
            return Scrubbed(0, 0, 0)
    if done.found:
        log.error("scrub: %d new differences, see the trust page", done.found)
    return done


def _system() -> Who:
    system = system_person()
    return Who(system.id, system.name)
