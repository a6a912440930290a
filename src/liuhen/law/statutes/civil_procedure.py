"""Civil Procedure Law: service, as far as it governs that of papers of enforcement.

Restated. 90: fax and electronic service need the party's consent (Penalty Law 61 wants it in
writing); the day of service is the day of arrival in the system named. 95: what is announced is
served when the days of the announcement are full; 283: more of them for a party abroad.
"""

from liuhen.law.calendar import start_of_day
from liuhen.law.duties import Due, Duty
from liuhen.law.facts import Service
from liuhen.law.phrases import is_mode, proofs_kept
from liuhen.law.subjects import services
from liuhen.law.verdicts import Verdict, met, still_open, unknown
from liuhen.law.view import View
from liuhen.law.vocabulary import ServiceMode

_REMOTE = (ServiceMode.BY_FAX, ServiceMode.ELECTRONIC)
PROOFS = ("consent_kept", "arrival_shown")
_ANNOUNCED = ServiceMode.BY_ANNOUNCEMENT


def _proven(view: View, service: Service) -> Verdict:
    return proofs_kept(view, service, *PROOFS)


def _in_effect(view: View, service: Service) -> Verdict:
    view.use(service, "effective_on")
    if service.effective_on is None:
        return unknown()
    day = start_of_day(service.effective_on)
    return met(day) if view.has(day) else still_open("running")


def _full(view: View, service: Service) -> Due | None:
    (abroad,) = view.use_state(service, "proofs", "is_abroad")
    name = "civil_procedure.announcement" + ("_abroad" if abroad else "")
    return view.due(name, service.made_at)


DUTIES = (
    Duty(
        "remote_service_proven",
        "civil_procedure:90",
        services(*_REMOTE),
        _proven,
        is_mode(*_REMOTE),
        act="complete_service_receipt",
    ),
    Duty(
        "announcement_in_effect",
        "civil_procedure:95",
        services(_ANNOUNCED),
        _in_effect,
        is_mode(_ANNOUNCED),
        _full,
        act="wait_for_announcement",
    ),
)
