"""One row of every table that addresses name, made in one act: fields are filled by their kind.

Not records anybody could have made: only whose they are and whether they are found matters to the
matrix. Not a test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from liuhen.access.models import CopyApplication, Redaction, ViewingRequest
from liuhen.actions.act import Draft, act
from liuhen.archive.models import (
    CaseCopy,
    CaseCopyRequest,
    Disposal,
    DisposalItem,
    Hold,
    OutsideCopy,
    RetentionCorrection,
)
from liuhen.cameras.models import Camera, CameraGap, Room
from liuhen.cases.models import Case, InspectionDraw, Lead, NeedToKnow, Offence, Performance
from liuhen.compliance.models import Explanation
from liuhen.documents.models import Licence, Material, Service
from liuhen.oversight.models import (
    AccountabilityReport,
    CorrectionOrder,
    Difference,
    PlatformDelivery,
    SampledCase,
    Sampling,
    Suspicion,
)
from liuhen.people.models import (
    ApiToken,
    Certificate,
    Clearance,
    ClockReading,
    Device,
    DeviceFault,
    Entrustment,
    Office,
    Person,
    SecondFactorReset,
    Unit,
)
from liuhen.recordings.models import Bookmark, Gap, HandOver, Recording, Upload
from liuhen.search.models import ListExport, SavedSearch
from liuhen.vault.models import Copy

# What an address calls a record, and its table, in an order in which each finds those it names.
TABLES: Mapping[str, type[models.Model]] = {
    "device_id": Device,
    "fault_id": DeviceFault,
    "reading_id": ClockReading,
    "certificate_id": Certificate,
    "office_id": Office,
    "clearance_id": Clearance,
    "reset_id": SecondFactorReset,
    "token_id": ApiToken,
    "upload_id": Upload,
    "performance_id": Performance,
    "material_id": Material,
    "service_id": Service,
    "search_id": SavedSearch,
    "export_id": ListExport,
    "need_id": NeedToKnow,
    "redaction_id": Redaction,
    "hand_over_id": HandOver,
    "application_id": CopyApplication,
    "request_id": ViewingRequest,
    "copy_request_id": CaseCopyRequest,
    "case_copy_id": CaseCopy,
    "hold_id": Hold,
    "correction_id": RetentionCorrection,
    "disposal_id": Disposal,
    "item_id": DisposalItem,
    "copy_id": Copy,
    "outside_id": OutsideCopy,
    "lead_id": Lead,
    "licence_id": Licence,
    "draw_id": InspectionDraw,
    "gap_id": Gap,
    "bookmark_id": Bookmark,
    "room_id": Room,
    "camera_id": Camera,
    "camera_gap_id": CameraGap,
    "report_id": AccountabilityReport,
    "suspicion_id": Suspicion,
    "order_id": CorrectionOrder,
    "difference_id": Difference,
    "delivery_id": PlatformDelivery,
    "sampling_id": Sampling,
    "sampled_id": SampledCase,
    "entrustment_id": Entrustment,
    "offence_id": Offence,
    "explanation_id": Explanation,
}
# Optional fields that say whose a record is, or must be said.
_SAID: Mapping[str, tuple[str, ...]] = {
    "redaction_id": ("case", "recording"),
    "request_id": ("recording",),
    "hold_id": ("recording",),
    "suspicion_id": ("case", "report"),
    "disposal_id": ("paper",),
}


@act(permission="session.end", event="test.rows_made")
def make_rows(draft: Draft, *, actor: Person, case: Case, rows: dict[str, Any]) -> dict[str, Any]:
    """The keys of one row of each table, of a case and its people, by what addresses call it."""
    recording = Recording.objects.filter(case=case)[0]
    known: dict[type[models.Model], models.Model] = {
        Person: actor,
        Unit: case.unit,
        Case: case,
        Recording: recording,
        type(recording.original): recording.original,
    }
    for related in ("parties", "activities", "papers"):
        one = getattr(case, related).all()[0]
        known[type(one)] = one
    for name, table in TABLES.items():
        made = _filled(table, draft.at, known, _SAID.get(name, ()))
        made.save(force_insert=True)
        known.setdefault(table, made)
        rows[name] = made.pk
    return rows


def _filled(
    table: type[models.Model],
    at: dt.datetime,
    known: Mapping[type[models.Model], models.Model],
    said: Sequence[str],
) -> models.Model:
    """A row whose required fields are filled by their kind."""
    given: dict[str, Any] = {}
    for field in table._meta.concrete_fields:
        if field.primary_key and not field.is_relation:
            continue
        if isinstance(field, models.ForeignKey):
            if not field.null or field.name in said:
                given[field.name] = known[field.related_model]
        elif not (field.null or field.has_default() or field.blank):
            given[field.name] = _value(field, at)
    return table(**given)


def _value(field: models.Field[Any, Any], at: dt.datetime) -> Any:
    if field.choices:
        return next(key for key, _ in field.choices if key)
    if isinstance(field, models.DateTimeField):
        return at + dt.timedelta(days=field.name in ("until", "planned_until", "expires_at"))
    if isinstance(field, models.DateField):
        return at.date()
    if isinstance(field, models.UUIDField):
        return "00000000-0000-7000-8000-000000000001"
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.IntegerField | models.BooleanField):
        return 1
    return "试填"
