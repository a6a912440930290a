"""Which Chromium the tests drive. Not a test."""

from __future__ import annotations

import shutil

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# The same engine without a window to draw: a third less processor time for each page. Not where a
# test is about the browser people have: its camera, its disc opened from a folder.
HEADLESS = shutil.which("chromium-headless-shell") or CHROMIUM
