"""The proof of a paper or recording: one page that explains it, one file that stands alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.ledger import trust
from liuhen.ledger.models import Cosignature
from liuhen.ledger.queries import latest_checkpoint
from liuhen.ledger.sequencing import sequence_all
from liuhen.ledger.signing import signer
from liuhen.ledger.stamping import stamp_newest
from liuhen.recordings.models import Recording
from liuhen.tlog.audit import inclusion_path
from liuhen.tlog.cosignatures import Cosigner
from liuhen.tlog.growth import grow_tree
from liuhen.tlog.hashing import leaf_hash
from liuhen.tlog.notes import parse_note
from liuhen.vault.keeping import local_store
from liuhen.vault.queries import entry_of_original
from liuhen.web.proof_drawing import climb
from tests.ledger.test_stamps import Authority, authority  # noqa: F401 - a fixture
from tests.replica.attacker import unguarded
from tests.web.conftest import Street, hand_in, words
from tests.web.independent_proof import check, inclusion_root

WITNESS = Cosigner("w.example", bytes(range(32)))


@pytest.fixture
def attested(
    street: Street,
    authority: Authority,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Street]:
    """The street with a witness that cosigned the newest checkpoint and an outside stamp on it."""
    monkeypatch.setattr(settings, "TSA_URL", authority.address)
    monkeypatch.setattr(settings, "TSA_ROOTS", str(authority.folder / "root.pem"))
    sequence_all()
    newest = latest_checkpoint()
    assert newest is not None
    trust.add_witness("beta", WITNESS.verifier, "http://127.0.0.1:9")
    line = WITNESS.cosign(parse_note(newest.note).text, 1_770_000_000)
    Cosignature.objects.create(
        checkpoint=newest, witness="w.example", line=str(line), signed_at=clock.now()
    )
    with clock.frozen(dt.datetime.now(dt.UTC)):
        assert stamp_newest()
    yield street
    settings.HOME.policy_path.unlink(missing_ok=True)


def issued(street: Street) -> Paper:
    found = Paper.objects.filter(case=street.archived, state=Paper.State.ISSUED)
    return found.order_by("issued_at")[0]


def recorded(street: Street) -> Recording:
    return Recording.objects.filter(case=street.archived)[0]


@pytest.mark.parametrize("kind", ["paper", "recording"])
def test_one_file_proves_the_record_to_code_that_is_not_ours(
    attested: Street,
    authority: Authority,  # noqa: F811
    kind: str,
    tmp_path: Path,
) -> None:
    found = issued(attested) if kind == "paper" else recorded(attested)
    assert found.original_id
    client = attested.browser("officer")
    answer = client.get(reverse(f"{kind}_proof_file", args=[found.id]))
    assert answer.headers["Content-Disposition"].endswith('.tlog-proof"')
    keys = [signer().verifier.vkey, WITNESS.verifier.vkey]
    roots = authority.folder / "root.pem"
    assert check(words(answer), found.original_id, keys, roots, tmp_path) == 1
    altered = words(answer).replace("\nindex ", "\nindex 1", 1)
    with pytest.raises((AssertionError, ValueError)):
        check(altered, found.original_id, keys, roots, tmp_path)


def test_the_page_explains_each_step_and_draws_the_path(attested: Street) -> None:
    paper = issued(attested)
    client = attested.browser("officer")
    assert reverse("paper_proof", args=[paper.id]) in words(
        client.get(reverse("paper", args=[paper.id]))
    )
    page = words(client.get(reverse("paper_proof", args=[paper.id])))
    for told in ("此刻已重新计算", "条目写着这个摘要", "算到的根与检查点一致", "见证签名成立"):
        assert told in page
    assert "核对无误" in page and "beta" in page and "核验不通过" not in page
    newest = latest_checkpoint()
    assert newest is not None
    assert f"根 {bytes(newest.root).hex()[:8]}" in page
    steps = len(re.findall('class="lh-path-line is-other"', page))
    assert steps >= newest.size.bit_length() - 2


def test_a_recording_s_page_leads_to_its_proof_and_shows_nothing_of_it(street: Street) -> None:
    sequence_all()
    found = recorded(street)
    client = street.browser("officer")
    assert reverse("recording_proof", args=[found.id]) in words(
        client.get(reverse("recording", args=[found.id]))
    )
    page = words(client.get(reverse("recording_proof", args=[found.id])))
    assert "核验通过" in page and "没有见证方签名" in page
    assert "<video" not in page and "/media/" not in page


def test_a_file_that_was_altered_is_red_on_its_page(street: Street) -> None:
    sequence_all()
    paper = issued(street)
    assert paper.original_id
    place = local_store().place(paper.original_id)
    whole = place.read_bytes()
    place.chmod(0o640)
    try:
        place.write_bytes(whole[:-1] + b"\0")
        page = words(street.browser("officer").get(reverse("paper_proof", args=[paper.id])))
        assert "原件内容与登记的摘要不符" in page and "核验不通过" in page
        place.unlink()
        page = words(street.browser("officer").get(reverse("paper_proof", args=[paper.id])))
        assert "原件文件不在原件库" in page
    finally:
        place.write_bytes(whole)
        place.chmod(0o440)


def test_an_entry_changed_behind_the_system_s_back_is_red(
    street: Street, street_owner: psycopg.Connection
) -> None:
    sequence_all()
    paper = issued(street)
    entry = entry_of_original(str(paper.original_id))
    body = bytes(entry.body).replace(str(paper.original_id).encode(), b"0" * 64)
    unguarded(street_owner, "UPDATE ledger_entry SET body = %s WHERE id = %s", body, entry.id)
    page = words(street.browser("officer").get(reverse("paper_proof", args=[paper.id])))
    assert "条目里没有这个摘要" in page and "核验不通过" in page


def test_what_is_not_fixed_has_no_proof_and_says_so(street: Street) -> None:
    draft = Paper.objects.filter(case=street.running, original=None)[0]
    client = street.browser("officer")
    page = words(client.get(reverse("paper_proof", args=[draft.id])))
    assert "还没有可以证明的内容" in page
    refused = client.get(reverse("paper_proof_file", args=[draft.id]))
    assert refused.status_code == 409 and "还没有固定" in words(refused)


def test_before_it_has_its_index_the_page_says_so_and_afterwards_it_is_proved(
    street: Street,
) -> None:
    found = hand_in(street.world, 7, street.scene(street.running))
    client = street.browser("officer")
    address = reverse("recording_proof", args=[found.id])
    assert "正在编入账本" in words(client.get(address))
    refused = client.get(reverse("recording_proof_file", args=[found.id]))
    assert refused.status_code == 503
    sequence_all()
    assert "核验通过" in words(client.get(address))


@pytest.mark.parametrize("page", ["paper_proof", "paper_proof_file", "recording_proof"])
def test_who_may_not_see_the_record_finds_no_proof_of_it(street: Street, page: str) -> None:
    found = recorded(street) if page.startswith("recording") else issued(street)
    for who, subject in (("operator", found.id), ("officer", uuid4())):
        address = reverse(page, args=[UUID(str(subject))])
        assert street.browser(who).get(address).status_code == 404


@given(size=st.integers(1, 70), place=st.integers(0, 10**9))
def test_who_climbs_the_path_comes_to_the_root(size: int, place: int) -> None:
    leaves = [leaf_hash(str(one).encode()) for one in range(size)]
    grown = grow_tree(0, lambda *_: b"", leaves)
    tiles = {(tile.level, tile.index): tile.hashes for tile in grown.tiles}
    index = place % size
    path = inclusion_path(index, size, lambda level, at, width: tiles[level, at])
    levels = climb(leaves[index], index, size, path)
    assert len(levels) == len(path)
    assert (levels[-1].above if levels else leaves[0].hex()) == grown.root.hex()
    assert inclusion_root(leaves[index], index, size, list(path)) == grown.root
