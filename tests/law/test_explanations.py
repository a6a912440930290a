"""Findings in words: every template is used, every placeholder is filled, nothing shows a code."""

import datetime as dt
import inspect
import re
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

import pytest

from liuhen.law import explain, facts, judge, vocabulary
from liuhen.law.calendar import end_of_day
from liuhen.law.catalogue import catalogue
from liuhen.law.explanations import (
    act_text,
    due_text,
    duty_text,
    entity_key,
    label_of,
    local_text,
    names_what_is_missing,
    templates,
)
from liuhen.law.findings import Explanation, Outcome
from liuhen.law.parameters import Override
from liuhen.law.registry import duties_by_module, packaged_registry
from liuhen.law.statutes.licensing_law import ENDS_OR_KEEPS
from tests.law.case_tables import case_named, changed, facts_from, table_tests

RESERVED = {"outcome", "entity", "field", "act", "member"}


def text_of(rule: str, case: str = "simple", /, **change: Any) -> str:
    """The text of a rule's one finding in a changed case."""
    plain = changed(case_named(case), change)
    (found,) = [each for each in judge(facts_from(plain), plain["at"]) if each.rule == rule]
    return explain(found)


def test_every_rule_has_a_table_and_every_table_a_rule() -> None:
    assert set(templates()) - RESERVED == {duty.name for _, duty in duties_by_module()}


def test_every_fact_has_a_name_people_use() -> None:
    names = set(templates()["field"]) | set(templates()["entity"])
    for kind in facts.__all__:
        entity = getattr(facts, kind)
        if is_dataclass(entity):
            assert {field.name for field in fields(entity)} <= names, kind


def test_every_act_has_its_button() -> None:
    for duty in packaged_registry().all:
        if duty.act:
            assert act_text(duty.act) != duty.act
    assert act_text("an_act_of_an_older_version") == "an_act_of_an_older_version"
    assert act_text(None) == ""


def test_no_text_shows_a_placeholder_a_code_or_an_english_word() -> None:
    for test in table_tests()[::11]:
        for finding in judge(test.facts, test.at):
            if finding.outcome in (Outcome.BREACHED, Outcome.PENDING, Outcome.UNKNOWN):
                text = explain(finding)
                plain = re.sub(r"officer (one|two)|party|[-:0-9A-Za-z]*\d[-:0-9A-Za-z]*", "", text)
                assert not re.search(r"[{}_]|[a-z]{3,}", plain), text


@pytest.mark.parametrize(
    ("rule", "change", "text"),
    [
        ("two_officers", {"activities.street.officers": ["o1"]},
         "参加的执法人员只有1人，不得少于2人。"),
        ("spot_fine_within_limit",
         {"decisions.d1.sanctions": [{"kind": "fine", "amount_fen": 25050}]},
         "当场罚款250.50元，超过限额200元，应当适用普通程序。"),
        ("certificates_shown", {"activities.street.certificates_shown": "unknown"},
         "尚不能认定：执法人员应当出示执法证件。需补充：活动·出示证件情况。"),
        ("recording_labelled", {"recordings.video.label_party": ""}, "音像标注缺少当事人。"),
        ("file_bound", {"case.bound_at": "not yet"},
         "逾期未完成：行为终结后在规定期限内立卷。最迟应在2026年4月5日 24:00。"),
    ],
)  # fmt: skip
def test_a_layman_reads_what_is_wrong(rule: str, change: dict[str, Any], text: str) -> None:
    assert text_of(rule, "simple", **change) == text


def test_what_is_not_known_is_not_called_overdue_though_its_clock_is_known() -> None:
    text = text_of("file_bound", "simple", **{"case.bound_at": "unknown"})
    assert text.startswith("尚不能认定：")


def test_a_figure_to_be_confirmed_is_said_to_be_so() -> None:
    text = text_of("hearing_right_told", "ordinary", **{"case.hearing_right": "unknown"})
    assert text.endswith("（所用数字待本机关确认。）")


