"""Addresses of lists: the same query with one thing changed. Not for paging (queries)."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

register = template.Library()


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """`{% query page=3 lamp='' %}`: the present query with changes; empty takes a key away."""
    request = context.get("request")
    parameters = request.GET.copy() if request is not None else {}
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    encoded: str = parameters.urlencode() if parameters else ""
    return f"?{encoded}" if encoded else "?"
