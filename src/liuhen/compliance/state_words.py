"""The rows of a case in words: what each is called, and what its columns say.

Labels are those of the tables; references are told by the name the other row had at that instant.
Not for pages' own parts, nor for what the law makes of the rows (`shown`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models

from liuhen.approvals.queries import KIND_TITLES
from liuhen.assembly.document_types import types
from liuhen.compliance.rows import CASE_SOURCES, CaseRows, Row, Source
from liuhen.kernel import clock
from liuhen.kernel.canonical import dumps
from liuhen.kernel.digests import sha256_hex
from liuhen.law.catalogue import catalogue
from liuhen.law.explanations import duty_text, templates
from liuhen.law.procedures import courses
from liuhen.law.vocabulary import GapCause
from liuhen.people.models import Certificate, Device, Person, Unit
from liuhen.recordings.timing import TimeSource
from liuhen.recordings.wording import CAUSES, SOURCES
from liuhen.rulebook.models import TypeVersion
from liuhen.rulebook.type_versions import titles, type_of

# What columns that lead elsewhere are called; the others are called what the tables say.
_REFERENCES = {
    "unit_id": "承办机构",
    "handler_id": "承办人",
    "person_id": "人员",
    "activity_id": "执法活动",
    "certificate_id": "执法证件",
    "device_id": "设备",
    "party_id": "当事人",
    "paper_id": "文书",
    "receipt_id": "送达回证",
    "corrects_id": "更正",
    "type_version_id": "文书式样的版本",
    "drawn_up_by_id": "起草人",
    "noted_by_id": "记录人",
    "asked_by_id": "提请人",
    "decided_by_id": "审批人",
    "acknowledged_by_id": "知悉人",
    "original_id": "固定的原件",
    "amount_fen": "金额",
}
# Told in the title, or of use to the engine alone.
_LEFT_OUT = frozenset({"subject_kind", "subject_id", "page", "media"})
_NAMED_ELSEWHERE: Mapping[type[models.Model], str] = {
    Person: "name",
    Unit: "name",
    Device: "serial",
    Certificate: "number",
    TypeVersion: "number",
}
_LONGEST = 400


class StateWords:
    """The rows of one case at one instant, told."""

    def __init__(self, rows: CaseRows) -> None:
        self._rows = rows
        self._titles = {
            (source.model, row.id): self._title(source, row)
            for source in CASE_SOURCES
            for row in rows.all(source.name)
        }
        self._names = self._named_elsewhere()

    def called(self, key: str) -> str:
        """What the row with an id is called, with its beginning where it has one; "" for none."""
        for source in CASE_SOURCES[1:]:
            for row in self._rows.all(source.name):
                if row.id == key:
                    title = self._titles[source.model, key] or self._through(source, row)
                    begun = row.instant("started_at") if "started_at" in source.columns else None
                    return f"{title} {clock.local(begun):%m-%d %H:%M}" if begun else title
        return ""

    def things(self) -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
        """Each row: key, kind, title, and its fields in words by label; empty ones are left out."""
        for source in CASE_SOURCES:
            kind = str(source.model._meta.verbose_name)
            for row in self._rows.all(source.name):
                title = self._titles[source.model, row.id] or self._through(source, row)
                yield f"{source.name}/{row.id}", kind, title, dict(self._fields(source, row))

    def _through(self, source: Source, row: Row) -> str:
        """A row without a name of its own is called by who or what it is about."""
        for column in ("person_id", "paper_id", "activity_id"):
            if column in source.columns and row.reference(column):
                return self._referred(_field(source.model, column).related_model, row, column)
        return ""

    def _title(self, source: Source, row: Row) -> str:
        words = {
            "case": lambda: row.text("number"),
            "leads": lambda: row.text("number"),
            "parties": lambda: row.text("name"),
            "activities": lambda: _activity(row.text("kind")),
            "papers": lambda: _paper(row),
            "signatures": lambda: row.text("name"),
            "recordings": lambda: _chosen(source.model, "kind", row.value("kind")),
            "bookmarks": lambda: _chosen(source.model, "kind", row.value("kind")),
            "materials": lambda: _chosen(source.model, "kind", row.value("kind")),
            "services": lambda: _chosen(source.model, "mode", row.value("mode")),
            "approvals": lambda: KIND_TITLES.get(row.text("kind"), row.text("kind")),
            "performances": lambda: _chosen(source.model, "way", row.value("way")),
            "judgements": lambda: _duty(row.text("rule")),
            "explanations": lambda: _duty(row.text("rule")),
        }
        return words[source.name]() if source.name in words else ""

    def _fields(self, source: Source, row: Row) -> Iterator[tuple[str, str]]:
        for column in source.columns:
            if column in _LEFT_OUT:
                continue
            field, value = _field(source.model, column), row.value(column)
            if isinstance(field, models.JSONField):
                yield from self._stated(source, row, column, field)
                continue
            words = self._words(source, row, column, value)
            if words:
                yield _REFERENCES.get(column, str(field.verbose_name)), words

    def _words(self, source: Source, row: Row, column: str, value: Any) -> str:
        field = _field(source.model, column)
        if value is None or value == "":
            return ""
        if field.related_model is not None:
            return self._referred(field.related_model, row, column)
        own = _OWN_WORDS.get((source.name, column))
        if own is not None:
            return own(str(value))
        if field.choices:
            return _chosen(source.model, column, value)
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(field, models.DateTimeField):
            return _instant(str(value))
        return str(value)

    def _referred(self, model: Any, row: Row, column: str) -> str:
        wanted = row.reference(column) or ""
        if (model, wanted) in self._titles:
            return self._titles[model, wanted]
        return self._names.get((model, wanted), wanted[:8])

    def _stated(
        self, source: Source, row: Row, column: str, field: models.Field[Any, Any]
    ) -> Iterator[tuple[str, str]]:
        """A column of keyed statements: facts one by one; a paper's content by its digest."""
        stated = row.stated(column)
        if not stated:
            return
        if source.name == "papers":
            told = f"{len(stated)} 项，摘要 {sha256_hex(dumps(stated))[:12]}"
            yield str(field.verbose_name), told
            return
        named, names = templates()["field"], dict[str, Any]()
        for key, value in stated.items():
            if key in named:
                yield named[key], _plain(value)
            else:
                names[key] = value
        if names:
            yield "其他登记内容", f"{len(names)} 项，摘要 {sha256_hex(dumps(names))[:12]}"

    def _named_elsewhere(self) -> dict[tuple[Any, str], str]:
        """Names of what is no row of the case, in a query for each table."""
        wanted: dict[Any, set[str]] = {model: set() for model in _NAMED_ELSEWHERE}
        for source in CASE_SOURCES:
            for column in source.columns:
                model = _field(source.model, column).related_model
                if model in wanted:
                    found = (row.reference(column) for row in self._rows.all(source.name))
                    wanted[model] |= set(filter(None, found))
        names: dict[tuple[Any, str], str] = {}
        for model, name in _NAMED_ELSEWHERE.items():
            listed = model._default_manager.filter(pk__in=wanted[model]).values_list("pk", name)
            names |= {(model, str(key)): str(told) for key, told in listed}
        for row in self._rows.all("persons"):
            names[Person, row.id] = row.text("name")
        return names


