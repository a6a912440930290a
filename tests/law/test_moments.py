"""What was known of an instant: both sides of the instant that is judged."""

from datetime import UTC, datetime, timedelta

import pytest

from liuhen.law.moments import Moment, as_of, happened
from liuhen.law.vocabulary import NOT_YET

AT = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("moment", "known", "is_so"),
    [
        (AT - TICK, AT - TICK, True),
        (AT, AT, True),
        (AT + TICK, NOT_YET, False),
        (NOT_YET, NOT_YET, False),
        (None, None, None),
    ],
)
def test_what_lies_after_the_judged_instant_has_not_happened_yet(
    moment: Moment, known: Moment, is_so: bool | None
) -> None:
    assert as_of(moment, AT) == known
    assert happened(moment, AT) is is_so
