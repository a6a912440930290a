#!/usr/bin/env python3
"""核验案卷光盘：只用 Python 标准库和 openssl，不联网。

Checks a case disc, folder or stick with nothing but the standard library and `openssl`:

    python3 verify.py [FOLDER] [--key VKEY] [--tsa-roots PEM]

Every file against the manifests, nothing added or missing; every ledger entry's proof (RFC 6962)
and the log's Ed25519 signature; cosignatures; receipts; time stamps when roots are given. Written
from docs/formats alone, apart from the software that makes discs. Exit 0: all holds. 1: not.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import struct
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

PLAIN, COSIGNATURE = 1, 4
# The DER head of an Ed25519 public key (RFC 8410).
SPKI = bytes.fromhex("302a300506032b6570032100")
MANIFESTS = (("tagmanifest-sha256.txt", False), ("manifest-sha256.txt", True))
SYSTEMS_OWN = re.compile(
    r"(?:^|/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$"
    r"|^(?:System Volume Information|\$RECYCLE\.BIN|\.Trashes|lost\+found)/",
    re.IGNORECASE,
)


class Wrong(Exception):
    """Something does not hold."""


class Key(NamedTuple):
    """A verifier key: name, id, type, 32 bytes."""

    name: str
    id: bytes
    kind: int
    key: bytes


def read_key(vkey: str) -> Key:
    """Read a vkey of type 0x01 or 0x04."""
    name, identity, encoded = vkey.split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    found = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if found.hex() != identity or raw[0] not in (PLAIN, COSIGNATURE) or len(raw) != 33:
        raise Wrong(f"公钥不成立：{vkey}")
    return Key(name, found, raw[0], raw[1:])


def is_signed(key: Key, message: bytes, signature: bytes) -> bool:
    """Ask openssl whether the Ed25519 signature holds."""
    with tempfile.TemporaryDirectory() as folder:
        parts = {"key": SPKI + key.key, "message": message, "signature": signature}
        for name, content in parts.items():
            (Path(folder) / name).write_bytes(content)
        done = subprocess.run(
            [
                *("openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key"),
                *("-rawin", "-in", "message", "-sigfile", "signature"),
            ],
            cwd=folder,
            capture_output=True,
            check=False,
        )
    return done.returncode == 0


class Note(NamedTuple):
    """A signed note: its text, and the signatures as (name, id, bytes)."""

    text: str
    lines: list[tuple[str, bytes, bytes]]


def read_note(whole: str) -> Note:
    """Read a C2SP signed-note."""
    text, found, signatures = whole.rpartition("\n\n")
    if not found or not whole.endswith("\n"):
        raise Wrong("签名文本不成立")
    lines = []
    for line in signatures.splitlines():
        dash, name, encoded = line.split(" ")
        raw = base64.b64decode(encoded, validate=True)
        if dash != "—" or len(raw) <= 4:
            raise Wrong("签名行不成立")
        lines.append((name, raw[:4], raw[4:]))
    return Note(text + "\n", lines)


class Checker:
    """One disc under examination."""

    def __init__(self, folder: Path, key: str | None, roots: Path | None) -> None:
        self.folder, self.given, self.roots = folder, key, roots
        self.problems: list[str] = []
        self.listed: dict[str, str] = {}
        self.entries: dict[str, str] = {}
        self.logs: list[Key] = []
        self.witnesses: list[Key] = []
        self.verified: dict[str, tuple[int, bytes]] = {}
        self.cosigned: set[str] = set()
        self.counts = {"files": 0, "bytes": 0, "proofs": 0, "receipts": 0, "stamps": 0}

    def run(self) -> None:
        """Everything, in order; what fails is noted and the rest goes on."""
        self.files()
        disc, case = self.load("disc.json"), self.load("data/case.json")
        if case is None:
            return
        try:
            vkeys = [self.given] if self.given else (disc or {}).get("log_keys", [])
            self.logs = [read_key(vkey) for vkey in vkeys]
            self.witnesses = [read_key(vkey) for vkey in (disc or {}).get("witness_keys", [])]
        except (Wrong, ValueError) as error:
            self.problems.append(f"公钥不成立：{error}")
        elsewhere = {one["path"]: one["part"] for one in (disc or {}).get("elsewhere", [])}
        self.described(case, elsewhere)
        for event in case["events"]:
            self.attempt(event["entry"]["path"], lambda event=event: self.event(event, case))
        for record in case["recordings"]:
            if record["receipt"]:
                path = record["receipt"]["path"]
                self.attempt(path, lambda record=record: self.receipt(record))
        self.recorded(case)

    def attempt(self, path: str, work: Any) -> None:
        """Do one check; whatever is wrong with what stands there is a problem of that path."""
        try:
            work()
        except (Wrong, ValueError, KeyError, TypeError, OSError) as error:
            self.problems.append(f"{path}：{error}")

    def load(self, path: str) -> Any:
        """A JSON file of the disc, None with a problem when it can't be read."""
        try:
            return json.loads((self.folder / path).read_bytes())
        except (OSError, ValueError) as error:
            self.problems.append(f"{path}：读不出来（{error}）")
            return None

    # --- files

    def files(self) -> None:
        """Every file has its digest, none is missing, none was added."""
        present = {
            unicodedata.normalize("NFC", path.relative_to(self.folder).as_posix()): path
            for path in self.folder.rglob("*")
            if path.is_file()
        }
        for name, is_payload in MANIFESTS:
            if name not in present:
                self.problems.append(f"{name}：清单不在")
                continue
            for line in present[name].read_text("utf-8").splitlines():
                self.listed_file(line, present, is_payload)
        for path in sorted(present.keys() - self.listed.keys() - {MANIFESTS[0][0]}):
            if not SYSTEMS_OWN.search(path):
                self.problems.append(f"{path}：清单上没有，是后来加入的")

    def listed_file(self, line: str, present: dict[str, Path], is_payload: bool) -> None:
        digest, _, name = line.partition("  ")
        name = name.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
        if name.startswith("data/") is not is_payload or name in self.listed:
            self.problems.append(f"清单的一行不成立：{line[:100]}")
            return
        self.listed[name] = digest
        if name not in present:
            self.problems.append(f"{name}：清单上有，盘上没有")
            return
        with present[name].open("rb") as stream:
            found, size = hashlib.sha256(), 0
            while piece := stream.read(1 << 20):
                found.update(piece)
                size += len(piece)
        self.counts["files"] += 1
        self.counts["bytes"] += size
        if found.hexdigest() != digest:
            self.problems.append(f"{name}：内容被改动，应为 {digest}，现为 {found.hexdigest()}")

    def described(self, case: Any, elsewhere: dict[str, int]) -> None:
        """Case manifest and file manifest say the same."""
        files = [one["file"] for one in (*case["papers"], *case["recordings"], *case["files"])]
        files += [one["receipt"] for one in case["recordings"] if one["receipt"]]
        files += [f for event in case["events"] for f in (event["entry"], event["proof"]) if f]
        files += [case["log"]["checkpoint"]] if case["log"] else []
        for file in files:
            digest = self.listed.get(file["path"])
            if digest is None and file["path"] not in elsewhere:
                self.problems.append(f"{file['path']}：案卷清单上有，盘上没有")
            elif digest is not None and digest != file["sha256"]:
                self.problems.append(f"{file['path']}：两份清单所记的摘要不同")
        known = {file["path"] for file in files} | {"data/case.json"}
        for path in self.listed.keys() - known:
            if path.startswith("data/"):
                self.problems.append(f"{path}：案卷清单没有说明这个文件")

    # --- signatures and proofs

    def verified_by(self, note: Note, keys: list[Key]) -> set[str]:
        """The names of the keys that signed; a wrong signature of a known key is a problem."""
        names = set()
        for name, identity, signature in note.lines:
            for key in keys:
                if (key.name, key.id) != (name, identity):
                    continue
                message, raw = note.text.encode(), signature
                if key.kind == COSIGNATURE:
                    (seconds,) = struct.unpack(">Q", signature[:8])
                    message = f"cosignature/v1\ntime {seconds}\n".encode() + message
                    raw = signature[8:]
                if not is_signed(key, message, raw):
                    raise Wrong(f"{name} 的签名不成立")
                names.add(name)
        return names

    def checkpoint(self, whole: str, origin: str) -> tuple[int, bytes]:
        """Size and root of a checkpoint signed by the log; each text is verified once."""
        if whole not in self.verified:
            note = read_note(whole)
            signers = self.verified_by(note, [*self.logs, *self.witnesses])
            if origin not in signers:
                raise Wrong("检查点没有账本公钥的签名")
            self.cosigned |= signers - {origin}
            told, size, root, *_ = note.text.split("\n")
            if told != origin:
                raise Wrong(f"检查点属于另一个账本：{told}")
            self.verified[whole] = (int(size), base64.b64decode(root, validate=True))
        return self.verified[whole]

    def event(self, event: Any, case: Any) -> None:
        """The entry says what the manifest says of it, and stands in the log."""
        entry = (self.folder / event["entry"]["path"]).read_bytes()
        told = json.loads(entry)
        if (told["id"], told["event"], told["at"]) != (event["id"], event["type"], event["at"]):
            raise Wrong("案卷清单所述与账本条目不符")
        if not event["proof"]:
            raise Wrong("没有证明")
        proof = (self.folder / event["proof"]["path"]).read_text("utf-8")
        head, _, whole = proof.partition("\n\n")
        lines = head.split("\n")
        if lines.pop(0) != "c2sp.org/tlog-proof@v1":
            raise Wrong("不是证明文件")
        extra = {}
        if lines[0].startswith("extra "):
            extra = json.loads(base64.b64decode(lines.pop(0)[6:], validate=True))
        if extra and extra["entry"].encode() != entry:
            raise Wrong("证明属于另一条目")
        index = int(lines.pop(0).removeprefix("index "))
        path = [base64.b64decode(line, validate=True) for line in lines]
        size, root = self.checkpoint(whole, case["log"]["origin"])
        leaf = hashlib.sha256(b"\0" + entry).digest()
        if root_of(leaf, index, size, path) != root or path:
            raise Wrong("包含证明不成立")
        self.counts["proofs"] += 1
        self.entries[event["id"]] = entry.decode()
        for stamp in extra.get("stamps", ()) if self.roots else ():
            self.stamp(base64.b64decode(stamp), read_note(whole).text)

    def stamp(self, stamp: bytes, text: str) -> None:
        """An RFC 3161 stamp of the checkpoint's text, by openssl."""
        assert self.roots is not None
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "text").write_text(text, "utf-8")
            (Path(folder) / "stamp").write_bytes(stamp)
            roots = str(self.roots.resolve())
            done = subprocess.run(
                [
                    *("openssl", "ts", "-verify", "-data", "text", "-in", "stamp"),
                    *("-CAfile", roots),
                ],
                cwd=folder,
                capture_output=True,
                check=False,
            )
        if done.returncode != 0:
            raise Wrong("时间戳不成立")
        self.counts["stamps"] += 1

    def receipt(self, record: Any) -> None:
        """The receipt is signed by the log's key and names these bytes."""
        note = read_note((self.folder / record["receipt"]["path"]).read_text("utf-8"))
        if not self.verified_by(note, self.logs):
            raise Wrong("回执没有账本公钥的签名")
        first, _, sha256, size, *_ = note.text.split("\n")
        file = record["file"]
        if (first, sha256, size) != ("liuhen receipt v1", file["sha256"], str(file["size"])):
            raise Wrong("回执说的是另一份内容")
        self.counts["receipts"] += 1

    def recorded(self, case: Any) -> None:
        """Each paper and recording is named, by digest, in an entry that was proved."""
        proved = "\n".join(self.entries.values())
        for record in (*case["papers"], *case["recordings"], *case["files"]):
            if record["file"]["sha256"] not in proved:
                path = record["file"]["path"]
                self.problems.append(f"{path}：没有任何经过证明的账本条目登记过这份内容")


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 6962, 2.1.1, undone from the top; takes the used hashes off `path`."""
    if index >= size:
        raise Wrong("序号超出账本")
    if size == 1:
        return leaf
    half = 1
    while half * 2 < size:
        half *= 2
    if not path:
        raise Wrong("包含证明不完整")
    top = path.pop()
    if index < half:
        return node(root_of(leaf, index, half, path), top)
    return node(top, root_of(leaf, index - half, size - half, path))


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def main() -> int:
    """Check the folder named, or the one this script lies in."""
    parser = argparse.ArgumentParser(description="核验案卷光盘")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", help="账本公钥，从机关公告、信任页面或者纸质说明上抄来")
    parser.add_argument("--tsa-roots", type=Path, help="时间戳机构的根证书（PEM）")
    told = parser.parse_args()
    checker = Checker(told.folder, told.key, told.tsa_roots)
    checker.run()
    out = sys.stdout
    for problem in checker.problems:
        out.write(f"✗ {problem}\n")
    counts = checker.counts
    out.write(
        f"文件{counts['files']}个，{counts['bytes']}字节；证明{counts['proofs']}条，"
        f"回执{counts['receipts']}份，时间戳{counts['stamps']}个。\n"
    )
    out.write(f"见证：{'、'.join(sorted(checker.cosigned)) or '没有见证方签名'}\n")
    if not told.key:
        out.write("公钥取自盘上，尚未与外部核对：请用 --key 给出从别处得来的公钥。\n")
    bad = len(checker.problems)
    out.write(f"核验不通过：{bad}处问题。\n" if bad else "核验通过：没有发现任何改动。\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
