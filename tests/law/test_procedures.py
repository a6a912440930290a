"""The procedures as data: eight courses, each whole, each naming only what exists."""

import pytest

from liuhen.law.clauses import clauses
from liuhen.law.errors import LawError
from liuhen.law.gates import gates
from liuhen.law.procedures import Course, course_of, courses, courses_from_toml
from liuhen.law.vocabulary import CaseKind, Procedure

TAIL = ["performance", "closing", "binding", "hand_over"]


def test_every_kind_has_its_courses_and_each_ends_with_the_common_tail() -> None:
    assert set(courses()) == {
        (CaseKind.PENALTY, Procedure.ORDINARY),
        (CaseKind.PENALTY, Procedure.SIMPLE),
        (CaseKind.LICENSING, Procedure.ORDINARY),
        (CaseKind.LICENSING, Procedure.ENDING),
        (CaseKind.COERCION, Procedure.MEASURE),
        (CaseKind.COERCION, Procedure.ENFORCEMENT),
        (CaseKind.LEVY, Procedure.ORDINARY),
        (CaseKind.INSPECTION, Procedure.ORDINARY),
    }
    for course in courses().values():
        assert [stage.key for stage in course.stages[-4:]] == TAIL


@pytest.mark.parametrize("course", courses().values(), ids=lambda course: course.name)
def test_every_gate_a_course_names_is_there(course: Course) -> None:
    named = {stage.gate for stage in course.stages if stage.gate}
    assert named
    assert named <= set(gates())


def test_most_clauses_a_stage_names_are_in_the_clause_table() -> None:
    named = {clause for c in courses().values() for s in c.stages for clause in s.clauses}
    outside = {each for each in named if each not in clauses()}
    assert outside <= {"coercion_law:27", "penalty_law:57.2"}, outside


def test_what_a_case_has_left_behind_is_what_stands_before_its_stage() -> None:
    course = course_of(CaseKind.PENALTY, Procedure.ORDINARY)
    assert course is not None
    before = [stage.key for stage in course.before("investigation")]
    assert before == ["lead", "lead_check", "initiation"]
    assert course.before("lead") == () == course.before("no such stage")
    paper, activity = course.stage_of_paper("36"), course.stage_of_activity("hearing")
    assert paper is not None and activity is not None
    assert (paper.key, activity.key) == ("decision", "defence")
    assert course.stage_of_paper("57") is None


def test_kinds_and_procedures_that_do_not_go_together_have_no_course() -> None:
    assert course_of(CaseKind.LEVY, Procedure.SIMPLE) is None


def stage(**more: object) -> str:
    """A table of one course with one stage."""
    lines = "\n".join(f"{name} = {value}" for name, value in more.items())
    return (
        '[[tail]]\nkey = "closing"\nname = "结案"\n[course."levy.ordinary"]\nname = "征收"\n'
        f'[[course."levy.ordinary".stage]]\nkey = "one"\nname = "一"\n{lines}\n'
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (stage(papers='["99"]'), "99"),
        (stage(activities='["dance"]'), "dance"),
        (stage(required='[["58"]]'), "one"),
        (stage().replace('key = "one"', 'key = "closing"'), "closing"),
        (stage().replace("levy.ordinary", "levy.nothing"), "nothing"),
        (stage().replace('key = "one"\n', ""), "key"),
    ],
)
def test_a_course_that_is_not_sound_is_refused_by_name(text: str, names: str) -> None:
    with pytest.raises(LawError, match=names):
        courses_from_toml(text)
    assert courses_from_toml(stage(papers='["58"]', required='[["58"]]'))


def test_a_stage_is_passed_by_only_where_the_course_says_so() -> None:
    (course,) = courses_from_toml(stage()).values()
    assert [each.is_optional for each in course.stages] == [False, False]
    (course,) = courses_from_toml(stage(is_optional="true")).values()
    assert [each.is_optional for each in course.stages] == [True, False]
