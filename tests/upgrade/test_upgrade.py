"""A home of an earlier version is brought to this one, and verifies; a newer one is refused.

The way back from a newer version is the backup from before it: nothing is migrated backwards.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from liuhen.host.home import Home
from liuhen.host.postgres_binaries import find_binaries
from liuhen.host.postgres_roles import DATABASE, OWNER, SUPERUSER
from tests.kill.tree import in_home, run_liuhen
from tests.upgrade.keep import HERE, new_home

APPOINTED = "security_administrator.restored"
# The oldest first. The quick suite brings up the newest of them, `make soak` all.
KEPT = sorted(HERE.glob("version-*.tar.xz"))[0 if os.environ.get("LIUHEN_VERSIONS") else -1 :]


@pytest.fixture(scope="module", params=KEPT, ids=lambda one: one.name.removesuffix(".tar.xz"))
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    """The kept home on its operator's machine, brought to this version, its database running."""
    folder = tmp_path_factory.mktemp("kept")
    home = new_home(folder / "home")
    with tarfile.open(request.param) as archive:
        archive.extractall(home.path, filter="data")
    sql = (home.path / "database.sql").read_bytes()
    with home.cluster().running() as cluster:
        command = find_binaries().command(
            "psql", "--quiet", "--set", "ON_ERROR_STOP=1", cluster.dsn(DATABASE, SUPERUSER)
        )
        loaded = subprocess.run(command, input=sql, capture_output=True, cwd="/", check=False)
        assert loaded.returncode == 0, loaded.stderr.decode()
        refused_before(home)
        brought_up(home)
        yield home


def refused_before(home: Home) -> None:
    """What needs what is not there yet says so: that it does, only the first has to."""
    for command in (("migrate", "--check"), ("verify",), ("index",)):
        told = run_liuhen(*command, "--home", home.path)
        is_refused = told.returncode == 2 and "还没有升级" in told.stderr
        is_done = told.returncode == 0 and command[0] != "migrate"
        assert is_refused or is_done, told.stdout + told.stderr
        assert "Traceback" not in told.stderr


def brought_up(home: Home) -> None:
    told = run_liuhen("migrate", "--home", home.path)
    assert told.returncode == 0, told.stderr


def value(home: Home, query: str, role: str = OWNER) -> object:
    with psycopg.connect(home.cluster().dsn(DATABASE, role)) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def entries(home: Home) -> object:
    return value(home, "SELECT count(*) FROM ledger_entry")


def test_what_an_earlier_version_wrote_is_kept_and_verifies(kept: Home) -> None:
    told = run_liuhen("verify", "--home", kept.path)
    assert told.returncode == 0, told.stdout
    assert value(kept, "SELECT count(*) FROM cases_case WHERE closed_at IS NULL") == 1
    # what stood in plain before is sealed now
    sealed = "SELECT bool_and(sealed_number LIKE 'sealed:%') FROM cases_party"
    assert value(kept, f"{sealed} WHERE sealed_number <> ''") is True


# Every stored finding as pages read it; then the job of every minute, and who judged what is kept.
_JUDGED_AGAIN = """
from liuhen.compliance.models import Finding, Sweep
from liuhen.compliance.stored import finding_from
from liuhen.jobs.judging import judge_after_upgrade
from liuhen.law.version import ENGINE_VERSION
def versions():
    read = [finding_from(one.body, one.judged_at) for one in Finding.objects.all()]
    return {each.engine_version for each in read}
earlier = versions()
done = judge_after_upgrade()
print(ENGINE_VERSION in earlier, done.judged, versions() == {ENGINE_VERSION})
print(judge_after_upgrade().judged, Sweep.objects.get().judged)
"""


def test_what_an_earlier_version_judged_is_judged_again_by_this_one(kept: Home) -> None:
    cases = value(kept, "SELECT count(*) FROM cases_case")
    assert value(kept, "SELECT count(*) FROM compliance_finding")
    assert in_home(kept, _JUDGED_AGAIN).split() == ["False", str(cases), "True", "0", str(cases)]


def test_brought_up_again_nothing_is_written(kept: Home) -> None:
    before = entries(kept)
    brought_up(kept)
    assert entries(kept) == before


def test_where_nobody_appoints_people_any_more_the_machine_s_owner_names_who_does(
    kept: Home, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("recht-langes-passwort\n")
    command = ("appoint", "--security", "aq", "--security-name", "安示例", "--home", kept.path)
    told = run_liuhen(*command, "--password-file", tmp_path / "password")
    if value(kept, "SELECT count(*) FROM people_person WHERE username = 'security'"):
        assert told.returncode == 2 and "已有安全管理员" in told.stderr
        return
    assert told.returncode == 0, told.stderr
    kinds = "SELECT string_agg(o.kind, ' ') FROM people_office o JOIN people_person p"
    assert value(kept, f"{kinds} ON p.id = o.person_id WHERE p.username = 'aq'") == (
        "security_administrator"
    )
    entered = f"SELECT count(*) FROM ledger_entry WHERE event = '{APPOINTED}'"
    assert value(kept, entered) == 1
    told = run_liuhen(*command, "--password-file", tmp_path / "password")
    assert told.returncode == 2 and "已有安全管理员“安示例”" in told.stderr


@contextmanager
def newer(home: Home) -> Iterator[None]:
    """A newer version has been at the home, for the block."""
    step = "app = 'cases' AND name = '9999_x'"
    with psycopg.connect(home.cluster().dsn(DATABASE, OWNER), autocommit=True) as owner:
        owner.execute("ALTER TABLE cases_case ADD COLUMN newer text")
        owner.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '9999_x', now())"
        )
        yield
        owner.execute(f"DELETE FROM django_migrations WHERE {step}")
        owner.execute("ALTER TABLE cases_case DROP COLUMN newer")


def refused_after(home: Home) -> None:
    told = run_liuhen("migrate", "--home", home.path)
    assert told.returncode == 2
    assert "更新的版本" in told.stderr and "9999_x" in told.stderr
    assert "liuhen restore" in told.stderr


def test_a_home_of_a_newer_version_is_refused_and_stays_as_it_is(kept: Home) -> None:
    before = entries(kept)
    with newer(kept):
        refused_after(kept)
        assert entries(kept) == before


@pytest.mark.parametrize("kept", KEPT[:1], indirect=True, ids=["one of them"])
def test_the_way_back_from_a_newer_version_is_the_backup_from_before_it(
    kept: Home, tmp_path: Path
) -> None:
    key = ("--key", tmp_path / "backup.key")
    made = run_liuhen("backup", tmp_path / "sets", "--home", kept.path, *key, "--new-key")
    assert made.returncode == 0, made.stderr
    back = Home(tmp_path / "back")
    with newer(kept):
        refused_after(kept)
        told = run_liuhen("restore", "--backup", tmp_path / "sets", *key, "--home", back.path)
    assert told.returncode == 0, told.stdout + told.stderr
    with back.cluster().running():
        brought_up(back)
        assert value(back, "SELECT count(*) FROM cases_case WHERE closed_at IS NULL") == 1
