"""The keys of identity numbers: made once, guarded files, rotated, wrapped anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from liuhen.host.home import Home
from liuhen.host.identity_keys import FILE, IdentityKeys
from liuhen.host.signs import GREEN, RED, YELLOW, identity_keys_sign
from liuhen.kernel.refusals import Fault, Refused

NUMBER = "11010519491231002X"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def test_a_sealed_number_opens_in_its_own_place_only(home: Home) -> None:
    ring = home.identity_keys().ring()
    sealed = ring.seal(NUMBER, "party/1")
    assert NUMBER not in sealed and sealed != ring.seal(NUMBER, "party/1")
    assert ring.open(sealed, "party/1") == NUMBER
    changed = sealed[:-9] + ("A" if sealed[-9] != "A" else "B") + sealed[-8:]
    wrong = (changed, NUMBER, "", "sealed:x:")
    for text, place in ((sealed, "party/2"), *((one, "party/1") for one in wrong)):
        with pytest.raises(Fault):
            ring.open(text, place)


def test_a_digest_is_the_same_for_one_number_and_another_in_another_home(
    home: Home, tmp_path: Path
) -> None:
    ring = home.identity_keys().ring()
    assert ring.digest(NUMBER) == home.identity_keys().ring().digest(NUMBER)
    assert ring.digest(NUMBER) != ring.digest(NUMBER[:-1] + "1")
    assert ring.digest(NUMBER) != Home(tmp_path / "other").create().identity_keys().ring().digest(
        NUMBER
    )


def test_a_new_data_key_seals_what_comes_and_the_old_one_still_opens(home: Home) -> None:
    before = home.identity_keys().ring()
    sealed = before.seal(NUMBER, "party/1")
    after = home.identity_keys().add_data_key()
    assert after.current != before.current and not sealed.startswith(after.mark)
    assert after.open(sealed, "party/1") == NUMBER
    assert after.digest(NUMBER) == before.digest(NUMBER)


def test_a_new_wrapping_key_changes_no_data_key_and_the_old_file_goes(home: Home) -> None:
    before, old = home.identity_keys().ring(), (home.secrets.folder / FILE).read_bytes()
    after = home.identity_keys().change_wrapping_key()
    assert (after.keys, after.search) == (before.keys, before.search)
    assert not (home.secrets.folder / before.wrapping).exists()
    # The old file of keys, put back, is worth nothing without the old wrapping key.
    (home.secrets.folder / FILE).write_bytes(old)
    with pytest.raises(Refused) as caught:
        home.identity_keys().ring()
    assert caught.value.code == "identity_keys.wrapping_missing"


def test_the_wrapping_key_may_lie_outside_the_home(home: Home, tmp_path: Path) -> None:
    outside = {"LIUHEN_IDENTITY_KEY_FOLDER": str(tmp_path / "token")}
    (tmp_path / "token").mkdir(mode=0o700)
    inside = home.identity_keys().ring()
    shutil.move(home.secrets.folder / inside.wrapping, tmp_path / "token" / inside.wrapping)
    assert IdentityKeys(home.secrets, outside).ring() == inside
    moved = IdentityKeys(home.secrets, outside).change_wrapping_key()
    assert moved.keys == inside.keys
    assert [path.name for path in (tmp_path / "token").iterdir()] == [moved.wrapping]


def test_the_lamp_tells_of_keys_that_are_gone_open_to_others_or_of_another_set(
    home: Home, tmp_path: Path
) -> None:
    keys, wrapping = home.secrets.folder / FILE, home.secrets.folder / "identity.key"
    assert identity_keys_sign(home, {}).lamp == GREEN
    kept = keys.read_bytes()
    wrapping.chmod(0o640)
    keys.write_bytes(kept)  # read anew
    sign = identity_keys_sign(home, {})
    assert sign.lamp == RED and "0640" in sign.words and sign.remedy
    wrapping.chmod(0o600)
    other = Home(tmp_path / "other").create()
    keys.write_bytes((other.secrets.folder / FILE).read_bytes())
    assert identity_keys_sign(home, {}).lamp == RED
    keys.write_bytes(b"{}")
    assert identity_keys_sign(home, {}).lamp == RED
    keys.unlink()
    assert identity_keys_sign(home, {}).lamp == YELLOW and not keys.exists()


def test_two_changes_at_once_are_refused(home: Home) -> None:
    keys = home.identity_keys()
    with keys._alone(), pytest.raises(Refused) as caught:
        home.identity_keys().add_data_key()
    assert caught.value.code == "identity_keys.busy"
