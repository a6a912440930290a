"""What is said, heard by a real model in the confined child."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from liuhen.kernel.refusals import Refused
from liuhen.media.speech import SpeechModel, hear_words, listener_version, speech_model
from tests.media import spoken


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return spoken.model_folder(tmp_path_factory.mktemp("speech") / "model")


@pytest.fixture(scope="module")
def model(folder: Path) -> SpeechModel:
    return speech_model(folder)


def sound(path: Path, samples: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples)
    return path


def test_what_is_said_is_heard_sentence_by_sentence_at_its_place(model: SpeechModel) -> None:
    heard = hear_words(spoken.voice(), model)
    assert spoken.share_heard(heard.text) >= 0.8, heard.text
    ends = [0, *(one.end_ms for one in heard.sayings)]
    assert len(heard.sayings) > 1
    assert all(
        end <= one.begin_ms < one.end_ms for end, one in zip(ends, heard.sayings, strict=False)
    )
    assert ends[-1] <= 10_000


def test_a_pause_before_moves_the_place_and_not_the_words(
    model: SpeechModel, tmp_path: Path
) -> None:
    with wave.open(str(spoken.voice())) as file:
        said = file.readframes(file.getnframes())
    later = hear_words(sound(tmp_path / "later.wav", bytes(2 * 16_000 * 3) + said), model)
    assert spoken.share_heard(later.text) >= 0.8, later.text
    assert 3000 <= later.sayings[0].begin_ms + 200 < 4000


def test_where_nobody_speaks_nothing_is_heard(model: SpeechModel, tmp_path: Path) -> None:
    assert hear_words(sound(tmp_path / "still.wav", bytes(64_000)), model).sayings == ()


def test_what_has_no_sound_is_refused_with_its_cause(model: SpeechModel, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_bytes(b"RIFF of nothing")
    for path in (tmp_path / "text.wav", tmp_path / "missing.wav"):
        with pytest.raises(Refused) as refused:
            hear_words(path, model)
        assert refused.value.code == "media.no_words" and refused.value.data["cause"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("moonshine_v2", "of_no_such_kind"),
        ("decoder = ", "decoding = "),
        ('encoder = "encoder_model.ort"', 'encoder = "tokens.txt"'),
    ],
)
def test_a_model_that_does_not_load_is_a_refusal(
    folder: Path, tmp_path: Path, old: str, new: str
) -> None:
    other = tmp_path / "model"
    other.mkdir()
    for path in folder.iterdir():
        (other / path.name).symlink_to(path)
    told = (folder / "model.toml").read_text("utf-8")
    (other / "model.toml").unlink()
    (other / "model.toml").write_text(told.replace(old, new), "utf-8")
    with pytest.raises(Refused) as refused:
        hear_words(spoken.voice(), speech_model(other))
    assert refused.value.code == "media.no_words" and refused.value.data["cause"]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (None, "model.toml"),
        ("name = ", "model.toml"),
        ('kind = "a"\n[files]\na = "b"', "name"),
        (f'name = "{"名" * 81}"\nkind = "a"\n[files]\na = "b"', "name"),
        ('name = "a"\nkind = "../a"\n[files]\na = "b"', "kind"),
        ('name = "a"\nkind = "a"', "[files]"),
        ('name = "a"\nkind = "a"\n[files]\na = 1', "[files]"),
        ('name = "a"\nkind = "a"\n[files]\na = "b.onnx"', "b.onnx"),
        ('name = "a"\nkind = "a"\n[files]\na = "model.toml"\n[options]\nb = [1]', "[options]"),
    ],
)
def test_a_folder_that_cannot_be_used_says_what_is_wrong(
    tmp_path: Path, told: str | None, fault: str
) -> None:
    if told is not None:
        (tmp_path / "model.toml").write_text(told, "utf-8")
    with pytest.raises(Refused) as refused:
        speech_model(tmp_path)
    assert refused.value.code == "speech.model" and fault in refused.value.data["fault"]


def test_the_version_that_heard_is_told() -> None:
    assert listener_version().startswith("sherpa-onnx 2.")
