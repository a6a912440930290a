"""`liuhen index`: the search index made anew. No rules here."""

from __future__ import annotations

import click
import django

from liuhen.commands import home_option


@click.command(name="index")
@home_option
def command(home: object) -> None:
    """Make the search index anew from the records; searching goes on meanwhile."""
    django.setup()
    from liuhen.search.indexing import rebuild  # noqa: PLC0415 - models need a set-up Django

    done = rebuild()
    click.echo(f"已重建检索索引：{done:,} 个案件和未归案的音像记录")
