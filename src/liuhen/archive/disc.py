"""What a case disc holds: the package, a viewer, a verifier, and how it is parted over discs.

Specified in docs/formats/disc.md. Reads only; `package.iso` writes the image. Not for deciding who
may take a copy out: that is the act `copy_case`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from liuhen.archive.models import CaseCopy
from liuhen.archive.packing import Packed, copies_told
from liuhen.assembly.file_order import side_activities
from liuhen.cases.models import Activity, Case
from liuhen.kernel import canonical, clock
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.ledger.signing import log_keys
from liuhen.ledger.trust import policy
from liuhen.package.case import CASE_PATH
from liuhen.package.iso import OVERHEAD, image_size
from liuhen.package.writer import BagFile, completed, size_of
from liuhen.recordings.models import Gap

FORMAT = "liuhen case disc v1"
VIEWER, VERIFIER, SCRIPT, DATA = "打开案卷.html", "核验.html", "verify.py", "案卷.js"
FACTS, READ_ME = "disc.json", "请先读我.txt"
RECORDINGS = "data/recordings/"
_READ_ME = """双击“打开案卷.html”看案卷：不联网、不安装。
双击“核验.html”核验：选择这张盘，浏览器逐个文件计算摘要，逐条核验证明和签名。
也可以用 Python 核验：python3 verify.py（需要 openssl）。

盘上的“核验.html”和“verify.py”可能和盘一起被换掉：请从机关的“信任与核验”页面下载同一个文件，
或者核对纸质说明上印的摘要。
"""


@dataclass(frozen=True)
class Pages:
    """The two pages and the script, the same on every disc."""

    viewer: bytes
    verifier: bytes
    script: bytes

    @property
    def verifier_sha256(self) -> str:
        """What the statement prints, and the trust page shows."""
        return sha256_hex(self.verifier)


def pages() -> Pages:
    """The pages as they were built.

    Raises:
        Refused: `disc.pages_missing`, before the page assets are built.
    """
    built = Path(str(resources.files("liuhen"))) / "web" / "static" / "built" / "disc"
    script = resources.files("liuhen.archive").joinpath("verify.py").read_bytes()
    try:
        return Pages(
            (built / "viewer.html").read_bytes(), (built / "verifier.html").read_bytes(), script
        )
    except FileNotFoundError:
        raise Refused("disc.pages_missing") from None


def parted(packed: Packed, limit: int | None) -> list[set[str]]:
    """Which recordings go onto which disc, by paths; everything else stands on each.

    Args:
        limit: bytes a disc holds; None for one disc of any size.

    Raises:
        Refused: `disc.too_small`, `disc.file_too_large` with the file's name.
    """
    recordings = [file for file in packed.files if file.path.startswith(RECORDINGS)]
    if limit is None:
        return [{file.path for file in recordings}]
    common = [file for file in packed.files if not file.path.startswith(RECORDINGS)]
    # Pages, manifests and the register are small; twice the overhead is room for them.
    room = limit - image_size(common) - OVERHEAD
    if room <= 0:
        raise Refused("disc.too_small", limit=limit, needed=limit - room)
    parts: list[set[str]] = [set()]
    left = room
    for file in recordings:
        needed = image_size([file]) - OVERHEAD
        if needed > room:
            raise Refused("disc.file_too_large", name=file.path, size=size_of(file), limit=limit)
        if needed > left:
            parts.append(set())
            left = room
        parts[-1].add(file.path)
        left -= needed
    return parts


@dataclass(frozen=True)
class Titles:
    """Words for codes that the viewer shows: events, kinds, causes of gaps."""

    events: Mapping[str, str]
    causes: Mapping[str, str]
    activities: Mapping[str, str]


@dataclass(frozen=True)
class DiscPlan:
    """One disc before it is written: the files of its bag, and the bag's info."""

    files: list[BagFile]
    info: list[tuple[str, str]]
    made_on: dt.date

    def whole(self) -> list[BagFile]:
        """Every file of the disc, manifests included."""
        return completed(self.files, self.info, self.made_on)


