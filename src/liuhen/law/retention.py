"""How long a recording is kept: its class by Art. 41, and until when.

For: the duties of Art. 41, and whoever shows or disposes. Not for: keeping or destroying anything.

The longest of what applies: permanent in the six situations, with the case file in four kinds of
case, two years where nothing but guidance was given and no dispute arose; what the article leaves
open by a parameter. A situation nobody stated yet leaves the class unknown, never lower.
"""

from datetime import datetime

from liuhen.law.duties import conj, disj, negate
from liuhen.law.facts import Activity, Recording
from liuhen.law.view import View
from liuhen.law.vocabulary import CaseKind, RetentionClass

_GUIDED = frozenset({"other_contact"})
_BOUND_KINDS = (CaseKind.LICENSING, CaseKind.PENALTY, CaseKind.COERCION, CaseKind.LEVY)


def class_of(view: View, recording: Recording) -> RetentionClass | None:
    """The class of a recording as things stand, or None while a fact that decides is not known."""
    first, *others = possible_classes(view, recording)
    return None if others else first


def possible_classes(view: View, recording: Recording) -> tuple[RetentionClass, ...]:
    """The classes a recording may have by what is known, the least long first; never none."""
    permanent = _is_permanent(view, recording)
    if permanent:
        return (RetentionClass.PERMANENT,)
    passing = _passing(view, recording)
    return passing if permanent is False else (*passing, RetentionClass.PERMANENT)


def _passing(view: View, recording: Recording) -> tuple[RetentionClass, ...]:
    """What it may be where none of the six situations holds: with the file, or two years."""
    bound = view.is_kind(*_BOUND_KINDS)
    if bound:
        return (RetentionClass.CASE_FILE,)
    guided = _is_mere_guidance(view, recording)
    either = (RetentionClass.GUIDANCE, RetentionClass.UNCLASSIFIED)
    loose = either if guided is None else (either[0] if guided else either[1],)
    return loose if bound is False else (*loose, RetentionClass.CASE_FILE)


def grounds_of(view: View, recording: Recording) -> tuple[str, ...]:
    """Which of the six situations of Art. 41 ¶3 hold, by name; none where none is known to."""
    case, scenes = view.case, _scenes(view, recording)
    found = {
        "evidence": case.has_audiovisual_evidence,
        "major": case.is_major,
        "complex": case.is_complex,
        "conflict": disj(False, *(each.has_conflict for each in scenes)),
        "sudden": disj(False, *(each.is_sudden_incident for each in scenes)),
        "uncooperative": disj(False, *(each.is_uncooperative for each in scenes)),
        "objection": _has_remedy(view) or any(each.has_objection for each in scenes),
    }
    return tuple(name for name, holds in found.items() if holds)


def kept_until(view: View, recording: Recording) -> datetime | None:
    """Last instant a recording of a passing class is kept; None = no end, or not known."""
    found = class_of(view, recording)
    if found is RetentionClass.GUIDANCE:
        due = view.due("measures.retention_guidance", recording.ended_at)
    elif found is RetentionClass.UNCLASSIFIED:
        due = view.due("measures.retention_unclassified", recording.ended_at)
    elif found is RetentionClass.CASE_FILE:
        view.use(view.case, "closed_at")
        due = view.due("archives.case_file", view.case.closed_at)
    else:
        return None
    return None if due is None else due.due_at


def _is_permanent(view: View, recording: Recording) -> bool | None:
    """Any of the six situations of Art. 41 ¶3, as persons stated them."""
    case = view.case
    view.use(case, "is_major", "is_complex", "has_audiovisual_evidence")
    return disj(
        case.has_audiovisual_evidence,
        case.is_major,
        case.is_complex,
        _has_remedy(view),
        *(answer for each in _scenes(view, recording) for answer in _heated(view, each)),
    )


def _has_remedy(view: View) -> bool:
    """Whether the party asked for review or sued: the objection of the fourth situation."""
    return bool(view.all("remedies"))


def _heated(view: View, activity: Activity) -> tuple[bool | None, ...]:
    names = ("has_conflict", "is_sudden_incident", "is_uncooperative", "has_objection")
    view.use(activity, *names)
    return tuple(getattr(activity, name) for name in names)


def _is_mere_guidance(view: View, recording: Recording) -> bool | None:
    scenes = _scenes(view, recording)
    calm = negate(disj(False, *(each.has_conflict for each in scenes)))
    return conj(bool(scenes) and all(each.kind in _GUIDED for each in scenes), calm)


def _scenes(view: View, recording: Recording) -> list[Activity]:
    view.use(recording, "covers")
    found = (view.by_key("activities", key) for key in recording.covers or ())
    return [each for each in found if each is not None]
