"""What the machine must bring along: Node, a way to make environments; for tests a browser.

Not for what we install into our own folder: that is `bootstrap`.
"""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from steps import SetUpError, say

# what the tests use: program that shows it is there, and the Debian package that brings it
SYSTEM_PACKAGES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "poppler-utils": ("pdftoppm",),
    "ffmpeg": ("ffmpeg",),
    "fontconfig": ("fc-list",),
}
CHINESE_FONTS = "fonts-noto-cjk"
# with it the browser's tests ask a third less of the processor; not every system has it
HEADLESS = "chromium-headless-shell"
# the RTSP server the recorder is tested against: what it must be able to make, and the package
RTSP_PYTHON = "/usr/bin/python3"
RTSP_PARTS = {
    "python3-gi": "import gi",
    "gir1.2-gst-rtsp-server-1.0": "gi.require_version('GstRtspServer', '1.0')",
    "gstreamer1.0-plugins-good": "part('rtph264pay')",
    "gstreamer1.0-plugins-ugly": "part('x264enc')",
    "gstreamer1.0-libav": "part('avenc_aac')",
}
_RTSP_PRELUDE = """
import gi
gi.require_version('Gst', '1.0')
from gi.repository import Gst
Gst.init(None)
def part(name):
    assert Gst.ElementFactory.find(name)
"""
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def has_ensurepip() -> bool:
    """Whether this Python can put pip into an environment (Debian splits that off)."""
    return _has_module("ensurepip")


def _has_module(name: str) -> bool:
    found = importlib.util.find_spec(name)
    return found is not None and found.origin is not None


def require_venv() -> None:
    """Refuse when neither Python's own pip nor the machine's can fill an environment."""
    if has_ensurepip() or _has_module("pip"):
        return
    raise SetUpError(
        "缺少 python3-venv，请以 root 运行 · python3-venv is missing, run as root:\n"
        "    apt-get install -y python3-venv"
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def is_node_new_enough(version: str, engines: str) -> bool:
    """Whether `v20.20.2` meets `^20.19.0 || >=22.12.0`; each alternative begins with ^ or >=."""
    have = _version(version)
    for alternative in engines.split("||"):
        wanted = _version(alternative)
        same_major = not alternative.strip().startswith("^") or have[:1] == wanted[:1]
        if same_major and have >= wanted:
            return True
    return False


def require_node(package_json: Path) -> None:
    """Refuse when Node or npm is missing or too old for the page assets."""
    engines = json.loads(package_json.read_text(encoding="utf-8"))["engines"]["node"]
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise SetUpError(
            f"缺少 Node.js（{engines}）或 npm：请安装 Node.js 22 LTS 后再运行 · "
            f"Node.js ({engines}) or npm is missing: install Node.js 22 LTS and run it again"
        )
    version = subprocess.run(
        [node, "--version"], stdout=subprocess.PIPE, text=True, check=False
    ).stdout.strip()
    if not is_node_new_enough(version, engines):
        raise SetUpError(
            f"Node.js 版本过旧：本机 {version}，需要 {engines}；请安装 Node.js 22 LTS · Node.js is "
            f"too old: {version}, needed {engines}; install Node.js 22 LTS and run it again"
        )


def require_port(port: str) -> None:
    """Refuse what is no port."""
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise SetUpError(
            f"PORT={port} 不是端口号，请用 1 到 65535 之间的数字 · "
            "not a port, take a number from 1 to 65535: make run PORT=8001"
        )


def require_free_port(port: str) -> None:
    """Refuse a port that another program listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return  # what the server says about it is more exact
            raise SetUpError(
                f"端口 {port} 已被其他程序占用，请换一个 · "
                f"port {port} is taken by another program, take another: make run PORT=8001"
            ) from None


def _writable_cache(variable: str, build: Path) -> dict[str, str]:
    home = Path(os.environ.get("HOME") or "/nonexistent")
    if os.environ.get(variable) or os.access(str(home), os.W_OK):
        return {}
    return {variable: str(build / "cache" / variable.lower())}


def npm_environment(build: Path) -> dict[str, str]:
    """npm beside the machine's own certificates, its cache where this account may write."""
    settings = _writable_cache("npm_config_cache", build)
    if SYSTEM_CERTIFICATES.exists() and not os.environ.get("NODE_EXTRA_CA_CERTS"):
        settings["NODE_EXTRA_CA_CERTS"] = str(SYSTEM_CERTIFICATES)
    return settings


def uv_environment(python: Path, build: Path) -> dict[str, str]:
    """uv does not read pip's settings: hand on the mirror and the certificates given there."""
    settings = {"UV_PYTHON_DOWNLOADS": "never", **_writable_cache("UV_CACHE_DIR", build)}
    mirror = os.environ.get("PIP_INDEX_URL") or _pip_setting(python, "index-url")
    if mirror and not any(os.environ.get(n) for n in ("UV_INDEX_URL", "UV_DEFAULT_INDEX")):
        settings["UV_DEFAULT_INDEX"] = mirror
    certificates = os.environ.get("PIP_CERT") or _pip_setting(python, "cert")
    if certificates and not os.environ.get("SSL_CERT_FILE"):
        settings["SSL_CERT_FILE"] = certificates
    elif SYSTEM_CERTIFICATES.exists():
        # an office's own root certificate is known to the machine, not to uv
        settings["UV_SYSTEM_CERTS"] = "true"
    return settings


def _pip_setting(python: Path, name: str) -> str:
    done = subprocess.run(
        [str(python), "-m", "pip", "config", "get", f"global.{name}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def missing_system_packages() -> list[str]:
    """The Debian packages the tests need and this machine doesn't have."""
    missing = [
        package
        for package, programs in SYSTEM_PACKAGES.items()
        if not any(shutil.which(program) for program in programs)
    ]
    missing += [package for package, proof in RTSP_PARTS.items() if not _rtsp_says(proof)]
    return missing if _has_chinese_font() else [*missing, CHINESE_FONTS]


def _rtsp_says(proof: str) -> bool:
    if not Path(RTSP_PYTHON).exists():
        return False
    done = subprocess.run(
        [RTSP_PYTHON, "-c", f"{_RTSP_PRELUDE}\n{proof}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    done = subprocess.run(["fc-list", ":lang=zh-cn"], stdout=subprocess.PIPE, check=False)
    return bool(done.stdout.strip())


def ensure_system_packages(build: Path) -> None:
    """Install what the tests need from Debian as root, or say exactly what to install."""
    missing = missing_system_packages()
    if not missing:
        return
    install = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetUpError(
            "测试还需要系统软件包，请以 root 运行 · the tests need system packages, as root:\n"
            f"    apt-get update && {install}"
        )
    say(f"系统软件包 · system packages: {' '.join(missing)} …")
    build.mkdir(exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (build / "set-up.log").open("a") as log:
        for command in ("apt-get update", install):
            if subprocess.call(command.split(), stdout=log, stderr=log, env=environment) != 0:
                raise SetUpError(
                    f"{command} 未成功，请检查网络和软件源 · failed: check network and sources\n"
                    "    .build/set-up.log"
                )
        quicker = f"apt-get install -y --no-install-recommends {HEADLESS}"
        subprocess.call(quicker.split(), stdout=log, stderr=log, env=environment)
    still = missing_system_packages()
    if still:
        raise SetUpError(f"仍缺少 · still missing: {' '.join(still)}")
