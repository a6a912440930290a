"""What a validator finds wrong with a package: one finding per fault. Not for refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One fault: `code` is `noun.reason`, `path` the file in the package, `data` the particulars.

    Codes of files: `file.missing`, `file.altered`, `file.additional`, `file.irregular`,
    `file.unreadable`. Of the bag: `bag.missing`, `bagit.malformed`, `manifest.missing`,
    `manifest.malformed`, `manifest.unexpected`, `path.dangerous`, `path.twice`, `info.malformed`,
    `oxum.missing`, `oxum.malformed`, `oxum.wrong`. Of the case manifest: `case.missing`,
    `case.malformed`, `case.file_missing`, `case.file_differs`, `case.file_undescribed`,
    `case.unknown_reference`, `case.id_twice`, `case.entry_differs`, `case.entry_silent`.
    """

    code: str
    path: str
    data: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value}" for key, value in self.data.items())
        return f"{self.code} {self.path}" + (f" ({details})" if details else "")


@dataclass(frozen=True)
class Validation:
    """The result: every finding in the order of its path, and what was read to reach it."""

    findings: tuple[Finding, ...]
    files: int
    bytes: int

    @property
    def is_valid(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.findings
