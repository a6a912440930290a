"""Which situations of Art. 41 a recording is kept for."""

from liuhen.law.calendar import packaged_calendar
from liuhen.law.parameters import packaged_parameters
from liuhen.law.retention import grounds_of
from liuhen.law.view import View
from tests.law.case_tables import case_named, changed, facts_from


def grounds(**change: object) -> tuple[str, ...]:
    """The situations that hold for the recording of the simple case, changed by path."""
    plain = changed(case_named("simple"), change)
    facts = facts_from(plain)
    view = View(facts, plain["at"], packaged_parameters(), packaged_calendar())
    (recording,) = [each for each in facts.recordings if each.key == "video"]
    return grounds_of(view, recording)


def test_a_calm_case_has_none() -> None:
    assert grounds() == ()


def test_each_situation_is_named() -> None:
    for path, name in (
        ("case.has_audiovisual_evidence", "evidence"),
        ("case.is_major", "major"),
        ("case.is_complex", "complex"),
        ("activities.street.has_conflict", "conflict"),
        ("activities.street.is_sudden_incident", "sudden"),
        ("activities.street.is_uncooperative", "uncooperative"),
        ("activities.street.has_objection", "objection"),
    ):
        assert grounds(**{path: True}) == (name,)
        assert grounds(**{path: False}) == ()


def test_a_review_is_an_objection() -> None:
    assert grounds(**{"remedies.one": {"kind": "review"}}) == ("objection",)
