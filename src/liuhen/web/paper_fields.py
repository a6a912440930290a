"""The fields of a paper as its form shows them: value, requirement, where the value came from.

Not for reading what was typed (`paper_typed`), nor for saving it (`paper_saving`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import Any

from django.template.loader import render_to_string

from liuhen.actions.paper_drafts import OWN_OPINIONS
from liuhen.assembly.document_types import DocumentType, Field
from liuhen.assembly.filling import fill, is_known
from liuhen.assembly.wording import PARTY_PARTS, PARTY_ROWS, worded
from liuhen.documents.case_facts import facts_of
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.web.hearing_right import figure_words
from liuhen.web.paper_typed import Raw, columns_of, raw_of

_THIRDS = frozenset({"number", "date", "money", "flag", "choice", "instant"})
_GROUPS = frozenset({"party", "span", "choices"})  # of several controls each
_IN_SHORT = 120


def case_values(paper: Paper) -> dict[str, Any]:
    """What the case would fill the paper with now."""
    return fill(paper.document_type, facts_of(paper.case, paper.activity, clock.now()))


def shown_fields(
    paper: Paper,
    known: Mapping[str, Any],
    *,
    keys: Collection[str] | None = None,
    typed: Mapping[str, Raw] | None = None,
) -> list[dict[str, Any]]:
    """The fields of a paper for `paper_edit/field.html`, in order; only `keys` when given.

    `known` is what the case would fill in (`case_values`); `typed` is what stands in fields
    whose content could not be read, and is shown in the place of the stored value.
    """
    kind = paper.document_type
    raw = {one.key: raw_of(one, paper.data.get(one.key)) for one in kind.fields}
    raw.update(typed or {})
    return [
        _shown_field(kind, one, paper, known.get(one.key), raw[one.key])
        for one in kind.fields
        if keys is None or one.key in keys
    ]


def _shown_field(
    kind: DocumentType, one: Field, paper: Paper, in_case: Any, raw: Raw
) -> dict[str, Any]:
    """One field: its control and what stands in it, what asks for it, where it came from."""
    value = paper.data.get(one.key)
    source = _source(one, value, in_case)
    if one.source == "notice.hearing_days":
        source["words"] += figure_words(paper.case)
    return {
        "key": one.key,
        "label": one.label,
        "kind": one.kind,
        "control": f"paper_edit/{_control(one)}.html",
        "is_group": bool(columns_of(one)) or one.kind in _GROUPS or _is_told(one),
        "width": "third" if one.kind in _THIRDS else "half" if one.kind == "text" else "full",
        "is_required": one.is_required(paper.data),
        "depends_on": kind.field(one.required_when.field).label if one.required_when else "",
        "options": one.options,
        "minimum": one.minimum,
        "seen": paper.version,
        "source": source,
        "words": in_words(one, value) if _is_told(one) else "",
        **_content(one, raw),
    }


def _content(one: Field, raw: Raw) -> dict[str, Any]:
    """What stands in the control, in the shape its template wants."""
    if columns_of(one):
        rows = [*raw, {}]  # one empty row to write in, also without scripts
        return {
            "columns": columns_of(one),
            "rows": [_cells(one, place, row) for place, row in enumerate(rows)],
            "blank": _cells(one, "new", {}),
        }
    if one.kind == "party" and isinstance(raw, dict):
        return {"parts": _party_parts(one, raw), "party_kind": raw["kind"]}
    return {"raw": raw}


def _cells(one: Field, place: object, row: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{one.key}.{place}.{column.key}",
            "label": column.label,
            "kind": column.kind,
            "value": row.get(column.key, ""),
            "is_required": column.required,
        }
        for column in columns_of(one)
    ]


def _party_parts(one: Field, raw: Mapping[str, str]) -> list[dict[str, Any]]:
    """The particulars of a party; which of them stand on the paper depends on its kind."""
    return [
        {
            "name": f"{one.key}.{part}",
            "labels": {kind: dict(rows).get(part, "") for kind, rows in PARTY_ROWS.items()},
            "when": ",".join(kind for kind, rows in PARTY_ROWS.items() if part in dict(rows)),
            "type": "date" if part == "born_on" else "text",
            "value": raw[part],
        }
        for part in PARTY_PARTS
    ]


def _control(one: Field) -> str:
    if _is_told(one):
        return "told"
    if columns_of(one):
        return "dialogue" if one.kind == "dialogue" else "rows"
    return "long_text" if one.kind == "opinion" else one.kind


def _is_told(one: Field) -> bool:
    """Whether the field is only told on the form, because an act supplies it."""
    return one.at_issue or (one.kind == "opinion" and one.role not in OWN_OPINIONS)


def _source(one: Field, value: Any, in_case: Any) -> dict[str, Any]:
    """Where the value came from: the case, a hand, or nowhere yet."""
    words = source_words(one.source)
    if one.at_issue:
        return {"state": "at_issue", "words": "制作时由系统填写"}
    if _is_told(one):
        return {"state": "approval", "words": "审批时由相应职务的人签署"}
    if not is_known(in_case):
        state = "hand" if is_known(value) else "none"
        return {"state": state, "words": "手工填写" if state == "hand" else ""}
    if raw_of(one, value) == raw_of(one, in_case):
        return {"state": "case", "words": f"取自{words}"}
    return {
        "state": "changed",
        "words": f"已改动，与{words}不同" if is_known(value) else f"{words}中有，尚未采用",
        "in_case": in_words(one, in_case)[:_IN_SHORT],
    }


def in_words(one: Field, value: Any) -> str:
    """A value as the paper prints it, in a line or some; nothing known gives nothing."""
    try:
        told = worded(one, value)
    except Refused:
        return str(value)
    if told is None:
        return ""
    if "rows" in told and one.kind == "items":
        return "；".join("，".join(filter(None, row)) for row in told["rows"])
    if "turns" in told:
        return "\n".join(f"问：{turn['question']}\n答：{turn['answer']}" for turn in told["turns"])
    if one.kind == "party":
        return "，".join(f"{row['label']}：{row['text']}" for row in told["rows"])
    text: str = told["text"]
    return text


def fragments(paper: Paper, keys: Collection[str]) -> dict[str, str]:
    """Fields as HTML, for a form that is open while somebody else has changed them."""
    if not keys:
        return {}
    shown = shown_fields(paper, case_values(paper), keys=keys)
    return {one["key"]: render_to_string("paper_edit/field.html", {"one": one}) for one in shown}


@cache
def _source_words() -> Mapping[str, str]:
    text = resources.files("liuhen.web").joinpath("paper_sources.toml").read_text("utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    return raw


def source_words(path: str) -> str:
    """Where a path into the facts of the case leads, in words; "" for none."""
    if not path:
        return ""
    table = _source_words()
    return table.get(path) or table[path.split(".")[0]]
