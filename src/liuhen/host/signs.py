"""How this machine does: one sign for each thing an operator watches, with what to do.

What is here needs no database and reads only. Signs of records are `upkeep.signs`; what only a
stopped home shows is `examining`.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from liuhen.host import tls
from liuhen.host.content_signing import signs_until
from liuhen.host.home import Home
from liuhen.host.identity_keys import FILE, IdentityKeys
from liuhen.host.locks import is_held
from liuhen.host.paper_certificates import standing_certificate
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain

GREEN, YELLOW, RED, UNKNOWN = "green", "yellow", "red", "unknown"
# Words beside each lamp: a colour never stands alone.
LAMP_WORDS = {GREEN: "正常", YELLOW: "注意", RED: "要处理", UNKNOWN: "不知道"}
# The recorder stops below 512 MB (`recorder.watch`); red comes while there is time to act.
DISK_RED_BYTES = 2 * 10**9
DISK_YELLOW_SHARE = 0.10
CERTIFICATE_RED_DAYS, CERTIFICATE_YELLOW_DAYS = 7, 21
_STA_UNSYNC = 0x0040
GB = 10**9


@dataclass(frozen=True)
class Sign:
    """One thing watched: a lamp, what is the case, and what to do when it isn't green.

    `name` is stable and names it in metrics and messages. `figures` are numbers for `/metrics`,
    by the end of their name, with unit. Nothing here tells of a case or a person.
    """

    name: str
    title: str
    lamp: str
    words: str
    remedy: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def lamp_words(self) -> str:
        """The lamp in words."""
        return LAMP_WORDS[self.lamp]


def machine_signs(home: Home, environment: Mapping[str, str] = os.environ) -> list[Sign]:
    """Disks, secrets, certificate, clock and processes of a home on this machine."""
    return [
        *_disks(home, environment),
        secrets_sign(home),
        identity_keys_sign(home, environment),
        *_certificate(home, environment),
        paper_certificate_sign(home, environment),
        *_content_certificate(home),
        clock_sign(),
        *_processes(home),
    ]


def _disks(home: Home, environment: Mapping[str, str]) -> Iterator[Sign]:
    """Each file system once, under the first name it is used by."""
    second = environment.get("LIUHEN_SECOND_STORE")
    places = [
        ("disk.home", "数据目录所在磁盘", home.path),
        ("disk.database", "数据库所在磁盘", home.postgres_dir),
        ("disk.vault", "原件所在磁盘", home.vault_dir),
        *([("disk.second", "第二存储所在磁盘", Path(second))] if second else []),
    ]
    seen = set()
    for name, title, path in places:
        try:
            device = path.stat().st_dev
        except FileNotFoundError:
            if name == "disk.second":
                remedy = "检查挂载；没有挂好时不要在空目录里继续存放副本。"
                yield Sign(name, title, RED, f"找不到 {path}", remedy)
            continue
        if device not in seen:
            seen.add(device)
            yield _disk(name, title, path)


def _disk(name: str, title: str, path: Path) -> Sign:
    usage = shutil.disk_usage(path)
    share = usage.free / usage.total
    lamp = GREEN
    if usage.free < DISK_RED_BYTES:
        lamp = RED
    elif share < DISK_YELLOW_SHARE:
        lamp = YELLOW
    words = f"剩余 {usage.free / GB:.1f} GB，占 {share:.0%}（{path}）"
    remedy = (
        "" if lamp == GREEN else "腾出空间或者扩大磁盘；不要删除 vault 和 postgres 下的任何文件。"
    )
    return Sign(
        name, title, lamp, words, remedy, {"free_bytes": usage.free, "total_bytes": usage.total}
    )


def secrets_sign(home: Home) -> Sign:
    """Whether keys and passwords are for their owner alone."""
    title = "密钥文件的权限"
    try:
        home.secrets.check()
    except Refused as refused:
        text = explain(refused)
        return Sign("secrets", title, RED, text.message, text.remedy)
    except OSError as error:
        remedy = "从备份恢复 secrets 目录；没有它，账本不能再签署。"
        return Sign("secrets", title, RED, f"读不到 {error.filename}", remedy)
    return Sign("secrets", title, GREEN, "只有本账号可以读取")


def identity_keys_sign(home: Home, environment: Mapping[str, str] = os.environ) -> Sign:
    """Whether the keys of identity numbers are there, for their owner alone, and unwrap.

    Makes none: where they are gone, new ones would open nothing.
    """
    name, title = "identity_keys", "证件号码密钥"
    if not (home.secrets.folder / FILE).exists():
        remedy = "新的数据目录会自动生成；用过的，请从备份恢复 secrets/ 后再启动服务。"
        return Sign(name, title, YELLOW, f"没有 secrets/{FILE}", remedy)
    try:
        count = len(IdentityKeys(home.secrets, environment).ring().keys)
    except Refused as refused:
        text = explain(refused)
        return Sign(name, title, RED, text.message, text.remedy)
    return Sign(name, title, GREEN, f"可以打开，共 {count} 把", "", {"count": count})


def _certificate(home: Home, environment: Mapping[str, str]) -> Iterator[Sign]:
    """The certificate pages are served with; nothing without TLS."""
    expires_at = tls.served_until(home.secrets, environment)
    if expires_at is None:
        return
    days = (expires_at - clock.now()).total_seconds() / 86400
    lamp = _lamp_of(days)
    until = f"{clock.local(expires_at):%Y-%m-%d}"
    words = f"有效至 {until}" if days > 0 else f"已于 {until} 过期"
    remedy = "" if lamp == GREEN else _renewing(home, environment)
    figures = {"seconds_left": round(days * 86400)}
    yield Sign("certificate", "网页证书", lamp, words, remedy, figures)


def _renewing(home: Home, environment: Mapping[str, str]) -> str:
    """What to do about the certificate of the pages."""
    if environment.get("LIUHEN_TLS_CERTIFICATE"):
        files = "LIUHEN_TLS_CERTIFICATE 和 LIUHEN_TLS_KEY 所指的文件"
        return f"向签发机构申领新证书，换上{files}；十分钟内自动换用，不用重新启动。"
    if is_served(home):
        return "系统签发的证书本应自动续期；看 log/liuhen.log 中 renewal 的行，再重新启动服务。"
    return "系统签发的证书，启动服务时自动续期；各终端不用重新安装。"


def paper_certificate_sign(home: Home, environment: Mapping[str, str]) -> Sign:
    """The certificate papers are signed with: without one in force none can be issued."""
    name, title = "paper_certificate", "文书签名证书"
    try:
        found = standing_certificate(home.secrets, environment)
    except Refused as refused:
        text = explain(refused)
        return Sign(name, title, RED, text.message, text.remedy)
    except OSError as error:
        return Sign(name, title, RED, f"读不到 {error.filename}", "从备份恢复 secrets 目录。")
    if found is None or found.is_demonstration:
        lamp = GREEN if home.facts.is_demo else UNKNOWN
        words = "系统自制的演示证书，会自动续期；外面的人不会信任它"
        remedy = "正式使用前，用 LIUHEN_PAPER_CERTIFICATE 和 LIUHEN_PAPER_KEY 换上本机关的证书。"
        return Sign(name, title, lamp, words, "" if lamp == GREEN else remedy)
    days = (found.expires_at - clock.now()).total_seconds() / 86400
    lamp = _lamp_of(days)
    until = f"{clock.local(found.expires_at):%Y-%m-%d}"
    words = f"有效至 {until}" if days > 0 else f"已于 {until} 过期，文书不能制作"
    remedy = "" if lamp == GREEN else "向证书机构申领新证书，换上文件；不用重新启动。"
    return Sign(name, title, lamp, words, remedy, {"seconds_left": round(days * 86400)})


def _content_certificate(home: Home) -> Iterator[Sign]:
    """The certificate that copies given out are signed with; nothing before the first one."""
    name, title = "content_certificate", "副本签名证书"
    try:
        expires_at = signs_until(home.secrets)
    except (ValueError, OSError, Refused) as error:
        said = explain(error).message if isinstance(error, Refused) else f"{error}"
        remedy = "从备份恢复 secrets 目录中的 content.key 和 content.crt。"
        yield Sign(name, title, RED, f"读不出来，副本不能签名：{said}", remedy)
        return
    if expires_at is None:
        return
    days = (expires_at - clock.now()).total_seconds() / 86400
    until = f"{clock.local(expires_at):%Y-%m-%d}"
    words = f"有效至 {until}，到期前五年起自动更换" if days > 0 else f"已于 {until} 过期"
    lamp = _lamp_of(days)
    remedy = "" if lamp == GREEN else "制作下一份副本时自动更换；secrets 目录须能写入。"
    yield Sign(name, title, lamp, words, remedy, {"seconds_left": round(days * 86400)})


def _lamp_of(days: float) -> str:
    """The lamp of a certificate with so many days left."""
    if days < CERTIFICATE_RED_DAYS:
        return RED
    return YELLOW if days < CERTIFICATE_YELLOW_DAYS else GREEN


def clock_sign() -> Sign:
    """Whether the kernel holds this machine's clock for synchronised."""
    title = "本机时钟"
    status = _clock_status()
    if status is None:
        return Sign("clock", title, UNKNOWN, "问不到系统是否对时")
    if status & _STA_UNSYNC:
        remedy = "启用 chrony 或 systemd-timesyncd，并指向可信的时间源。"
        return Sign("clock", title, YELLOW, "系统说没有和时间源同步", remedy, {"synchronised": 0})
    return Sign("clock", title, GREEN, "已和时间源同步", figures={"synchronised": 1})


