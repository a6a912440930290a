"""Proofs of a service that come in afterwards, on a page; a web page may be pictured here too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.service_proofs import keep_service_proof, lacking_proofs, proofs_of
from liuhen.cases.queries import visible_cases
from liuhen.documents.models import Service
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.service_post import content_of, picture, service_crumbs


class ProofForm(PlacedForm):
    """A proof that came in afterwards."""

    proof = forms.ChoiceField(label="凭证", widget=forms.RadioSelect)
    content = picture("文件")
    address = forms.CharField(widget=forms.HiddenInput, required=False)
    captured_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, service: Service, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["proof"].choices = list(proofs_of(service).items())  # type: ignore[attr-defined]


@signed_in
def service_proof(request: HttpRequest, service_id: UUID) -> HttpResponse:
    """Keep a proof that came in after the service was recorded."""
    person = person_of(request)
    listed = Service.objects.filter(paper__case__in=visible_cases(person))
    service = listed.filter(id=service_id).select_related("paper__case", "receipt").first()
    if service is None or service.receipt is None:
        raise Refused("record.not_found")
    address = str(service.facts.get("on_web_where") or "")

    def perform(data: dict[str, Any]) -> str:
        captured = data["captured_at"]
        told = f"本系统页面于{clock.local(captured):%Y-%m-%d %H:%M:%S}截取" if captured else ""
        keep_service_proof(
            actor=person,
            service_id=service.id,
            proof=data["proof"],
            content=content_of(data["content"]),
            summary="；".join(part for part in (address, told) if part),
        )
        return reverse("case_service", args=[service.paper.case_id])

    is_pictured = "screenshot" in lacking_proofs(service)
    page = OneForm(
        permission="paper.serve",
        title="补存送达凭证",
        submit="保存",
        success="凭证已原样保存。",
        crumbs=service_crumbs(service.paper.case),
        notes=["补存的凭证补全送达的记录，不改变已经登记的送达日期。"],
        article="33.1" if service.mode == Service.Mode.BY_ANNOUNCEMENT else "29.1",
        about=f"{service.get_mode_display()}，{service.recipient}，{service.place}",
        captures={"file": "content", "address": "address", "captured": "captured_at"}
        if is_pictured
        else None,
    )
    initial = {"proof": request.GET.get("proof", ""), "address": address}
    form = ProofForm(posted(request), request.FILES or None, service=service, initial=initial)
    return page.answer(request, form, perform)
