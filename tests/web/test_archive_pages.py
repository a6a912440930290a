"""A file on its way to the archive room: checked four ways, refused, returned, bound anew."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import bagit
import pytest
from django.http import FileResponse
from django.urls import reverse

from liuhen.actions.archive import receive_case_file
from liuhen.actions.archive_returns import ask_file_return, refuse_case_file
from liuhen.actions.case_copies import answer_case_copy
from liuhen.actions.case_packages import order_case_package
from liuhen.approvals.models import Approval
from liuhen.archive.four_checks import four_checks
from liuhen.archive.models import CaseCopy, CaseCopyRequest, CaseFile
from liuhen.jobs.packaging import expire_packages, make_package
from liuhen.kernel.digests import sha256_and_sm3_file
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.package.validation import validate_package
from liuhen.vault.keeping import local_store
from tests.assembly.reading import text_of
from tests.web.conftest import Street, hand_in, words


def post(street: Street, who: str, page: str, **data: Any) -> Any:
    return street.browser(who).post(reverse(page, args=[street.archived]), data)


def file_of(street: Street) -> CaseFile:
    return CaseFile.objects.select_related("case").get(case_id=street.archived)


def bind_anew(street: Street) -> None:
    street.clock.move(minutes=1)
    checked_by = street.world["records"].id
    assert post(street, "officer", "case_binding", checked_by=checked_by).status_code == 302


def test_a_file_is_refused_with_reasons_bound_anew_and_received(street: Street) -> None:
    with pytest.raises(Refused) as early:
        refuse_case_file(actor=street.world["archivist"], case_id=street.archived, reason="缺页")
    assert early.value.code == "case_file.not_handed_over"
    assert post(street, "officer", "case_hand_over", is_unit_copy_kept="on").status_code == 302
    first = file_of(street).original_id
    assert post(street, "archivist", "case_file_refusal", reason=" ").status_code == 400
    assert post(street, "officer", "case_file_refusal", reason="缺页").status_code == 403
    reason = "备考表没有写明音像件数。"
    assert post(street, "archivist", "case_file_refusal", reason=reason).status_code == 302
    told = json.loads(bytes(Entry.objects.get(event="case_file.refused").body))
    assert told["data"]["reason"] == reason
    page = street.browser("officer").get(reverse("case_hand_over", args=[street.archived]))
    assert reason in words(page)
    again = post(street, "officer", "case_hand_over", is_unit_copy_kept="on")
    assert "还没有重新立卷" in words(again)
    bind_anew(street)
    assert post(street, "officer", "case_hand_over", is_unit_copy_kept="on").status_code == 302
    assert post(street, "archivist", "case_hand_over", archive_number="档-1").status_code == 302
    assert file_of(street).original_id != first
    assert local_store().has(first), "what was bound before stays"


def desk_of(street: Street, who: str) -> str:
    """What somebody's desk says of the archived case and no other."""
    page = words(street.browser(who).get(reverse("desk")))
    number = file_of(street).case.number
    return " ".join(re.findall(rf"<li(?:(?!</li>).)*{number}.*?</li>", page, re.DOTALL))


def step_of(street: Street, who: str) -> str:
    """The next step of the archived case as its page tells it."""
    page = words(street.browser(who).get(reverse("case", args=[street.archived])))
    found = re.search(r'<section class="lh-next.*?</section>', page, re.DOTALL)
    return found.group() if found else ""


def test_a_file_on_its_way_is_nobodys_task_but_who_has_it(street: Street) -> None:
    assert "移交档案室" in step_of(street, "officer")
    post(street, "officer", "case_hand_over", is_unit_copy_kept="on")
    told = desk_of(street, "officer")
    assert "等档案室接收" in told and "去办理" not in told
    assert "等待档案室接收" in step_of(street, "officer")
    assert "href" not in step_of(street, "officer"), "there is nothing to press"
    assert "接收案卷" in step_of(street, "archivist") and "去核对" in step_of(street, "archivist")
    post(street, "archivist", "case_file_refusal", reason="备考表没有写明音像件数。")
    for told in (desk_of(street, "officer"), step_of(street, "officer")):
        assert "补正后重新立卷" in told and "备考表没有写明音像件数。" in told
        assert reverse("case_binding", args=[street.archived]) in told
    bind_anew(street)
    assert "移交档案室" in step_of(street, "officer")


