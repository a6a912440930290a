"""Pages of copies with covered parts: begun, drawn, made, looked at picture by picture, released.

Pictures of a copy are shown under a registered viewing of the recording only. Not for making it
(`jobs.redacting`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.access.models import Redaction
from liuhen.access.queries import (
    opened,
    viewing_ground,
    visible_redaction,
    visible_redactions,
)
from liuhen.actions import redacting as acts
from liuhen.actions.access import open_recording
from liuhen.actions.party_copies import paper_name
from liuhen.kernel.refusals import Refused, explain
from liuhen.media.pictures import thumbnail
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.recordings.derivatives import (
    REDACTED,
    REDACTED_STILL,
    derivative_path,
    made_file,
    put_derivative,
)
from liuhen.recordings.models import Derivative, Recording
from liuhen.recordings.queries import derivative_of, visible_recording
from liuhen.web.acting import again_soon, person_of, signed_in, succeed
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.papers import pages_of, visible_paper
from liuhen.web.recording_player import player_of, watermark_of
from liuhen.web.redaction_forms import (
    OpenForm,
    RegionForm,
    SoundForm,
    WithdrawForm,
    is_photo,
    region_lines,
    sound_lines,
)
from liuhen.web.refusals import refusal_context

TITLE = "遮盖副本"
STILLS, _WIDTH = 24, 640
_LAMPS = {
    "draft": "open",
    "making": "blue",
    "made": "yellow",
    "returned": "red",
    "released": "green",
    "failed": "red",
    "withdrawn": "grey",
}
_S = Redaction.State
_TOOLS = (_S.DRAFT, _S.MADE, _S.RETURNED, _S.FAILED)

_OF_PICTURES = "检测没有把握的每个画面都由另一个人审看，全部看过才能放行。"
_OF_A_PAPER = "每一页都画成图，遮盖处的文字在副本里不再存在；由另一个人审看后放行。"


class BeginForm(PlacedForm):
    """Why, and whether faces are found by the detector."""

    reason = forms.CharField(
        label="理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="提供给谁，哪些内容依法应当保密",
    )
    finds_faces = forms.BooleanField(label="自动找出并遮盖人脸", required=False, initial=True)


@signed_in
@require_safe
def redactions(request: HttpRequest) -> HttpResponse:
    """Copies of what the person may see, newest first."""
    person = person_of(request)
    require(person, "redaction.list")
    page = page_of(request, visible_redactions(person))
    items = [{"row": one, "lamp": _LAMPS[one.state]} for one in page.rows]
    context = {"items": items, "pager": page.pager, "crumbs": [{"label": TITLE}]}
    return render(request, "redactions.html", context)


@signed_in
def recording_redact(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Begin a copy of a recording."""
    person = person_of(request)
    found = visible_recording(person, recording_id)

    def perform(data: dict[str, Any]) -> str:
        made = acts.begin_redaction(actor=person, recording_id=found.id, **data)
        return reverse("redaction", args=[made.id])

    place = (found.name, reverse("recording", args=[found.id]))
    return _beginning(found.name, place).answer(request, BeginForm(posted(request)), perform)


