"""Document types as data: what a paper holds, who signs it, how it is numbered and laid out.

One TOML file per type in `types/`; fields that many types share stand once in
`types/shared.toml` and are taken over with `use = "name"`. Not for the values of a paper
(`filling`, `completeness`), nor its look (`layouts/`), nor the types an authority makes for itself
(`own_types`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from liuhen.assembly.letters import ALWAYS_SHOWN, LETTER, Paragraph, paragraph
from liuhen.kernel.refusals import Fault, Refused

KINDS = frozenset(
    {
        "text",  # one line
        "long_text",  # paragraphs, parted by line breaks
        "number",  # a count
        "date",  # ISO day
        "instant",  # ISO instant with offset
        "span",  # {"started_at": instant, "ended_at": instant}
        "money",  # fen
        "flag",  # true or false
        "choice",  # value of one option
        "choices",  # values of several options
        "party",  # {"kind": "person" | "organisation", "name": ...}
        "officers",  # [{"name": ..., "certificate_number": ...}]
        "items",  # rows of the field's columns
        "dialogue",  # [{"question": ..., "answer": ...}]
        "opinion",  # {"text": ..., "name": ..., "signed_on": day}
    }
)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice: the value stored and the words printed."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an item list; `width` is its share of the table's breadth."""

    key: str
    label: str
    kind: str = "text"
    width: float = 1.0
    required: bool = False


# The two parts of a case file (正卷, 副卷).
MAIN, SIDE = "main", "side"


@dataclass(frozen=True, slots=True)
class Condition:
    """Met when the named field has one of the values, or has any value when none is named."""

    field: str
    values: tuple[str | bool, ...] = ()

    def is_met(self, data: Mapping[str, Any]) -> bool:
        """Whether the data of a paper meet the condition; an unknown value never does."""
        value = data.get(self.field)
        if not self.values:
            return value not in (None, "", [], {})
        held = value if isinstance(value, list | tuple) else [value]
        return any(one in self.values for one in held)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a document type.

    `source` is a dotted path into the facts of the case; `at_issue` marks what the act of issue
    itself supplies (number, day); `minimum` the least number of rows or officers; `role` the
    signer whose stroke goes with an opinion; a `half` field shares its row in a form.
    """

    key: str
    label: str
    kind: str
    required: bool = False
    required_when: Condition | None = None
    source: str = ""
    at_issue: bool = False
    minimum: int = 0
    seconds: bool = False
    half: bool = False
    role: str = ""
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()

    def is_required(self, data: Mapping[str, Any]) -> bool:
        """Whether a paper with these data must hold this field."""
        return self.required or (self.required_when is not None and self.required_when.is_met(data))


@dataclass(frozen=True, slots=True)
class Signer:
    """One line of the signature block.

    `minimum` is how many signatures a complete paper carries, `may_refuse` whether a refusal
    noted by the recorder stands in their place, `per_page` whether each page is signed.
    """

    role: str
    label: str
    minimum: int = 1
    may_refuse: bool = False
    per_page: bool = False


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A document type. `catalogue` is its number in the document catalogue, None beyond it.

    `volume` says into which part of the case file it is bound: `main`, which a party may copy, or
    `side` for what the authority settles among itself.
    `body` is the text of a letter, paragraph by paragraph (`assembly.letters`). `version` counts
    what an authority made of it, 0 being the product's own; `size` is the letters' size where it is
    not the layout's; `kinds` are the kinds of case an authority's own type is for, all when empty;
    `approval` says that one of its own is issued by the last approval of its route.
    """

    key: str
    title: str
    layout: str
    catalogue: int | None = None
    version: int = 0
    size: str = ""
    kinds: tuple[str, ...] = ()
    series: str = ""
    seal: bool = False
    approval: bool = False
    volume: str = MAIN
    articles: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    signers: tuple[Signer, ...] = ()
    body: tuple[Paragraph, ...] = ()
    by_key: Mapping[str, Field] = field(default_factory=dict, compare=False, repr=False)

    def field(self, key: str) -> Field:
        """The field of that key; a key the type lacks is a `Fault`."""
        if key not in self.by_key:
            raise Fault(f"type {self.key} has no field {key}")
        return self.by_key[key]

    def is_signed_by(self, role: str) -> bool:
        """Whether a line of the signature block is for this role."""
        return any(signer.role == role for signer in self.signers)

    def number(self, authority_code: str, year: int, seq: int) -> str:
        """The document number: 虚城管当罚字〔2026〕第12号.

        Raises:
            Refused: `paper.unnumbered`, the type belongs to no number series.
        """
        if not self.series:
            raise Refused("paper.unnumbered", title=self.title)
        return self.series.format(authority_code=authority_code, year=year, seq=seq)


