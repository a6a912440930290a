"""Who comes first on the processors: whoever waits for a page. What else runs gives way.

Linux only. Not for how many do something at once: each does that for itself.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

# Degrees of `nice`: what nobody waits for, and what somebody does who is not looking at a page.
BEHIND_ALL, BEHIND_PAGES = 10, 5


def give_way(degree: int = BEHIND_ALL) -> None:
    """Let this process and what it starts have what others leave of the processors.

    A session of its own is a scheduling group of its own, within which alone `nice` would count:
    whoever begins one calls this again. What gave way already never gets more than it had.
    """
    degree = max(degree, os.getpriority(os.PRIO_PROCESS, 0))
    os.setpriority(os.PRIO_PROCESS, 0, degree)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # a kernel without such groups, or asked too often by no root
            Path("/proc/self/autogroup").write_text(str(degree))
