"""Addresses of leads: the register, what is done about one, what comes back on one."""

from django.urls import path

from liuhen.web import jurisdiction, lead_acts, lead_answers, leads

LEAD_PATHS = [
    path("leads/", leads.leads, name="leads"),
    path("leads/new/", leads.lead_register, name="lead_register"),
    path("leads/<uuid:lead_id>/", leads.lead, name="lead"),
    path("leads/<uuid:lead_id>/assign/", lead_acts.lead_assign, name="lead_assign"),
    path("leads/<uuid:lead_id>/check/", lead_acts.lead_check, name="lead_check"),
    path("leads/<uuid:lead_id>/refusal/", lead_acts.lead_refusal, name="lead_refusal"),
    path("leads/<uuid:lead_id>/transfer/", lead_acts.lead_transfer, name="lead_transfer"),
    path(
        "leads/<uuid:lead_id>/prolongation/",
        lead_acts.lead_prolongation,
        name="lead_prolongation",
    ),
    path("leads/<uuid:lead_id>/informing/", lead_acts.lead_informing, name="lead_informing"),
    path("leads/<uuid:lead_id>/hand-over/", lead_acts.lead_hand_over, name="lead_hand_over"),
    path("leads/<uuid:lead_id>/answer/", lead_answers.lead_answer, name="lead_answer"),
    path("leads/<uuid:lead_id>/follow/", lead_answers.lead_follow, name="lead_follow"),
    path("leads/<uuid:lead_id>/dispute/", jurisdiction.lead_dispute, name="lead_dispute"),
    path(
        "leads/<uuid:lead_id>/dispute/end/",
        jurisdiction.lead_dispute_end,
        name="lead_dispute_end",
    ),
]
