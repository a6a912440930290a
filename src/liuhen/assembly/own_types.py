"""Document types an authority makes or changes: read from plain data, checked, written back.

Such a type is the same data as a TOML file of ours: words, fields, signers and the name of one of
our layouts. It holds no layout source, no code and no path, so nothing in it can be run and nothing
be read by it; its words reach the page as text. Lengths are bounded, and with them what setting it
costs. Not for whether it can be printed whole (`trial`), nor for keeping it (`rulebook`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from liuhen.assembly.definition_shape import shape_faults
from liuhen.assembly.document_types import KINDS, SIDE, DocumentType, Field, type_from, types
from liuhen.assembly.letters import ALWAYS_SHOWN, LETTER, Paragraph, paragraph
from liuhen.kernel.refusals import Refused

# How the keys of types begin that an authority added; the product has none such.
OWN = "own_"
# Whose word on a paper is the answer to a request for approval.
_ANSWERING = frozenset({"unit_head", "department_head", "head", "leader"})
# Layouts that set the fields of any type; every other belongs to one type.
FRAMES: Mapping[str, str] = {LETTER: "公文", "form": "表格", "record": "笔录"}
SIZES: Mapping[str, str] = {"": "随版式", "three": "三号", "four": "四号", "small-four": "小四"}
KIND_WORDS: Mapping[str, str] = {
    "text": "一行文字",
    "long_text": "多行文字",
    "number": "数",
    "date": "日期",
    "instant": "日期和时间",
    "span": "起止时间",
    "money": "金额",
    "flag": "是否",
    "choice": "单选",
    "choices": "多选",
    "party": "当事人",
    "officers": "执法人员",
    "items": "清单",
    "dialogue": "问答",
    "opinion": "意见",
}
assert KIND_WORDS.keys() == KINDS
_OURS = frozenset({"authority_name", "number", "issued_on"})
_SERIES = ("{authority_code}", "{year}", "{seq}")
_BRACED = re.compile(r"\{[^{}]*\}")
Rows = Sequence[Mapping[str, Any]]
_ARTICLE = re.compile(r"[a-z_]+\.\d+(\.\d+)?(\(\d+\))?")
_FAULTS_TOLD = 12


def own_type(key: str, raw: Mapping[str, Any]) -> DocumentType:
    """The type of that key from its definition, once nothing speaks against it.

    A key of the product changes that type: what it holds, who signs it, that it is sealed and the
    volume it is bound into stay.

    Raises:
        Refused: `document_type.unsound` with everything that is wrong, in words.
    """
    faults = list(shape_faults(raw)) or list(_faults(key, raw))
    if faults:
        raise Refused("document_type.unsound", what="；".join(faults[:_FAULTS_TOLD]))
    product = types().get(key)
    found = type_from(key, {**raw, "volume": product.volume} if product else raw, {})
    faults = list(_losses(product, found)) if product else []
    if faults:
        raise Refused("document_type.unsound", what="；".join(faults[:_FAULTS_TOLD]))
    return found


def definition_of(found: DocumentType) -> dict[str, Any]:
    """A type as plain data, from which `own_type` makes it again."""
    told: dict[str, Any] = {
        "title": found.title,
        "layout": found.layout,
        "size": found.size,
        "series": found.series,
        "seal": found.seal,
        "volume": found.volume,
        "kinds": list(found.kinds),
        "articles": list(found.articles),
        "copies": list(found.copies),
        "body": [line_of(one) for one in found.body],
        "field": [_field_of(one) for one in found.fields],
        "signer": [
            {
                "role": one.role,
                "label": one.label,
                "minimum": one.minimum,
                "may_refuse": one.may_refuse,
                "per_page": one.per_page,
            }
            for one in found.signers
        ],
    }
    if found.approval:
        told["approval"] = True
    return told if found.catalogue is None else {**told, "catalogue": found.catalogue}


def line_of(one: Paragraph) -> str:
    """A paragraph of a letter as it is written (`letters.paragraph`)."""
    when = f"?{one.when} " if one.when else ""
    if one.kind == "block":
        return f"{when}[{one.pieces[0].field}]"
    words = "".join(p.text or f"{{{p.field}}}" for p in one.pieces)
    return f"{when}# {words}" if one.kind == "heading" else f"{when}{words}"


def _field_of(one: Field) -> dict[str, Any]:
    told: dict[str, Any] = {"key": one.key, "label": one.label, "kind": one.kind}
    for name in ("required", "source", "at_issue", "minimum", "seconds", "half", "role"):
        if getattr(one, name):
            told[name] = getattr(one, name)
    if one.required_when:
        told["required_when"] = {
            "field": one.required_when.field,
            "values": list(one.required_when.values),
        }
    if one.options:
        told["options"] = [[option.value, option.label] for option in one.options]
    if one.columns:
        names = ("key", "label", "kind", "width", "required")
        told["columns"] = [{name: getattr(c, name) for name in names} for c in one.columns]
    return told


@cache
def source_kinds() -> Mapping[str, frozenset[str]]:
    """Every path into the facts of a case, with the kinds of field that are filled from it."""
    found: dict[str, set[str]] = {}
    for one in types().values():
        for field in one.fields:
            if field.source:
                found.setdefault(field.source, set()).add(field.kind)
    return {path: frozenset(kinds) for path, kinds in sorted(found.items())}


@cache
def known_roles() -> frozenset[str]:
    """Everyone whom a line of signatures or an opinion can be for."""
    found = types().values()
    signing = {signer.role for one in found for signer in one.signers}
    return frozenset(signing | {field.role for one in found for field in one.fields if field.role})


def _faults(key: str, raw: Mapping[str, Any]) -> Iterator[str]:
    product = types().get(key)
    if product is not None and raw.get("approval"):
        yield "系统自带的文书经谁审批，由审批路线定"
    if raw.get("approval"):
        for one in raw.get("signer", ()):
            if one["role"] in _ANSWERING:
                yield f"“{one['label']}”在审批时签署意见，不另设签字"
    if product is None and "catalogue" in raw:
        yield "本机关增加的文书不在文书目录中编号"
    if raw["layout"] not in FRAMES and (product is None or raw["layout"] != product.layout):
        yield "没有这种版式"
    if raw.get("size", "") not in SIZES:
        yield "没有这种字号"
    if raw.get("series") and sorted(_BRACED.findall(raw["series"])) != sorted(_SERIES):
        yield "文号格式必须写有 {authority_code}、{year}、{seq} 各一处，没有别的花括号"
    if not raw.get("articles"):
        yield "没有写明依据的条款"
    if product is None and raw.get("volume") == SIDE and "当事人" in "".join(raw.get("copies", ())):
        yield "订入副卷的文书不给当事人，各联中不能有当事人"
    for one in raw.get("articles", ()):
        if not _ARTICLE.fullmatch(one):
            yield f"依据“{one}”不是条款"
    fields = raw.get("field", [])
    yield from _named_twice(fields, product)
    for one in fields:
        yield from _field_faults(one, {other["key"] for other in fields})
    yield from _own_faults(raw, {one["key"]: one for one in fields}, product)
    for one in raw.get("signer", ()):
        if one["role"] not in known_roles():
            yield f"签字人“{one['label']}”没有对应的身份"
    roles = [one["role"] for one in raw.get("signer", ())]
    if len(set(roles)) != len(roles):
        yield "同一身份的签字写了两行"
    yield from _body_faults(raw, {one["key"]: one for one in fields})


def _named_twice(fields: Rows, product: DocumentType | None) -> Iterator[str]:
    """Two fields of one key, or of one name unless both are called so by the product."""
    keys = [one["key"] for one in fields]
    if len(set(keys)) != len(keys):
        yield "有一栏写了两次"
    theirs = {key: one.label for key, one in product.by_key.items()} if product else {}
    labels = [one["label"] for one in fields if theirs.get(one["key"]) != one["label"]]
    for one in fields:
        if labels.count(one["label"]) > (theirs.get(one["key"]) != one["label"]):
            yield f"“{one['label']}”写了两栏"


def _field_faults(one: Mapping[str, Any], keys: Collection[str]) -> Iterator[str]:
    where, kind = f"“{one['label']}”", one["kind"]
    if kind not in KINDS:
        yield f"{where}没有这种内容"
        return
    options = [value for value, _ in one.get("options", ())]
    if (kind in {"choice", "choices"}) != bool(options) or len(set(options)) != len(options):
        yield f"{where}：单选和多选要有选项，各不相同；其他的没有选项"
    columns = [column["key"] for column in one.get("columns", ())]
    if (kind == "items") != bool(columns) or len(set(columns)) != len(columns):
        yield f"{where}：清单要有列，各不相同；其他的没有列"
    source = one.get("source", "")
    if source and kind not in source_kinds().get(source, ()):
        yield f"{where}：案件中没有可以填这一栏的“{source}”"
    if one.get("at_issue") and one["key"] not in _OURS:
        yield f"{where}不能由制作时填写"
    if one.get("role") and one["role"] not in known_roles():
        yield f"{where}没有对应的身份"
    if "required_when" in one and one["required_when"]["field"] not in keys:
        yield f"{where}取决于没有的一栏"


def _own_faults(
    raw: Mapping[str, Any],
    fields: Mapping[str, Mapping[str, Any]],
    product: DocumentType | None,
) -> Iterator[str]:
    """What every paper needs: the authority's name; a number and a day where its type says so."""
    if "authority_name" not in fields and (product is None or "authority_name" in product.by_key):
        yield "缺少“执法机关”一栏"
    if ("number" in fields) != bool(raw.get("series")):
        yield "有文号格式的要有“文号”一栏，没有的不能有"
    if raw.get("seal") and "issued_on" not in fields:
        yield "盖章的文书要有“制作日期”一栏"
    for key in sorted(_OURS & fields.keys()):
        wanted = {"kind": "date" if key == "issued_on" else "text", "required": True}
        if any(fields[key].get(name) != value for name, value in wanted.items()):
            yield f"“{fields[key]['label']}”必须填写，内容不能改"
        if key != "authority_name" and not fields[key].get("at_issue"):
            yield f"“{fields[key]['label']}”由制作时填写"
    if not any(one.get("required") and one["key"] not in _OURS for one in fields.values()):
        yield "没有一栏是必填的"