def test_a_file_returned_for_supplements_is_a_task_until_it_is_bound_anew(street: Street) -> None:
    post(street, "officer", "case_hand_over", is_unit_copy_kept="on")
    post(street, "archivist", "case_hand_over", archive_number="档-1")
    assert desk_of(street, "officer") == ""
    post(street, "officer", "case_return", reason="补入行政复议决定书。")
    asked = Approval.objects.get(case_id=street.archived, kind="file_return")
    given = {"outcome": "approved", "opinion": "同意。"}
    answer = street.browser("deputy").post(reverse("approval", args=[asked.id]), given)
    assert answer.status_code == 302
    assert "补充材料后重新立卷" in desk_of(street, "officer")
    assert "补入行政复议决定书。" in step_of(street, "officer")
    bind_anew(street)
    assert "再次移交档案室" in desk_of(street, "officer")
    assert "再次移交档案室" in step_of(street, "officer")
    post(street, "officer", "case_hand_over", is_unit_copy_kept="on")
    assert "再次移交" not in desk_of(street, "officer")
    post(street, "archivist", "case_hand_over", archive_number="档-1")
    assert desk_of(street, "officer") == ""


def test_an_archived_file_returns_only_by_the_leader_in_charge_and_keeps_number_and_day(
    street: Street,
) -> None:
    reason = "补入行政复议决定书。"
    with pytest.raises(Refused) as early:
        ask_file_return(actor=street.world["officer"], case_id=street.archived, reason=reason)
    assert early.value.code == "case_file.not_received"
    post(street, "officer", "case_hand_over", is_unit_copy_kept="on")
    post(street, "archivist", "case_hand_over", archive_number="档-1")
    archived_at = file_of(street).case.handed_over_at
    assert archived_at is not None
    receipt = street.browser("archivist").get(reverse("archive_receipt", args=[street.archived]))
    told = text_of(receipt.content)
    names = [street.world[name].name for name in ("officer", "archivist")]
    assert all(one in told for one in [*names, "档-1", file_of(street).receipt_number])
    assert receipt.content.count(b"/ByteRange") == 3, "signed by both, and by the authority"
    bound = post(street, "officer", "case_binding", checked_by=street.world["records"].id)
    assert bound.status_code == 409
    assert post(street, "officer", "case_return", reason=reason).status_code == 302
    asked = Approval.objects.get(kind="file_return")
    answer = {"outcome": "approved", "opinion": "同意补充。"}
    address = reverse("approval", args=[asked.id])
    assert street.browser("officer").post(address, answer).status_code in (403, 409)
    street.clock.move(days=60)
    assert street.browser("deputy").post(address, answer).status_code == 302
    file = file_of(street)
    assert (file.received_at, file.archive_number) == (None, "档-1")
    assert file.reopened_for == reason
    bind_anew(street)
    post(street, "officer", "case_hand_over", is_unit_copy_kept="on")
    assert post(street, "archivist", "case_hand_over", archive_number="档-1").status_code == 302
    assert file_of(street).case.handed_over_at == archived_at


def test_each_of_the_four_checks_finds_its_fault_and_then_nothing_goes_or_is_received(
    street: Street,
) -> None:
    file = file_of(street)
    assert all(one.is_sound for one in four_checks(file)), "sound before it was tampered with"
    place = local_store().place(file.original_id)
    whole = place.read_bytes()
    faults = {"真实性": whole[:-1] + b" ", "可用性": whole[:300], "安全性": whole}
    try:
        place.chmod(0o640)
        going = post(street, "officer", "case_hand_over", is_unit_copy_kept="on")
        assert going.status_code == 409
        assert "移交前的四项检查" in words(going) and "没有设为只读" in words(going)
        place.chmod(0o440)
        going = post(street, "officer", "case_hand_over", is_unit_copy_kept="on")
        assert going.status_code == 302
        for title, content in faults.items():
            place.chmod(0o640)
            place.write_bytes(content)
            assert title in {one.title for one in four_checks(file) if one.found}
            receiving: dict[str, Any] = {
                "actor": street.world["archivist"],
                "case_id": street.archived,
            }
            with pytest.raises(Refused) as refused:
                receive_case_file(**receiving, archive_number="档-1")
            assert refused.value.code == "case_file.not_sound"
    finally:
        place.write_bytes(whole)
        place.chmod(0o440)
    hand_in(street.world, 77, street.scene(street.archived))
    assert [one.title for one in four_checks(file) if one.found] == ["完整性"]
    page = street.browser("archivist").get(reverse("case_hand_over", args=[street.archived]))
    assert "未通过" in words(page)


