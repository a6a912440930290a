"""What the steps of the simple procedure established, out of `Activity.facts`, as facts of the law.

This is the one place that knows the keys `actions.simple_procedure` writes:

    told, told_at             oral notice: its words, instant
    told_contents             contents of Art. 15 it covered; without it, all of them
    statement                 a form of `StatementForm`; older names: stated, waived, silent
    statement_text, statement_at, is_statement_kept
    is_adopted, review_reason, reviewed_at     adopted | partly | rejected
    facts_text, basis, breached, conditions_text, violated_at
    penalty, fine_fen, collection, collection_ground

Not for papers (`paper_facts`) nor for what the activity itself was (`scene_facts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from liuhen.compliance.rows import CaseRows, Row
from liuhen.kernel import clock
from liuhen.law.facts import DefenceReview, Notice, Statement
from liuhen.law.measures.a15 import CONTENTS as NOTICE_CONTENTS
from liuhen.law.moments import Moment
from liuhen.law.vocabulary import NOT_YET, NoticeForm, StatementForm

_FORMS: Mapping[str, StatementForm] = {
    **{form.value: form for form in StatementForm},
    "stated": StatementForm.ORAL,
    "waived": StatementForm.WAIVER_ORAL,
}
_ADOPTED: Mapping[object, bool] = {
    **{"adopted": True, "partly": True, "rejected": False},
    **{True: True, False: False},
}


def noted_instant(stated: Mapping[str, Any], key: str, absent: Moment = NOT_YET) -> Moment:
    """An instant a step wrote as ISO text; `absent` when there is none, None when it is none."""
    found = stated.get(key)
    if not found:
        return absent
    try:
        return clock.parse_iso(found)
    except (TypeError, ValueError):
        return None


def spoken_activities(rows: CaseRows) -> list[Row]:
    """Activities of the simple procedure, where notice and statement are made by word of mouth."""
    return [row for row in rows.all("activities") if row.text("kind") == "simple_procedure"]


def notices(rows: CaseRows) -> tuple[Notice, ...]:
    """Oral notices given so far; the key is the activity's."""
    return tuple(
        Notice(
            key=row.id,
            form=NoticeForm.ORAL,
            party=_party(rows),
            told_at=noted_instant(row.stated("facts"), "told_at"),
            contents=_contents(row.stated("facts")),
            offers_hearing=False,
        )
        for row in spoken_activities(rows)
        if row.stated("facts").get("told_at")
    )


def _contents(stated: Mapping[str, Any]) -> dict[str, bool | None]:
    """Which contents of Art. 15 were told.

    The officers' step states that the notice was given; only a list says it was not the whole.
    """
    told = stated.get("told_contents")
    if not isinstance(told, list):
        return dict.fromkeys(NOTICE_CONTENTS, True)
    return {name: name in told for name in NOTICE_CONTENTS}


def statements(rows: CaseRows) -> tuple[Statement, ...]:
    """Statements and waivers made so far; silence is none."""
    found = []
    for row in spoken_activities(rows):
        stated = row.stated("facts")
        form = _FORMS.get(str(stated.get("statement")))
        if form is None:
            continue
        is_waiver = form in (StatementForm.WAIVER_ORAL, StatementForm.WAIVER_WRITTEN)
        found.append(
            Statement(
                key=row.id,
                form=form,
                party=_party(rows),
                made_at=noted_instant(stated, "statement_at"),
                paper="",
                is_recorded=is_waiver or bool(stated.get("statement_text")),
                is_kept=kept if isinstance(kept := stated.get("is_statement_kept"), bool) else None,
            )
        )
    return tuple(found)


def defence_reviews(rows: CaseRows) -> tuple[DefenceReview, ...]:
    """Reviews of the defence; the key is the activity's, as the statement's is."""
    return tuple(
        DefenceReview(
            key=row.id,
            statement=row.id,
            reviewed_at=noted_instant(stated, "reviewed_at"),
            is_adopted=_ADOPTED.get(stated.get("is_adopted")),
            has_reason=bool(stated.get("review_reason")),
            reviewer=rows.case.reference("handler_id"),
        )
        for row in spoken_activities(rows)
        if (stated := row.stated("facts")).get("reviewed_at")
    )


def violation_ended_on(rows: CaseRows) -> dt.date | None:
    """Local day of the violation, as the officers wrote it down."""
    days = [
        clock.local_date(moment)
        for row in spoken_activities(rows)
        if isinstance(
            moment := noted_instant(row.stated("facts"), "violated_at", None), dt.datetime
        )
    ]
    return max(days, default=None)


def spoken_fields(stated: Mapping[str, Any]) -> dict[str, bool]:
    """Parts of Art. 27 that are written down as steps and not on the decision itself."""
    steps = ("told", "statement")
    return {
        "conditions": bool(stated.get("conditions_text")),
        "steps": all(stated.get(step) for step in steps),
    }


def _party(rows: CaseRows) -> str | None:
    parties = rows.all("parties")
    return parties[0].id if parties else None
