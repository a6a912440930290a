"""Article 31: service entrusted or forwarded service.

Restated: the reason is recorded, and server and recipient sign the receipt of service.
"""

from liuhen.law.duties import Duty
from liuhen.law.facts import Service
from liuhen.law.phrases import is_mode, proofs_kept
from liuhen.law.subjects import services
from liuhen.law.verdicts import Verdict
from liuhen.law.view import View
from liuhen.law.vocabulary import ServiceMode

_MODES = (
    ServiceMode.ENTRUSTED,
    ServiceMode.FORWARDED,
)
PROOFS = ("reason_recorded", "server_signed", "recipient_signed")


def _documented(view: View, service: Service) -> Verdict:
    return proofs_kept(view, service, *PROOFS)


DUTIES = (
    Duty(
        "entrusted_service_documented",
        "31.1",
        services(*_MODES),
        _documented,
        is_mode(*_MODES),
        act="complete_service_receipt",
    ),
)
