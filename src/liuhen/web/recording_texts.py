"""The words a machine read or heard in a recording: shown as a draft until a person has looked.

Shown only under a registered viewing (Art. 42, 43). Not for reading them (`jobs.recognising`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.recordings.models import DraftText, Recording
from liuhen.recordings.texts import LONGEST_TEXT, StandingText, texts_of
from liuhen.web.templatetags.wording import span_exact

PERMISSION = "recording.confirm_text"
# Below this a line is named, in percent.
_SURE = 90


class TextForm(forms.Form):
    """The text as a person leaves it. `viewing` is the token it was shown under."""

    source = forms.ChoiceField(choices=DraftText.Source.choices, widget=forms.HiddenInput())
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput())
    viewing = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput())
    text = forms.CharField(
        label="核对后的文字",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="对照画面或者录音逐字核对；机器认错、漏认的在这里改正。",
        error_messages={"required": "请填写核对后的文字；没有文字的无需确认。"},
    )


def text_cards(
    person: Person, found: Recording, token: str, posted: forms.Form | None = None
) -> list[dict[str, Any]]:
    """Every text of a recording that was opened by `token`, with its form for who may confirm."""
    is_offered = is_allowed(person, PERMISSION)
    cards = []
    for number, text in enumerate(texts_of([found])[found.id]):
        card = _card(text)
        if is_offered:
            card["form"] = posted if _is_of(posted, text.draft) else _form(text, token, number)
        cards.append(card)
    return cards


def _is_of(posted: forms.Form | None, draft: DraftText) -> bool:
    """Whether a form that was sent is the one of this draft."""
    if posted is None:
        return False
    sent = [posted.data.get(f"text-{name}", "") for name in ("source", "key")]
    return sent == [draft.source, draft.key]


def _card(text: StandingText) -> dict[str, Any]:
    draft, at_ms = text.draft, text.draft.key
    where = (
        f"，{span_exact(dt.timedelta(milliseconds=int(at_ms)))}处的截图"
        if at_ms.isdecimal()
        else ""
    )
    return {
        "title": f"{draft.get_source_display()}{where}",
        "text": text.text,
        "draft": draft,
        "confirmed": text.confirmed,
        "sayings": [] if text.confirmed else _sayings(draft),
        "doubtful": [
            line for line in draft.lines if line.get("confidence", 100) < _SURE and line["text"]
        ],
    }


def _sayings(draft: DraftText) -> list[dict[str, str]]:
    """What was heard, with the place in the recording; none of what was read."""
    return [
        {"at": span_exact(dt.timedelta(milliseconds=line["begin_ms"])), "text": line["text"]}
        for line in draft.lines
        if "begin_ms" in line
    ]


def _form(text: StandingText, token: str, number: int) -> TextForm:
    draft = text.draft
    told = {"source": draft.source, "key": draft.key, "viewing": token, "text": text.text}
    return TextForm(initial=told, prefix="text", auto_id=f"id_text_{number}_%s")
