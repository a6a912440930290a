"""Acts on drafts of papers: drawing up, revising by two hands, voiding, drawing up anew.

Not for signing and issuing (`actions.papers`), nor for papers that an act of its own makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.asking import open_request, opinion
from liuhen.actions.drawing_up import draw_up
from liuhen.actions.paper_order import refuse_out_of_order
from liuhen.actions.paper_subjects import addressed_to, answered_by, interested_addressee
from liuhen.actions.papers import locked_paper
from liuhen.actions.parties import open_case
from liuhen.assembly.document_types import DocumentType, document_type
from liuhen.assembly.filling import is_known
from liuhen.assembly.own_types import OWN
from liuhen.cases.models import Activity, Case
from liuhen.documents.gap_facts import STATEMENTS
from liuhen.documents.late_payment_facts import open_remedy
from liuhen.documents.models import Paper
from liuhen.documents.versions import data_at
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.rulebook.type_versions import type_on, version_on

# What a review or suit asks for, also of a closed case.
FOR_REMEDIES = frozenset({"evidence_catalogue", "remedy_answer"})
# Papers that belong to no step: they go beside it, whenever the case needs one.
BESIDE = (
    *("inquiry_notice", "evidence_notice", "assistance_letter", "recording_evidence_register"),
    *("preservation_approval", "sampling_disposal_notice", "preservation_decision"),
    *("confiscated_disposal_record", "expert_minutes", "assistance_reply", "evidence_catalogue"),
)
# Papers that are drawn up by hand. The others come of an act that knows more than their fields.
BY_HAND = frozenset(
    {
        *("inspection_record", "inquiry_record", "initiation_approval", "investigation_report"),
        *("prior_notice", "statement_record", "waiver", "defence_review", "collective_minutes"),
        *("decision_approval", "penalty_decision", "performance_record", "evidence_statement"),
        *("interruption_statement", "impossibility_statement", "inspection_approval"),
        *("inspection_notice", "inspection_result_notice", "correction_notice"),
        *("reinspection_record", "hearing_record"),
        *("evidence_list", "sampling_notice", "preservation_notice", "recording_exemption"),
        *("hearing_right_notice", "no_penalty_decision", "lead_refusal_notice"),
        *("crime_transfer_letter", "case_transfer_letter"),
        # licensing
        *("spot_correction_record", "supplement_notice", "acceptance_notice"),
        *("non_acceptance_notice", "no_licence_needed_notice", "verification_record"),
        *("licence_prolongation_notice", "licence_hearing_right_notice"),
        *("licence_hearing_record", "other_decision_approval", "licence_grant", "licence_refusal"),
        "special_procedure_notice",
        # coercion and levy
        *("coercion_approval", "coercion_scene_record", "seizure_decision", "seizure_list"),
        *("seizure_prolongation", "seizure_lifting", "testing_entrustment"),
        *("testing_period_notice", "reminder", "other_prior_notice"),
        *("enforcement_decision", "substitute_performance_decision", "enforcement_record"),
        *("enforcement_agreement", "enforcement_suspension", "enforcement_termination"),
        *("enforcement_result", "enforcement_application", "levy_decision"),
        *("levy_objection_record", "levy_objection_decision", "electronic_service_consent"),
        *("instalment_approval", "late_penalty_decision", "fine_collection"),
        # review and suit
        *FOR_REMEDIES,
        *BESIDE,
    }
)


def is_by_hand(type_key: str) -> bool:
    """Whether papers of a type are drawn up and filled by hand; an authority's own always are."""
    return type_key in BY_HAND or type_key.startswith(OWN)


# Records of an activity: which kinds of activity a paper may record.
RECORDS: Mapping[str, frozenset[str]] = {
    "inspection_record": frozenset({"inspection", "promise_supervision"}),
    "reinspection_record": frozenset({"reinspection"}),
    "verification_record": frozenset({"on_site_verification"}),
    "licence_hearing_record": frozenset({"hearing"}),
    "inquiry_record": frozenset({"inquiry"}),
    "evidence_list": frozenset({"evidence_collection"}),
    "sampling_notice": frozenset({"sampling"}),
    "preservation_notice": frozenset({"preservation"}),
    "statement_record": frozenset({"statement_and_defence"}),
    "levy_objection_record": frozenset({"statement_and_defence"}),
    "waiver": frozenset({"statement_and_defence"}),
    "collective_minutes": frozenset({"collective_discussion"}),
    "hearing_record": frozenset({"hearing"}),
    "seizure_decision": frozenset({"sealing_or_seizure"}),
    "seizure_list": frozenset({"sealing_or_seizure"}),
    "coercion_scene_record": frozenset({"sealing_or_seizure"}),
    "enforcement_record": frozenset({"enforcement"}),
    "levy_objection_decision": frozenset({"levy_objection_decision"}),
}
# Leave not to record an activity, of whatever kind (Art. 17).
EXEMPTION = "recording_exemption"
# Opinions a draft takes from the person who writes it; all others come by way of approval.
OWN_OPINIONS = frozenset({"handler", "registrar"})


