"""Addresses of papers: to read, write, sign, print and verify."""

from django.urls import path

from liuhen.web import (
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
    path("cases/<uuid:case_id>/papers.pdf", paper_prints.case_print, name="case_print"),
    path("cases/<uuid:case_id>/file.pdf", papers.bound_file, name="bound_file"),
    path("papers/numbers/", paper_numbers.paper_numbers, name="paper_numbers"),
    path("papers/<uuid:paper_id>/", paper_page.paper, name="paper"),
    path("papers/<uuid:paper_id>.pdf", papers.paper_pdf, name="paper_pdf"),
    path("v/<slug:token>/", paper_verification.paper_verification, name="paper_verification"),
    path("papers/<uuid:paper_id>/roll-<int:page>.pdf", paper_prints.paper_roll, name="paper_roll"),
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
