"""The file-name patterns of this home: the authority's own in front of the common ones.

The authority's own stand in `patterns.toml` of the home folder, in the form of
`media/patterns.toml`. Not for reading a name (`media.patterns`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from liuhen.kernel.refusals import Refused
from liuhen.media.patterns import NameFacts, Pattern, common_patterns, load_patterns, read_name


def known_patterns() -> tuple[Pattern, ...]:
    """Every pattern, the authority's own first; a changed file is read again.

    Raises:
        Refused: `dock.patterns` with what is wrong in the file.
    """
    path: Path = settings.HOME.path / "patterns.toml"
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return common_patterns()
    return _loaded(path, changed)


@cache
def _loaded(path: Path, changed: int) -> tuple[Pattern, ...]:
    try:
        return load_patterns(path)
    except (ValueError, OSError) as error:
        raise Refused("dock.patterns", path=str(path), said=str(error)) from error


def name_facts(path: str) -> NameFacts | None:
    """What the path of a file, relative to its camera, says; None when no pattern fits."""
    return read_name(path, known_patterns())
