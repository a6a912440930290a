"""`liuhen verify`: bytes, rows and ledger against each other; exit 1 on any difference."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
import django
from django.db import connection, transaction

from liuhen.commands import home_option


def checks() -> list[tuple[str, Callable[[], Iterator[Any]]]]:
    """The checks in the order they run, with what people call them."""
    from liuhen.ledger import verifying, verifying_log  # noqa: PLC0415 - models need Django
    from liuhen.vault import verifying as bytes_of  # noqa: PLC0415

    return [
        ("保护触发器", verifying.guards),
        ("账本条目", verifying.entries),
        ("漏排条目", verifying.withheld),
        ("行映像", verifying.images),
        ("数据行", verifying.rows),
        ("账本树与检查点", verifying_log.log),
        ("原件字节", bytes_of.originals),
    ]


def differences(told: Callable[[str], None]) -> list[Any]:
    """Run every check on one consistent snapshot; `told` hears the name of each."""
    found: list[Any] = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name, check in checks():
            told(name)
            found.extend(check())
    return found


@click.command(name="verify")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
def command(home: object, as_json: bool) -> None:
    """Hold bytes, rows and ledger against each other."""
    django.setup()
    found = differences(lambda name: None if as_json else click.echo(f"核验{name} …", err=True))
    if as_json:
        plain = [dataclasses.asdict(one) for one in found]
        click.echo(json.dumps({"differences": plain}, ensure_ascii=False, indent=2))
    else:
        for one in found:
            click.echo(_words(one))
        click.echo("核验通过：没有发现任何差异。" if not found else f"发现{len(found)}处差异。")
    sys.exit(1 if found else 0)


def _words(one: Any) -> str:
    lines = [f"✗ {one.record}（{one.code}）：{one.what}"]
    if one.last_good is not None:
        lines.append(f"  最后完好的状态：{json.dumps(one.last_good, ensure_ascii=False)}")
    if one.last_touched is not None:
        touched = one.last_touched
        lines.append(f"  账本中最后经手：{touched['actor']} {touched['at']} {touched['event']}")
    return "\n".join(lines)
