"""What a page asks for beside its context: the present query changed, a period in force today.

Not for paging (queries).
"""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import RequestContext

from liuhen.web.periods import period_words

register = template.Library()


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """`{% query page=3 lamp='' %}`: the present query with changes; empty takes a key away."""
    request = context.get("request")
    parameters = QueryDict(mutable=True) if request is None else request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.simple_tag
def period(name: str) -> str:
    """`{% period 'order55.check_lead' %}`: 15个工作日, as the law or the authority has it today."""
    return period_words(name)
