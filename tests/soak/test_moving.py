"""How long nobody works while a home moves to engines outside it. By `make soak`.

Its originals, and what was made of them, go to the bucket while it is served; then it is stopped,
moved and started as its operator would. `SOAK_CASES` and `SOAK_GB` say how much it holds.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from liuhen.bench.figures import load
from liuhen.host.home import Home
from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import OWNER, SUPERUSER
from tests.host.outside import handed_out
from tests.kill.tree import in_home, made_home, run_liuhen, start, until
from tests.soak.measured import commit, record
from tests.vault.weed import engine

CASES = int(os.environ.get("SOAK_CASES") or 20_000)
GIGABYTES = int(os.environ.get("SOAK_GB") or 4)
FILL = """
import os
from pathlib import Path
import psycopg
from django.conf import settings
from liuhen.bench.generated import write_cases
from liuhen.bench.verify import write_originals
from liuhen.host.postgres_roles import OWNER
from liuhen.ledger.sequencing import sequence_all
from liuhen.people.models import Person, Unit
from liuhen.recordings.derivatives import derivative_path, put_derivative
from liuhen.vault.models import Original
with psycopg.connect(settings.HOME.database_url(OWNER), autocommit=True) as owner:
    officers = list(Person.objects.filter(username__in=("officer", "officer2")))
    write_cases(owner, range({cases}), unit=Unit.objects.get(code="ZD1"), officers=officers)
write_originals(settings.HOME.path, {bytes})
for sha256 in Original.objects.values_list("sha256", flat=True):
    out = derivative_path(sha256, "proxy")
    out.write_bytes(os.urandom(20_000_000))
    put_derivative(sha256, "proxy", out)
sequence_all()
"""
LACKING = """
    SELECT count(*) FROM vault_original WHERE sha256 NOT IN
        (SELECT original_id FROM vault_copy WHERE store = 's3')
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="liuhen-moving-", dir="/tmp"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def size_of(home: Home) -> float:
    with psycopg.connect(home.cluster().dsn(role=SUPERUSER), autocommit=True) as superuser:
        row = superuser.execute("SELECT pg_database_size('liuhen')").fetchone()
    assert row is not None
    return float(row[0]) / 1e9


def lacks(home: Home) -> int:
    """How many originals are not in the bucket yet."""
    with psycopg.connect(home.cluster().dsn(role=OWNER)) as owner:
        row = owner.execute(LACKING).fetchone()
    assert row is not None
    return int(row[0])


def test_between_stopping_and_the_first_answer_pass_minutes(folder: Path) -> None:
    home, before = made_home(folder / "home"), load("before")
    (folder / "weed").mkdir()
    outside = Cluster(folder / "outside" / "postgres")
    with home.cluster().running():
        in_home(home, FILL.format(cases=CASES, bytes=GIGABYTES * 10**9))
        size = size_of(home)
    with (
        engine(folder / "weed") as weed,
        outside.running(),
        handed_out(outside, "stadt_owner", "stadt_server") as accounts,
    ):
        weed.bucket("originals")
        bucket = weed.environment("originals")
        moved = {**bucket, **accounts.environment(), "LIUHEN_STORE": "s3"}
        tree, began = start(home, variables=bucket).await_ready(), time.monotonic()
        until(lambda: lacks(home) == 0, "every original is in the bucket", 3600)
        copied = time.monotonic() - began
        ahead = run_liuhen("move", "--ahead", "--home", home.path, **bucket)
        assert ahead.returncode == 0, ahead.stderr[-3000:]

        began = time.monotonic()
        assert tree.interrupt() == 0
        stopped = time.monotonic() - began
        done = run_liuhen("move", "--home", home.path, "--json", **moved)
        assert done.returncode == 0, done.stderr[-3000:]
        started = time.monotonic()
        tree = start(home, variables=moved).await_ready()
        ready = time.monotonic()
        assert tree.interrupt() == 0
    told = json.loads(done.stdout)
    assert told["originals"]["originals"] >= GIGABYTES * 5
    figures = {
        "the home": f"{CASES:,} cases, {told['database']['rows']:,} rows, {size:.1f} GB of"
        f" database; {GIGABYTES} GB of originals and a tenth made of them",
        "originals to the bucket while people work": f"{copied:.0f} s",
        "from stopping to the first answer on the new engines": f"{ready - began:.0f} s",
        "of these: stopping": f"{stopped:.0f} s",
        "of these: the database moved, compared, verified": f"{told['database']['seconds']} s",
        "of these: originals and what was made of them": f"{told['originals']['seconds']} s",
        "of these: starting": f"{ready - started:.0f} s",
        **{one.name: f"{one.value:.2f} {one.unit}" for one in (before, load("after"))},
    }
    record("Moving to engines outside (`make soak`)", figures, commit())
