"""The evidence of a case as its catalogue lists it. Not for judging evidence (`compliance`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from liuhen.cases.models import Case
from liuhen.documents.models import Material, Paper

_STATEMENT = "evidence_statement"
_OURS = "本机关收集、制作"
# What was handed in and may prove something; the rest of the materials is procedure.
_HANDED_IN = (Material.Kind.EVIDENCE, Material.Kind.TESTING_OPINION, Material.Kind.STATEMENT)
_KINDS: Mapping[str, str] = {
    Material.Kind.EVIDENCE: "书证、物证",
    Material.Kind.TESTING_OPINION: "鉴定意见",
    Material.Kind.STATEMENT: "当事人的陈述",
}


def catalogue_facts(case: Case) -> dict[str, Any]:
    """`rows` of the catalogue and their `count`: what was found, handed in, and put into words."""
    rows = [*_found(case), *_handed_in(case), *_footage(case)]
    return {"rows": rows, "count": len(rows)}


def _row(name: str, kind: str, origin: str, proves: str, form: str) -> dict[str, str]:
    return {"name": name, "kind": kind, "origin": origin, "proves": proves, "form": form}


def _found(case: Case) -> Iterator[dict[str, str]]:
    """The evidence the investigation rests on, as it was recorded."""
    for one in case.facts.get("evidence") or []:
        form = "电子原件、光盘" if one.get("kind") == "视听资料" else "原件"
        yield _row(one["name"], one.get("kind", ""), _OURS, one.get("proves", ""), form)


def _handed_in(case: Case) -> Iterator[dict[str, str]]:
    for one in case.materials.filter(kind__in=_HANDED_IN).order_by("received_at", "id"):
        origin = f"{one.received_from}提交"
        yield _row(one.name, _KINDS[one.kind], origin, one.summary, "收到的原件")


def _footage(case: Case) -> Iterator[dict[str, str]]:
    """Recordings with a statement in words: what each proves is said there."""
    issued = case.papers.filter(type=_STATEMENT, state=Paper.State.ISSUED)
    for one in issued.order_by("issued_at", "id"):
        told = one.data
        origin = f"{told.get('maker') or '本机关'}制作"
        name = f"{told.get('recording', '')}及文字说明"
        yield _row(name, "视听资料", origin, str(told.get("proves", "")), "光盘、文字说明")
