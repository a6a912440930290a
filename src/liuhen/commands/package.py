"""`liuhen package CASE --out DIR`: the archival package of a bound case (BagIt)."""

from __future__ import annotations

from pathlib import Path

import click
import django

from liuhen.commands import home_option


@click.command(name="package")
@home_option
@click.argument("case")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--purpose", default="归档", show_default=True, help="Why it is taken out.")
def command(home: object, case: str, out: Path, purpose: str) -> None:
    """Write the package of CASE (number or id) into the folder --out, which must not exist."""
    django.setup()
    from liuhen.actions.exporting import export_case  # noqa: PLC0415 - models need Django
    from liuhen.archive.packing import write_package  # noqa: PLC0415
    from liuhen.cases.queries import case_by_reference  # noqa: PLC0415
    from liuhen.ledger.sequencing import sequence_all  # noqa: PLC0415
    from liuhen.people.queries import system_person  # noqa: PLC0415

    actor = system_person()
    found = case_by_reference(actor, case)
    export_case(actor=actor, case_id=found.id, purpose=purpose)
    # Every entry of the case must have its index; a sequencer elsewhere only makes this shorter.
    sequence_all()
    bag = write_package(found, out)
    click.echo(f"已写出：{bag.folder}（{bag.payload_files}个文件，{bag.payload_bytes}字节）")
    click.echo(f"标签清单 SHA-256：{bag.tag_manifest_sha256}")
