"""Tables of words the pages use are complete: events, causes, sources, where things are done."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from uuid import uuid4

import pytest

from liuhen import actions
from liuhen.actions.act import REGISTRY
from liuhen.actions.breaches import EVENT as BREACHED
from liuhen.law.explanations import templates
from liuhen.law.procedures import courses
from liuhen.law.vocabulary import CaseKind, GapCause, Procedure
from liuhen.ledger.spool import EVENT as UNANSWERED
from liuhen.recordings.timing import TimeSource
from liuhen.recordings.wording import CAUSES, SOURCES
from liuhen.web import simple_state
from liuhen.web.events import event_title
from liuhen.web.recording_facts import DOUBTS
from liuhen.web.simple_procedure import PERFORM
from liuhen.web.steps import href_of
from liuhen.web.timeline import _OPENS

ROOT = Path(__file__).resolve().parents[2]
for found in pkgutil.iter_modules(actions.__path__):
    importlib.import_module(f"liuhen.actions.{found.name}")
REFUSALS = ("act.refused", "look.refused")
OWN = sorted(event for event, one in REGISTRY.items() if one.module.startswith("liuhen."))


@pytest.mark.parametrize("event", [*OWN, *REFUSALS, "authority.founded", BREACHED, UNANSWERED])
def test_every_event_has_its_chinese_title(event: str) -> None:
    assert re.search(r"[\u4e00-\u9fff]", event_title(event)), f"events.toml lacks {event}"


def test_an_event_without_a_title_shows_its_name_instead_of_nothing() -> None:
    assert event_title("moon.landed") == "moon.landed"


def test_every_cause_source_and_doubt_has_words() -> None:
    assert set(CAUSES) == set(GapCause)
    assert set(SOURCES) == set(TimeSource)
    assert set(DOUBTS) == {"clock_unset", "in_future", "ends_before_it_begins"}


# Asked for by the law of simple cases and done on a page.
DONE_ON_PAGES = (
    *("show_certificates", "record_oral_notice", "record_statement", "review_statement"),
    *("issue_decision", "sign_paper", "note_refusal", "record_service", "issue_paper"),
    *("record_collection", "give_receipt", "hand_in_fine", "bank_fine", "record_performance"),
    *("upload_recording", "hand_in_recording", "label_recording", "explain_gap"),
    *("file_with_authority", "issue_closing_report", "approve_closing", "acknowledge_breach"),
    *("bind_case", "hand_over_case", "keep_unit_copy"),
)


@pytest.mark.parametrize("name", DONE_ON_PAGES)
def test_what_the_law_asks_of_a_simple_case_is_done_on_a_page(name: str) -> None:
    assert name in templates()["act"]
    about = ("recording", str(uuid4()))
    address = href_of(name, uuid4(), about=about, activity_id=str(uuid4()))
    assert address is not None and address.startswith(("/cases/", "/simple/", "/recordings/"))


def test_what_is_done_on_no_page_leads_nowhere() -> None:
    assert href_of("use_ordinary_procedure", uuid4()) is None


def test_every_step_has_its_form_and_its_template() -> None:
    folder = ROOT / "src" / "liuhen" / "web" / "templates" / "simple_procedure"
    keys = {step.key for step in simple_state.STEPS}
    assert keys - {"identity"} == set(PERFORM)
    assert {path.stem for path in folder.glob("*.html")} == keys


def test_the_timeline_knows_what_opens_each_stage_of_the_simple_procedure() -> None:
    stages = courses()[CaseKind.PENALTY, Procedure.SIMPLE].stages
    assert {stage.key for stage in stages} == set(_OPENS)
    assert set(_OPENS.values()) <= set(OWN)


def test_every_template_a_view_names_exists_and_every_page_is_used() -> None:
    web = ROOT / "src" / "liuhen" / "web"
    source = "\n".join(path.read_text("utf-8") for path in web.glob("*.py"))
    named = set(re.findall(r'"([a-z_]+\.html)"', source))
    there = {path.name for path in (web / "templates").glob("*.html")}
    assert named <= there
    frames = {"shell.html", "document.html", "plain.html", "error.html"}
    errors = {name for name in there if re.fullmatch(r"\d{3}(_csrf)?\.html", name)}
    assert there - named == frames | errors - named
