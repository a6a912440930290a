"""Addresses of papers: to read, write, sign, print and verify."""

from django.urls import path

from liuhen.web import (
    approval_routes,
    case_lists,
    document_types,
    gap_statements,
    paper_acting,
    paper_editing,
    paper_numbers,
    paper_page,
    paper_prints,
    paper_signing,
    paper_verification,
    paper_versions,
    papers,
    proofs,
)

PAPER_PATHS = [
    path("cases/<uuid:case_id>/papers/draw/", case_lists.case_paper_draw, name="case_paper_draw"),
    path("approval-routes/", approval_routes.approval_routes, name="routes"),
    path("approval-routes/<str:route_key>/", approval_routes.approval_route, name="route"),
    path(
        "approval-routes/<str:route_key>/edit/",
        approval_routes.approval_route_edit,
        name="route_edit",
    ),
    path(
        "approval-routes/<str:route_key>/withdraw/",
        approval_routes.approval_route_withdraw,
        name="route_withdraw",
    ),
    path("document-types/", document_types.document_types, name="document_types"),
    path("document-types/new/", document_types.document_type_new, name="document_type_new"),
    path(
        "document-types/import/", document_types.document_type_import, name="document_type_import"
    ),
    path("document-types/<slug:type_key>/", document_types.document_type, name="document_type"),
    path(
        "document-types/<slug:type_key>/edit/",
        document_types.document_type_edit,
        name="document_type_edit",
    ),
    path(
        "document-types/<slug:type_key>/export/",
        document_types.document_type_export,
        name="document_type_export",
    ),
    path(
        "document-types/<slug:type_key>/withdraw/",
        document_types.document_type_withdraw,
        name="document_type_withdraw",
    ),
    path("cases/<uuid:case_id>/papers/print/", paper_prints.case_print, name="case_print"),
    path("cases/<uuid:case_id>/papers.pdf", paper_prints.case_printed, name="case_printed"),
    path("cases/<uuid:case_id>/file.pdf", papers.bound_file, name="bound_file"),
    path(
        "cases/<uuid:case_id>/gaps/<uuid:gap_id>/statement/",
        gap_statements.gap_statement,
        name="case_gap_statement",
    ),
    path("cases/<uuid:case_id>/receipt.pdf", papers.archive_receipt, name="archive_receipt"),
    path("cases/<uuid:case_id>/side-file.pdf", papers.side_file, name="side_file"),
    path("papers/numbers/", paper_numbers.paper_numbers, name="paper_numbers"),
    path("papers/<uuid:paper_id>/", paper_page.paper, name="paper"),
    path("papers/<uuid:paper_id>.pdf", papers.paper_pdf, name="paper_pdf"),
    path("v/<slug:token>/", paper_verification.paper_verification, name="paper_verification"),
    path("papers/<uuid:paper_id>/print/", paper_prints.paper_print, name="paper_print"),
    path("papers/<uuid:paper_id>/print.pdf", paper_prints.paper_printed, name="paper_printed"),
    path("papers/<uuid:paper_id>.pdf.sm2", papers.paper_sm2, name="paper_sm2"),
    path("papers/<uuid:paper_id>/pages/<int:page>.png", papers.paper_page, name="paper_page"),
    path("papers/<uuid:paper_id>/edit/", paper_editing.paper_edit, name="paper_edit"),
    path("papers/<uuid:paper_id>/edit/save/", paper_editing.paper_save, name="paper_save"),
    path("papers/<uuid:paper_id>/edit/preview/", paper_editing.paper_preview, name="paper_preview"),
    path("papers/<uuid:paper_id>/edit/others/", paper_editing.paper_others, name="paper_others"),
    path("papers/<uuid:paper_id>/sign/", paper_signing.paper_sign, name="paper_sign"),
    path("papers/<uuid:paper_id>/versions/", paper_versions.paper_versions, name="paper_versions"),
    path("papers/<uuid:paper_id>/proof/", proofs.paper_proof, name="paper_proof"),
    path("papers/<uuid:paper_id>.tlog-proof", proofs.paper_proof_file, name="paper_proof_file"),
    path("papers/<uuid:paper_id>/<slug:way>/", paper_acting.paper_act, name="paper_act"),
]