@signed_in
def paper_redact(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Begin a copy of a paper."""
    person = person_of(request)
    found = visible_paper(request, paper_id)

    def perform(data: dict[str, Any]) -> str:
        data["finds_faces"] = False
        made = acts.begin_redaction(actor=person, paper_id=found.id, **data)
        return reverse("redaction", args=[made.id])

    form = BeginForm(posted(request))
    del form.fields["finds_faces"]
    name = paper_name(found)
    place = (name, reverse("paper", args=[found.id]))
    return _beginning(name, place, _OF_A_PAPER).answer(request, form, perform)


def _beginning(about: str, place: tuple[str, str], review: str = _OF_PICTURES) -> OneForm:
    return OneForm(
        permission="redaction.draw",
        title="制作遮盖副本",
        submit="开始",
        success="已开始，请划定区域，再生成副本。",
        crumbs=[place],
        about=about,
        notes=[
            "原件不改动；遮盖的部分在副本里不再存在，不能恢复。",
            review,
        ],
        article="45.1",
    )


@signed_in
def redaction(request: HttpRequest, redaction_id: UUID) -> HttpResponse:
    """One copy; each form posts to one act, named by `do`."""
    person = person_of(request)
    found = visible_redaction(person, redaction_id)
    if request.method != "POST":
        page = _page(request, person, found)
        return again_soon(page) if found.state == _S.MAKING else page
    do = request.POST.get("do", "")
    if do not in _ACTS:
        raise Refused("record.not_found")
    form = _FORMS[do](request.POST, auto_id=_ids(do)) if do in _FORMS else None
    if form is not None and not form.is_valid():
        return _page(request, person, found, {do: form}, status=400)
    data = form.cleaned_data if form is not None else dict(request.POST.lists())
    try:
        address, words = _ACTS[do](person, found, data)
    except Refused as refused:
        return _page(request, person, found, {do: form} if form else None, refused=refused)
    succeed(request, words)
    viewing = request.GET.get("viewing", "")
    query = f"?{urlencode({'viewing': viewing})}" if viewing else ""
    return HttpResponseRedirect(address or reverse("redaction", args=[found.id]) + query)


def _open(person: Person, found: Redaction, data: dict[str, Any]) -> tuple[str, str]:
    if found.recording_id is None:
        raise Refused("record.not_found")
    seen = open_recording(actor=person, recording_id=found.recording_id, reason=data["reason"])
    place = reverse("redaction", args=[found.id])
    return f"{place}?{urlencode({'viewing': seen.token})}", "调阅已登记。"


def _changed(
    person: Person, found: Redaction, regions: list[Any], sounds: list[Any]
) -> tuple[str, str]:
    acts.change_redaction(actor=person, redaction_id=found.id, regions=regions, sounds=sounds)
    return "", "已保存，生成后生效。"


def _region(person: Person, found: Redaction, data: dict[str, Any]) -> tuple[str, str]:
    made = RegionForm.region(data, is_paged=found.is_paged)
    return _changed(person, found, [*found.regions, made], found.sounds)


def _sound(person: Person, found: Redaction, data: dict[str, Any]) -> tuple[str, str]:
    made = [int(data["from_s"] * 1000), int(data["to_s"] * 1000), data["how"]]
    return _changed(person, found, found.regions, [*found.sounds, made])


def _remove(person: Person, found: Redaction, data: dict[str, Any]) -> tuple[str, str]:
    gone = data.get("which", [""])[0]
    regions = [one for place, one in enumerate(found.regions) if f"r{place}" != gone]
    sounds = [one for place, one in enumerate(found.sounds) if f"s{place}" != gone]
    return _changed(person, found, regions, sounds)


def _order(person: Person, found: Redaction, _: dict[str, Any]) -> tuple[str, str]:
    acts.order_redaction(actor=person, redaction_id=found.id)
    return "", "正在生成，完成后本页自动更新。"


def _moments(data: dict[str, Any]) -> list[int]:
    told = [one for one in data.get("moment", []) if one.isascii() and one.isdigit()]
    return [int(one) for one in told if len(one) < 12]


def _look(person: Person, found: Redaction, data: dict[str, Any]) -> tuple[str, str]:
    acts.confirm_covered(actor=person, redaction_id=found.id, moments=_moments(data))
    return "", "已确认。"


def _return(person: Person, found: Redaction, data: dict[str, Any]) -> tuple[str, str]:
    told, reason = _moments(data), data.get("reason", [""])[0]
    acts.return_redaction(actor=person, redaction_id=found.id, moments=told, reason=reason)
    return "", "已退回，补遮后重新生成、重新审看。"


def _release(person: Person, found: Redaction, _: dict[str, Any]) -> tuple[str, str]:
    acts.release_redaction(actor=person, redaction_id=found.id)
    return "", "已放行，可以按批准提供。"


def _withdraw(person: Person, found: Redaction, data: dict[str, Any]) -> tuple[str, str]:
    acts.withdraw_redaction(actor=person, redaction_id=found.id, reason=data["reason"])
    return "", "已作废。"


_ACTS: dict[str, Callable[[Person, Redaction, dict[str, Any]], tuple[str, str]]] = {
    "open": _open,
    "region": _region,
    "sound": _sound,
    "remove": _remove,
    "order": _order,
    "look": _look,
    "return": _return,
    "release": _release,
    "withdraw": _withdraw,
}
_FORMS: dict[str, type[forms.Form]] = {
    "open": OpenForm,
    "region": RegionForm,
    "sound": SoundForm,
    "withdraw": WithdrawForm,
}


def _ids(form: str) -> str:
    """How the fields of one form of the page are called: two forms ask for the same."""
    return f"{form}_%s"


def _page(
    request: HttpRequest,
    person: Person,
    found: Redaction,
    given: dict[str, forms.Form] | None = None,
    *,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    may_draw = is_allowed(person, "redaction.draw") and found.state in _TOOLS
    may_review = is_allowed(person, "redaction.review") and found.asked_by_id != person.id
    token = _token(request, person, found)
    context: dict[str, Any] = {
        **_pictures(found, token),
        "found": found,
        "lamp": _LAMPS[found.state],
        "forms": {name: form(auto_id=_ids(name)) for name, form in _FORMS.items()} | (given or {}),
        "regions": region_lines(found),
        "sounds": sound_lines(found),
        "may_draw": may_draw,
        "is_sounding": not (found.is_paged or is_photo(found)),
        "is_photo": is_photo(found),
        "is_paged": found.is_paged,
        "may_review": may_review and found.state == Redaction.State.MADE,
        "may_withdraw": is_allowed(person, "redaction.review"),
        "may_open": found.recording is not None
        and not token
        and (found.made_sha256 or may_draw)
        and viewing_ground(person, found.recording) is not None,
        "token": token,
        "file_href": _file_href(found, token),
        "cover": _cover(person, found, token) if may_draw else None,
        "place": _origin(found),
        "crumbs": [{"label": TITLE, "href": reverse("redactions")}, {"label": found.name}],
    }
    if refused is not None:
        context["refusal"], status = refusal_context(refused), explain(refused).status
    return render(request, "redaction.html", context, status=status)


def _pictures(found: Redaction, token: str) -> dict[str, Any]:
    """The pictures to be looked at, and those in which something still showed."""
    left = sorted(set(found.doubted) - set(found.looked))
    return {
        "left": len(left),
        "stills": [_still(found, at, token) for at in left[:STILLS]] if token else [],
        "bare": [_still(found, at, token) for at in found.bare or ()],
    }


def _token(request: HttpRequest, person: Person, found: Redaction) -> str:
    """The token of a viewing of this recording that still holds, or nothing."""
    token = request.GET.get("viewing", "")
    try:
        is_its_own = token and opened(person, token).recording_id == found.recording_id
    except Refused:
        return ""
    return token if is_its_own else ""


def _cover(person: Person, found: Redaction, token: str) -> dict[str, Any] | None:
    """What regions are drawn on, as this person may see it now; None: nothing to be shown."""
    if found.paper is not None:
        pages = pages_of(found.paper)
        told = {"kind": "scan", "name": found.name, "pages": pages}
        watermark = {"viewer": watermark_of(person)["viewer"]}  # reading it is not registered
        return {**told, "form": "region-form", "watermark": watermark}
    shown = player_of(person, found.recording, token) if token and found.recording else None
    if shown is None or shown["kind"] == Recording.Kind.AUDIO:
        return None
    keys = ("kind", "name", "src", "pages", "watermark")
    return {**{key: shown[key] for key in keys if key in shown}, "form": "region-form"}


def _file_href(found: Redaction, token: str) -> str:
    if not found.made_sha256:
        return ""
    if found.recording is None:
        return reverse("redaction_file", args=[found.id])
    if not token:
        return ""
    return reverse("media-excerpt", kwargs={"token": token, "kind": REDACTED, "key": found.key})


def _origin(found: Redaction) -> dict[str, str]:
    if found.recording is not None:
        return {"label": found.name, "href": reverse("recording", args=[found.recording_id])}
    return {"label": found.name, "href": reverse("paper", args=[found.paper_id])}


def _still(found: Redaction, at: int, token: str) -> dict[str, Any]:
    src = reverse("redaction_still", args=[found.id, at])
    words = f"{at // 60_000}:{at % 60_000 / 1000:06.3f}"
    return {"at": at, "words": words, "src": f"{src}?{urlencode({'viewing': token})}"}


@signed_in
@require_safe
def redaction_still(request: HttpRequest, redaction_id: UUID, at: int) -> HttpResponse:
    """A picture in doubt, as the copy shows it."""
    person = person_of(request)
    found = visible_redaction(person, redaction_id)
    if not _token(request, person, found):
        raise Refused("viewing.expired")
    if at not in found.doubted:
        raise Http404
    key = f"{found.made_sha256[:16]}-{at}"
    made = derivative_of(found.original_id, REDACTED_STILL, key)
    if made is None:
        copy = derivative_of(found.original_id, REDACTED, found.key)
        out = derivative_path(found.original_id, REDACTED_STILL, key)
        thumbnail(_place(copy), out, _WIDTH, at_ms=at)
        made = put_derivative(found.original_id, REDACTED_STILL, out, key=key, how={"at_ms": at})
    return _bytes(_place(made).read_bytes(), "image/jpeg")


@signed_in
@require_safe
def redaction_file(request: HttpRequest, redaction_id: UUID) -> HttpResponse:
    """The copy of a paper; copies of recordings are shown under a viewing (`media`)."""
    found = visible_redaction(person_of(request), redaction_id)
    if found.paper_id is None or not found.made_sha256:
        raise Refused("record.not_found")
    copy = derivative_of(found.original_id, REDACTED, found.key)
    return _bytes(_place(copy).read_bytes(), "application/pdf")


def _place(made: Derivative | None) -> Any:
    where = made_file(made)
    if where is None:
        raise Http404
    return where


def _bytes(content: bytes, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
