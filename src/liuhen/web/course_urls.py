"""Addresses of the pages of coercion, levy and a suspected crime; taken over by `urls`."""

from django.urls import path

from liuhen.web import (
    case_course,
    coercion_forms,
    coercion_things,
    crime_transfers,
    levy_forms,
)

COURSE_PATHS = [
    path("cases/<uuid:case_id>/course/", case_course.case_course, name="case_course"),
    path("cases/<uuid:case_id>/crime/", crime_transfers.case_crime, name="case_crime"),
    path("measures/new/", coercion_forms.measure_open, name="measure_open"),
    path("cases/<uuid:case_id>/measure/", coercion_forms.measure_open, name="case_measure_open"),
    path(
        "cases/<uuid:case_id>/course/measure/", coercion_forms.measure_state, name="measure_state"
    ),
    path("cases/<uuid:case_id>/course/cost/", coercion_forms.measure_cost, name="measure_cost"),
    path(
        "cases/<uuid:case_id>/course/things/",
        coercion_things.measure_handle,
        name="measure_handle",
    ),
    path("papers/<uuid:paper_id>/done/", coercion_things.measure_done, name="measure_done"),
    path(
        "papers/<uuid:paper_id>/auction/", coercion_things.auction_entrust, name="auction_entrust"
    ),
    path(
        "papers/<uuid:paper_id>/hand-over/", coercion_forms.hand_over_paper, name="hand_over_paper"
    ),
    path(
        "cases/<uuid:case_id>/enforcement/",
        coercion_forms.enforcement_open,
        name="enforcement_open",
    ),
    path(
        "cases/<uuid:case_id>/course/resumption/",
        coercion_forms.enforcement_resume,
        name="enforcement_resume",
    ),
    path("levies/new/", levy_forms.levy_open, name="levy_open"),
    path("cases/<uuid:case_id>/course/levy/", levy_forms.levy_assess, name="levy_assess"),
]
