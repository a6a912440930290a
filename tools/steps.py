"""One step of set-up: is it done, do it with its progress shown, say what to do when it fails.

Not for what the steps are: that is `bootstrap`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HEARTBEAT_SECONDS = 15
_ADVICE = (
    (
        ("No space left on device", "ENOSPC", "Disk quota exceeded", "os error 28"),
        "磁盘已满：请腾出至少 3 GB 后再运行 · the disk is full: free 3 GB and run it again",
    ),
    (
        ("HASHES", "Hash mismatch", "EINTEGRITY", "hashes do not match"),
        "下载的组件与锁定的摘要不符：多半是网络中途改写或镜像不完整，请换一个镜像后再运行 · "
        "a download does not match its locked digest: use another mirror and run it again",
    ),
    (
        (
            "CERTIFICATE_VERIFY_FAILED",
            "invalid peer certificate",
            "SELF_SIGNED_CERT",
            "UNABLE_TO_GET_ISSUER",
            "UNABLE_TO_VERIFY",
            "CERT_HAS_EXPIRED",
        ),
        "证书未被信任：请设置 SSL_CERT_FILE 和 NODE_EXTRA_CA_CERTS 指向单位的根证书 · "
        "a certificate is not trusted: point SSL_CERT_FILE and NODE_EXTRA_CA_CERTS to your root",
    ),
    (
        (
            "name resolution",
            "Name or service not known",
            "dns error",
            "ENOTFOUND",
            "EAI_AGAIN",
            "ECONNREFUSED",
            "ECONNRESET",
            "ETIMEDOUT",
            "Connection refused",
            "Network is unreachable",
            "NewConnectionError",
            "ConnectTimeout",
            "timed out",
            "error sending request",
            "Failed to fetch",
            "tunneling socket",
            "Temporary failure",
        ),
        "连不上软件源：请检查网络；需要代理时设置 HTTPS_PROXY，使用镜像时设置 PIP_INDEX_URL 和 "
        "npm_config_registry，然后再运行 · a registry cannot be reached: check the network, set "
        "HTTPS_PROXY, or set PIP_INDEX_URL and npm_config_registry to a mirror, and run it again",
    ),
    (
        ("Permission denied", "EACCES", "Read-only file system"),
        "没有写入权限：请用拥有本目录的账号运行 · this folder is not writable: run it as its owner",
    ),
)

Runner = Callable[..., None]


class SetUpError(Exception):
    """Set-up can't go on; the text says what to do."""


def say(text: str) -> None:
    """One line to the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def advice(said: str) -> str:
    """What to do about a failure that said this; empty when we don't know."""
    for marks, text in _ADVICE:
        if any(mark in said for mark in marks):
            return text
    return ""


def read_stamp(path: Path) -> str:
    """What a stamp says; empty when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


class Step:
    """A step is done when its stamp says `wanted` and its `product` is there."""

    def __init__(
        self, title: str, stamp: Path, wanted: str, build: Callable[[Runner], None], product: Path
    ) -> None:
        self.title = title
        self.stamp = stamp
        self.wanted = wanted
        self.build = build
        self.product = product

    def is_done(self) -> bool:
        """Whether there is nothing to do."""
        return read_stamp(self.stamp) == self.wanted and self.product.exists()

    def ensure(self, number: int, count: int, log_dir: Path) -> bool:
        """Do the step unless it is done; True when there was something to do."""
        if self.is_done():
            return False
        progress = _Progress(f"[{number}/{count}] {self.title}")
        log_path = log_dir / "set-up.log"
        self.stamp.unlink(missing_ok=True)
        self.build(lambda command, env=None: _run(command, env, log_path, progress))
        self.stamp.write_text(self.wanted, encoding="utf-8")
        progress.end()
        return True


class _Progress:
    """A line that shows how long a step has been going; a new line now and then in a log."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.began = self.told = time.monotonic()
        self.is_terminal = sys.stdout.isatty()
        sys.stdout.write(f"{title} …" + ("" if self.is_terminal else "\n"))
        sys.stdout.flush()

    def beat(self) -> None:
        now = time.monotonic()
        if self.is_terminal:
            sys.stdout.write(f"\r{self.title} … {now - self.began:.0f} s")
        elif now - self.told >= HEARTBEAT_SECONDS:
            self.told = now
            sys.stdout.write(f"{self.title} … {now - self.began:.0f} s\n")
        sys.stdout.flush()

    def end(self) -> None:
        start = "\r" if self.is_terminal else ""
        say(f"{start}{self.title} ✓ {time.monotonic() - self.began:.0f} s")


def _run(
    command: list[str], env: dict[str, str] | None, log_path: Path, progress: _Progress
) -> None:
    """Run one command of a step, its output into the log; a failure says what to do."""
    with log_path.open("a+", encoding="utf-8", errors="replace") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        began = log.tell()
        child = subprocess.Popen(
            command,
            cwd=str(log_path.parent.parent),
            env={**os.environ, "NO_COLOR": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while True:
                try:
                    code = child.wait(timeout=1)
                    break
                except subprocess.TimeoutExpired:
                    progress.beat()
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM)
            child.wait()
            raise
        log.seek(began)
        said = re.sub(r"\x1b\[[0-9;]*m", "", log.read()).replace(str(log_path.parents[1]), ".")
    if code != 0:
        tail = "\n".join(f"    {line[:300]}" for line in said.splitlines()[-15:])
        hint = advice(said) or "完整输出 · the whole output: .build/set-up.log"
        raise SetUpError(f"{progress.title}\n{tail}\n{hint}")
