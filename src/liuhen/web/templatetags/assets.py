"""Built page assets, icons and islands. Not for hand-made static files: those use `{% static %}`.

Vite writes `static/built/manifest.json`; names are those of `vite.config.ts` (`app.ts`,
`icons.svg`). Nothing here writes inline script or style: the policy of the pages forbids both.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString

from liuhen.kernel import clock
from liuhen.kernel.refusals import Fault

register = template.Library()

BUILT = Path(__file__).resolve().parent.parent / "static" / "built"


@lru_cache(maxsize=2)
def _parsed(path: Path, second: int) -> dict[str, Any]:
    del second  # part of the key: a new build is seen without a restart
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise Fault("page assets are not built: run `npm ci && npm run build`") from missing
    return content


def manifest() -> dict[str, Any]:
    """What was built, by source name; read once a second at most, for a page has many icons.

    Raises:
        Fault: the assets are not built (`npm run build`).
    """
    return _parsed(BUILT / "manifest.json", int(clock.monotonic()))


def _address(name: str) -> str:
    # Not through the static storage: a second hash in the name would load scripts twice, once as
    # the page asks for them and once as they ask for each other.
    return f"{settings.STATIC_URL}built/{name}"


def built_url(source: str) -> str:
    """Address of a built file, e.g. `icons.svg`.

    Raises:
        Fault: nothing of that name was built.
    """
    entry = manifest().get(source)
    if entry is None:
        raise Fault(f"no built asset named {source!r}")
    return _address(entry["file"])


def built_files(*sources: str) -> list[str]:
    """Addresses of everything these sources need: scripts, what they import, style sheets.

    Raises:
        Fault: one of them was not built.
    """
    waiting, found, entries = list(sources), dict[str, None](), manifest()
    seen: set[str] = set()
    while waiting:
        source = waiting.pop()
        if source in seen:
            continue
        seen.add(source)
        if source not in entries:
            raise Fault(f"no built asset named {source!r}")
        entry = entries[source]
        for name in (entry["file"], *entry.get("css", ())):
            found[_address(name)] = None
        waiting += entry.get("imports", ())
    return list(found)


@register.simple_tag
def asset(source: str = "app.ts") -> SafeString:
    """`{% asset %}` in <head>: the style sheets and the script of an entry."""
    entry = manifest().get(source)
    if entry is None:
        raise Fault(f"no built asset named {source!r}")
    styles = format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((_address(name),) for name in entry.get("css", ())),
    )
    script = format_html('<script type="module" src="{}"></script>', _address(entry["file"]))
    return format_html("{}\n{}", styles, script)


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """`{% icon 'clock' %}`: an icon of `frontend/icons.ts`, hidden from screen readers.

    An icon stands beside words. `name` ends in `-filled` for the filled form.
    """
    return format_html(
        '<svg class="icon lh-icon {}" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        css_class,
        built_url("icons.svg"),
        name,
    )


@register.simple_tag
def island(name: str, data: Any = None, css_class: str = "") -> SafeString:
    """`{% island 'timeline' data %}`: a place that a script of ours brings to life.

    `data` is any JSON value (dates and UUIDs are written as text) in the schema of the island
    (docs/design.md). The words inside are seen while it loads, or when scripts are off.
    """
    return format_html(
        '<div class="lh-island lh-island-{} {}" data-island="{}">{}'
        '<p class="lh-island-waiting">正在载入…'
        "<noscript>此处需要启用浏览器的 JavaScript。</noscript></p></div>",
        name,
        css_class,
        name,
        json_script(data, encoder=DjangoJSONEncoder),
    )


@register.simple_tag
def icon_sprite() -> str:
    """Address of the sprite, told on <html> so that scripts can draw the same icons."""
    return built_url("icons.svg")
