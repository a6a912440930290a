"""Addresses of lists: the same query with one thing changed. Not for paging (queries)."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import RequestContext

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
