"""The tag library pages load: `{% load liuhen %}`. Not a place for tags; each part defines its own.

Parts: `assets` (built files, islands, icons), `wording` (instants, spans, sizes, money),
`marks` (lamp, article badge, deadline, pill, person, digest), `shapes` (stage bar, coverage bar),
`fields` (forms), `pages` (query strings, periods).
"""

from __future__ import annotations

from django import template

from liuhen.web.templatetags import assets, fields, marks, pages, shapes, wording

register = template.Library()
for part in (assets, wording, marks, shapes, fields, pages):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