def _body_faults(raw: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    lines = [paragraph(line) for line in raw.get("body", ())]
    if raw["layout"] != LETTER:
        return
    if not lines:
        yield "公文要有正文"
    if any(set("{}") & set(piece.text) for line in lines for piece in line.pieces):
        yield "正文花括号里的不是一栏的名称"
    named = {key for line in lines for key in line.fields}
    for key in sorted(named - fields.keys()):
        yield f"正文提到没有的一栏“{key}”"
    shown = ALWAYS_SHOWN - {"party"} if "addressee" in fields else ALWAYS_SHOWN
    for key, one in fields.items():
        if one.get("required") and key not in named | shown:
            yield f"正文没有写必填的“{one['label']}”"


def _losses(product: DocumentType, found: DocumentType) -> Iterator[str]:
    """What a changed type of the product lacks of what the law, or our steps, count on."""
    for one in product.fields:
        kept = found.by_key.get(one.key)
        if kept is None:
            yield f"不能取消“{one.label}”"
        elif not _holds(one, kept):
            yield f"“{one.label}”的内容、来源、选项和必填不能改"
    signing = {one.role: one for one in found.signers}
    for signer in product.signers:
        line = signing.get(signer.role)
        if line is None or line.minimum < signer.minimum or line.per_page < signer.per_page:
            yield f"不能取消“{signer.label}”的签字"
        elif line.may_refuse != signer.may_refuse:
            yield f"“{signer.label}”能不能拒签不能改"
    if found.seal != product.seal:
        yield "盖不盖章不能改"
    if bool(found.series) != bool(product.series):
        yield "编不编文号不能改"
    if found.catalogue != product.catalogue or found.kinds:
        yield "文书目录中的位置和适用的案件不能改"


def _holds(one: Field, kept: Field) -> bool:
    same = ("kind", "source", "at_issue", "minimum", "seconds", "role", "required_when")
    return (
        all(getattr(one, name) == getattr(kept, name) for name in same)
        and kept.required >= one.required
        and {option.value for option in one.options} == {option.value for option in kept.options}
        and [(c.key, c.kind) for c in one.columns] == [(c.key, c.kind) for c in kept.columns]
        and all(c.required >= o.required for o, c in zip(one.columns, kept.columns, strict=True))
    )
