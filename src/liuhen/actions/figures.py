"""Acts on what the authority may set of the law: its figures, year tables, the official text.

Each is followed by a job that judges every case anew. Not for the law's own tables (`law`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import JUDGE_ALL, defer_once
from liuhen.kernel.refusals import Refused
from liuhen.law.calendar import (
    Calendar,
    YearTable,
    differences,
    packaged_calendar,
    tables_from_toml,
)
from liuhen.law.errors import CalendarError
from liuhen.law.parameters import Parameter, packaged_parameters
from liuhen.people.models import Person
from liuhen.rulebook.models import OfficialText, SetFigure
from liuhen.rulebook.models import YearTable as StoredTable
from liuhen.rulebook.second_source import second_source_of

_MOST = 1_000_000_000


@act(permission="figure.set", event="figure.set")
def set_figure(
    draft: Draft,
    *,
    actor: Person,
    name: str,
    value: int | str | None,
    valid_from: dt.date,
    reason: str,
) -> SetFigure:
    """Set a figure of the law from a day on, with the reason; cases are judged anew.

    Raises:
        Refused: `figure.unknown`, `figure.fixed`, `figure.value`, `figure.too_early`,
            `reason.missing`.
    """
    parameter = _parameter(name, valid_from)
    if not parameter.is_settable:
        raise Refused("figure.fixed", title=parameter.title)
    if not reason.strip():
        raise Refused("reason.missing")
    _check_value(parameter, value)
    return _set(draft, name, value, valid_from, reason.strip())


@act(permission="figure.set", event="figure.withdrawn")
def withdraw_figure(
    draft: Draft, *, actor: Person, name: str, valid_from: dt.date, reason: str
) -> SetFigure:
    """Let the law's own figure stand again from a day on; cases are judged anew.

    Raises:
        Refused: `figure.unknown`, `figure.too_early`, `figure.not_set`, `reason.missing`.
    """
    _parameter(name, valid_from)
    if not reason.strip():
        raise Refused("reason.missing")
    if not SetFigure.objects.filter(name=name).exists():
        raise Refused("figure.not_set")
    return _set(draft, name, None, valid_from, reason.strip(), is_withdrawn=True)


def _parameter(name: str, valid_from: dt.date) -> Parameter:
    parameter = packaged_parameters().table.get(name)
    if parameter is None:
        raise Refused("figure.unknown")
    first = min(dated.valid_from for dated in parameter.values)
    if valid_from < first:
        raise Refused("figure.too_early", first=first.isoformat())
    return parameter


def _check_value(parameter: Parameter, value: int | str | None) -> None:
    """Of the same sort as the law's own value; nothing only where the law sets no period."""
    own = parameter.values[-1].value
    if value is None:
        is_right = any(dated.value is None for dated in parameter.values)
    elif parameter.unit == "text":
        is_right = isinstance(value, str) and bool(value.strip())
    else:
        most = 1 if parameter.unit == "flag" else 3 if parameter.unit == "thirds" else _MOST
        is_right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    if not is_right:
        raise Refused("figure.value", title=parameter.title, own="无" if own is None else own)


def _set(
    draft: Draft,
    name: str,
    value: int | str | None,
    valid_from: dt.date,
    reason: str,
    *,
    is_withdrawn: bool = False,
) -> SetFigure:
    figure = SetFigure.objects.create(
        name=name,
        value=value,
        is_withdrawn=is_withdrawn,
        valid_from=valid_from,
        reason=reason,
        set_by=draft.actor,
        set_at=draft.at,
    )
    draft.about(figure)
    draft.note(name=name, value=value, valid_from=valid_from)
    defer_once(JUDGE_ALL)
    return figure


@act(permission="year_table.import", event="year_table.imported")
def import_year_table(
    draft: Draft, *, actor: Person, text: str, accepts_differences: bool = False
) -> list[StoredTable]:
    """Import tables of holidays in the format of `law/years.toml`; cases are judged anew.

    Each is compared with a second source where one knows the year; days on which they disagree are
    named, and the table is taken only when somebody accepts them.

    Raises:
        Refused: `calendar.unsound` with what is wrong, `calendar.empty`,
            `calendar.differs` with the days, `calendar.unofficial`.
    """
    try:
        tables = tables_from_toml(text)
    except CalendarError as error:
        raise Refused("calendar.unsound", what=str(error)) from error
    if not tables:
        raise Refused("calendar.empty")
    stored = [_import(draft, table, accepts_differences) for table in tables]
    draft.about(stored[0])
    draft.note(years=[one.year for one in stored], differences=[one.differences for one in stored])
    defer_once(JUDGE_ALL)
    return stored


def _import(draft: Draft, table: YearTable, accepts_differences: bool) -> StoredTable:
    if table.is_predicted or not table.source.strip():
        raise Refused("calendar.unofficial", year=table.year)
    # a table that was taken before stays readable: only what comes in now is asked this
    for day in sorted((table.statutory or frozenset()) - table.rest):
        raise Refused("calendar.unsound", what=f"{day}是法定节假日，却没有列入放假")
    if not table.rest:
        raise Refused("calendar.unsound", what=f"{table.year}年没有一个放假日")
    second, days = _compared(table)
    if days and not accepts_differences:
        named = "、".join(day.isoformat() for day in days)
        raise Refused("calendar.differs", year=table.year, source=second, days=named)
    return StoredTable.objects.create(
        year=table.year,
        version=table.version or draft.at.date().isoformat(),
        source=table.source,
        body=row_of(table),
        second_source=second,
        differences=[day.isoformat() for day in days],
        imported_by=draft.actor,
        imported_at=draft.at,
    )


def _compared(table: YearTable) -> tuple[str, list[dt.date]]:
    """The second source and the days on which it disagrees; ("", []) when none knows the year."""
    name, other = second_source_of(table.year)
    if other is None:
        return "", []
    mine: Calendar = packaged_calendar().with_table(table)
    return name, differences(mine, packaged_calendar().with_table(other), table.year)


def row_of(table: YearTable) -> str:
    """One table in the format of `law/years.toml`, in fixed order."""
    rows = {"rest": table.rest, "work": table.work}
    if table.statutory is not None:
        rows["statutory"] = table.statutory
    lines = ["[[year]]", f"year = {table.year}"]
    lines += [f"version = {_quoted(table.version)}", f"source = {_quoted(table.source)}"]
    lines += [
        f"{name} = [{', '.join(_quoted(f'{day:%m-%d}') for day in sorted(days))}]"
        for name, days in rows.items()
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{" ".join(escaped.split())}"'


@act(permission="regulation.load", event="regulation.loaded")
def load_regulation(
    draft: Draft, *, actor: Person, articles: Mapping[str, str], version: str, sha256: str
) -> int:
    """Load the official text, article by article, from a file of the authority; gives how many.

    Raises:
        Refused: `regulation.empty`, `regulation.version`.
    """
    if not articles:
        raise Refused("regulation.empty")
    if not version.strip():
        raise Refused("regulation.version")
    for article, text in articles.items():
        OfficialText.objects.create(
            article=article,
            text=text,
            version=version.strip(),
            sha256=sha256,
            loaded_by=draft.actor,
            loaded_at=draft.at,
        )
    draft.note(articles=len(articles), version=version.strip(), sha256=sha256)
    return len(articles)
