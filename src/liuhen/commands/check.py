"""`liuhen check CASE`: the findings of one case, now or as of any instant. Writes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
import django

from liuhen.commands import home_option
from liuhen.kernel import clock
from liuhen.law.explanations import act_text

if TYPE_CHECKING:
    from liuhen.compliance.past_findings import AsOf
    from liuhen.compliance.shown import ShownFinding

BASES = {
    "present_rows": "按现在的记录",
    "past_rows": "按账本中当时的记录",
    "present_rows_later": "按现在的记录推算（此后什么都不做）",
}
LAMPS = {
    "green": "已履行",
    "yellow": "临期",
    "red": "违反",
    "blue": "待认定",
    "grey": "不适用",
    "unknown": "缺少事实",
    "open": "待履行",
}
# So many things are named on a line.
_NAMED = 4


class Instant(click.ParamType[dt.datetime]):
    """An instant: ISO 8601; without an offset it is on the authority's wall clock."""

    name = "TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        try:
            found = dt.datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}”不是时间，请写成 2026-03-10T09:00 或 2026-03-10T09:00+08:00")
        return (found if found.tzinfo else found.replace(tzinfo=clock.CHINA)).astimezone(dt.UTC)


@click.command(name="check")
@click.argument("case")
@home_option
@click.option("--at", type=Instant(), help="As of this instant (default: now).")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(case: str, home: object, at: dt.datetime | None, as_json: bool) -> None:
    """The findings of one case, by its number or id, as of a time."""
    django.setup()
    from liuhen.compliance.past_findings import case_named, findings_at  # noqa: PLC0415 - models

    found = findings_at(case_named(case), at)
    if as_json:
        click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(lines_of(found)))


def as_data(found: AsOf) -> dict[str, Any]:
    """The findings as JSON values: the engine's own, with text, citation and lamp."""
    from liuhen.compliance.stored import body_text  # noqa: PLC0415 - models need Django

    return {
        "case": {"id": str(found.case.id), "number": found.case.number},
        "at": clock.iso(found.at),
        "basis": found.basis.value,
        "erased_rows": found.erased,
        "findings": [
            {
                **json.loads(body_text(finding)),
                "citation": words.citation,
                "lamp": words.lamp,
                "text": words.reason,
                "is_acknowledged": words.is_acknowledged,
            }
            for finding, words in zip(found.findings, found.shown, strict=True)
        ],
    }


def lines_of(found: AsOf) -> list[str]:
    """The findings as text, article by article in the order of the law.

    Duties that stand alike for several things are one line that names them; what no period has run
    out for yet is told in one line at the end.
    """
    from liuhen.compliance.shown import is_waiting  # noqa: PLC0415 - models need Django
    from liuhen.compliance.state_words import StateWords  # noqa: PLC0415 - models need Django

    at = f"{clock.local(found.at):%Y-%m-%d %H:%M:%S}"
    lines = [f"案件 {found.case.number}  截至 {at}  {BASES[found.basis]}认定"]
    if found.erased:
        lines.append(
            f"有{found.erased}条记录已依法清除，当时写了什么不能再知道，相关事实按不清楚处理。"
        )
    names = StateWords(found.rows)
    articles: dict[str, dict[str, list[str]]] = {}
    waiting = []
    for finding, words in zip(found.findings, found.shown, strict=True):
        if is_waiting(finding):
            waiting.append(words.text)
            continue
        alike = articles.setdefault(words.citation, {}).setdefault(_line(words), [])
        alike.append(names.called(words.subject_id))
    for article, told in articles.items():
        lines.append(article if article.startswith("《") else f"办法{article}")
        lines += [f"    {line}{_about(about)}" for line, about in told.items()]
    if waiting:
        told_once = "；".join(dict.fromkeys(waiting))
        lines.append(f"另有{len(waiting)}项期限尚未届满，届满后才认定：{told_once}。")
    judged = [
        words
        for finding, words in zip(found.findings, found.shown, strict=True)
        if not is_waiting(finding)
    ]
    lines.append(f"共{len(judged)}项认定：{_counted(judged)}。")
    return lines


def _counted(shown: Sequence[ShownFinding]) -> str:
    """How many stand how; what is only our own standard is counted apart and binds nobody."""
    binding = Counter(LAMPS[words.lamp] for words in shown if words.column == "text")
    told = [f"{name}{binding[name]}项" for name in LAMPS.values() if binding[name]]
    advice = len(shown) - binding.total()
    return "，".join([*told, *([f"系统建议{advice}项"] if advice else [])])


def _about(names: list[str]) -> str:
    """What a line is about: the things by name, or how many there are where they have none."""
    named = list(dict.fromkeys(filter(None, names)))
    more = f"等{len(names)}项" if len(names) > max(len(named), 1) or len(named) > _NAMED else ""
    told = "、".join(named[:_NAMED]) + more
    return f"（{told}）" if told else ""


def _line(words: ShownFinding) -> str:
    column = "" if words.column == "text" else "（系统建议）"
    told = "已说明并经负责人知悉。" if words.is_acknowledged else _remedy(words)
    return f"[{words.lamp_words or LAMPS[words.lamp]}]{column} {words.reason}{told}"


def _remedy(words: ShownFinding) -> str:
    """What to do about it; a missing fact and a judgement say so in their own text."""
    if words.lamp not in ("red", "yellow", "open"):
        return ""
    if words.outcome == "breached" and not words.is_curable:
        # Nobody has to answer for falling short of our own standard.
        is_advice = words.column != "text"
        return "" if is_advice else f"不能补正，{act_text('acknowledge_breach')}。"
    return f"办理：{words.act_text}。" if words.act_text else ""
