"""Addresses of retention and disposal."""

from django.urls import path

from liuhen.web import disposals, retention

KEEPING_PATHS = [
    path("retention/", retention.retention, name="retention"),
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
