"""A replica takes what verifies, keeps its place when it breaks off, and says what it holds."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from liuhen.actions.replicas import store_of, take_copies
from liuhen.actions.tokens import issue_token, revoke_token
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.ledger.queries import latest_checkpoint
from liuhen.people.models import ApiToken
from liuhen.replica import checking
from liuhen.replica.pulling import pull
from liuhen.replica.source import Primary
from liuhen.vault import keeping
from liuhen.vault.models import Copy, Replica
from tests.replica.conftest import Pair


def test_a_pull_brings_entries_images_and_originals(pair: Pair) -> None:
    first = pair.pull()
    newest = latest_checkpoint()
    assert newest is not None
    assert (first.entries, first.originals, first.differences) == (newest.size, 2, [])
    state = pair.folder.state()
    assert (state.size, state.root) == (newest.size, bytes(newest.root).hex())
    assert (state.images, state.originals) == (newest.size, newest.size)
    for sha256 in pair.originals:
        assert pair.folder.store.digest(sha256) == sha256
    assert list(checking.differences(pair.folder)) == []


def test_a_second_pull_brings_only_what_is_new(pair: Pair) -> None:
    pair.pull()
    pair.act(300)
    again = pair.pull()
    # the copies it confirmed are an entry of their own
    assert (again.entries, again.originals) == (301, 0)
    assert pair.pull().entries == 0
    assert list(checking.differences(pair.folder)) == []


def test_copies_and_the_report_stand_at_the_primary(pair: Pair) -> None:
    pair.pull()
    held = Copy.objects.filter(store=store_of("beta"))
    assert {copy.original_id for copy in held} == set(pair.originals)
    told = Replica.objects.get(name="beta")
    assert (told.originals, told.missing, told.differences) == (2, 0, [])
    assert told.size == pair.folder.state().size
    pair.pull()
    assert Entry.objects.filter(event="copy.recorded").count() == 1


def test_a_copy_of_bytes_never_taken_in_is_refused(pair: Pair) -> None:
    for wanted, code in ((["ab" * 32], "copy.unknown"), ([], "copy.too_many")):
        with pytest.raises(Refused) as refused:
            take_copies(pair.world.system, "beta", wanted)
        assert refused.value.code == code


def test_a_pull_that_breaks_off_goes_on_where_it_was(pair: Pair) -> None:
    sha256 = pair.originals[1]
    partial = pair.folder.intake_dir / sha256
    partial.write_bytes(b"two" * 1000)
    assert pair.pull().originals == 2
    assert pair.folder.store.digest(sha256) == sha256
    assert not partial.exists()


def test_a_wrong_beginning_from_an_earlier_try_is_found_and_fetched_anew(pair: Pair) -> None:
    sha256 = pair.originals[1]
    (pair.folder.intake_dir / sha256).write_bytes(b"lies" * 1000)
    assert [one["code"] for one in pair.pull().differences] == ["original.altered"]
    assert pair.folder.state().missing == [sha256]
    assert pair.pull().differences == []
    assert pair.folder.store.digest(sha256) == sha256


def test_an_original_altered_at_the_primary_is_never_stored(pair: Pair) -> None:
    sha256 = pair.originals[0]
    place = keeping.local_store().place(sha256)
    place.chmod(0o640)
    place.write_bytes(b"ONE")
    (difference,) = pair.pull().differences
    assert (difference["code"], difference["record"]) == (
        "original.altered",
        f"vault_original/{sha256}",
    )
    assert not pair.folder.store.has(sha256)
    entry = Entry.objects.get(event="replica.differed")
    assert json.loads(bytes(entry.body))["data"]["differences"][0]["code"] == "original.altered"
    # the same differences again are no news
    pair.pull()
    assert Entry.objects.filter(event="replica.differed").count() == 1


def test_a_primary_that_is_away_changes_nothing(pair: Pair) -> None:
    pair.pull()
    before = pair.folder.state()
    with pytest.raises(Refused) as refused, Primary("http://127.0.0.1:9", "") as nobody:
        pull(pair.folder, nobody)
    assert refused.value.code == "primary.away"
    assert pair.folder.state().size == before.size


@pytest.mark.parametrize("how", ["other", "expired", "revoked"])
def test_only_a_live_token_opens_the_log(pair: Pair, how: str) -> None:
    secret = pair.secret
    if how == "other":
        secret = "liuhen_guessed"
    elif how == "revoked":
        row = ApiToken.objects.get(name="beta")
        revoke_token(actor=pair.world.system, token_id=row.id, reason="试验")
    now = clock.now() + dt.timedelta(days=31 if how == "expired" else 0)
    primary = Primary(pair.address, secret)
    with clock.frozen(now), primary, pytest.raises(Refused) as refused:
        primary.checkpoint()
    assert refused.value.data["status"] == 401


def test_a_token_is_shown_once_and_kept_as_its_digest(pair: Pair) -> None:
    until = clock.now() + dt.timedelta(days=1)
    issued = issue_token(actor=pair.world.system, name="x", scope="replica", until=until)
    assert issued.secret not in json.dumps(list(ApiToken.objects.values()), default=str)
    for name, scope, end, code in (
        ("", "replica", until, "token.incomplete"),
        ("x", "everything", until, "token.incomplete"),
        ("x", "replica", clock.now(), "token.span"),
        ("x", "replica", clock.now() + dt.timedelta(days=800), "token.span"),
    ):
        with pytest.raises(Refused) as refused:
            issue_token(actor=pair.world.system, name=name, scope=scope, until=end)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("who", "code"), [("officer", "permission.missing"), ("records", "token.everything")]
)
def test_no_office_issues_a_token_that_reads_everything(pair: Pair, who: str, code: str) -> None:
    until = clock.now() + dt.timedelta(days=1)
    with pytest.raises(Refused) as refused:
        issue_token(actor=pair.world[who], name="x", scope="replica", until=until)
    assert refused.value.code == code


def test_the_unbound_columns_come_along(pair: Pair) -> None:
    pair.pull()
    lines = [json.loads(one) for one in pair.folder.unbound_path.read_text().splitlines()]
    assert {line["table"] for line in lines} >= {"people_person"}
    assert all(set(line) == {"table", "row", "columns"} for line in lines)
