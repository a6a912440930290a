"""`liuhen recorder`: records the fixed cameras in service, until it is stopped."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType

import click
import django
from django.conf import settings

from liuhen.commands import home_option
from liuhen.commands.silence import watch_for_silence
from liuhen.host.locks import FileLock
from liuhen.kernel.refusals import Refused


@click.command(name="recorder")
@home_option
def command(home: Path) -> None:
    """Run the recorder; one per home."""
    django.setup()
    from liuhen.recorder.loop import Recorder  # noqa: PLC0415 - models need a set-up Django

    lock = FileLock(settings.HOME.run_dir / "recorder.lock")
    if not lock.take():
        raise Refused("recorder.running", path=str(home))
    recorder = Recorder(settings.HOME.intake_dir, settings.CAMERA_SEGMENT_S * 1000)

    def stop(number: int, frame: FrameType | None) -> None:
        recorder.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    watch_for_silence()
    try:
        recorder.run()
    finally:
        lock.close()
