"""tus-js-client, unchanged, against the running server (Uppy uploads with the same client)."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from liuhen.demo.people import World
from liuhen.recordings.models import Recording
from tests.api.conftest import Server, signed_in
from tests.recordings import samples

ROOT = Path(__file__).resolve().parents[2]
NODE = shutil.which("node")
IS_THERE = NODE is not None and (ROOT / "node_modules" / "tus-js-client").is_dir()


@pytest.mark.skipif(not IS_THERE, reason="node and its packages come with `make test`")
def test_tus_js_client_breaks_off_resumes_and_is_told_the_digest(
    server: Server, world: World
) -> None:
    path = samples.video(seed=3)
    done = subprocess.run(
        [
            str(NODE),
            str(Path(__file__).with_name("upload.mjs")),
            server.uploads,
            str(path),
            json.dumps(signed_in(world["officer"])),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    recording = Recording.objects.get()
    assert told["Liuhen-Sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told["Liuhen-Recording"] == str(recording.id)
    assert recording.name == "来自浏览器.mp4"
