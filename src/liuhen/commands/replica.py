"""`liuhen replica …`: a second home that pulls, verifies, cosigns. Not for restoring."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import click

from liuhen.commands import home_option
from liuhen.host.logbook import Logbook
from liuhen.host.processes import Child
from liuhen.host.server import Address, Readiness, check_port, liuhen, web_command
from liuhen.host.supervisor import Plan, Supervisor
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.replica import checking, evidence
from liuhen.replica.folder import ReplicaFacts, ReplicaFolder
from liuhen.replica.pulling import Pulled, pull
from liuhen.replica.source import Primary
from liuhen.tlog.keys import Verifier

APPLICATION = "liuhen.replica.application:application"
log = logging.getLogger("liuhen.replica")


@click.group(name="replica")
def command() -> None:
    """Keep a second home that never trusts the first."""


@command.command(name="init")
@home_option
@click.option("--primary", required=True, metavar="URL", help="Address of the primary's pages.")
@click.option("--vkey", required=True, help="The log's verifier key, got by another way.")
@click.option(
    "--token-file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The token the primary issued for this replica, in a file.",
)
@click.option("--name", required=True, help="Name of this replica, as in the token.")
@click.option("--ca-file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--waits-days",
    default=ReplicaFacts.waits_days,
    show_default=True,
    type=click.IntRange(0, 3650),
    help="Days between first holding a disposal's approval and destroying anything by it.",
)
def init(
    home: Path,
    primary: str,
    vkey: str,
    token_file: Path,
    name: str,
    ca_file: Path | None,
    waits_days: int,
) -> None:
    """Make the folder of a replica."""
    if not primary.startswith(("http://", "https://")):
        raise Refused("replica.address", address=primary)
    key = Verifier.from_vkey(vkey.strip())
    certificate = str(ca_file) if ca_file else None
    facts = ReplicaFacts(primary, key.name, name, key.vkey, certificate, waits_days)
    folder = ReplicaFolder(home).create(facts, token_file.read_text("utf-8").strip())
    click.echo(f"副本目录已建立：{folder.path}")
    click.echo(f"见证公钥：{folder.cosigner().verifier.vkey}")
    click.echo("在主系统上登记见证方：liuhen witness add 名称 见证公钥 本机地址")


@command.command(name="pull")
@home_option
@click.option("--every", type=click.IntRange(1, 86_400), help="Pull again and again, seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print what came as JSON.")
def pull_once(home: Path, every: int | None, as_json: bool) -> None:
    """Bring the replica up to the primary's newest checkpoint; exit 1 when things disagree."""
    folder = ReplicaFolder(home).open()
    facts = folder.facts
    with Primary(facts.primary, folder.token(), facts.ca_file) as primary:
        if every is not None:
            _pull_on(folder, primary, every)
            return
        found = pull(folder, primary)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=2))
    else:
        click.echo(_words(found))
    sys.exit(1 if found.differences else 0)


def _pull_on(folder: ReplicaFolder, primary: Primary, every: int) -> None:
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    while not stopping:
        try:
            found = pull(folder, primary)
            if found.entries or found.differences:
                log.info(_words(found).replace("\n", " "))
        except Refused as refused:
            log.warning("%s", explain(refused).message)
        time.sleep(every)


def _words(found: Pulled) -> str:
    lines = [f"新增条目 {found.entries}，行映像 {found.images}，原件 {found.originals}。"]
    lines += [f"✗ {one['record']}（{one['code']}）：{one['what']}" for one in found.differences]
    return "\n".join(lines)


