"""The form of a document type: a definition as rows of controls, and back from what was posted.

Fields are called by their label, also within the sentences of the body; keys are ours. Not for
whether a definition is sound (`assembly.own_types`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict

from liuhen.assembly.definition_shape import is_field
from liuhen.assembly.document_types import types
from liuhen.assembly.own_types import KIND_WORDS, OWN, definition_of
from liuhen.documents.models import Signature
from liuhen.web.paper_fields import source_words

Definition = Mapping[str, Any]
MOST_POSTED = 120  # rows read of one form
# Opinions come by way of approval, which only types of the product have.
OFFERED_KINDS = tuple((key, words) for key, words in KIND_WORDS.items() if key != "opinion")
_LAWS = (
    ("measures", "办法"),
    ("penalty", "行政处罚法"),
    ("coercion", "行政强制法"),
    ("licensing", "行政许可法"),
)
_ARTICLE = re.compile(r"(\w+?)第(\d+)条")
_COLUMN = re.compile(r"(.+)（(数|金额|日期|是否)）")
_COLUMN_KINDS = {"数": "number", "金额": "money", "日期": "date", "是否": "flag"}
_NAMED = re.compile(r"\{([^{}]+)\}|^\[([^\[\]]+)\]$|^\?([^\s\[\]{}]+) ")


def blank_definition() -> dict[str, Any]:
    """Where a new type begins: the authority, a number, the party, a day, and a seal."""
    return {
        "title": "",
        "layout": "letter",
        "series": "{authority_code}字〔{year}〕第{seq}号",
        "seal": True,
        "kinds": [],
        "articles": [],
        "copies": ["当事人", "执法机关存档"],
        "body": [],
        "field": [
            _taken("authority_name", "penalty_decision"),
            _taken("number", "penalty_decision"),
            _taken("party", "penalty_decision"),
            _taken("issued_on", "penalty_decision"),
        ],
        "signer": [],
    }


def _taken(key: str, type_key: str) -> dict[str, Any]:
    one = types()[type_key].field(key)
    told = {"key": key, "label": one.label, "kind": one.kind, "required": True}
    return {**told, "source": one.source, **({"at_issue": True} if one.at_issue else {})}


def shown_definition(key: str, told: Definition) -> dict[str, Any]:
    """A definition as the page shows it; rows of the product's own type can only be renamed."""
    product = types().get(key)
    fixed = set(product.by_key) if product else {"authority_name", "number", "issued_on"}
    fields, signers = list(told.get("field", [])), list(told.get("signer", []))
    lines = {one.role for one in product.signers} if product else set()
    labels = _called(fields)
    return {
        **told,
        "base": json.dumps(told, ensure_ascii=False),
        "articles": "、".join(map(article_words, told.get("articles", []))),
        "is_side": told.get("volume") == "side",
        "copies": "、".join(told.get("copies", [])),
        "body": "\n".join(_with_labels(line, labels) for line in told.get("body", [])),
        "fields": [
            {**_field_row(one), "place": n, "is_fixed": one["key"] in fixed}
            for n, one in enumerate(fields, start=1)
        ],
        "new_fields": range(len(fields) + 1, len(fields) + 4),
        "signers": [
            {**one, "place": n, "is_fixed": one["role"] in lines}
            for n, one in enumerate(signers, start=1)
        ],
        "new_signers": range(len(signers) + 1, len(signers) + 3),
    }


