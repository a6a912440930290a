"""The long suites run only when `make soak` names a count."""

from __future__ import annotations

import os

from tests.kill.disk import disk  # noqa: F401 - a fixture

collect_ignore_glob = [] if "SOAK_N" in os.environ else ["test_*.py"]
