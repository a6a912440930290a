"""Article 41: how long recordings are kept.

Restated: two years where an inspection only guided, persuaded or corrected and no dispute arose;
with the file where the case is one of licensing, penalty, coercion or levy; for ever in six
situations. What the article leaves open is kept by a parameter. The class is `law.retention`'s. A
recording that is still held satisfies every class, so it is judged once: by the lowest it may have.
"""

from collections.abc import Callable

from liuhen.law.duties import Duty
from liuhen.law.facts import Recording
from liuhen.law.retention import kept_until, possible_classes
from liuhen.law.subjects import RECORDINGS
from liuhen.law.verdicts import Verdict, failed, met, unknown
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import RetentionClass


def _is_of(*classes: RetentionClass) -> Callable[[View, Recording], bool | None]:
    def bites(view: View, recording: Recording) -> bool | None:
        view.use(recording, "disposed_at")
        possible = possible_classes(view, recording)
        if view.has(recording.disposed_at) is False:
            return possible[0] in classes
        found = [each in classes for each in possible]
        return True if all(found) else None if any(found) else False

    return bites


def _kept_for_ever(view: View, recording: Recording) -> Verdict:
    gone = view.has(recording.disposed_at)
    if gone is None:
        return unknown()
    return failed("destroyed") if gone else met()


def _kept_long_enough(view: View, recording: Recording) -> Verdict:
    gone = view.has(recording.disposed_at)
    if gone is None:
        return unknown()
    if not gone:
        return met()
    until = kept_until(view, recording)
    disposed = instant(recording.disposed_at)
    if until is None or disposed is None:
        return unknown()
    return met() if disposed > until else failed("destroyed")


DUTIES = (
    Duty(
        "guidance_recording_kept",
        "41.1(1)",
        RECORDINGS,
        _kept_long_enough,
        _is_of(RetentionClass.GUIDANCE),
    ),
    Duty(
        "recording_kept_for_its_period",
        "41.1",
        RECORDINGS,
        _kept_long_enough,
        _is_of(RetentionClass.UNCLASSIFIED, RetentionClass.CASE_FILE),
    ),
    Duty(
        "permanent_recording_kept",
        "41.1(3)",
        RECORDINGS,
        _kept_for_ever,
        _is_of(RetentionClass.PERMANENT),
    ),
)