def test_a_path_reads_as_people_say_it() -> None:
    assert label_of("activity:ab12.officers") == "活动·执法人员"
    assert label_of("paper:p1.fields.remedies") == "文书·填写内容·救济途径"
    assert label_of("paper:p1.47") == f"文书·{catalogue().papers['47'].name}"
    assert label_of("activity:a1.47") == "活动·47"
    assert entity_key("activity:ab12.fields.remedies") == "ab12"
    assert entity_key("recordings") == ""
    for name in ENDS_OR_KEEPS:
        assert label_of(f"paper:p1.fields.{name}").removeprefix("文书·填写内容·") != name


def test_every_member_of_a_vocabulary_has_words() -> None:
    lists = [
        one
        for _, one in inspect.getmembers(vocabulary, inspect.isclass)
        if issubclass(one, StrEnum) and one is not StrEnum
    ]
    members = {member.value for one in lists for member in one}
    assert set(templates()["member"]) == members


def test_an_unknown_names_what_is_missing_once() -> None:
    unknown = [
        each
        for test in table_tests()[::7]
        for each in judge(test.facts, test.at)
        if each.outcome is Outcome.UNKNOWN
    ]
    assert unknown and all(map(names_what_is_missing, unknown))
    for each in unknown:
        said = [label_of(path) for path in each.missing]
        text = explain(each)
        assert all(text.count(f"需补充：{label}") <= 1 for label in said)
        is_asking = each.explanation.code not in ("contradicted", "engine_error")
        assert not is_asking or all(label in text for label in said)


def test_the_end_of_a_day_is_its_24_00() -> None:
    last = end_of_day(dt.date(2026, 3, 4))
    assert due_text(last) == local_text(last) == "2026年3月4日 24:00"
    after = last + dt.timedelta(microseconds=1)
    assert (due_text(after), local_text(after)) == ("2026年3月4日 24:00", "2026年3月5日 00:00")
    before = last - dt.timedelta(minutes=1)
    assert due_text(before) == local_text(before) == "2026年3月4日 23:58"


def test_only_what_is_unknown_has_to_name_what_is_missing() -> None:
    plain = case_named("simple")
    (officers,) = [
        each for each in judge(facts_from(plain), plain["at"]) if each.rule == "two_officers"
    ]
    assert officers.outcome is Outcome.MET and names_what_is_missing(officers)
    unsaid = replace(officers, outcome=Outcome.UNKNOWN)
    assert not names_what_is_missing(unsaid)
    for code in ("contradicted", "engine_error"):
        assert names_what_is_missing(replace(unsaid, explanation=Explanation(code)))


def test_what_waits_without_a_clock_is_told_without_one() -> None:
    plain = changed(case_named("simple"), {"case.bound_at": "not yet"})
    (bound,) = [each for each in judge(facts_from(plain), plain["at"]) if each.rule == "file_bound"]
    waits = replace(bound, outcome=Outcome.PENDING, explanation=Explanation("file_bound.pending"))
    assert "最迟2026年4月5日 24:00" in explain(waits)
    assert "最迟" not in explain(replace(waits, due_at=None))


@pytest.mark.parametrize(("value", "told"), [(60, "60日"), (None, "规定期限")])
def test_a_period_the_authority_set_is_told_as_it_set_it(value: int | None, told: str) -> None:
    assert duty_text("decided_in_time") == "自立案之日起90日内作出处罚决定"
    plain = changed(case_named("ordinary"), {"decisions.d1": "absent"})
    own = [Override("penalty_law.decision", value, dt.date(2026, 1, 1), reason="x")]
    found = judge(facts_from(plain), plain["at"], overrides=own)
    (decided,) = [each for each in found if each.rule == "decided_in_time"]
    assert f"自立案之日起{told}内作出处罚决定" in explain(decided)


def test_no_text_writes_a_period_out_that_a_figure_decides() -> None:
    number = "[一二三四五六七八九十两]+"
    written = re.compile(rf"{number}(小时|个工作日|个月|日(?!内的)|年)(内|前|后|届满|之内|以内)")
    found = [
        (rule, key)
        for rule, texts in templates().items()
        for key, text in texts.items()
        if written.search(text)
    ]
    assert found == []
