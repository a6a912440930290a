"""tus-js-client and Uppy, unchanged, against the running server."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from liuhen.demo.people import World
from liuhen.recordings.models import Recording, Upload
from tests.api.conftest import Server, signed_in
from tests.recordings import samples

ROOT = Path(__file__).resolve().parents[2]
NODE = shutil.which("node")
IS_THERE = NODE is not None and (ROOT / "node_modules" / "@uppy" / "tus").is_dir()
pytestmark = pytest.mark.skipif(not IS_THERE, reason="node and its packages come with `make test`")


def run(script: str, server: Server, world: World, path: Path, **options: Any) -> dict[str, str]:
    headers = json.dumps(signed_in(world["officer"]))
    program = str(Path(__file__).with_name(script))
    done = subprocess.run(
        [str(NODE), program, server.uploads, str(path), headers, json.dumps(options)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, str] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("parallel", [1, 3])
def test_tus_js_client_breaks_off_resumes_and_is_told_the_digest(
    parallel: int, server: Server, world: World
) -> None:
    path = samples.video(seed=3)
    told = run("upload.mjs", server, world, path, parallelUploads=parallel)
    recording = Recording.objects.get()
    assert told["Liuhen-Sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told["Liuhen-Recording"] == str(recording.id)
    assert recording.name == "来自浏览器.mp4"
    assert Upload.objects.filter(is_part=True).count() == (parallel if parallel > 1 else 0)


def test_tus_js_client_sends_without_metadata(server: Server, world: World) -> None:
    path = samples.video(seed=3)
    run("upload.mjs", server, world, path, metadata={})
    assert Recording.objects.get().original_id == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("options", "name"), [({}, "来自Uppy.mp4"), ({"allowedMetaFields": []}, "未命名")]
)
def test_uppy_uploads_in_pieces_with_and_without_metadata(
    options: dict[str, Any], name: str, server: Server, world: World
) -> None:
    path = samples.video(seed=3)
    told = run("uppy.mjs", server, world, path, chunkSize=20_000, **options)
    recording = Recording.objects.get()
    assert recording.original_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert recording.name == name
    assert told["uploadURL"].endswith(str(Upload.objects.get().id))
