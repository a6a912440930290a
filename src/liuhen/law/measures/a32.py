"""Article 32: service by fax.

Restated: time, the recipient's number and the receiver's name are noted on the fax and its copies.
"""

from liuhen.law.duties import Duty
from liuhen.law.facts import Service
from liuhen.law.phrases import is_mode, proofs_kept
from liuhen.law.subjects import services
from liuhen.law.verdicts import Verdict
from liuhen.law.view import View
from liuhen.law.vocabulary import ServiceMode

_MODES = (ServiceMode.BY_FAX,)
PROOFS = ("time_noted", "number_noted", "receiver_noted")


def _documented(view: View, service: Service) -> Verdict:
    return proofs_kept(view, service, *PROOFS)


DUTIES = (
    Duty(
        "fax_service_documented",
        "32.1",
        services(*_MODES),
        _documented,
        is_mode(*_MODES),
        act="complete_service_receipt",
    ),
)
