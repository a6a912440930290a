"""One ordinary case from a named complaint to the archive."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from liuhen.actions.papers import serve_in_person
from liuhen.actions.party_copies import check_copy_secrecy, receive_copy_application
from liuhen.archive.models import CaseCopy, CaseFile
from liuhen.archive.packing import gather
from liuhen.assembly.document_types import document_type
from liuhen.commands.disc import make_discs
from liuhen.demo.people import World
from liuhen.documents.models import Paper
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.signing import signer
from liuhen.package.validation import validate_package
from liuhen.vault.keeping import local_store
from tests.actions.ordinary import filmed, findings, refusal
from tests.disc.asked import approved

PLACE = "虚构市示例区演示街"


def test_from_a_named_complaint_to_the_archive_every_duty_is_met(
    world: World, stopped: FrozenClock, tmp_path: Path
) -> None:
    ordinary = filmed(world, stopped)
    ordinary.until_initiated()
    ordinary.until_notified(refusal="现场人员称须请示负责人，拒绝签字。")
    ordinary.until_reviewed()
    ordinary.until_decided()
    # What comes too late or too early is refused in words, and nothing of it is left.
    decision, count = ordinary.papers["penalty_decision"], ordinary.case.activities.count()
    assert decision.issued_at is not None
    for kind in ("inquiry", "evidence_collection"):
        assert refusal(ordinary.begin, kind, place=PLACE).code == "activity.after_decision"
    early = decision.issued_at - dt.timedelta(seconds=1)
    handed = {"recipient": "样例", "place": PLACE, "received_at": early}
    by = {"actor": world["handler"], "paper_id": decision.id}
    assert refusal(serve_in_person, **by, **handed).code == "service.before_issue"
    assert ordinary.case.activities.count() == count and not decision.services.exists()
    stopped.move(days=1)
    ordinary.leave("penalty_decision")
    stopped.move(days=5)
    ordinary.pay()
    stopped.move(days=1)
    ordinary.close()
    stopped.move(days=1)
    ordinary.bind()
    ordinary.archive("虚档〔2026〕0001")
    two_volumes_were_bound(world)
    no_party_is_given_the_side_file(world)
    no_partys_disc_holds_the_side_file(world, tmp_path)
    # No row tells of the disc yet that the recording is burnt on: still to be done, and no breach.
    assert findings(ordinary) == {"44.1 evidence_disc_filed pending"}


def text_of(sha256: str | None) -> str:
    pages = pypdfium2.PdfDocument(str(local_store().place(str(sha256))))
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    return "".join(text.split())


def two_volumes_were_bound(world: World) -> None:
    file = CaseFile.objects.get()
    issued = Paper.objects.filter(case=file.case, state=Paper.State.ISSUED)
    bound = {"main": file.catalogue, "side": file.side_catalogue}
    for volume, lines in bound.items():
        kinds = [document_type(one.type) for one in issued]
        digests = {one.original_id for one in issued if document_type(one.type).volume == volume}
        assert {line["sha256"] for line in lines} - {None} == digests and digests
        assert [line["seq"] for line in lines] == [*range(1, len(lines) + 1)]
        assert {one.key for one in kinds if one.volume == "side"} >= {
            *("initiation_approval", "decision_approval", "legality_review_opinion"),
        }
    notes = {name: " ".join(line["note"] or "" for line in lines) for name, lines in bound.items()}
    filmed_in = dict.fromkeys(bound, 0)
    for one in file.case.recordings.all():
        assert one.activity is not None
        volume = "side" if one.activity.kind == "collective_discussion" else "main"
        assert [name for name, told in notes.items() if one.original_id[:8] in told] == [volume]
        filmed_in[volume] += 1
    assert filmed_in["main"] > 1 and filmed_in["side"] > 0
    assert file.catalogue[0]["title"] == document_type("penalty_decision").title
    assert file.side_catalogue[0]["title"] == document_type("initiation_approval").title
    main, side = text_of(file.original_id), text_of(file.side_id)
    assert "正卷" in main and "另立副卷" in main
    assert "副卷" in side and "不提供当事人复制" in side and "卷内备考表" in side
    assert "卷内第1页" in side.replace(" ", "")


def no_party_is_given_the_side_file(world: World) -> None:
    file = CaseFile.objects.get()
    review = Paper.objects.get(case=file.case, type="legality_review_opinion")
    decision = Paper.objects.get(case=file.case, type="penalty_decision")
    talk = file.case.recordings.get(activity__kind="collective_discussion")
    asked = receive_copy_application(
        actor=world["records"],
        case_id=file.case_id,
        party_id=file.case.parties.filter(role="party").get().id,
        applicant="当事人",
        identity="身份证已核对",
        purpose="复议",
        paper_ids=[review.id, decision.id],
        recording_ids=[talk.id],
    )
    tried = [(review, way) for way in ("whole", "covered")] + [(talk, "covered")]
    for inner, way in tried:
        ways = {str(one.id): "withheld" for one in (review, talk)}
        ways |= {str(inner.id): way, str(decision.id): "whole"}
        with pytest.raises(Refused) as refused:
            check_copy_secrecy(
                actor=world["legal"], application_id=asked.id, ways=ways, opinion="已审查"
            )
        assert refused.value.code == "copy_application.side_file"
    ways = {str(one.id): "withheld" for one in (review, talk)} | {str(decision.id): "whole"}
    checked = check_copy_secrecy(
        actor=world["records"], application_id=asked.id, ways=ways, opinion="已审查"
    )
    assert [item["way"] for item in checked.items] == [ways[item["id"]] for item in checked.items]


def no_partys_disc_holds_the_side_file(world: World, folder: Path) -> None:
    """A party's disc holds the main file alone and still verifies; a court's holds both."""
    case = CaseFile.objects.get().case
    approved(world, case, "当事人", "复议", audience="party")
    (disc,) = make_discs(world["records"], case.number, folder / "party", is_folder=True)
    told = json.loads((disc / "data/case.json").read_bytes())
    assert {document_type(one["type"]).volume for one in told["papers"]} == {"main"}
    assert next(one["file"]["path"] for one in told["files"]) == "data/case-file.pdf"
    assert not (disc / "data/case-file-side.pdf").exists()
    recorders = {one["recorded_by"] for one in (*told["papers"], *told["recordings"])}
    beside = [one for one in told["events"] if one["id"] not in recorders]
    nouns = {one["type"].partition(".")[0] for one in beside}
    assert nouns <= {"paper", "service", "activity", "recording", "case", "case_file"}, nouns
    assert "recording.viewed" not in {one["type"] for one in told["events"]}
    shown = {one["id"] for one in told["papers"]}
    side = {str(paper.id) for paper in Paper.objects.filter(case=case)} - shown
    entries = [json.loads(path.read_bytes()) for path in (disc / "data/entries").iterdir()]
    assert side and not side & {one["subject"]["id"] for one in entries}
    discussion = document_type("collective_minutes").title
    assert discussion not in (disc / "案卷.js").read_text()
    assert validate_package(disc).findings == ()
    script = [sys.executable, "-I", "-S", str(disc / "verify.py"), "--key", signer().verifier.vkey]
    checked = subprocess.run(script, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert CaseCopy.objects.get().audience == "party"
    whole = {one.type for one in gather(case).manifest.papers}
    assert "legality_review_opinion" in whole
