"""What does not agree, kept where nothing is ever deleted. Not for deciding that it doesn't."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from liuhen.host.secret_files import write_durably
from liuhen.kernel import clock
from liuhen.replica.folder import ReplicaFolder

FORKED, SHORTENED, UNSIGNED = "log.forked", "log.shortened", "log.unsigned"
WHAT = {
    FORKED: "主系统签署了与本副本已核验内容互相矛盾的账本",
    SHORTENED: "主系统的账本比本副本已核验的更短：被截短，或者恢复了旧备份",
    UNSIGNED: "主系统给出的检查点不是受信任的密钥签署的",
}


def difference(code: str, record: str, what: str) -> dict[str, str]:
    """One thing that does not agree, as it is kept and reported."""
    return {"code": code, "record": record, "what": what}


def keep_notes(
    folder: ReplicaFolder, code: str, held: str, found: str, **more: object
) -> dict[str, str]:
    """Keep two checkpoints that can't both be true; the same two are kept once.

    Returns the difference, whose `record` is the file's name.
    """
    name = f"{code}-{sha256((held + found).encode()).hexdigest()[:16]}.json"
    told: Mapping[str, object] = {
        "code": code,
        "noticed_at": clock.iso(clock.now()),
        "held": held,
        "found": found,
        **more,
    }
    text = json.dumps(told, ensure_ascii=False, indent=1)
    write_durably(folder.evidence_dir / name, text.encode(), replace=False)
    return difference(code, name, WHAT[code])


def kept(folder: ReplicaFolder) -> list[str]:
    """The names of what is kept, oldest first by name."""
    return sorted(path.name for path in folder.evidence_dir.glob("*.json"))
