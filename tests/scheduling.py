"""Which worker runs what: a file's tests stay together, and all that share a served home.

xdist's own groups rest on a private name that this pytest no longer has. Not a test.
"""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# Long ones begin first, so that nobody waits for them at the end. Recorders mostly wait for
# cameras, which send no faster than the clock: beside the others nobody notices.
FIRST = ("tests/recorder/", "tests/story/", "tests/kill/")


def place(nodeid: str) -> int:
    """Where in the order a test's file begins."""
    return next((at for at, folder in enumerate(FIRST) if nodeid.startswith(folder)), len(FIRST))


class ByHome(LoadScopeScheduling):  # type: ignore[misc]
    """Files go to workers whole, in the order collected; those of a folder of `FIRST` to one."""

    def __init__(self, config: Any, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return next((f for f in FIRST if nodeid.startswith(f)), nodeid.partition("::")[0])
