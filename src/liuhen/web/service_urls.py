"""Addresses of the pages of service; taken over by `urls`."""

from django.urls import path

from liuhen.web import (
    service,
    service_door,
    service_post,
    service_proofs,
    service_public,
    service_remote,
    service_through,
)

_ACTIVITY = "services/<uuid:activity_id>/"

SERVICE_PATHS = [
    path("cases/<uuid:case_id>/service/", service.case_service, name="case_service"),
    path("cases/<uuid:case_id>/service/begin/", service.service_begin, name="service_begin"),
    path(
        "cases/<uuid:case_id>/service/announcement/",
        service_public.service_announce,
        name="service_announce",
    ),
    path(
        "cases/<uuid:case_id>/service/consent/",
        service_remote.service_consent,
        name="service_consent",
    ),
    path(_ACTIVITY, service_door.service_door, name="service_door"),
    path(f"{_ACTIVITY}signing/", service_door.service_signing, name="service_signing"),
    path(f"{_ACTIVITY}leave/", service_door.service_leave, name="service_leave"),
    path(f"{_ACTIVITY}end/", service_door.service_end, name="service_end"),
    path(f"{_ACTIVITY}failed/", service_remote.service_failed, name="service_failed"),
    path(f"{_ACTIVITY}post/", service_post.service_post, name="service_post"),
    path(f"{_ACTIVITY}post/end/", service_post.service_post_end, name="service_post_end"),
    path(f"{_ACTIVITY}sending/", service_remote.service_sending, name="service_sending"),
    path(f"{_ACTIVITY}arrival/", service_remote.service_arrival, name="service_arrival"),
    path(f"{_ACTIVITY}through/", service_through.service_through, name="service_through"),
    path(
        f"{_ACTIVITY}publication/", service_public.service_publication, name="service_publication"
    ),
    path(
        "papers/<uuid:register_id>/hand-to-post/",
        service_post.service_post_signing,
        name="service_post_signing",
    ),
    path(
        "papers/<uuid:register_id>/post-result/",
        service_post.service_post_result,
        name="service_post_result",
    ),
    path(
        "papers/<uuid:letter_id>/through-result/",
        service_through.service_through_result,
        name="service_through_result",
    ),
    path("services/<uuid:service_id>/proof/", service_proofs.service_proof, name="service_proof"),
]
