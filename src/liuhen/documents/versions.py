"""The versions of a draft, read from the images its acts left. Not for changing one (`actions`)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from liuhen.cases.sealed import opened_data
from liuhen.documents.models import Paper
from liuhen.ledger.queries import history_of

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a paper's data: its number, the data, who left it so and when."""

    number: int
    data: Data
    by: str
    at: dt.datetime


def versions_of(paper: Paper) -> Iterator[Version]:
    """The versions of a paper, newest first; of several images of one version the last counts."""
    before: int | None = None
    for image in history_of(Paper._meta.db_table, str(paper.id)).iterator():
        if image.body is None:
            continue
        row = json.loads(bytes(image.body))["row"]
        if row["version"] != before:
            before = row["version"]
            actor = json.loads(bytes(image.entry.body))["actor"]
            data = opened_data(row["data"])
            yield Version(row["version"], data, actor["name"], image.entry.recorded_at)


def version_at(paper: Paper, number: int) -> Version | None:
    """One version of a paper; None when there is none of that number."""
    return next((one for one in versions_of(paper) if one.number == number), None)


def data_at(paper: Paper, number: int) -> Data:
    """What a paper held at a version; empty when there is none of that number."""
    if number == paper.version:
        data: Data = paper.data
        return data
    found = version_at(paper, number)
    return found.data if found else {}
