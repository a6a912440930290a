"""Every document type is made by an act or on a page: the list of them all."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import liuhen
from liuhen.actions.paper_drafts import BESIDE, EXEMPTION, RECORDS, is_by_hand
from liuhen.actions.paper_order import _COURSES
from liuhen.actions.service_sent import CONSENT
from liuhen.assembly.document_types import types
from liuhen.documents.gap_facts import STATEMENTS

SOURCE = Path(liuhen.__file__).parent
# Made by an act that knows more than their fields: the module that names the type, and the act.
MADE_BY_ACT: Mapping[str, tuple[str, str]] = {
    "archive_receipt": ("actions.archive", "receive_case_file"),
    "access_sheet": ("actions.party_copies", "hand_over_copies"),
    "auction_entrustment": ("actions.auctions", "entrust_auction"),
    "accountability_report": ("actions.accountability", "report_accountability"),
    "closing_report": ("actions.closing", "propose_closing"),
    "copy_statement": ("actions.copying", "copy_case"),
    "disposal_certificate": ("actions.destroying", "finish_disposal"),
    "disposal_list": ("actions.disposal", "propose_disposal"),
    "entrustment": ("actions.entrusting", "entrust_enforcement"),
    "extension_consent": ("actions.extensions", "ask_extension"),
    "general_closing_report": ("actions.closing", "propose_closing"),
    "hearing_notice": ("actions.hearing", "arrange_hearing"),
    "hearing_report": ("actions.hearing", "report_hearing"),
    "lead_refusal_approval": ("actions.lead_outcomes", "propose_refusal"),
    "lead_register": ("actions.leads", "register_lead"),
    "legality_review_opinion": ("actions.review", "review_legality"),
    "licence_hearing_notice": ("actions.hearing", "arrange_hearing"),
    "licence_hearing_report": ("actions.hearing", "report_hearing"),
    "licence_application": ("actions.licensing", "receive_application"),
    "licence_cancellation_decision": ("actions.licence_endings", "cancel_licence"),
    "licence_certificate": ("actions.licences", "issue_licence"),
    "licence_standing_decision": ("actions.licence_endings", "keep_licence"),
    "licence_revocation_decision": ("actions.licence_endings", "revoke_licence"),
    "licence_withdrawal_decision": ("actions.licence_endings", "withdraw_licence"),
    "people_hand_over_list": ("actions.handing_over", "draw_up_hand_over"),
    "post_register": ("actions.service_by_post", "draw_up_register"),
    "random_draw_minutes": ("actions.inspection_draws", "record_draw"),
    "rectification_answer": ("actions.correcting", "answer_correction"),
    "rectification_order": ("actions.correcting", "order_correction"),
    "remote_service_receipt": ("actions.service_sent", "record_arrival"),
    "seizure_handling": ("actions.coercion_handling", "propose_handling"),
    "service_announcement": ("actions.announcing", "draw_up_announcement"),
    "service_entrustment_letter": ("actions.service_entrusted", "send_through"),
    "service_receipt": ("actions.service", "draw_up_receipt"),
    "simple_case_filing": ("actions.filing", "ask_filing"),
    "simple_decision": ("actions.simple_procedure", "decide_on_the_spot"),
    # the head's answer makes it: `actions.approvals.decide_approval`
    "instalment_notice": ("actions.payment_plans", "grant"),
    # leaves of the bound file, which `actions.archive.bind_case` makes
    "case_cover": ("assembly.binding", "bind"),
    "end_note": ("assembly.binding", "bind"),
    "file_catalogue": ("assembly.binding", "bind"),
    # printed from a page, of figures that are there
    "supervision_report": ("web.figure_tables", "report"),
}
# Named by a constant that stands in another module than the act.
NAMED_IN = ("actions", "documents", "oversight", "assembly")


@cache
def source_of(folder: str) -> str:
    """The source of all modules below a folder of the package."""
    return "\n".join(one.read_text("utf-8") for one in (SOURCE / folder).rglob("*.py"))


def has_page(key: str) -> bool:
    """Whether a type drawn up by hand is offered by a page: of a course, an activity, by name."""
    listed = any(key in orders for orders in _COURSES.values())
    named = key in {CONSENT, EXEMPTION, *STATEMENTS} or f'"{key}"' in source_of("web")
    return listed or key in BESIDE or key in RECORDS or named


def test_every_type_is_made() -> None:
    by_hand = {key for key in types() if is_by_hand(key)}
    assert {key for key in by_hand if not has_page(key)} == set()
    others = set(types()) - by_hand
    assert others == set(MADE_BY_ACT)


def test_what_makes_a_type_is_there_and_names_it() -> None:
    for key, (module, act) in MADE_BY_ACT.items():
        assert callable(getattr(importlib.import_module(f"liuhen.{module}"), act)), (key, act)
        folder = module.partition(".")[0]
        folders = {folder, *NAMED_IN}
        assert any(f'"{key}"' in source_of(one) for one in folders), (key, module)
