"""What was typed into the form of a paper, saved field by field; what two changed is told apart.

A form sends, for each field it holds, `_field` (its key) and `_seen.KEY` (the version of the paper
its content was taken from). Not for the look of the form (`paper_fields`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from liuhen.actions.paper_drafts import revise_paper
from liuhen.assembly.document_types import DocumentType
from liuhen.documents.models import Paper
from liuhen.documents.versions import data_at
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.web.paper_fields import case_values, in_words
from liuhen.web.paper_typed import Raw, Unreadable, raw_in, raw_of, value_of


@dataclass
class Typed:
    """What a form holds: values that were changed, where each was seen, what can't be read.

    `raw` is what was typed into the fields that are `wrong`.
    """

    values: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    raw: dict[str, Raw] = field(default_factory=dict)


@dataclass
class Saving:
    """What became of a form: the paper as it stands, what was saved, what both had changed."""

    paper: Paper
    saved: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    raw: dict[str, Raw] = field(default_factory=dict)
    differences: list[dict[str, Any]] = field(default_factory=list)


def typed_in(paper: Paper, post: QueryDict) -> Typed:
    """Read the posted fields; those that say nothing new are left out."""
    kind = paper.document_type
    found = Typed()
    for key in dict.fromkeys(post.getlist("_field")):
        one = kind.by_key.get(key)
        if one is None or one.at_issue:
            raise Refused("paper.field_unknown", title=kind.title, field=key)
        seen = _version(post.get(f"_seen.{key}", ""), paper)
        raw = raw_in(one, post)
        if raw in (raw_of(one, data.get(key)) for data in (paper.data, data_at(paper, seen))):
            continue
        try:
            found.values[key] = value_of(one, raw)
        except Unreadable as wrong:
            found.wrong[key], found.raw[key] = str(wrong), raw
            continue
        found.seen[key] = seen
    return found


def _version(text: str, paper: Paper) -> int:
    """A version a form names; one it can't have seen counts as the present one."""
    return int(text) if text.isdecimal() and int(text) <= paper.version else paper.version


def save_typed(actor: Person, paper: Paper, post: QueryDict) -> Saving:
    """Save what was typed; a field that somebody else changed too is left as it stands.

    Raises:
        Refused: what `revise_paper` refuses, save for `paper.changed`.
    """
    typed = typed_in(paper, post)
    if "_take" in post:
        _take(paper, str(post["_take"]), typed)
    saving = Saving(paper, wrong=typed.wrong, raw=typed.raw)
    wanted = _texts_of_opinions(paper.document_type, typed.values)
    while wanted:
        try:
            saving.paper = revise_paper(
                actor=actor,
                paper_id=paper.id,
                version=paper.version,
                fields=wanted,
                seen={key: typed.seen[key] for key in wanted},
            )
        except Refused as refused:
            if refused.code != "paper.changed":
                raise
            both = [_told(paper, one) for one in refused.data["differences"]]
            saving.differences += both
            wanted = {key: wanted[key] for key in wanted.keys() - {one["key"] for one in both}}
        else:
            saving.saved = sorted(wanted)
            break
    if saving.differences:
        saving.paper = Paper.objects.select_related("case__unit", "activity").get(id=paper.id)
    return saving


def _take(paper: Paper, key: str, typed: Typed) -> None:
    """Put what the case knows in the place of what was typed into one field."""
    in_case = case_values(paper).get(key)
    if in_case is None:
        raise Refused("paper.not_in_case")
    typed.wrong.pop(key, None)
    typed.values[key] = in_case
    typed.seen.setdefault(key, paper.version)


def _texts_of_opinions(kind: DocumentType, values: dict[str, Any]) -> dict[str, Any]:
    """Emptied fields go to the act as nothing known; an opinion as its text."""
    is_opinion = {one.key for one in kind.fields if one.kind == "opinion"}
    return {
        key: ("" if value is None and key in is_opinion else value) for key, value in values.items()
    }


def _told(paper: Paper, difference: dict[str, Any]) -> dict[str, Any]:
    """Both values of a field two people changed, as the paper would print them."""
    one = paper.document_type.field(difference["key"])
    sides = {side: in_words(one, difference[side]) for side in ("before", "theirs", "mine")}
    return {"key": one.key, "label": one.label, **sides}
