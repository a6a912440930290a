"""The version of an engine: a digest of the sources it is made of.

For: telling whether a finding was judged by what judges now. Not for the texts' own versions
(`duties.text_version`), nor for the product's.
"""

import hashlib
from importlib import resources
from importlib.resources.abc import Traversable

_SOURCES = (".py", ".toml")


def source_digest(*packages: str) -> str:
    """SHA-256 (hex) over name and bytes of every source of these packages, whatever its order."""
    digest = hashlib.sha256()
    for package in sorted(packages):
        for name, content in sorted(_sources(resources.files(package), package)):
            digest.update(hashlib.sha256(name.encode()).digest())
            digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _sources(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for each in folder.iterdir():
        path = f"{name}/{each.name}"
        if each.is_dir():
            found += _sources(each, path)
        elif each.name.endswith(_SOURCES):
            found.append((path, each.read_bytes()))
    return found


ENGINE_VERSION = source_digest("liuhen.law")[:12]
"""Of the duties, figures and tables: every change of one of them gives another."""
