"""Addresses of oversight: breaches and what follows them, reports, figures."""

from django.urls import path

from liuhen.web import accountability, breaches, figures

OVERSIGHT_PATHS = [
    path("suspicions/", breaches.suspicions, name="suspicions"),
    path("suspicions/new/", breaches.suspicion_register, name="suspicion_register"),
    path("suspicions/<uuid:suspicion_id>/", breaches.suspicion, name="suspicion"),
    path(
        "suspicions/<uuid:suspicion_id>/decision/",
        breaches.suspicion_decide,
        name="suspicion_decide",
    ),
    path(
        "suspicions/<uuid:suspicion_id>/order/",
        breaches.correction_order,
        name="correction_order",
    ),
    path(
        "corrections/<uuid:order_id>/answer/", breaches.correction_answer, name="correction_answer"
    ),
    path("corrections/<uuid:order_id>/check/", breaches.correction_check, name="correction_check"),
    path(
        "corrections/<uuid:order_id>/<str:kind>.pdf",
        breaches.correction_paper,
        name="correction_paper",
    ),
    path("accountability/", accountability.accountability, name="accountability"),
    path("accountability/new/", accountability.accountability_report, name="accountability_report"),
    path(
        "accountability/<uuid:report_id>/",
        accountability.accountability_one,
        name="accountability_one",
    ),
    path(
        "accountability/<uuid:report_id>/decision/",
        accountability.accountability_decide,
        name="accountability_decide",
    ),
    path(
        "accountability/<uuid:report_id>/report.pdf",
        accountability.accountability_paper,
        name="accountability_paper",
    ),
    path("figures/breaches/", figures.figure_breaches, name="figure_breaches"),
    path("figures/cases/", figures.figure_cases, name="figure_cases"),
    path("figures/", figures.oversight_figures, name="figures"),
]
