"""Holds the locked parts against published flaws, told in files: a closed network can ask nobody.

    python tools/audit.py ADVISORIES… [--json]

ADVISORIES are files in the OSV form (https://ossf.github.io/osv-schema/): single `.json`, or the
archives osv.dev hands out for each ecosystem (`PyPI/all.zip`, `npm/all.zip`), brought in by hand.
Parts are those of requirements/run.txt, requirements/dev.txt and package-lock.json. Exit 1: a part
is affected; 2: the files say nothing of one ecosystem. Not for mending: that is `make lock`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
LOCKED = (ROOT / "requirements" / "run.txt", ROOT / "requirements" / "dev.txt")
PAGES = ROOT / "package-lock.json"
PYPI, NPM = "PyPI", "npm"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
# SECURITY.md: mended within so many days of becoming known.
DAYS = {"CRITICAL": 7, "HIGH": 30}
OTHER_DAYS = 90


@dataclass(frozen=True)
class Found:
    """A locked part that a published flaw affects; `late` says that its time is over."""

    ecosystem: str
    part: str
    version: str
    flaw: str
    severity: str
    fixed_in: str
    published: str
    late: bool


def locked() -> set[tuple[str, str, str]]:
    """Ecosystem, name and version of every locked part."""
    found = {
        (PYPI, plain_name(PYPI, name), version)
        for path in LOCKED
        for name, version in _PIN.findall(path.read_text("utf-8"))
    }
    packages = json.loads(PAGES.read_text("utf-8"))["packages"]
    for place, told in packages.items():
        if "node_modules/" in place and "version" in told:
            name = told.get("name") or place.rpartition("node_modules/")[2]
            found.add((NPM, name, str(told["version"])))
    return found


def plain_name(ecosystem: str, name: str) -> str:
    """A name as its registry compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower() if ecosystem == PYPI else name


def advisories(paths: Iterable[Path]) -> Iterator[Mapping[str, Any]]:
    """Every advisory of files and archives that was not withdrawn."""
    for path in paths:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(".json"):
                        yield from _standing(archive.read(name))
        else:
            yield from _standing(path.read_bytes())


def _standing(text: bytes) -> Iterator[Mapping[str, Any]]:
    told = json.loads(text)
    if "withdrawn" not in told:
        yield told


def audit(
    parts: set[tuple[str, str, str]], told: Iterable[Mapping[str, Any]], today: dt.date
) -> tuple[list[Found], set[str]]:
    """Which parts are affected, and of which ecosystems the advisories say anything."""
    versions: dict[tuple[str, str], set[str]] = {}
    for ecosystem, name, version in parts:
        versions.setdefault((ecosystem, name), set()).add(version)
    found, ecosystems = set[Found](), set[str]()
    for advisory in told:
        for affected in advisory.get("affected", ()):
            package = affected.get("package", {})
            ecosystem = str(package.get("ecosystem", ""))
            ecosystems.add(ecosystem)
            key = (ecosystem, plain_name(ecosystem, str(package.get("name", ""))))
            for version in versions.get(key, ()):
                if is_affected(version, affected):
                    found.add(_found(key, version, advisory, affected, today))
    return sorted(found, key=lambda one: (not one.late, one.part, one.flaw)), ecosystems


def is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    """Whether a version is named, or lies in a range of versions."""
    if version in affected.get("versions", ()):
        return True
    ranges = [one for one in affected.get("ranges", ()) if one.get("type") != "GIT"]
    return any(_lies_in(version, one.get("events", ())) for one in ranges)


def _lies_in(version: str, events: Iterable[Mapping[str, str]]) -> bool:
    """Events in their order: from `introduced` on, before `fixed`, up to `last_affected`."""
    this, is_in = _order(version), False
    for event in events:
        if "introduced" in event and _order(event["introduced"]) <= this:
            is_in = True
        if "fixed" in event and _order(event["fixed"]) <= this:
            is_in = False
        if "last_affected" in event and _order(event["last_affected"]) < this:
            is_in = False
    return is_in


def _order(version: str) -> Version:
    """A version to be compared; what isn't one of Python's is cut to its figures."""
    try:
        return Version(version)
    except InvalidVersion:
        figures = re.match(r"\d+(\.\d+)*", version)
        return Version(figures[0] if figures else "0")


def _found(
    key: tuple[str, str],
    version: str,
    advisory: Mapping[str, Any],
    affected: Mapping[str, Any],
    today: dt.date,
) -> Found:
    severity = str(advisory.get("database_specific", {}).get("severity", "")).upper()
    published = str(advisory.get("published", ""))[:10]
    days = DAYS.get(severity, OTHER_DAYS)
    late = bool(published) and (today - dt.date.fromisoformat(published)).days > days
    fixes = [
        event["fixed"]
        for one in affected.get("ranges", ())
        if one.get("type") != "GIT"
        for event in one.get("events", ())
        if "fixed" in event
    ]
    return Found(*key, version, str(advisory["id"]), severity, ", ".join(fixes), published, late)


def _line(one: Found) -> str:
    fixed = f", fixed in {one.fixed_in}" if one.fixed_in else ""
    late = " LATE" if one.late else ""
    return f"{one.part} {one.version}: {one.flaw} {one.severity}{fixed}{late}"


def main() -> None:
    """Print what is affected."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("advisories", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    parts = locked()
    found, ecosystems = audit(parts, advisories(given.advisories), dt.datetime.now(dt.UTC).date())
    missing = sorted({PYPI, NPM} - ecosystems)
    if given.json:
        told = {"parts": len(parts), "found": [asdict(one) for one in found], "missing": missing}
        lines = [json.dumps(told, indent=2)]
    else:
        lines = [_line(one) for one in found]
        lines.append(f"{len(parts)} locked parts, {len(found)} affected")
        lines += [f"no advisory speaks of {name}: bring {name}/all.zip" for name in missing]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(1 if found else 2 if missing else 0)


if __name__ == "__main__":
    main()
