"""The capture page for phones: page, service worker, manifest, and how a phone comes to trust us.

The page holds no record: what it shows comes from the API, so that its copy on a phone tells
nothing. Not for what it sends (`api.capture`, `api.uploads`).
"""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.host.tls import authority_file, fingerprint
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.people.queries import require
from liuhen.recordings.uploads import PERMISSION
from liuhen.web.acting import person_of, signed_in
from liuhen.web.qr import qr_code
from liuhen.web.templatetags.assets import built_files

ICON_SIZES = (192, 512)
_SOURCES = ("app.ts", "islands/capture/index.ts", "icons.svg")


@signed_in
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """The capture page."""
    require(person_of(request), PERMISSION)
    return render(request, "phone.html", {"capture": {"worker": reverse("phone_worker")}})


@require_safe
def phone_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the files it keeps for a phone without a network."""
    files = [*built_files(*_SOURCES), *map(_icon, ICON_SIZES), static("liuhen/seal.svg")]
    files.append(reverse("phone_manifest"))
    script = _built_worker().read_text("utf-8")
    kept = {"version": sha256_hex(f"{script}{files}".encode())[:16], "files": files}
    body = f"self.PHONE_FILES = {json.dumps(kept)};\n{script}"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _built_worker() -> Path:
    (address,) = built_files("phone-worker.ts")
    return settings.STATIC_ROOT / address.removeprefix(settings.STATIC_URL)


def _icon(size: int) -> str:
    return static(f"liuhen/seal-{size}.png")


@require_safe
def phone_manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page on its home screen (W3C Web Application Manifest)."""
    icons = [
        {"src": _icon(size), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in ICON_SIZES
    ]
    told = {
        "id": reverse("phone"),
        "name": "留痕 执法拍摄",
        "short_name": "执法拍摄",
        "lang": "zh-Hans",
        "start_url": reverse("phone"),
        "scope": reverse("phone"),
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#f3f5f8",
        "theme_color": "#17395c",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def phone_trust(request: HttpRequest) -> HttpResponse:
    """Leads a phone through trusting the authority's certificate; needs no sign-in."""
    host = settings.TLS_HOST
    certificate = authority_file(settings.HOME.secrets, host) if host else None
    address = f"https://{host}{_port(request)}{reverse('phone')}" if host else ""
    context = {
        "host": host,
        "address": address,
        "code": qr_code(address) if address else "",
        "certificate_href": reverse("phone_authority") if certificate else "",
        "fingerprint": fingerprint(certificate) if certificate else "",
        "is_secure": request.is_secure(),
    }
    return render(request, "phone_trust.html", context)


def _port(request: HttpRequest) -> str:
    return f":{request.get_port()}" if request.get_port() not in {"80", "443"} else ""


@require_safe
def phone_authority(request: HttpRequest) -> HttpResponse:
    """The certificate that a phone installs once."""
    found = authority_file(settings.HOME.secrets, settings.TLS_HOST) if settings.TLS_HOST else None
    if found is None:
        raise Refused("record.not_found")
    response = HttpResponse(found.read_bytes(), content_type="application/x-x509-ca-cert")
    response.headers["Content-Disposition"] = 'attachment; filename="liuhen-authority.crt"'
    return response
