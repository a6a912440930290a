"""Locked parts are held against published flaws, both sides of each boundary."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 12, 1)


def tool() -> Any:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "tools" / "audit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module
    spec.loader.exec_module(module)
    return module


audit = tool()


def advisory(*events: dict[str, str], name: str = "Some.Part", **more: Any) -> dict[str, Any]:
    package = {"ecosystem": more.pop("ecosystem", "PyPI"), "name": name}
    affected = {"package": package, "ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}
    return {"id": "GHSA-x", "affected": [affected], **more}


FIXED = ({"introduced": "1.2"}, {"fixed": "1.4"})
LAST = ({"introduced": "0"}, {"last_affected": "1.4"})
TWICE = (*FIXED, {"introduced": "2.0"}, {"fixed": "2.0.3"})


@pytest.mark.parametrize(
    ("events", "version", "is_affected"),
    [
        (FIXED, "1.1.9", False),
        (FIXED, "1.2", True),
        (FIXED, "1.3.99", True),
        (FIXED, "1.4", False),
        (LAST, "1.4", True),
        (LAST, "1.4.1", False),
        (TWICE, "1.9", False),
        (TWICE, "2.0.2", True),
        (TWICE, "2.0.3", False),
    ],
)
def test_a_part_is_affected_within_the_range_only(
    events: tuple[dict[str, str], ...], version: str, is_affected: bool
) -> None:
    parts = {("PyPI", "some-part", version)}
    found, ecosystems = audit.audit(parts, [advisory(*events)], TODAY)
    assert bool(found) == is_affected
    assert ecosystems == {"PyPI"}


@pytest.mark.parametrize(
    ("severity", "days", "is_late"),
    [("CRITICAL", 7, False), ("CRITICAL", 8, True), ("HIGH", 30, False), ("LOW", 91, True)],
)
def test_what_was_known_too_long_is_late(severity: str, days: int, is_late: bool) -> None:
    told = advisory(
        *FIXED,
        published=f"{TODAY - dt.timedelta(days=days)}T00:00:00Z",
        database_specific={"severity": severity},
    )
    ((found,), _) = audit.audit({("PyPI", "some-part", "1.3")}, [told], TODAY)
    assert found.late == is_late and found.fixed_in == "1.4"


def test_the_locked_parts_are_read_from_files_and_archives(tmp_path: Path) -> None:
    parts = audit.locked()
    version = next(version for _, name, version in parts if name == "django")
    assert any(ecosystem == "npm" and name == "htmx.org" for ecosystem, name, _ in parts)
    one, two = tmp_path / "one.json", tmp_path / "npm.zip"
    one.write_text(json.dumps(advisory({"introduced": "0"}, name="Django")), "utf-8")
    gone = advisory({"introduced": "0"}, name="Django", withdrawn="2026-01-01T00:00:00Z")
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("a.json", json.dumps({**gone, "id": "GHSA-gone"}))
        other = advisory({"introduced": "0"}, {"fixed": "0.0.1"}, name="htmx.org", ecosystem="npm")
        archive.writestr("b.json", json.dumps(other))
    command = [sys.executable, str(ROOT / "tools" / "audit.py"), str(one), str(two), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert done.returncode == 1 and told["missing"] == []
    assert [(f["part"], f["version"], f["flaw"]) for f in told["found"]] == [
        ("django", version, "GHSA-x")
    ]
    (tmp_path / "only.json").write_text(json.dumps(other), "utf-8")
    command[2:] = [str(tmp_path / "only.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "no advisory speaks of PyPI" in done.stdout