def _called(fields: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the sentences call each field, by key: its label, or its key where two share one."""
    labels = [one["label"] for one in fields]
    return {
        one["key"]: one["label"] if labels.count(one["label"]) == 1 else one["key"]
        for one in fields
    }


def _field_row(one: Mapping[str, Any]) -> dict[str, Any]:
    more = [label for _, label in one.get("options", [])]
    for column in one.get("columns", []):
        kinds = {kind: words for words, kind in _COLUMN_KINDS.items()}
        words = kinds.get(column.get("kind", "text"), "")
        more.append(f"{column['label']}（{words}）" if words else column["label"])
    source = one.get("source", "")
    return {
        **one,
        "more": "、".join(more),
        "kind_words": KIND_WORDS.get(one["kind"], one["kind"]),
        "source_words": source_words(source),
    }


def roles_offered() -> list[tuple[str, str]]:
    """Who may sign a type of the authority's own."""
    return list(Signature.Role.choices)


def article_words(one: str) -> str:
    """An article as people write it: 办法第15条; one of another statute as it is kept."""
    law, _, number = one.partition(".")
    words = dict(_LAWS).get(law)
    return f"{words}第{number}条" if words and number.isdecimal() else one


def posted_definition(key: str, post: QueryDict) -> dict[str, Any]:
    """The definition that was typed, over the one the form was opened with."""
    base = _base(post.get("base", ""))
    fields = list(_fields(key, base, post))
    labels = {label: own for own, label in _called(fields).items()}
    told: dict[str, Any] = {
        "title": post.get("title", "").strip(),
        "layout": post.get("layout", "").strip(),
        "size": post.get("size", "").strip(),
        "series": post.get("series", "").strip(),
        "seal": "seal" in post,
        "volume": "side" if "side" in post else "main",
        "kinds": post.getlist("kinds"),
        "articles": [_article(one) for one in _listed(post.get("articles", ""))],
        "copies": _listed(post.get("copies", "")),
        "body": [_with_keys(line, labels) for line in _lines(post.get("body", ""))],
        "field": fields,
        "signer": list(_signers(key, post)),
    }
    if "approval" in post:
        told["approval"] = True
    return told if "catalogue" not in base else {**told, "catalogue": base["catalogue"]}


def _base(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def _listed(text: str) -> list[str]:
    return [one.strip() for one in re.split(r"[、，,\n]", text) if one.strip()]


def _article(words: str) -> str:
    found = _ARTICLE.fullmatch(words.replace("《", "").replace("》", ""))
    laws = {said: law for law, said in _LAWS}
    return f"{laws[found[1]]}.{found[2]}" if found and found[1] in laws else words


def _rows(post: QueryDict, letter: str) -> Iterator[tuple[str, str]]:
    """The prefix of each posted row, in the order its writer numbered them."""
    places = {name.split(".")[1] for name in post if re.fullmatch(rf"{letter}\.\d+\.label", name)}
    told = [(f"{letter}.{one}.", post.get(f"{letter}.{one}.place", ""), int(one)) for one in places]
    told.sort(key=lambda row: (_number(row[1], row[2]), row[2]))
    for prefix, _, _ in told[:MOST_POSTED]:
        label = post.get(f"{prefix}label", "").strip()
        if label:
            yield prefix, label


def _number(text: str, instead: int) -> float:
    try:
        found = float(text)
    except ValueError:
        return instead
    return found if math.isfinite(found) else instead


def _fields(key: str, base: Definition, post: QueryDict) -> Iterator[dict[str, Any]]:
    held = base.get("field")
    product = types().get(key)
    first = definition_of(product) if product else blank_definition()
    rows = [*first["field"], *(held if isinstance(held, list) else ())]
    known = {one["key"]: one for one in rows if is_field(one)}
    taken = {*known, *(product.by_key if product else ())}
    for prefix, label in _rows(post, "f"):
        own = post.get(f"{prefix}key", "")
        was = known.get(own, {})
        if not was:
            own = next(f"{OWN}{n}" for n in range(1, 1_000) if f"{OWN}{n}" not in taken)
            taken.add(own)
        told = {"kind": "", **was, "key": own, "label": label}
        if f"{prefix}kind" in post:  # rows of the product's own type send their name alone
            told |= _content(prefix, post, was)
            if not told.get("source"):
                told.pop("source", None)
        if f"{prefix}required" in post:
            told["required"] = True
        elif f"{prefix}optional" in post:
            told.pop("required", None)
        yield told


def _content(prefix: str, post: QueryDict, was: Mapping[str, Any]) -> dict[str, Any]:
    kind, source = post.get(f"{prefix}kind", ""), post.get(f"{prefix}source", "").strip()
    more = _listed(post.get(f"{prefix}more", ""))
    told: dict[str, Any] = {"kind": kind, "source": source.split(" ")[0]}
    if kind in ("choice", "choices"):
        values = {label: value for value, label in was.get("options", [])}
        told["options"] = [
            [values.get(one, f"option_{n}"), one] for n, one in enumerate(more, start=1)
        ]
    if kind == "items":
        told["columns"] = [_column(n, one, was) for n, one in enumerate(more, start=1)]
    return told


def _column(number: int, words: str, was: Mapping[str, Any]) -> dict[str, Any]:
    found = _COLUMN.fullmatch(words)
    label, kind = (found[1], _COLUMN_KINDS[found[2]]) if found else (words, "text")
    held = {one["label"]: one for one in was.get("columns", [])}
    return {"key": f"column_{number}", **held.get(label, {}), "label": label, "kind": kind}


def _signers(key: str, post: QueryDict) -> Iterator[dict[str, Any]]:
    product = types().get(key)
    lines = {one.role: one for one in product.signers} if product else {}
    for prefix, label in _rows(post, "s"):
        role = post.get(f"{prefix}role", "")
        minimum = int(_number(post.get(f"{prefix}minimum", ""), 1))
        own = lines.get(role)
        yield {
            "role": role,
            "label": label,
            "minimum": minimum,
            "may_refuse": own.may_refuse if own else f"{prefix}may_refuse" in post,
            "per_page": own.per_page if own else f"{prefix}per_page" in post,
        }


def _with_labels(line: str, labels: Mapping[str, str]) -> str:
    """A paragraph with fields called by their labels."""
    return _NAMED.sub(lambda found: _renamed(found, labels), line)


def _with_keys(line: str, keys: Mapping[str, str]) -> str:
    """A paragraph with fields called by their keys; a name that none has stays as it is."""
    return _NAMED.sub(lambda found: _renamed(found, keys), line)


def _renamed(found: re.Match[str], names: Mapping[str, str]) -> str:
    within, block, when = found.groups()
    if within is not None:
        return f"{{{names.get(within, within)}}}"
    if block is not None:
        return f"[{names.get(block, block)}]"
    return f"?{names.get(when, when)} "


def told_sources(paths: Sequence[str]) -> list[tuple[str, str]]:
    """Paths into the facts of a case, each with where it leads in words and what reads it."""
    readers: dict[str, str] = {}
    for one in types().values():
        for field in one.fields:
            readers.setdefault(field.source, f"{field.label}（{KIND_WORDS[field.kind]}）")
    return [(path, f"{source_words(path)}：{readers[path]}") for path in paths]
