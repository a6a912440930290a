"""Hearing what is said, stretch by stretch of voice. Child only; not for what becomes of it.

Model and detector are loaded and tried before the child is confined; nothing is fetched.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any, Final

from liuhen.media import schema
from liuhen.media.inside import hearing
from liuhen.media.inside.hearing import VOICE_RATE, Sound, Window
from liuhen.media.speech import LONGEST_SAYING, LONGEST_SAYING_MS, MOST_SAYINGS, Saying, Speech

# A pause this long ends a saying; a breath of voice shorter than that is none.
_PAUSE: Final = 600 * VOICE_RATE // 1000
_SHORTEST: Final = 250 * VOICE_RATE // 1000
_LONGEST: Final = LONGEST_SAYING_MS * VOICE_RATE // 1000
# Sound kept before the first and behind the last voice, so that no first letter is cut.
_MARGIN: Final = 200 * VOICE_RATE // 1000

_recogniser: list[Any] = []


def prepare(arguments: dict[str, Any]) -> None:
    """Load detector and model now: nothing can be loaded once the child is confined."""
    hearing.prepare({"voices": True})
    import sherpa_onnx  # noqa: PLC0415 - only this child needs it

    load = getattr(sherpa_onnx.OfflineRecognizer, f"from_{arguments['kind']}")
    _recogniser.append(load(**arguments["files"], **arguments["options"], num_threads=1))
    _said(array("h", bytes(VOICE_RATE)))


def hear_words(arguments: dict[str, Any]) -> Speech:
    """Job: what is said on the first sound track. Arguments: kind, files, options of the model.

    Raises:
        JobRefused: as `hearing.windows`.
    """
    sound, found = Sound(VOICE_RATE), list[Saying]()
    for begin, samples in _sayings(hearing.windows(sound)):
        if text := schema.clean_text(_said(samples), LONGEST_SAYING):
            end = begin + len(samples)
            found.append(Saying(text, begin * 1000 // VOICE_RATE, end * 1000 // VOICE_RATE))
        if len(found) >= MOST_SAYINGS:
            break
    return Speech(tuple(found), sound.failed)


def _sayings(windows: Iterator[Window]) -> Iterator[tuple[int, array[int]]]:
    """Stretches of voice with a little around them: their place and samples."""
    kept, begin, voiced, last = array("h"), 0, 0, 0
    for window in windows:
        is_apart = window.begin != begin + len(kept)
        if voiced and (is_apart or window.begin - last >= _PAUSE or len(kept) >= _LONGEST):
            if voiced >= _SHORTEST:
                yield begin, kept[: last - begin + _MARGIN]
            kept, begin, voiced, is_apart = array("h"), window.begin, 0, False
        if is_apart:
            kept, begin = array("h"), window.begin
        kept.extend(window.samples)
        if window.is_voice:
            voiced, last = voiced + len(window.samples), window.begin + len(window.samples)
        elif not voiced and len(kept) > _MARGIN:
            begin += len(kept) - _MARGIN
            kept = kept[-_MARGIN:]
    if voiced >= _SHORTEST:
        yield begin, kept[: last - begin + _MARGIN]


def _said(samples: array[int]) -> str:
    stream = _recogniser[0].create_stream()
    stream.accept_waveform(VOICE_RATE, [sample / 32768 for sample in samples])
    _recogniser[0].decode_stream(stream)
    return str(stream.result.text).strip()
