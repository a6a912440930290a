"""A benchmark for the tests: two figures, then it goes wrong or waits until it is ended.

`LIUHEN_ENDED` is the folder in which it says that it cleared up; with a file `fail` it goes wrong.
Not a test.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from liuhen.bench.figures import Figure
from liuhen.kernel.refusals import Fault


def run() -> Iterator[Figure]:
    """Two figures and no third."""
    folder = Path(os.environ["LIUHEN_ENDED"])
    try:
        yield Figure("first", 1.0, "s", "")
        yield Figure("second", 2.0, "s", "")
        if (folder / "fail").exists():
            raise Fault("the third can't be measured")
        threading.Event().wait()
    finally:
        (folder / "cleared").touch()
