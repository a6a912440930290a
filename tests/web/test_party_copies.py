"""A party asks for copies: identity, secrecy, approval, copies with its name on, a receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from django.conf import settings
from django.urls import reverse

from liuhen.access.models import CopyApplication, Redaction
from liuhen.actions import party_copies as acts
from liuhen.actions.access import grant_standing_approval
from liuhen.actions.redacting import (
    begin_redaction,
    change_redaction,
    order_redaction,
    release_redaction,
)
from liuhen.actions.secrecy import classify_recording
from liuhen.documents.models import Paper
from liuhen.jobs import party_copying, redacting
from liuhen.jobs.party_copying import copy_for_party
from liuhen.jobs.redacting import make_redacted
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_file
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.media import provenance
from liuhen.recordings.derivatives import PARTY_COPY, REDACTED
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import derivative_of
from liuhen.vault.keeping import local_store
from tests.web.conftest import Street, hand_in, words


def code_of(call: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **given)
    return refused.value.code


class Asking:
    """A decided case with papers and a photo; who may view is settled."""

    def __init__(self, street: Street) -> None:
        self.street, self.world = street, street.world
        self.case = street.case(street.filed)
        scene = street.scene(street.filed)
        self.photo: Recording = hand_in(street.world, 41, scene)
        self.paper = Paper.objects.filter(case=self.case, type="simple_decision").get()
        for group in ("officer", "records_manager"):
            grant_standing_approval(
                actor=street.world["deputy"],
                group=group,
                purpose="办理",
                scope="all_cases",
                until=clock.now() + dt.timedelta(days=30),
            )

    def receive(self, **changes: Any) -> CopyApplication:
        given: dict[str, Any] = {
            "case_id": self.case.id,
            "party_id": self.case.parties.get().id,
            "applicant": "钱某示例",
            "identity": "居民身份证，人证一致",
            "purpose": "行政复议",
            "paper_ids": [self.paper.id],
            "recording_ids": [self.photo.id],
        }
        return acts.receive_copy_application(actor=self.world["officer"], **(given | changes))

    def check(self, found: CopyApplication, photo: str = "covered") -> CopyApplication:
        ways = {str(self.paper.id): "whole", str(self.photo.id): photo}
        return acts.check_copy_secrecy(
            actor=self.world["records"], application_id=found.id, ways=ways, opinion="照片须遮盖"
        )

    def answer(self, found: CopyApplication, who: str = "deputy") -> CopyApplication:
        return acts.answer_copy_application(
            actor=self.world[who], application_id=found.id, outcome="approved", opinion="同意复制"
        )

    def ordered(self) -> CopyApplication:
        """An application for the paper alone, whose copy is being made."""
        found = self.receive(recording_ids=[])
        records: dict[str, Any] = {"actor": self.world["records"], "application_id": found.id}
        ways = {str(self.paper.id): "whole"}
        acts.check_copy_secrecy(**records, ways=ways, opinion="可以提供")
        self.answer(found)
        return acts.order_party_copies(**records)

    def order(self, begun: Redaction | None = None, right: int = 500) -> Redaction:
        """Order a covered copy of the photo; its region ends there."""
        officer = self.world["officer"]
        begun = begun or begin_redaction(
            actor=officer, recording_id=self.photo.id, reason="复制", finds_faces=False
        )
        region = {"what": "other", "keys": [[0, 0, 0, right, 500]]}
        change_redaction(actor=officer, redaction_id=begun.id, regions=[region], sounds=[])
        return order_redaction(actor=officer, redaction_id=begun.id)


@pytest.fixture
def asking(street: Street) -> Asking:
    return Asking(street)


def test_copies_go_out_checked_approved_covered_and_receipted(asking: Asking) -> None:
    browser, records = asking.street.browser, asking.world["records"]
    officer = browser("officer")
    form = {
        "party": asking.case.parties.get().id,
        "applicant": "钱某示例",
        "identity": "居民身份证，人证一致",
        "purpose": "行政复议",
        "papers": [asking.paper.id],
        "recordings": [asking.photo.id],
    }
    asked = reverse("case_copy_ask", args=[asking.case.id])
    named = acts.paper_name(asking.paper)
    assert named in words(officer.get(asked)) and str(asking.paper.number) in named
    page = officer.post(asked, form)["Location"]
    found = CopyApplication.objects.get()
    assert named in [one["name"] for one in found.items]
    ways = {f"way_{asking.paper.id}": "whole", f"way_{asking.photo.id}": "covered"}
    keeper, leader = browser("records"), browser("deputy")
    assert "对复制申请作保密审查" in words(keeper.get(reverse("desk")))
    lacking = keeper.post(page, {"do": "check", **ways, "opinion": ""})
    assert lacking.status_code == 400 and "selected" in words(lacking), "what was chosen stays"
    assert keeper.post(page, {"do": "check", **ways, "opinion": "照片须遮盖"}).status_code == 302
    assert officer.post(page, {"do": "answer", "outcome": "approved"}).status_code == 403
    given = {"do": "answer", "outcome": "approved", "opinion": "同意复制"}
    assert "批准当事人复制申请" in words(leader.get(reverse("desk")))
    assert leader.post(page, given).status_code == 302
    assert "批准当事人复制申请" not in words(leader.get(reverse("desk")))
    assert "制作复制件" in words(keeper.get(reverse("desk")))
    assert reverse("recording_redact", args=[asking.photo.id]) in words(keeper.get(page))
    begun = asking.order()
    shown = words(keeper.get(page))
    assert "遮盖副本：正在生成" in shown and reverse("redaction", args=[begun.id]) in shown
    assert reverse("recording_redact", args=[asking.photo.id]) not in shown, "one is enough"
    of_photo = words(officer.get(reverse("redaction", args=[begun.id])))
    assert "其他：0%–50% × 0%–50%" in of_photo, "nothing begins or ends in a photograph"
    early = keeper.post(page, {"do": "copy"})
    assert early.status_code == 409 and "还没有放行的遮盖副本" in words(early)
    assert make_redacted(str(begun.id))
    release_redaction(actor=records, redaction_id=begun.id)
    assert keeper.post(page, {"do": "copy"}).status_code == 302
    assert copy_for_party(str(found.id))
    found.refresh_from_db()
    assert [one["name"] for one in found.files] == [named, asking.photo.name]
    _carries_no_text_and_says_its_origin(found)
    fetched = keeper.get(reverse("copy_application_file", args=[found.id, 0]))
    assert fetched["Content-Type"] == "application/pdf" and fetched.status_code == 200
    assert officer.get(reverse("copy_application_file", args=[found.id, 0])).status_code == 403
    handed = {"do": "hand_over", "receiver": "钱某示例", "identity": "居民身份证"}
    nobody = keeper.post(page, handed | {"identity": " "})
    assert nobody.status_code == 400 and "身份没有核对的不能交付" in words(nobody)
    assert keeper.post(page, handed).status_code == 302
    found.refresh_from_db()
    assert found.step == "done" and found.handed_by == records
    receipt = officer.get(reverse("copy_application_receipt", args=[found.id]))
    text = pypdfium2.PdfDocument(receipt.content)[0].get_textpage().get_text_bounded()
    assert "钱某示例" in text and "同意复制" in text and "孙分管" in text
    entered = Entry.objects.filter(event__startswith="copy_application.")
    assert sorted(entered.values_list("event", flat=True)) == [
        "copy_application.answered",
        "copy_application.checked",
        "copy_application.copied",
        "copy_application.handed_over",
        "copy_application.ordered",
        "copy_application.received",
    ]


def _carries_no_text_and_says_its_origin(found: CopyApplication) -> None:
    for one, kind in zip(found.files, ("application/pdf", "image/jpeg"), strict=True):
        made = derivative_of(one["original"], PARTY_COPY, one["key"])
        assert made is not None and made.sha256 == one["sha256"]
        told = provenance.read(settings.HOME.derived_dir / made.path, kind)
        assert told is not None and told[1] == "Valid" and told[0].sha256 == one["original"]
    paper = derivative_of(found.files[0]["original"], PARTY_COPY, found.files[0]["key"])
    assert paper is not None
    document = pypdfium2.PdfDocument(str(settings.HOME.derived_dir / paper.path))
    assert document[0].get_textpage().get_text_bounded().strip() == "", "its marks can't be cut"
    kept = pypdfium2.PdfDocument(str(local_store().place(found.files[0]["original"])))
    for place in range(len(document)):
        printed = (document[place].render(scale=2).to_pil(), kept[place].render(scale=2).to_pil())
        top, rest = (grey(one, 0, 0.03) for one in printed), (grey(one, 0.05, 1) for one in printed)
        assert next(top) > next(top), "who receives it is printed at the top of each page"
        assert abs(next(rest) - next(rest)) < 0.03


def grey(page: Any, begin: float, end: float) -> float:
    """The share of a strip of a page that is grey, as marks are."""
    strip = page.convert("L").crop(
        (0, int(begin * page.height), page.width, int(end * page.height))
    )
    share: float = sum(strip.histogram()[80:190]) / (strip.width * strip.height)
    return share


@contextmanager
def meanwhile(module: Any, name: str, other: Callable[[], object]) -> Iterator[None]:
    """A worker thought dead is still at it: in the middle of its work, another does this."""
    work = getattr(module, name)

    def interrupted(*given: Any) -> Any:
        done = work(*given)
        patch.undo()
        other()
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, interrupted)
        yield


def held(original: str, kind: str, key: str) -> dict[str, str]:
    """The files of this kind and key that lie there, and their digests."""
    place = settings.HOME.derived_dir
    return {
        str(one.relative_to(place)): sha256_file(one)
        for one in place.glob(f"{original[:2]}/{original}.{kind}.*{key}*")
    }


def stands(original: str, kind: str, key: str, sha256: str) -> bool:
    """Whether what was entered is what lies there, and nothing else does."""
    row = derivative_of(original, kind, key)
    left = list(settings.HOME.intake_dir.glob("dock-*"))
    return row is not None and held(original, kind, key) == {row.path: sha256} and not left


def test_a_late_second_run_of_a_job_leaves_what_was_made_and_entered(asking: Asking) -> None:
    covered = asking.order()
    with meanwhile(redacting, "_covered", lambda: make_redacted(str(covered.id))):
        assert not make_redacted(str(covered.id))
    covered.refresh_from_db()
    about = (asking.photo.original_id, REDACTED, covered.key)
    assert covered.state == "made" and stands(*about, covered.made_sha256)

    def drawn_anew() -> None:
        make_redacted(str(covered.id))
        asking.order(covered, right=700)

    first = asking.order(covered)
    with meanwhile(redacting, "_covered", drawn_anew):
        assert not make_redacted(str(first.id)), "it covered less than is asked for now"
    assert make_redacted(str(covered.id))
    covered.refresh_from_db()
    assert stands(*about, covered.made_sha256), "what it took the place of is gone"

    found = asking.ordered()
    with meanwhile(party_copying, "_mark", lambda: copy_for_party(str(found.id))):
        assert not copy_for_party(str(found.id))
    found.refresh_from_db()
    (made,) = found.files
    assert stands(made["original"], PARTY_COPY, made["key"], made["sha256"])
    entered = Entry.objects.filter(event__in=["redaction.made", "copy_application.copied"])
    assert entered.count() == 4 and not Entry.objects.filter(event="act.refused").exists()


@contextmanager
def unwritable(original: str) -> Iterator[None]:
    """No file can be made among what was made from an original, as on a full disk."""
    folder = settings.HOME.derived_dir / original[:2]
    folder.mkdir(exist_ok=True)
    aside = folder.with_suffix(".aside")
    folder.rename(aside)
    folder.write_bytes(b"")
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


def test_a_copy_that_can_not_be_written_is_told_and_may_be_ordered_again(asking: Asking) -> None:
    covered = asking.order()
    with unwritable(covered.original_id), pytest.raises(OSError):
        make_redacted(str(covered.id))
    covered.refresh_from_db()
    assert covered.state == "failed" and "磁盘" in covered.failure
    asking.order(covered)
    assert make_redacted(str(covered.id))

    found = asking.ordered()
    with unwritable(str(asking.paper.original_id)), pytest.raises(OSError):
        copy_for_party(str(found.id))
    found.refresh_from_db()
    assert found.step == "copy" and "磁盘" in found.failure
    acts.order_party_copies(actor=asking.world["records"], application_id=found.id)
    assert copy_for_party(str(found.id))


def test_an_application_without_identity_or_items_is_refused(asking: Asking) -> None:
    assert code_of(asking.receive, identity=" ") == "copy_application.incomplete"
    assert code_of(asking.receive, purpose="") == "copy_application.incomplete"
    nothing: dict[str, list[UUID]] = {"paper_ids": [], "recording_ids": []}
    assert code_of(asking.receive, **nothing) == "copy_application.empty"
    others = [UUID(int=7)]
    assert code_of(asking.receive, recording_ids=others) == "record.not_found"
    draft = Paper.objects.filter(case=asking.street.running)[0].id
    assert code_of(asking.receive, paper_ids=[draft]) == "record.not_found"


def test_steps_go_in_order_and_nobody_approves_what_they_took_in(asking: Asking) -> None:
    found = asking.receive()
    assert code_of(asking.answer, found) == "copy_application.step"
    assert code_of(asking.check, found, "perhaps") == "copy_application.way"
    asking.check(found, "whole")
    assert code_of(asking.check, found) == "copy_application.step"
    assert code_of(asking.answer, found, "officer") == "permission.missing"
    asking.answer(found)
    given: dict[str, Any] = {"actor": asking.world["records"], "application_id": found.id}
    late = code_of(acts.hand_over_copies, **given, receiver="钱某", identity="证")
    assert late == "copy_application.step"


def test_where_everything_is_secret_nothing_can_be_approved_only_refused(asking: Asking) -> None:
    found = asking.receive(paper_ids=[])
    asking.check(found, "withheld")
    assert code_of(asking.answer, found) == "copy_application.nothing"
    answered = acts.answer_copy_application(
        actor=asking.world["deputy"], application_id=found.id, outcome="returned", opinion="保密"
    )
    assert answered.step == "returned"


def test_what_is_classified_does_not_go_as_it_is(asking: Asking) -> None:
    found = asking.receive()
    classify_recording(
        actor=asking.world["officer"],
        recording_id=asking.photo.id,
        secrecy="privacy",
        reason="有伤情",
    )
    assert code_of(asking.check, found, "whole") == "copy_application.secret"
    asking.check(found, "covered")