@cache
def _field(model: type[models.Model], column: str) -> Any:
    return next(one for one in model._meta.fields if one.attname == column)


def _chosen(model: type[models.Model], column: str, value: Any) -> str:
    return str(dict(_field(model, column).flatchoices).get(value, value or ""))


def _activity(kind: str) -> str:
    known = catalogue().activities.get(kind)
    return known.name if known else kind


def _paper(row: Row) -> str:
    version = row.reference("type_version_id")
    kind = type_of(row.text("type"), UUID(version) if version else None)
    return f"{kind.title} {row.text('number')}".strip()


def _type_title(key: str) -> str:
    return types()[key].title if key in types() else titles()[key]


def _duty(rule: str) -> str:
    return duty_text(rule) if rule in templates() else rule


def _stage(key: str) -> str:
    stages = (one for course in courses().values() for one in course.stages)
    return next((one.name for one in stages if one.key == key), key)


_OWN_WORDS: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("case", "stage"): _stage,
    ("activities", "kind"): _activity,
    ("recordings", "time_source"): lambda value: SOURCES[TimeSource(value)],
    ("gaps", "cause"): lambda value: CAUSES[GapCause(value)],
    ("papers", "type"): _type_title,
    ("papers", "original_id"): lambda value: value[:12],
    ("approvals", "kind"): lambda value: KIND_TITLES.get(value, value),
    ("performances", "amount_fen"): lambda value: f"{int(value) / 100:,.2f} 元",
    ("judgements", "rule"): _duty,
    ("explanations", "rule"): _duty,
}


def _instant(text: str) -> str:
    return f"{clock.local(clock.parse_iso(text)):%Y-%m-%d %H:%M:%S}"


def _fact(code: str) -> str:
    """What a fact is called, "" for one without a name: its value then stands alone."""
    return templates()["field"].get(code, "")


def _member(value: str) -> str:
    return templates()["member"].get(value, value[:_LONGEST])


def _plain(value: Any) -> str:
    if value is None:
        return "不清楚"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        try:
            return _instant(value) if value[:4].isdecimal() and "T" in value else _member(value)
        except ValueError:
            return _member(value)
    if isinstance(value, list):
        return "、".join(map(_plain, value))[:_LONGEST]
    if isinstance(value, dict):
        told = (f"{_fact(key)} {_plain(one)}".strip() for key, one in value.items())
        return "；".join(told)[:_LONGEST]
    return str(value)
