"""Addresses of the pages. Chinese words stand on the pages; addresses are English."""

from allauth.account import views as allauth
from django.urls import include, path

from liuhen.web import (
    account,
    approvals,
    case_acts,
    case_archive,
    case_explaining,
    case_list,
    case_page,
    desk,
    devices,
    errors,
    health,
    media,
    offences,
    oversight,
    papers,
    people,
    recording_page,
    recordings,
    sampling,
    search,
    simple_procedure,
    trust,
    units,
)

handler400 = errors.bad_request
handler500 = errors.server_error

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", include("liuhen.api.urls")),
    path("media/", include(media.urlpatterns)),
    path("log/checkpoint", trust.log_checkpoint, name="log_checkpoint"),
    path("log/tile/<path:path>", trust.log_tile, name="log_tile"),
    # signing in
    path("accounts/login/", allauth.login, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/signup/", account.closed, name="account_signup"),
    path("accounts/reset/", account.closed, name="account_reset_password"),
    path("accounts/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password, name="account_change_password"),
    path("search/", search.search, name="search"),
    # cases
    path("cases/", case_list.cases, name="cases"),
    path("cases/<uuid:case_id>/", case_page.case, name="case"),
    path("cases/<uuid:case_id>/upload/", recordings.case_upload, name="case_upload"),
    path("cases/<uuid:case_id>/filing/", case_acts.filing, name="case_filing"),
    path("cases/<uuid:case_id>/performance/", case_acts.performance, name="case_performance"),
    path(
        "cases/<uuid:case_id>/performance/<uuid:performance_id>/<slug:step>/",
        case_acts.money,
        name="case_money",
    ),
    path("cases/<uuid:case_id>/gaps/", case_explaining.gaps, name="case_gaps"),
    path("cases/<uuid:case_id>/explanations/", case_explaining.explain, name="case_explanations"),
    path(
        "cases/<uuid:case_id>/explanations/<uuid:explanation_id>/",
        case_explaining.acknowledge,
        name="case_acknowledge",
    ),
    path("cases/<uuid:case_id>/gaps/report/", case_explaining.gap_report, name="case_gap_report"),
    path("cases/<uuid:case_id>/closing/", case_acts.closing, name="case_closing"),
    path("cases/<uuid:case_id>/binding/", case_archive.binding, name="case_binding"),
    path("cases/<uuid:case_id>/hand-over/", case_archive.hand_over, name="case_hand_over"),
    path("cases/<uuid:case_id>/file.pdf", papers.bound_file, name="bound_file"),
    # the simple procedure
    path("simple/", simple_procedure.simple_start, name="simple_start"),
    path("simple/<uuid:activity_id>/", simple_procedure.simple_case, name="simple_case"),
    path(
        "simple/<uuid:activity_id>/<slug:step>/",
        simple_procedure.simple_case,
        name="simple_step",
    ),
    # papers, approvals, recordings
    path("papers/<uuid:paper_id>/", papers.paper, name="paper"),
    path("papers/<uuid:paper_id>.pdf", papers.paper_pdf, name="paper_pdf"),
    path("papers/<uuid:paper_id>/pages/<int:page>.png", papers.paper_page, name="paper_page"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<uuid:approval_id>/", approvals.approval, name="approval"),
    path("recordings/", recordings.recordings, name="recordings"),
    path("recordings/returned/", recordings.recordings_returned, name="recordings_returned"),
    path("recordings/<uuid:recording_id>/", recording_page.recording, name="recording"),
    # people, units, devices, offences
    path("people/", people.people, name="people"),
    path("people/new/", people.person_register, name="person_register"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("people/<uuid:person_id>/office/", people.person_appoint, name="person_appoint"),
    path(
        "people/<uuid:person_id>/certificate/",
        people.person_certificate,
        name="person_certificate",
    ),
    path(
        "people/<uuid:person_id>/qualification/",
        people.person_qualification,
        name="person_qualification",
    ),
    path("people/<uuid:person_id>/password/", people.person_password, name="person_password"),
    path("people/<uuid:person_id>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("people/<uuid:person_id>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path("offices/<uuid:office_id>/end/", people.office_end, name="office_end"),
    path(
        "certificates/<uuid:certificate_id>/revoke/",
        people.certificate_revoke,
        name="certificate_revoke",
    ),
    path("units/", units.units, name="units"),
    path("units/new/", units.unit_register, name="unit_register"),
    path("units/<uuid:unit_id>/", units.unit_change, name="unit_change"),
    path("devices/", devices.devices, name="devices"),
    path("devices/new/", devices.device_register, name="device_register"),
    path("devices/<uuid:device_id>/hand-out/", devices.device_hand_out, name="device_hand_out"),
    path("devices/<uuid:device_id>/return/", devices.device_return, name="device_return"),
    path("offences/", offences.offences, name="offences"),
    path("offences/new/", offences.offence_register, name="offence_register"),
    path(
        "offences/<uuid:offence_id>/withdraw/", offences.offence_withdraw, name="offence_withdraw"
    ),
    # trust and oversight
    path("trust/", trust.trust, name="trust"),
    path("entries/<uuid:entry_id>/", trust.entry, name="entry"),
    path("entries/<uuid:entry_id>.tlog-proof", trust.entry_proof, name="entry_proof"),
    path("suspicions/", oversight.suspicions, name="suspicions"),
    path("samplings/", sampling.samplings, name="samplings"),
    path("samplings/new/", sampling.sampling_announce, name="sampling_announce"),
    path("samplings/<uuid:sampling_id>/", sampling.sampling, name="sampling"),
    path("samplings/<uuid:sampling_id>/draw/", sampling.sampling_draw, name="sampling_draw"),
    path("sampled/<uuid:sampled_id>/", sampling.sampled, name="sampled_case"),
    path("viewing-approvals/", oversight.viewing_approvals, name="viewing_approvals"),
    path(
        "viewing-approvals/<uuid:approval_id>/revoke/",
        oversight.viewing_approval_revoke,
        name="viewing_approval_revoke",
    ),
]
