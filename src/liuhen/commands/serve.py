"""`liuhen serve`: database, server, worker and sequencer in one tree. Not for what they do."""

from __future__ import annotations

import os
from pathlib import Path

import click

from liuhen.commands import home_option
from liuhen.host import tls
from liuhen.host.home import Home
from liuhen.host.server import PARTS, Address, address_for, serve
from liuhen.kernel.refusals import Refused, explain
from liuhen.vault import bucket_settings, cache
from liuhen.vault.cache import is_cache, use_as_cache
from liuhen.vault.s3 import S3Store, place_of
from liuhen.vault.store import STAGED

# the demonstration's user names and what each comes to; the same as in `liuhen.demo.people`
DEMO_ACCOUNTS = (
    ("officer", "执法人员"),
    ("officer2", "执法人员"),
    ("handler", "承办人"),
    ("unit_head", "承办机构负责人"),
    ("legal", "法制审核"),
    ("deputy", "分管负责同志"),
    ("head", "机关负责人"),
    ("records", "记录管理员"),
    ("archivist", "档案室"),
    ("supervisor", "执法监督"),
    ("operator", "系统运维"),
    ("officer3", "执法人员"),
    ("security", "安全管理员"),
    ("auditor", "审计管理员"),
)
DEMO_PASSWORD = "liuhen-demo"  # noqa: S105 - the demonstration's public password


@click.command(name="serve")
@home_option
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", help="Address to listen on (default: this machine; all with --tls).")
@click.option("--tls", "tls_host", metavar="HOSTNAME", help="Serve HTTPS under this host name.")
@click.option("--origin", help="Name of a new home's log, as host/path; fixed afterwards.")
@click.option(
    "--only",
    metavar="PARTS",
    callback=lambda ctx, param, told: parts_of(told) if told else PARTS,
    help=f"Run these parts of a larger installation only, parted by commas: {', '.join(PARTS)}.",
)
def command(
    home: Path,
    port: int,
    host: str | None,
    tls_host: str | None,
    origin: str | None,
    only: tuple[str, ...],
) -> None:
    """Run everything until Ctrl-C; a home that doesn't exist yet is made."""
    place = Home(home)
    if only != PARTS:
        check_node(place)
    elif not place.is_created():
        place.create(origin=origin)
    place.open()
    check_bucket(place)
    is_bucket_first = bucket_settings.is_bucket_first(os.environ)
    address = address_for(place, host=host, port=port, tls_host=tls_host)
    if is_bucket_first:
        use_as_cache(place.vault_dir)
    elif is_cache(place.vault_dir):
        raise Refused("storage.elsewhere")
    serve(
        place,
        address,
        terminal=lambda line: click.echo(line, nl=False),
        on_ready=lambda: click.echo(welcome(place, address, only)),
        parts=only,
        tidy=(lambda: tidy_home(place)) if is_bucket_first else lambda: None,
    )


def parts_of(told: str) -> tuple[str, ...]:
    """The parts named, parted by commas.

    Raises:
        Refused: `serve.part_unknown`.
    """
    named = tuple(one.strip() for one in told.split(","))
    for one in named:
        if one not in PARTS:
            raise Refused("serve.part_unknown", name=one, known="、".join(PARTS))
    return named


def check_node(home: Home) -> None:
    """Refuse a machine that lacks what the others have: the database, keys, the bucket.

    A key made here by chance would sign what nobody trusts.

    Raises:
        Refused: `serve.node_alone` without a database outside, `serve.node_keys`.
    """
    if not os.environ.get("LIUHEN_DATABASE_URL"):
        raise Refused("serve.node_alone")
    if not home.is_created() or not home.log_key_names():
        raise Refused("serve.node_keys", path=str(home.path))


def tidy_home(home: Home) -> None:
    """Remove from a home whose bucket comes first what it holds for reading and no longer uses."""
    most = bucket_settings.cache_bytes(os.environ)
    cache.tidy([home.vault_dir, home.derived_dir, home.intake_dir / STAGED], most)


def check_bucket(home: Home) -> None:
    """Refuse a bucket that is set up wrongly; one that is away is told on the status page.

    Raises:
        Refused: `setting.s3_…`, `s3.no_bucket`, `s3.not_versioned`, `s3.not_locking`,
            `s3.refused`.
    """
    named = place_of(os.environ, home.secrets)
    if named is None:
        return
    try:
        S3Store(named).check()
    except Refused as refused:
        if refused.code != "s3.away":
            raise
        click.echo(explain(refused).message, err=True)


def welcome(home: Home, address: Address, parts: tuple[str, ...] = PARTS) -> str:
    """What the person at the terminal needs now: where, who, and how to stop."""
    if "web" not in parts:
        running = "、".join(parts)
        return f"\n  留痕已启动 · running: {running}\n  数据目录 · home: {home.path}\n"
    lines = ["", f"  留痕已就绪 · ready: {address.url}", f"  数据目录 · home:    {home.path}"]
    if address.files is not None and address.files.authority is not None:
        lines += [
            f"  根证书 · authority: {address.files.authority}",
            f"  SHA-256: {tls.fingerprint(address.files.authority)}",
            "  请在手机和电脑上安装并信任该根证书，安装前核对指纹。",
        ]
    if home.facts.is_demo:
        lines.append(f"  演示账号 · demo accounts（密码 · password: {DEMO_PASSWORD}）")
        lines += [f"    {name:<11} {role}" for name, role in DEMO_ACCOUNTS]
    lines += ["  停止 · stop: Ctrl-C", ""]
    return "\n".join(lines)