@act(permission="paper.draw_up", event="paper.drawn_up")
def draw_up_paper(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    type_key: str,
    activity_id: UUID | None = None,
    subject_id: UUID | None = None,
    addressee_id: UUID | None = None,
    given: Mapping[str, Any] | None = None,
) -> Paper:
    """Draw up a paper, filled from what the case knows; `given` fields go over what is filled.

    `subject_id` names what the paper answers: for a review of the defence the statement's record
    or the material handed in. A reply answers the oldest letter that waits for one. An own opinion
    is given as text. `addressee_id` names the interested person it goes to, not the party.

    Raises:
        Refused: `record.not_found`, `case.closed`, `paper.by_act`, `paper.too_early`,
            `party.dead`, `paper.field_unknown`, `paper.opinion`, `paper.activity`,
            `paper.subject`, `paper.answered`, `paper.type_unknown`, `paper.other_kind`,
            `paper.addressee`,
            `gap.unexplained`, `gap.filled`, `gap.resumed`, `gap.not_resumed`, `gap.stated`.
    """
    case = _case_for(draft, case_id, type_key)
    if not is_by_hand(type_key):
        raise Refused("paper.by_act", title=document_type(type_key).title)
    refuse_out_of_order(case, type_key)
    activity = _recorded(case, type_key, activity_id)
    subject_id = answered_by(case, type_key, subject_id)
    kind = type_on(type_key, clock.local_date(draft.at))
    if kind.kinds and case.kind not in kind.kinds:
        raise Refused("paper.other_kind", title=kind.title)
    fields = _checked(draft, kind, given or {})
    if addressee_id is not None:
        fields |= addressed_to(interested_addressee(case, kind, addressee_id))
        subject_id = addressee_id
    paper = draw_up(draft, case, type_key, activity=activity, given=fields, subject_id=subject_id)
    draft.about(paper)
    draft.note(type=type_key)
    return paper


def _case_for(draft: Draft, case_id: UUID, type_key: str) -> Case:
    """The case, open; closed, it still answers a review or suit that goes on."""
    if type_key in FOR_REMEDIES:
        case = draft.lock_case(case_id)
        if case.closed_at is None or open_remedy(case) is not None:
            return case
    return open_case(draft, case_id)


def _recorded(case: Case, type_key: str, activity_id: UUID | None) -> Activity | None:
    activity = None
    if activity_id is not None:
        activity = Activity.objects.filter(id=activity_id, case=case).first()
        if activity is None:
            raise Refused("record.not_found")
    kinds = RECORDS.get(type_key)
    is_of_one = kinds is not None or type_key == EXEMPTION or type_key in STATEMENTS
    if is_of_one and (activity is None or (kinds and activity.kind not in kinds)):
        raise Refused("paper.activity", title=document_type(type_key).title)
    return activity


def _checked(draft: Draft, kind: DocumentType, given: Mapping[str, Any]) -> dict[str, Any]:
    """Given values of fields the type has and a person may fill."""
    fields = {}
    for key, value in given.items():
        field = kind.by_key.get(key)
        if field is None or field.at_issue:
            raise Refused("paper.field_unknown", title=kind.title, field=key)
        if field.kind == "opinion":
            if field.role not in OWN_OPINIONS or not isinstance(value, str):
                raise Refused("paper.opinion", field=field.label)
            value = opinion(value.strip(), draft) if value.strip() else None
        fields[key] = value
    return fields


@act(permission="paper.draw_up", event="paper.revised")
def revise_paper(
    draft: Draft,
    *,
    actor: Person,
    paper_id: UUID,
    version: int,
    fields: Mapping[str, Any],
    seen: Mapping[str, int] | None = None,
) -> Paper:
    """Change fields of an unsigned draft; `version` is the one the person has before them.

    `seen` names, by field, the version at which its content was read, where that is another.

    When somebody else has changed the draft meanwhile, fields that only one of the two touched
    are still taken. Fields both changed are refused, each with what it was, theirs and mine.

    Raises:
        Refused: `paper.not_draft`, `paper.signed`, `paper.under_approval`, `paper.by_act`,
            `paper.field_unknown`, `paper.opinion`, `paper.changed` with `version` and
            `differences`: [{key, label, before, theirs, mine}].
    """
    paper = locked_paper(draft, paper_id)
    obstacle = editing_obstacle(paper)
    if obstacle is not None:
        raise obstacle
    kind = paper.document_type
    wanted = _checked(draft, kind, fields)
    _refuse_collision(paper, kind, {key: (seen or {}).get(key, version) for key in wanted}, wanted)
    paper.data = {key: value for key, value in (paper.data | wanted).items() if is_known(value)}
    paper.version += 1
    paper.save(update_fields=["data", "version"])
    draft.note(version=paper.version, fields=sorted(wanted))
    return paper


