"""Article 33: service by announcement.

Restated: why no other lawful mode worked, the means and the medium are recorded and the written
notice is kept: newspaper original and fee voucher; screenshot, print and address of a web page; a
posted notice is recorded by sound or picture where it hangs. The file notes reason and course.
"""

from liuhen.law.duties import Duty, conj, disj
from liuhen.law.facts import Service
from liuhen.law.phrases import is_mode, proofs_kept
from liuhen.law.subjects import services
from liuhen.law.verdicts import Verdict, answer, unmet
from liuhen.law.view import View
from liuhen.law.vocabulary import ServiceMode

_MODE = ServiceMode.BY_ANNOUNCEMENT
PROOFS = ("other_modes_failed", "means_noted", "notice_kept", "course_noted")
MEDIA = {
    "in_newspaper": ("newspaper_original", "fee_voucher"),
    "on_web": ("screenshot", "printed", "address_noted"),
    "posted": ("posting_recorded",),
}


def _noted(view: View, service: Service) -> Verdict:
    return proofs_kept(view, service, *PROOFS)


def _medium_proven(view: View, service: Service) -> Verdict:
    used = view.states(service, "proofs", *MEDIA)
    if disj(False, *used.values()) is False:
        return unmet("no_medium")
    answers, lacking = [], []
    for medium, proofs in MEDIA.items():
        if used[medium] is not False:
            states = view.states(service, "proofs", *proofs)
            kept = conj(*states.values())
            answers.append(kept if used[medium] else None)
            if used[medium]:
                lacking += [name for name, value in states.items() if value is False]
    if lacking:
        return unmet("proofs", fields=",".join(lacking))
    return answer(conj(*answers))


DUTIES = (
    Duty(
        "announcement_noted",
        "33.1",
        services(_MODE),
        _noted,
        is_mode(_MODE),
        act="complete_service_receipt",
    ),
    Duty(
        "announcement_proofs_kept",
        "33.1",
        services(_MODE),
        _medium_proven,
        is_mode(_MODE),
        act="complete_service_receipt",
    ),
)
