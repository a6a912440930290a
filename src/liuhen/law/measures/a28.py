"""Article 28: service in person.

Restated: the party notes the day of receipt on the paper or on the receipt of service and signs or
seals it. The legal effect of the service is civil procedure's; this is the record of it.
"""

from liuhen.law.duties import Duty
from liuhen.law.facts import Service
from liuhen.law.subjects import services
from liuhen.law.verdicts import Verdict, answer
from liuhen.law.view import View
from liuhen.law.vocabulary import ServiceMode


def _is_in_person(view: View, service: Service) -> bool | None:
    view.use(service, "mode")
    return None if service.mode is None else service.mode is ServiceMode.IN_PERSON


def _dated(view: View, service: Service) -> Verdict:
    (noted,) = view.use_state(service, "proofs", "received_date_noted")
    return answer(noted)


def _signed(view: View, service: Service) -> Verdict:
    (signed,) = view.use_state(service, "proofs", "recipient_signed")
    return answer(signed)


DUTIES = (
    Duty(
        "receipt_dated",
        "28.1",
        services(ServiceMode.IN_PERSON),
        _dated,
        _is_in_person,
        act="complete_service_receipt",
    ),
    Duty(
        "receipt_signed",
        "28.1",
        services(ServiceMode.IN_PERSON),
        _signed,
        _is_in_person,
        act="complete_service_receipt",
    ),
)