def types() -> Mapping[str, DocumentType]:
    """Every document type of the product, by key, in the order of the catalogue."""
    return _types()


def document_type(key: str) -> DocumentType:
    """The type of that key.

    Raises:
        Refused: `paper.type_unknown`.
    """
    found = _types().get(key)
    if found is None:
        raise Refused("paper.type_unknown", type=key)
    return found


@cache
def _types() -> Mapping[str, DocumentType]:
    folder = resources.files("liuhen.assembly").joinpath("types")
    shared = _shared_fields(folder.joinpath("shared.toml").read_text("utf-8"))
    found = [
        parse_type(file.name.removesuffix(".toml"), file.read_text("utf-8"), shared)
        for file in folder.iterdir()
        if file.name.endswith(".toml") and file.name != "shared.toml"
    ]
    found.sort(key=lambda one: (one.catalogue or 1_000, one.key))
    return {one.key: one for one in found}


def shared_fields() -> Mapping[str, Mapping[str, Any]]:
    """The definitions a type may take over with `use`, by name."""
    folder = resources.files("liuhen.assembly").joinpath("types")
    return _shared_fields(folder.joinpath("shared.toml").read_text("utf-8"))


def _shared_fields(text: str) -> Mapping[str, Mapping[str, Any]]:
    raw: dict[str, dict[str, Any]] = tomllib.loads(text)
    return raw


def parse_type(key: str, text: str, shared: Mapping[str, Mapping[str, Any]]) -> DocumentType:
    """Read one type from TOML.

    A definition that contradicts itself is a `Fault` that names type and field.
    """
    return type_from(key, tomllib.loads(text), shared)


def type_from(
    key: str, told: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]
) -> DocumentType:
    """One type from its data as a TOML file holds them.

    A definition that contradicts itself is a `Fault` that names type and field.
    """
    raw = dict(told)
    fields = tuple(_field(_merged(key, entry, shared)) for entry in raw.pop("field", []))
    signers = tuple(Signer(**entry) for entry in raw.pop("signer", []))
    found = DocumentType(
        key=key,
        fields=fields,
        signers=signers,
        by_key={one.key: one for one in fields},
        articles=tuple(raw.pop("articles", ())),
        copies=tuple(raw.pop("copies", ())),
        kinds=tuple(raw.pop("kinds", ())),
        body=tuple(paragraph(line) for line in raw.pop("body", ())),
        **raw,
    )
    _check(found)
    return found


def _merged(
    key: str, entry: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """An entry over the shared definition it uses; the shared name serves as key."""
    name = entry.get("use")
    if name is None:
        return dict(entry)
    if name not in shared:
        raise Fault(f"type {key} uses an unknown shared field {name}")
    own = {part: value for part, value in entry.items() if part != "use"}
    return {"key": name, **shared[name], **own}


def _field(entry: dict[str, Any]) -> Field:
    condition = entry.pop("required_when", None)
    return Field(
        required_when=_condition(condition) if condition else None,
        options=tuple(Option(*pair) for pair in entry.pop("options", ())),
        columns=tuple(Column(**column) for column in entry.pop("columns", ())),
        **entry,
    )


def _condition(raw: Mapping[str, Any]) -> Condition:
    return Condition(raw["field"], tuple(raw.get("values", ())))


def _check(found: DocumentType) -> None:
    if found.volume not in (MAIN, SIDE):
        raise Fault(f"type {found.key}: no such volume {found.volume}")
    if len(found.by_key) != len(found.fields):
        raise Fault(f"type {found.key} names a field twice")
    for one in found.fields:
        where = f"type {found.key}, field {one.key}"
        if one.kind not in KINDS:
            raise Fault(f"{where}: no such kind {one.kind}")
        if (one.kind in {"choice", "choices"}) != bool(one.options):
            raise Fault(f"{where}: options belong to a choice, and only there")
        if (one.kind == "items") != bool(one.columns):
            raise Fault(f"{where}: columns belong to items, and only there")
        if one.required_when and one.required_when.field not in found.by_key:
            raise Fault(f"{where}: depends on an unknown field {one.required_when.field}")
    named = {key for part in found.body for key in part.fields}
    if named - set(found.by_key):
        raise Fault(f"type {found.key}: its body names unknown fields {sorted(named)}")
    if found.layout == LETTER:
        # a letter with an addressee doesn't open with the party
        shown = ALWAYS_SHOWN - {"party"} if "addressee" in found.by_key else ALWAYS_SHOWN
        absent = [f for f in found.fields if f.required and f.key not in named | shown]
        if absent:
            raise Fault(f"type {found.key}: its body lacks required {[f.key for f in absent]}")