def _refuse_collision(
    paper: Paper, kind: DocumentType, seen: Mapping[str, int], wanted: dict[str, Any]
) -> None:
    """Keep of `wanted` what only this person changed; refuse what both did."""
    earlier = {number: data_at(paper, number) for number in {*seen.values()} - {paper.version}}
    differences = []
    for key in list(wanted):
        if seen[key] not in earlier:
            continue  # nobody can have changed it since
        was, theirs, mine = earlier[seen[key]].get(key), paper.data.get(key), wanted[key]
        if _same(mine, was) or _same(mine, theirs):
            del wanted[key]  # not touched here, or changed alike
        elif not _same(theirs, was):
            label = kind.field(key).label
            differences.append(
                {"key": key, "label": label, "before": was, "theirs": theirs, "mine": mine}
            )
    if differences:
        labels = "、".join(each["label"] for each in differences)
        raise Refused(
            "paper.changed",
            title=kind.title,
            fields=labels,
            version=paper.version,
            differences=differences,
        )


def _same(one: Any, other: Any) -> bool:
    return one == other or not (is_known(one) or is_known(other))


def editing_obstacle(paper: Paper) -> Refused | None:
    """Why the fields of a paper can't be changed by hand now; None when they can."""
    title = paper.document_type.title
    if paper.state != Paper.State.DRAFT:
        return Refused("paper.not_draft", number=paper.number)
    if not is_by_hand(paper.type):
        return Refused("paper.by_act", title=title)
    if open_request(paper) is not None:
        return Refused("paper.under_approval", title=title)
    if paper.signatures.exists():
        return Refused("paper.signed", title=title)
    return None


@act(permission="paper.draw_up", event="paper.voided")
def void_paper(draft: Draft, *, actor: Person, paper_id: UUID, reason: str) -> Paper:
    """Void a draft, signed or not; an issued paper stays and is corrected by another.

    Raises:
        Refused: `paper.not_draft`, `paper.under_approval`, `paper.kept`, `reason.missing`.
    """
    return _void(draft, locked_paper(draft, paper_id), reason)


def _void(draft: Draft, paper: Paper, reason: str) -> Paper:
    if paper.state != Paper.State.DRAFT:
        raise Refused("paper.not_draft", number=paper.number)
    if paper.type == "lead_register":
        raise Refused("paper.kept", title=paper.document_type.title)
    if open_request(paper) is not None:
        raise Refused("paper.under_approval", title=paper.document_type.title)
    if not reason.strip():
        raise Refused("reason.missing")
    paper.state, paper.void_reason = Paper.State.VOID, reason.strip()
    paper.save(update_fields=["state", "void_reason"])
    draft.note(reason=reason.strip())
    return paper


@act(permission="paper.draw_up", event="paper.redrawn")
def redraw_paper(draft: Draft, *, actor: Person, paper_id: UUID, reason: str) -> Paper:
    """Void a signed or returned draft and draw it up anew with the same fields, unsigned.

    Opinions of approving offices are left out: they are given on what they see.

    Raises:
        Refused: `paper.not_draft`, `paper.under_approval`, `paper.kept`, `paper.by_act`,
            `reason.missing`.
    """
    old = locked_paper(draft, paper_id)
    if not is_by_hand(old.type):
        raise Refused("paper.by_act", title=old.document_type.title)
    _void(draft, old, reason)
    others = {
        field.key
        for field in old.document_type.fields
        if field.kind == "opinion" and field.role not in OWN_OPINIONS
    }
    paper = Paper.objects.create(
        case=old.case,
        activity=old.activity,
        type=old.type,
        type_version=version_on(old.type, clock.local_date(draft.at)),
        data={key: value for key, value in old.data.items() if key not in others},
        subject_id=old.subject_id,
        drawn_up_by=draft.actor,
        drawn_up_at=draft.at,
    )
    draft.about(paper)
    draft.note(replaces=str(old.id))
    return paper
