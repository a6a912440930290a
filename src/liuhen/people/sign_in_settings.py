"""What the environment says of passwords and the second step. Read before Django is set up.

Not for checking either (`password_rules`, `queries.must_have_second_factor`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from liuhen.kernel.refusals import Refused

_DJANGO = "django.contrib.auth.password_validation"
_OURS = "liuhen.people.password_rules"


def password_rules(environment: Mapping[str, str]) -> list[dict[str, object]]:
    """Django's list of what looks at a new password.

    Raises:
        Refused: `setting.breached_passwords`: the list that is named can't be read.
    """
    breached = environment.get("LIUHEN_BREACHED_PASSWORDS", "")
    if breached and not os.access(breached, os.R_OK):
        raise Refused("setting.breached_passwords", value=breached)
    return [
        {"NAME": f"{_DJANGO}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
        {"NAME": f"{_DJANGO}.CommonPasswordValidator"},
        {"NAME": f"{_DJANGO}.NumericPasswordValidator"},
        {"NAME": f"{_OURS}.OwnWords"},
        {"NAME": f"{_OURS}.Breached", "OPTIONS": {"path": breached}},
    ]


def is_second_factor_for_all(environment: Mapping[str, str]) -> bool:
    """Whether everybody signs in with a second step, not only some offices.

    Raises:
        Refused: `setting.second_factor`.
    """
    told = environment.get("LIUHEN_SECOND_FACTOR") or "offices"
    if told not in ("offices", "all"):
        raise Refused("setting.second_factor", value=told)
    return told == "all"
