"""Addresses of lists taken away, retention, disposal, secrecy and redaction."""

from django.urls import path

from liuhen.web import (
    case_copies,
    disposals,
    due_footage,
    hand_overs,
    outside_copies,
    party_copies,
    redactions,
    retention,
    search_exports,
    secrecy,
    view_register,
)

KEEPING_PATHS = [
    path("search/saved/", search_exports.search_save, name="search_save"),
    path("search/saved/<uuid:search_id>/", search_exports.search_remove, name="search_remove"),
    path("search/exports/", search_exports.exports, name="search_exports"),
    path("search/exports/new/", search_exports.export_ask, name="search_export_ask"),
    path(
        "search/exports/<uuid:export_id>/answer/",
        search_exports.export_answer,
        name="search_export_answer",
    ),
    path(
        "search/exports/<uuid:export_id>/file/",
        search_exports.export_take,
        name="search_export_take",
    ),
    path("cases/<uuid:case_id>/secrecy/", secrecy.case_secrecy, name="case_secrecy"),
    path("cases/<uuid:case_id>/secrecy/class/", secrecy.case_classify, name="case_classify"),
    path("cases/<uuid:case_id>/secrecy/people/", secrecy.case_knower, name="case_knower"),
    path(
        "cases/<uuid:case_id>/secrecy/people/<uuid:need_id>/end/",
        secrecy.case_knower_end,
        name="case_knower_end",
    ),
    path(
        "recordings/<uuid:recording_id>/secrecy/",
        secrecy.recording_classify,
        name="recording_classify",
    ),
    path("register/", view_register.view_register, name="view_register"),
    path("redactions/", redactions.redactions, name="redactions"),
    path("redactions/<uuid:redaction_id>/", redactions.redaction, name="redaction"),
    path(
        "redactions/<uuid:redaction_id>/still/<int:at>/",
        redactions.redaction_still,
        name="redaction_still",
    ),
    path(
        "redactions/<uuid:redaction_id>/file.pdf",
        redactions.redaction_file,
        name="redaction_file",
    ),
    path(
        "recordings/<uuid:recording_id>/redaction/",
        redactions.recording_redact,
        name="recording_redact",
    ),
    path("papers/<uuid:paper_id>/redaction/", redactions.paper_redact, name="paper_redact"),
    path("hand-overs/", hand_overs.hand_overs, name="hand_overs"),
    path("hand-overs/new/", hand_overs.hand_over_draw_up, name="hand_over_draw_up"),
    path("hand-overs/<uuid:hand_over_id>/", hand_overs.hand_over, name="hand_over"),
    path(
        "hand-overs/<uuid:hand_over_id>/list.pdf", hand_overs.hand_over_list, name="hand_over_list"
    ),
    path("cases/<uuid:case_id>/discs/", case_copies.case_discs, name="case_discs"),
    path("cases/<uuid:case_id>/discs/new/", case_copies.case_disc_ask, name="case_disc_ask"),
    path(
        "case-copies/<uuid:copy_request_id>/answer/",
        case_copies.case_copy_answer,
        name="case_copy_answer",
    ),
    path(
        "case-copies/<uuid:copy_request_id>/package/",
        case_copies.case_package_order,
        name="case_package_order",
    ),
    path(
        "case-copies/<uuid:copy_request_id>/package/file/",
        case_copies.case_package_take,
        name="case_package_take",
    ),
    path("copies/outside/", outside_copies.outside_copies, name="outside_copies"),
    path(
        "case-copies/<uuid:case_copy_id>/end/",
        outside_copies.case_copy_end,
        name="case_copy_end",
    ),
    path("copies/", party_copies.copy_applications, name="copy_applications"),
    path("cases/<uuid:case_id>/copies/new/", party_copies.case_copy_ask, name="case_copy_ask"),
    path("copies/<uuid:application_id>/", party_copies.copy_application, name="copy_application"),
    path(
        "copies/<uuid:application_id>/files/<int:place>/",
        party_copies.copy_application_file,
        name="copy_application_file",
    ),
    path(
        "copies/<uuid:application_id>/receipt.pdf",
        party_copies.copy_application_receipt,
        name="copy_application_receipt",
    ),
    path("clearances/", secrecy.clearances, name="clearances"),
    path("clearances/new/", secrecy.clearance_give, name="clearance_give"),
    path("clearances/<uuid:clearance_id>/end/", secrecy.clearance_end, name="clearance_end"),
    path("retention/", retention.retention, name="retention"),
    path("retention/footage/", due_footage.due_footage, name="retention_footage"),
    path("retention/simulation/", retention.simulation, name="retention_simulation"),
    path("holds/<uuid:hold_id>/lift/", retention.hold_lift, name="hold_lift"),
    path("cases/<uuid:case_id>/hold/", retention.hold_on_case, name="case_hold"),
    path(
        "recordings/<uuid:recording_id>/hold/", retention.hold_on_recording, name="recording_hold"
    ),
    path(
        "recordings/<uuid:recording_id>/retention/",
        retention.correction,
        name="retention_correction",
    ),
    path(
        "retention/corrections/<uuid:correction_id>/",
        retention.correction_answer,
        name="retention_answer",
    ),
    path("disposals/", disposals.disposal_list, name="disposals"),
    path("disposals/<uuid:disposal_id>/", disposals.disposal, name="disposal"),
    path(
        "disposals/<uuid:disposal_id>/approval/",
        disposals.disposal_approval,
        name="disposal_approval",
    ),
    path(
        "disposals/<uuid:disposal_id>/withdrawal/",
        disposals.disposal_withdrawal,
        name="disposal_withdrawal",
    ),
    path("disposals/<uuid:disposal_id>/order/", disposals.disposal_order, name="disposal_order"),
    path(
        "disposals/<uuid:disposal_id>/items/<uuid:item_id>/",
        disposals.disposal_item,
        name="disposal_item",
    ),
    path(
        "disposals/<uuid:disposal_id>/copies/<int:copy_id>/",
        disposals.copy_proof,
        name="disposal_copy",
    ),
    path(
        "disposals/<uuid:disposal_id>/outside/<uuid:outside_id>/",
        disposals.outside_proof,
        name="disposal_outside",
    ),
    path(
        "disposals/<uuid:disposal_id>/<slug:kind>.pdf",
        disposals.disposal_paper,
        name="disposal_paper",
    ),
]
