"""What is said in a recording, heard by a machine in a confined child. A draft, never a fact.

The operator supplies the model, a folder with `model.toml` (docs/operate/speech.md); without one
nothing listens. Not for what a person makes of it (`actions.texts`).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from liuhen.kernel.refusals import Refused
from liuhen.media.child import Failure, run_job
from liuhen.media.limits import SPEECH

# What one go of the recogniser is given at most; longer talk is cut there.
LONGEST_SAYING_MS: Final = 20_000
MOST_SAYINGS, LONGEST_SAYING = 5_000, 600
_KIND: Final = re.compile(r"[a-z0-9_]{1,40}")
_LONGEST_NAME: Final = 80


@dataclass(frozen=True)
class SpeechModel:
    """A recogniser of sherpa-onnx: `OfflineRecognizer.from_<kind>` with these arguments.

    `files` are absolute paths by argument, `options` plain values.
    """

    name: str
    kind: str
    files: dict[str, str]
    options: dict[str, str | int | bool]


@dataclass(frozen=True)
class Saying:
    """What was said in one stretch of voice, in half-open milliseconds of the file's timeline."""

    text: str
    begin_ms: int
    end_ms: int


@dataclass(frozen=True)
class Speech:
    """The sayings of a recording in their order; none when nobody speaks."""

    sayings: tuple[Saying, ...]
    failed_packets: int

    @property
    def text(self) -> str:
        """One saying below the other."""
        return "\n".join(saying.text for saying in self.sayings)


def listener_version() -> str:
    """The version of what runs the model."""
    return f"sherpa-onnx {version('sherpa-onnx')}"


def speech_model(folder: Path) -> SpeechModel:
    """The model in a folder.

    Raises:
        Refused: `speech.model` with `path` and `fault`.
    """
    try:
        told = tomllib.loads((folder / "model.toml").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refused("speech.model", path=str(folder), fault=f"model.toml：{error}") from error
    fault = _fault(told)
    if not fault:
        files = {name: folder / str(file) for name, file in told["files"].items()}
        missing = [path.name for path in files.values() if not path.is_file()]
        fault = f"没有文件 {'、'.join(missing)}" if missing else ""
    if fault:
        raise Refused("speech.model", path=str(folder), fault=fault)
    paths = {name: str(path.resolve()) for name, path in files.items()}
    return SpeechModel(told["name"], told["kind"], paths, told.get("options", {}))


def _fault(told: dict[str, Any]) -> str:
    """What is wrong with a `model.toml`, in the operator's words; "" when nothing is."""
    name, kind, files, options = (told.get(key) for key in ("name", "kind", "files", "options"))
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        return f"name 应为 1 至 {_LONGEST_NAME} 个字"
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        return "kind 应为 sherpa-onnx 的模型种类，例如 sense_voice"
    if not isinstance(files, dict) or not files:
        return "缺少 [files]：参数名 = 文件名"
    if any(not isinstance(file, str) for file in files.values()):
        return "[files] 的值应为文件名"
    plain = options is None or isinstance(options, dict)
    if not plain or any(not isinstance(one, str | int | bool) for one in (options or {}).values()):
        return "[options] 的值应为文字、整数或者 true、false"
    return ""


def hear_words(path: Path, model: SpeechModel) -> Speech:
    """Hear what is said on the first sound track.

    Raises:
        Refused: `media.no_words` with `cause`; no sound, not decodable, a model that doesn't load.
    """
    arguments = {"kind": model.kind, "files": model.files, "options": model.options}
    try:
        limits = SPEECH.for_size(path.stat().st_size)
    except OSError as error:
        raise Refused("media.no_words", cause=str(error.strerror)) from error
    made = run_job("hear_words", Speech, limits, source=path, arguments=arguments)
    if isinstance(made, Failure):
        raise Refused("media.no_words", cause=f"{made.kind}: {made.detail}")
    return made.result
