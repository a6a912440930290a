"""A real small model of English speech and a real voice, from a package of the tests. Not a test.

The package is never imported: it wants a sound card. What is said is known.
"""

from __future__ import annotations

import base64
from difflib import SequenceMatcher
from importlib.util import find_spec
from pathlib import Path

SAID = "ever tried ever failed no matter try again fail again fail better"


def _assets() -> Path:
    found = find_spec("moonshine_voice")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "assets"


def voice() -> Path:
    """Ten seconds of somebody who says `SAID`; WAV, 16 kHz."""
    return _assets() / "beckett.wav"


def _tokens(packed: bytes) -> list[bytes]:
    """The words of a tokenizer file: each its length in 7-bit groups, then its bytes."""
    found, at = [], 0
    while at < len(packed):
        length, at = packed[at], at + 1
        if length >= 128:
            length, at = length - 128 + packed[at] * 128, at + 1
        found.append(packed[at : at + length])
        at += length
    return found


def model_folder(folder: Path) -> Path:
    """A folder as an operator makes one: `model.toml` and the files it names."""
    folder.mkdir(parents=True, exist_ok=True)
    model = _assets() / "tiny-en"
    for name in ("encoder_model.ort", "decoder_model_merged.ort"):
        (folder / name).symlink_to(model / name)
    tokens = _tokens((model / "tokenizer.bin").read_bytes())
    lines = [f"{base64.b64encode(one).decode()}\t{n}\n" for n, one in enumerate(tokens)]
    (folder / "tokens.txt").write_text("".join(lines), "ascii")
    (folder / "model.toml").write_text(
        """name = "Moonshine tiny English"
kind = "moonshine_v2"
[files]
encoder = "encoder_model.ort"
decoder = "decoder_model_merged.ort"
tokens = "tokens.txt"
""",
        "utf-8",
    )
    return folder


def share_heard(text: str) -> float:
    """The share of the words of `SAID` that a text has, in their order."""
    heard = "".join(c if c.isalpha() else " " for c in text.lower()).split()
    same = SequenceMatcher(None, SAID.split(), heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in same) / len(SAID.split())