def plan_disc(
    case: Case, packed: Packed, parts: Sequence[set[str]], part: int, titles: Titles
) -> DiscPlan:
    """What stands on one disc, `part` counted from 1: a whole bag of its own, with its pages."""
    elsewhere = {path: n for n, paths in enumerate(parts, start=1) if n != part for path in paths}
    made, facts = pages(), _facts(case, part, len(parts), elsewhere)
    files = [
        *(file for file in packed.files if file.path not in elsewhere),
        BagFile.of_bytes(CASE_PATH, packed.manifest.encode()),
        BagFile.of_bytes(FACTS, canonical.dumps(facts)),
        BagFile.of_bytes(DATA, _viewer_data(case, packed, elsewhere, titles)),
        BagFile.of_bytes(VIEWER, made.viewer),
        BagFile.of_bytes(VERIFIER, made.verifier),
        BagFile.of_bytes(SCRIPT, made.script),
        BagFile.of_bytes(READ_ME, _READ_ME.encode()),
    ]
    info = [
        ("External-Identifier", case.number),
        ("Internal-Sender-Identifier", str(case.id)),
        ("Bag-Count", f"{part} of {len(parts)}"),
    ]
    return DiscPlan(files, info, clock.local_date(clock.now()))


def volume_of(case: Case, part: int) -> str:
    """The disc's name: plain characters only, whatever the case's number holds."""
    digits = "_".join(re.findall(r"[0-9]+", case.number)) or case.id.hex[-12:].upper()
    return f"LIUHEN_{digits}"[:28] + f"_{part}"


def _facts(case: Case, part: int, parts: int, elsewhere: Mapping[str, int]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "case": case.id,
        "part": part,
        "parts": parts,
        "log_keys": [key.vkey for key in log_keys()],
        "witness_keys": [key.vkey for key in policy().witness_keys],
        "elsewhere": [{"path": path, "part": n} for path, n in sorted(elsewhere.items())],
    }


def _viewer_data(case: Case, packed: Packed, elsewhere: Mapping[str, int], titles: Titles) -> bytes:
    types = {event.type for event in packed.manifest.events}
    has_side = packed.audience != CaseCopy.Audience.PARTY
    activities = case.activities.all()
    if not has_side:
        activities = activities.exclude(kind__in=side_activities())
    told = {
        "manifest": json.loads(packed.manifest.encode()),
        "activities": [
            {
                "name": titles.activities.get(one.kind, one.kind),
                "place": one.place,
                "started_at": one.started_at,
                "ended_at": one.ended_at,
            }
            for one in activities.order_by("started_at", "id")
        ],
        "gaps": list(_gaps(activities, titles)),
        "copies": list(_copies(case, has_side=has_side)),
        "events": {name: titles.events.get(name, name) for name in sorted(types)},
        "elsewhere": dict(elsewhere),
        "kinds": {
            case.kind: case.get_kind_display(),
            case.procedure: case.get_procedure_display(),
            "bound_file": "案卷（装订件）",
            "copy_statement": "案卷复制件说明",
        },
    }
    # A script file: from file:// a page may load no other kind of data.
    text = canonical.dumps(told).decode().replace("</", "<\\/")
    return f"window.caseOnDisc = {text};\n".encode()


def _gaps(activities: QuerySet[Activity], titles: Titles) -> Iterator[dict[str, Any]]:
    """What no recording covers, with what is said of it."""
    gaps = Gap.objects.filter(activity__in=activities, filled_at=None)
    for gap in gaps.order_by("started_at", "id"):
        words = [titles.causes.get(gap.cause or "", ""), gap.explanation or ""]
        said = "，".join(word for word in words if word) or "尚无说明"
        yield {"started_at": gap.started_at, "ended_at": gap.ended_at, "words": said}


def _copies(case: Case, *, has_side: bool) -> Iterator[dict[str, Any]]:
    """The register of copies of this case."""
    for copy in copies_told(case, has_side=has_side).select_related("copied_by"):
        yield {
            "made_at": copy.copied_at,
            "made_by": copy.copied_by.name,
            "recipient": copy.recipient,
            "purpose": copy.purpose,
            "parts": copy.parts,
        }
