"""A check of one proof file, from RFC 9162, section 2.1.3.2, and C2SP alone; signatures by openssl.

Imports nothing of the product. Not a test: `test_proofs` calls it.
"""

import base64
import hashlib
import json
import subprocess
from pathlib import Path

SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410


def inclusion_root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    if index >= size:
        raise ValueError("index")
    fn, sn, root = index, size - 1, leaf
    for other in path:
        if sn == 0:
            raise ValueError("path too long")
        if fn % 2 or fn == sn:
            root = hashlib.sha256(b"\1" + other + root).digest()
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = hashlib.sha256(b"\1" + root + other).digest()
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ValueError("path too short")
    return root


def openssl(folder: Path, files: dict[str, bytes], *arguments: str) -> bool:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


def signed_by(folder: Path, vkey: str, text: str, signatures: str) -> bool:
    name, key_id, encoded = vkey.split("+", 2)
    kind, *key = base64.b64decode(encoded)
    for line in signatures.splitlines():
        raw = base64.b64decode(line.split(" ")[2])
        if line.split(" ")[1] != name or raw[:4].hex() != key_id:
            continue
        message, signature = text.encode(), raw[4:]
        if kind == 4:  # a witness's, with its time
            seconds = int.from_bytes(signature[:8], "big")
            message, signature = f"cosignature/v1\ntime {seconds}\n{text}".encode(), signature[8:]
        files = {"key": SPKI + bytes(key), "message": message, "signature": signature}
        ask = ("pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key", "-rawin")
        return openssl(folder, files, *ask, "-in", "message", "-sigfile", "signature")
    return False


def check(proof: str, digest: str, vkeys: list[str], roots: Path | None, folder: Path) -> int:
    """Everything in the file holds for this digest; the number of stamps that were verified."""
    head, _, note = proof.partition("\n\n")
    first, extra, index, *path = head.split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    told = json.loads(base64.b64decode(extra.removeprefix("extra ")))
    assert digest in told["entry"]
    text, _, signatures = note.partition("\n\n")
    size, root = text.split("\n")[1:3]
    leaf = hashlib.sha256(b"\0" + told["entry"].encode()).digest()
    hashes = [base64.b64decode(one) for one in path]
    at = int(index.removeprefix("index "))
    assert inclusion_root(leaf, at, int(size), hashes) == base64.b64decode(root)
    assert all(signed_by(folder, vkey, text + "\n", signatures) for vkey in vkeys)
    for stamp in told["stamps"] if roots else ():
        files = {"text": (text + "\n").encode(), "stamp": base64.b64decode(stamp)}
        verify = ("ts", "-verify", "-data", "text", "-in", "stamp", "-CAfile", str(roots))
        assert openssl(folder, files, *verify)
    return len(told["stamps"])
