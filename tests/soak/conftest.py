"""The long suites run only when `make soak` names a count."""

from __future__ import annotations

import os

collect_ignore_glob = [] if "SOAK_N" in os.environ else ["test_*.py"]
