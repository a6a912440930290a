"""`liuhen bench [NAME …]`: the benchmarks, as a table or as JSON."""

from __future__ import annotations

import dataclasses
import importlib
import json

import click

# name → what it measures; each is `liuhen.bench.<name>.run`
BENCHMARKS = {
    "acts": "acts with ledger entry per second",
    "uploads": "1 GiB upload and pages under slow uploads",
    "cases": "case page, list and desk at 1,000 and 100,000 cases",
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
        found[name] = importlib.import_module(f"liuhen.bench.{name}").run()
        if not as_json:
            click.echo(table(found[name]))
    if as_json:
        plain = {name: [dataclasses.asdict(one) for one in rows] for name, rows in found.items()}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
