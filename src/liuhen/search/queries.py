"""Asks the index (Art. 40): what a person may see is part of the question, never a second look.

Up to a thousand answers are found at once and then known by their keys (`numbered`). More are
sorted by time, newest first, and looked for in the newest months before in all years (`windows`):
frequent words then never cost what the archive has grown to. Reads only; not for which way is
the shortest (`search.answers`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from liuhen.access.queries import under_approval
from liuhen.cases.models import Case, Party
from liuhen.cases.queries import (
    ALL_CASES,
    ARCHIVED_STAGES,
    ASKED_CASES,
    UNIT_CASES,
    visible_cases,
)
from liuhen.cases.secrecy import hidden_cases
from liuhen.kernel import clock
from liuhen.people.models import Office, Person
from liuhen.people.queries import (
    is_allowed,
    office_kinds,
    permissions,
    standing_offices,
    stood_in_for,
)
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import hidden_recordings, loose_of
from liuhen.search.grams import (
    LOOSE,
    asked_of_place,
    facet,
    is_near,
    lone,
    normal,
    of_field,
    pairs,
    runs,
)
from liuhen.search.models import Indexed, ListExport
from liuhen.search.rarity import rarest, rarest_first
from liuhen.search.stretches import stretch_facets

# Counted to here and no further; above it a page says "more than".
COUNTED = 1_000
QUESTION_LIMIT = 200
_WEEK = dt.timedelta(days=7)
_LONGER = (dt.timedelta(days=31), dt.timedelta(days=366))
# Instants as whole numbers: a thousand are read in a third of the time.
_MICROSECONDS = Func(
    F("at"),
    template="(extract(epoch FROM %(expressions)s) * 1000000)::bigint",
    output_field=BigIntegerField(),
)
_NEAR_LOOKED_AT = 200
_NEAR_SHOWN = 8
_OF_RECORDINGS = (Indexed.Kind.RECORDING, Indexed.Kind.TEXT)
_NAME_LENGTHS = range(2, 13)


@dataclass(frozen=True)
class Question:
    """What is asked for; everything given must hold. Instants are half-open: since ≤ at < until.

    `holder` is the keyed digest of a party's identity number (`cases.sealed.number_digest`);
    of several `handlers` any will do.
    """

    words: str = ""
    party: str = ""
    place: str = ""
    kind: str = ""
    event: str = ""
    case_kind: str = ""
    unit: str = ""
    stage: str = ""
    handlers: tuple[str, ...] = ()
    device: str = ""
    holder: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return self == Question()


def visible_records(person: Person, kind: str = "") -> QuerySet[Indexed]:
    """What a person may find: records of visible cases, and visible recordings of none.

    What a recording shows or says is found under an approval of viewing only (Art. 42). Where
    the question asks for one `kind`, by its facet, what concerns the others is left out.
    """
    rows = Indexed.objects.all()
    if kind in ("", Indexed.Kind.TEXT):
        opened = Recording.objects.filter(under_approval(person), id=OuterRef("record_id"))
        rows = rows.filter(~Q(kind=Indexed.Kind.TEXT) | Q(_each_holds(opened)))
    if not kind or kind in _OF_RECORDINGS:
        unknown = hidden_recordings(person).values("id")
        rows = rows.exclude(kind__in=_OF_RECORDINGS, record_id__in=unknown)
    held = standing_offices(person)
    if not held:
        return Indexed.objects.none()
    if {office.kind for office in held} & ALL_CASES:
        return rows.exclude(case__in=hidden_cases(person, held).values("id"))
    own = Recording.objects.filter(loose_of(person, held))
    loose = Q(case=None, record_id__in=own.values("id"))
    is_visible = Q(_each_holds(visible_cases(person).filter(id=OuterRef("case_id"))))
    ways = ways_of(person, held)
    if ways:
        rows = rows.filter(grams__overlap=ways)
    return rows.filter(is_visible | loose)


def ways_of(person: Person, held: Iterable[Office]) -> list[str]:
    """Each row that a person may see bears one of these: others are passed over.

    Empty where somebody sees cases for a reason that no row bears: they were asked about them.
    """
    ways = [LOOSE, facet("carrier", person.id)]
    for office in held:
        if office.kind in ASKED_CASES or office.kind == Office.Kind.SYSTEM:
            return []
        if office.kind in UNIT_CASES and office.unit_id:
            ways.append(facet("unit", office.unit_id))
        if office.kind == Office.Kind.ARCHIVIST:
            ways += [facet("stage", stage) for stage in ARCHIVED_STAGES]
    return ways


def _each_holds(asked: QuerySet[Any]) -> Coalesce:
    """Whether there is such a row, asked for each candidate by its key.

    By EXISTS or IN the planner first gathers all rows that would do, which grow with the archive.
    """
    one = asked.order_by().values(found=Value(True))[:1]
    return Coalesce(Subquery(one, output_field=BooleanField()), Value(False))


def found(person: Person, question: Question) -> QuerySet[Indexed]:
    """The records that answer a question, newest first; to be shown page by page."""
    return among(visible_records(person, question.kind), person, question)


def among(rows: QuerySet[Indexed], person: Person, question: Question) -> QuerySet[Indexed]:
    """Those of the visible records that answer."""
    asked = _asked(question)
    is_few = is_narrow(person, question)
    if question.event and is_few:
        # among few records: the list of all of an event is not read whole
        asked.add(facet("event", question.event))
    elif question.event:
        rows = rows.filter(event=question.event)
    if is_few and (question.since or question.until):
        rows = _within(rows, question.since, question.until)
    # each by itself: the database goes through lists of its index in half the time of one of many
    rows = rows.filter(*(Q(grams__contains=[gram]) for gram in rarest_first(asked)))
    if question.handlers:
        rows = rows.filter(grams__overlap=[facet("handler", one) for one in question.handlers])
    for run in runs(question.words):
        # a gram is its own proof
        if run not in asked:
            rows = rows.filter(text__contains=run)
    if question.party:
        rows = rows.filter(party__icontains=question.party.strip())
    if question.place:
        rows = rows.filter(place__icontains=question.place.strip())
    if question.holder:
        held = Party.objects.filter(number_digest=question.holder)
        rows = rows.filter(case__in=held.values("case_id"))
    if not is_few:
        rows = _between(rows, "at", question.since, question.until)
    return rows.order_by("-at", "-id")


def _between(
    rows: QuerySet[Indexed], name: str, since: dt.datetime | None, until: dt.datetime | None
) -> QuerySet[Indexed]:
    if since:
        rows = rows.filter(**{f"{name}__gte": since})
    return rows.filter(**{f"{name}__lt": until}) if until else rows


def _within(
    rows: QuerySet[Indexed], since: dt.datetime | None, until: dt.datetime | None
) -> QuerySet[Indexed]:
    """Of few records those of a stretch of time, by its facets; then each tells its instant.

    The instant is put so that no index of it is read: that of a year is as long as the year.
    """
    rows = rows.alias(instant=instant_of()).filter(grams__overlap=stretch_facets(since, until))
    return _between(rows, "instant", since, until)


def instant_of() -> ExpressionWrapper[Any]:
    """`at`, of which no index is read: few are sorted, whatever the database takes them for."""
    return ExpressionWrapper(F("at") + dt.timedelta(), DateTimeField())


def found_cases(person: Person, words: str) -> QuerySet[Indexed]:
    """Rows of the cases whose number, cause, parties or place say all the words, newest first.

    What a case says elsewhere is asked for by `found`. Signs or one letter find nothing.
    """
    if not pairs(words):
        return Indexed.objects.none().order_by("-at", "-id")
    rows = found(person, Question(words=words, kind=Indexed.Kind.CASE))
    for run in runs(words):
        named = Q(number__icontains=run) | Q(title__icontains=run)
        rows = rows.filter(named | Q(party__icontains=run) | Q(place__icontains=run))
    return rows


def found_leads(person: Person, words: str) -> QuerySet[Indexed]:
    """Rows of the leads that say all the words, newest first. Signs or one letter find nothing."""
    if not pairs(words):
        return Indexed.objects.none().order_by("-at", "-id")
    return found(person, Question(words=words, kind=Indexed.Kind.LEAD))


def grams_of(question: Question) -> set[str]:
    """What a record that says the words must hold; whether it says them, its text decides."""
    grams = pairs(question.words) | asked_of_place(question.place)
    return grams | of_field("party", pairs(question.party) | lone(question.party))


def facets_of(question: Question) -> set[str]:
    """What decides by itself."""
    names = ("kind", "case_kind", "unit", "stage", "device")
    return {facet(name, value) for name in names if (value := getattr(question, name))}


def _asked(question: Question) -> set[str]:
    """What the index is asked for."""
    return facets_of(question) | rarest(grams_of(question))


def is_narrow(person: Person, question: Question) -> bool:
    """Whether grams tell of most records that they do not answer; else time is gone through."""
    return bool(_asked(question) or question.handlers or not office_kinds(person) & ALL_CASES)


def windows(
    rows: QuerySet[Indexed], newest: dt.datetime, until: dt.datetime | None = None
) -> Iterator[QuerySet[Indexed]]:
    """The question over the last week, the last month, the last year, all time.

    Counted back from `newest`, or from `until` where the question itself ends before.
    """
    end = min(newest, until) if until else newest
    yield _between(rows, "at", end - _WEEK, until)
    for width in _LONGER:
        yield _within(rows, end - width, until)
    yield rows


def numbered(rows: QuerySet[Indexed]) -> tuple[QuerySet[Indexed], int, list[int]]:
    """The same answers, and how many they are, up to `COUNTED` + 1, which stands for "more".

    Unless there are more they are asked for by their keys from then on; these too, newest first.
    """
    told = list(rows.order_by().values_list(_MICROSECONDS, "id")[: COUNTED + 1])
    if len(told) > COUNTED:
        return rows, len(told), []
    keys = [key for _, key in sorted(told, reverse=True)]
    return by_keys(keys), len(keys), keys


def by_keys(keys: Sequence[int]) -> QuerySet[Indexed]:
    """Rows that are known, newest first."""
    return Indexed.objects.filter(id__in=keys).order_by("-at", "-id")


def near_names(person: Person, name: str) -> list[str]:
    """Names of parties one character away from a name, for a question that found nothing."""
    asked = normal(name)
    if " " in asked or len(asked) not in _NAME_LENGTHS:
        return []
    singles = sorted(set(asked))
    kept = max(len(singles) - 1, 1)
    match = Q()
    for some in combinations(singles, kept):
        match |= Q(grams__contains=sorted(of_field("party", some)))
    match &= Q(grams__contains=[facet("kind", Indexed.Kind.CASE)])
    rows = visible_records(person).filter(match).order_by("-at", "-id")
    told = rows.values_list("party", flat=True)[:_NEAR_LOOKED_AT]
    names = {one for line in told for one in line.split("、")}
    return sorted(one for one in names if one != name and is_near(normal(one), asked))[:_NEAR_SHOWN]


def placed(rows: QuerySet[Indexed]) -> QuerySet[Indexed]:
    """Of the newest `COUNTED` answers those that know where they were made, newest first."""
    newest = rows.values("id")[:COUNTED]
    known = Indexed.objects.filter(id__in=newest, latitude__isnull=False)
    return known.order_by("-at", "-id")


def placed_activities(cases: QuerySet[Case]) -> tuple[list[Indexed], int]:
    """Of the newest `COUNTED` activities of cases those that know their place; how many don't."""
    of_cases = Indexed.objects.filter(kind=Indexed.Kind.ACTIVITY, case__in=cases.order_by())
    rows, number, _ = numbered(of_cases.order_by("-at", "-id"))
    known = list(placed(rows).select_related("case"))
    return known, min(number, COUNTED) - len(known)


def exports_waiting(person: Person) -> QuerySet[ListExport]:
    """Lists the leader in charge has to answer for, the oldest first; one's own are left out."""
    if not is_allowed(person, "list_export.approve"):
        return ListExport.objects.none()
    in_place_of = stood_in_for(person, permissions()["list_export.approve"].offices)
    rows = ListExport.objects.filter(outcome="").exclude(asked_by__in={person.id, *in_place_of})
    return rows.select_related("asked_by").order_by("asked_at", "id")


def by_month(rows: QuerySet[Indexed]) -> Sequence[tuple[dt.date, int]]:
    """The newest `COUNTED` answers by month of the authority's calendar, oldest month first."""
    counts: dict[dt.date, int] = {}
    for at in rows.values_list("at", flat=True)[:COUNTED]:
        month = clock.local_date(at).replace(day=1)
        counts[month] = counts.get(month, 0) + 1
    return sorted(counts.items())