def _clock_status() -> int | None:
    """The status word of adjtimex(2) with nothing to be set; None where it can't be asked."""
    buffer = (ctypes.c_long * 64)()
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    except (OSError, AttributeError):
        return None
    # struct timex: modes, offset, freq, maxerror, esterror, status, each in a long's place
    return None if answer < 0 else int(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_int))[10])


def _processes(home: Home) -> Iterator[Sign]:
    """Each process of the tree, as the supervisor notes them; what a killed one left is old."""
    noted = read_processes(home)
    if not noted or not is_served(home):
        return
    dead = sorted(name for name, one in noted.items() if not Path(f"/proc/{one['pid']}").exists())
    often = sorted(name for name, one in noted.items() if one["restarts"] >= 3)
    lamp, words, remedy = GREEN, f"{len(noted)} 个进程都在运行", ""
    if often:
        lamp, words = YELLOW, f"反复重新启动：{'、'.join(often)}"
    if dead:
        lamp, words = RED, f"没有运行：{'、'.join(dead)}"
    if lamp != GREEN:
        remedy = "看 log/liuhen.log 中这个进程最后的几行；它会自动重试。"
    restarts = sum(one["restarts"] for one in noted.values())
    figures = {"running": len(noted) - len(dead), "restarts": restarts}
    yield Sign("processes", "服务进程", lamp, words, remedy, figures)


def is_served(home: Home) -> bool:
    """Whether `liuhen serve` runs on this home, on this machine."""
    return is_held(home.run_dir / "serve.lock")


def read_processes(home: Home) -> dict[str, dict[str, int]]:
    """What `run/processes.json` says: process id and restarts by name; empty without a server."""
    try:
        told = json.loads((home.run_dir / "processes.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {
        str(name): {"pid": int(one["pid"]), "restarts": int(one["restarts"])}
        for name, one in told.items()
    }
