"""Article 30: service left at the residence.

Restated: the receipt of service states address, reason of the refusal and date, server and witness
sign it, the paper is left at the residence, and the course is recorded by sound or picture. Civil
procedure is content with witness or recording; the measures ask for both, and both are judged here.
The day of service is civil procedure's and no missing recording erases it.
"""

from liuhen.law.catalogue import Code
from liuhen.law.coverage import footage
from liuhen.law.duties import Due, Duty
from liuhen.law.facts import Service
from liuhen.law.phrases import is_mode, proofs_kept
from liuhen.law.subjects import services
from liuhen.law.verdicts import Verdict, unknown, unmet
from liuhen.law.view import View
from liuhen.law.vocabulary import ServiceMode

_LEFT = ServiceMode.LEFT_AT_RESIDENCE
PROOFS = ("address_noted", "refusal_reason_noted", "date_noted", "paper_left")
SIGNATURES = ("server_signed", "witness_signed")


def _noted(view: View, service: Service) -> Verdict:
    return proofs_kept(view, service, *PROOFS)


def _signed(view: View, service: Service) -> Verdict:
    return proofs_kept(view, service, *SIGNATURES)


def _recorded(view: View, service: Service) -> Verdict:
    view.use(service, "activity")
    activity = view.by_key("activities", service.activity)
    if activity is not None:
        return footage(view, activity, Code.SHOWN)
    return unmet("absent") if service.activity == "" else unknown()


def _due(view: View, service: Service) -> Due | None:
    return view.due("product.footage_expected", service.made_at)


DUTIES = (
    Duty(
        "left_service_noted",
        "30.1",
        services(_LEFT),
        _noted,
        is_mode(_LEFT),
        act="complete_service_receipt",
    ),
    Duty(
        "left_service_signed",
        "30.1",
        services(_LEFT),
        _signed,
        is_mode(_LEFT),
        act="complete_service_receipt",
    ),
    Duty(
        "left_service_recorded",
        "30.1",
        services(_LEFT),
        _recorded,
        is_mode(_LEFT),
        _due,
        act="upload_recording",
    ),
)
