"""Addresses of the pages that only one kind of case has; the others stand in `urls`."""

from django.urls import path

from liuhen.web import (
    entrustments,
    inspection_page,
    inspections,
    licences,
    licensing,
    publications,
)

urlpatterns = [
    # organisations entrusted with enforcement
    path("entrustments/", entrustments.entrustments, name="entrustments"),
    path("entrustments/new/", entrustments.entrustment_issue, name="entrustment_issue"),
    path(
        "entrustments/<uuid:entrustment_id>/end/",
        entrustments.entrustment_end,
        name="entrustment_end",
    ),
    path("public/entrustments/", entrustments.entrustment_register, name="entrustment_register"),
    path(
        "public/entrustments/<uuid:entrustment_id>/letter.pdf",
        entrustments.entrustment_letter,
        name="entrustment_letter",
    ),
    # licences
    path("applications/new/", licensing.application_receive, name="application_receive"),
    path("cases/<uuid:case_id>/licence/", licensing.case_licensing, name="case_licensing"),
    path("cases/<uuid:case_id>/licence/intake-end/", licensing.intake_end, name="intake_end"),
    path(
        "cases/<uuid:case_id>/licence/supplement/",
        licensing.licence_supplement,
        name="licence_supplement",
    ),
    path(
        "cases/<uuid:case_id>/licence/proposal/",
        licensing.licence_proposal,
        name="licence_proposal",
    ),
    path(
        "cases/<uuid:case_id>/licence/hearing/told/",
        licensing.licence_hearing_tell,
        name="licence_hearing_tell",
    ),
    path(
        "cases/<uuid:case_id>/licence/hearing/announced/",
        licensing.licence_hearing_announce,
        name="licence_hearing_announce",
    ),
    path("licences/", licences.licence_list, name="licences"),
    path("public/licences/", licences.licence_register, name="licence_register"),
    path(
        "public/licences/<uuid:licence_id>/",
        licences.licence_supervision,
        name="licence_supervision",
    ),
    path("licences/<uuid:licence_id>/", licences.licence, name="licence"),
    path("licences/<uuid:licence_id>/end/", licences.licence_end, name="licence_end"),
    path("cases/<uuid:case_id>/licence/ending/", licences.ending_proposal, name="ending_proposal"),
    path(
        "cases/<uuid:case_id>/licence/carry/<slug:way>/",
        licences.licence_carry,
        name="licence_carry",
    ),
    # inspections
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/new/", inspections.inspection_plan, name="inspection_plan"),
    path("inspections/draws/new/", inspections.draw_announce, name="draw_announce"),
    path("inspections/draws/<uuid:draw_id>/", inspections.inspection_draw, name="inspection_draw"),
    path("inspections/draws/<uuid:draw_id>/draw/", inspections.draw_draw, name="draw_draw"),
    path(
        "inspections/draws/<uuid:draw_id>/footage/", inspections.draw_footage, name="draw_footage"
    ),
    path(
        "cases/<uuid:case_id>/inspection/", inspection_page.case_inspection, name="case_inspection"
    ),
    path(
        "cases/<uuid:case_id>/inspection/result/",
        inspection_page.inspection_result,
        name="inspection_result",
    ),
    path(
        "cases/<uuid:case_id>/inspection/transfer/",
        inspection_page.inspection_transfer,
        name="inspection_transfer",
    ),
    path(
        "cases/<uuid:case_id>/publication/",
        publications.case_publication,
        name="case_publication",
    ),
    path(
        "cases/<uuid:case_id>/publication/withdraw/",
        publications.case_publication_withdrawal,
        name="case_publication_withdrawal",
    ),
    path(
        "cases/<uuid:case_id>/publication/withholding/",
        publications.case_publication_withholding,
        name="case_publication_withholding",
    ),
]
