"""Article 29: service by post.

Restated: sent by express mail (EMS); the registration, the voucher of posting and the return
receipt are kept.
"""

from liuhen.law.duties import Duty
from liuhen.law.facts import Service
from liuhen.law.phrases import is_mode, proofs_kept
from liuhen.law.subjects import services
from liuhen.law.verdicts import Verdict
from liuhen.law.view import View
from liuhen.law.vocabulary import ServiceMode

_MODES = (ServiceMode.BY_POST,)
PROOFS = ("is_ems", "registration_kept", "voucher_kept", "return_receipt_kept")


def _documented(view: View, service: Service) -> Verdict:
    return proofs_kept(view, service, *PROOFS)


DUTIES = (
    Duty(
        "post_proofs_kept",
        "29.1",
        services(*_MODES),
        _documented,
        is_mode(*_MODES),
        act="complete_service_receipt",
    ),
)
