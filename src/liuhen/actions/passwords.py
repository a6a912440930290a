"""Passwords as acts: whether one may be had, and changing one's own.

Not for setting another person's (`people`), nor for the rules (`people.password_rules`).
"""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from liuhen.actions.act import Draft, act
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

# What the validators of the settings find; Django's own words are not all translated.
_PASSWORD_PROBLEMS = {
    "password_too_short": "太短，至少要10个字符",
    "password_too_common": "太常见",
    "password_entirely_numeric": "全是数字",
    "password_own_words": "除去系统名称、单位名称、代码和本人姓名、登录名，剩下不足5个字符",
    "password_breached": "已经出现在公开泄露的密码中",
}


def hashed(password: str, person: Person) -> str:
    """The stored form of a password the person may have. Raises `Refused("password.weak")`."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        problems = [_PASSWORD_PROBLEMS[str(one.code)] for one in error.error_list]
        raise Refused("password.weak", problems="，".join(problems)) from error
    return make_password(password)


@act(permission="person.change_password", event="person.password_changed")
def change_password(draft: Draft, *, actor: Person, old: str, new: str) -> None:
    """Change one's own password.

    Raises:
        Refused: `password.wrong`, `password.same`, `password.weak`.
    """
    person = Person.objects.select_for_update().get(id=actor.id)
    if not person.check_password(old):
        raise Refused("password.wrong")
    if new == old:
        raise Refused("password.same")
    person.password, person.password_given_at = hashed(new, person), None
    person.save(update_fields=["password", "password_given_at"])
    draft.about(person)