def test_the_archivist_takes_an_approved_package_that_bagit_accepts_and_the_register_tells_of(
    street: Street, tmp_path: Path
) -> None:
    case_page = reverse("case_discs", args=[street.archived])
    told = {"recipient": "委档案室", "audience": "archive", "purpose": "电子档案归档"}
    assert post(street, "archivist", "case_disc_ask", **told).status_code == 302
    asked = CaseCopyRequest.objects.get(case_id=street.archived)
    order, take = (reverse(f"case_package_{do}", args=[asked.id]) for do in ("order", "take"))
    archivist, deputy = street.browser("archivist"), street.browser("deputy")
    assert "现在不能这样办理" in words(archivist.post(order, follow=True)), "not approved yet"
    given = {"outcome": "approved", "opinion": "同意"}
    deputy.post(reverse("case_copy_answer", args=[asked.id]), given)
    assert "制作归档包" in desk_of(street, "archivist")
    assert deputy.post(order).status_code == 403
    assert archivist.post(take).status_code == 409, "it is not made yet"
    archivist.post(order)
    shown = words(archivist.get(case_page))
    assert "正在制作" in shown and order not in shown and take not in shown
    assert make_package(str(asked.id)) and not make_package(str(asked.id))
    assert take in words(archivist.get(case_page))
    taken = archivist.post(take)
    assert taken.status_code == 200 and isinstance(taken, FileResponse)
    register = words(street.browser("records").get(reverse("view_register") + "?show=copied"))
    assert "取走归档包" in register and register.count("交给委档案室，电子档案归档") == 2
    told_of = Entry.objects.filter(case_id=street.archived, event__startswith="case_package.")
    assert list(told_of.order_by("recorded_at").values_list("event", flat=True)) == [
        *("case_package.ordered", "case_package.made", "case_package.taken")
    ]
    with ZipFile(io.BytesIO(taken.getvalue())) as packed:
        packed.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert bagit.Bag(str(folder)).validate()
    _names_sm3_of_all(folder)
    street.clock.move(days=7)
    expire_packages()
    assert archivist.post(take).status_code == 200, "it can be taken for seven days"
    street.clock.move(seconds=1)
    expire_packages()
    assert archivist.post(take).status_code == 409
    assert "已过保留期" in words(archivist.get(case_page))


def test_a_package_that_can_not_be_made_says_why_and_is_ordered_again(street: Street) -> None:
    told = {"recipient": "委档案室", "audience": "archive", "purpose": "电子档案归档"}
    post(street, "archivist", "case_disc_ask", **told)
    asked = CaseCopyRequest.objects.get(case_id=street.archived)
    given: dict[str, Any] = {"outcome": "approved", "opinion": "同意"}
    answer_case_copy(actor=street.world["deputy"], request_id=asked.id, **given)
    place = local_store().path(file_of(street).original_id)
    aside = place.rename(place.with_suffix(".aside"))
    for is_there in (False, True):
        if is_there:
            aside.rename(place)
        order_case_package(actor=street.world["archivist"], request_id=asked.id)
        make_package(str(asked.id))
        shown = words(
            street.browser("archivist").get(reverse("case_discs", args=[street.archived]))
        )
        assert ("没有制成" in shown and "重新制作" in shown) is not is_there
    assert "取走归档包" in shown
    assert CaseCopy.objects.filter(case_id=street.archived).count() == 1, "registered once"


def _names_sm3_of_all(folder: Path) -> None:
    """The package names the SM3 digest of every original, and the validator holds it to them."""
    case = json.loads((folder / "data/case.json").read_bytes())
    records = [one["file"] for one in (*case["papers"], *case["recordings"], *case["files"])]
    assert len(records) > 2
    for one in records:
        assert one["sm3"] == sha256_and_sm3_file(folder / one["path"])[1]
    assert validate_package(folder).findings == ()
    path = folder / "data/case.json"
    path.chmod(0o600)
    path.write_text(path.read_text().replace(records[0]["sm3"], "0" * 64))
    assert "case.file_differs" in {one.code for one in validate_package(folder).findings}