@command.command(name="serve")
@home_option
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--every", default=60, show_default=True, type=click.IntRange(1, 86_400))
def serve(home: Path, port: int, host: str, every: int) -> None:
    """Pull again and again and answer as a witness, until Ctrl-C."""
    folder = ReplicaFolder(home).open()
    address = Address(host, port, "127.0.0.1" if host == "0.0.0.0" else host)  # noqa: S104
    environment = {"LIUHEN_HOME": str(folder.path)}
    children = [
        Child("witness", web_command(address, APPLICATION), environment),
        Child("pull", liuhen("replica pull", folder, "--every", str(every)), environment),
    ]
    plan = Plan(
        children=children,
        check=lambda: check_port(address),
        is_ready=Readiness(address),
        on_ready=lambda: click.echo(f"异地副本已就绪：{address.url}"),
    )
    book = Logbook(folder.run_dir / "replica.log", lambda line: click.echo(line, nl=False))
    Supervisor(folder, plan, book).run()


@command.command(name="status")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def status(home: Path, as_json: bool) -> None:
    """How far the replica is, and what did not agree; exit 1 when something didn't."""
    folder = ReplicaFolder(home).open()
    told = _status(folder)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo(_status_words(told))
    sys.exit(1 if told["differences"] or told["missing"] else 0)


def _status(folder: ReplicaFolder) -> dict[str, Any]:
    state, facts = folder.state(), folder.facts
    pulled_at = clock.parse_iso(state.pulled_at) if state.pulled_at else None
    return {
        "primary": facts.primary,
        "origin": facts.origin,
        "name": facts.name,
        "witness": folder.cosigner().verifier.vkey,
        "size": state.size,
        "primary_size": state.primary_size,
        "lag": max(0, state.primary_size - min(state.size, state.images, state.originals)),
        "pulled_at": state.pulled_at,
        "age_seconds": round((clock.now() - pulled_at).total_seconds()) if pulled_at else None,
        "originals": folder.held_originals(),
        "missing": state.missing,
        "waiting_to_be_destroyed": len(state.ordered),
        "differences": state.differences,
        "evidence": evidence.kept(folder),
        "drilled_at": state.drilled_at,
        "drill": state.drill,
    }


def _status_words(told: dict[str, Any]) -> str:
    age = told["age_seconds"]
    last = "还没有成功拉取" if age is None else f"{dt.timedelta(seconds=age)} 前拉取"
    lines = [
        f"主系统 {told['primary']}（{told['origin']}）",
        f"已核验 {told['size']} 条，落后 {told['lag']} 条，{last}",
        f"持有原件 {told['originals']} 份，缺 {len(told['missing'])} 份",
        f"等待销毁 {told['waiting_to_be_destroyed']} 份（持有批准满期以后）",
        f"恢复演练：{told['drilled_at'] or '还没有做过'}",
    ]
    lines += [f"✗ {one['record']}（{one['code']}）：{one['what']}" for one in told["differences"]]
    if told["evidence"]:
        lines.append(f"证据 {len(told['evidence'])} 份，在 evidence/ 之下")
    return "\n".join(lines)


@command.command(name="verify")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
def verify(home: Path, as_json: bool) -> None:
    """Hold everything the replica stores against its checkpoint again; exit 1 on differences."""
    folder = ReplicaFolder(home).open()
    found = list(checking.differences(folder))
    if as_json:
        click.echo(json.dumps({"differences": found}, ensure_ascii=False, indent=2))
    else:
        for one in found:
            click.echo(f"✗ {one['record']}（{one['code']}）：{one['what']}")
        click.echo("核验通过：没有发现任何差异。" if not found else f"发现{len(found)}处差异。")
    sys.exit(1 if found else 0)


@command.command(name="trust")
@home_option
@click.argument("vkey")
def trust(home: Path, vkey: str) -> None:
    """Trust a key of the log that no earlier key vouches for, as after a restore."""
    folder = ReplicaFolder(home).open()
    key = Verifier.from_vkey(vkey)
    if key.name != folder.facts.origin:
        raise Refused("replica.other_log", expected=folder.facts.origin, found=key.name)
    with folder.alone("pull"):
        state = folder.state()
        if key.vkey not in {one for _, one in state.keys}:
            state.keys.append((state.size + 1, key.vkey))
            folder.keep_state(state)
    click.echo(f"已信任：{key.vkey}")
