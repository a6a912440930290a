"""Set-up from nothing: environment, packages, page assets; then what `make` was asked for.

Standard library only. This file alone stays readable by an older Python, so that it can say so.
Each step is stamped with the digest of what goes into it; an unchanged step is not done again.
Not for the product itself: once set up, `.venv/bin/liuhen` is the only door.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

OLDEST_PYTHON = (3, 11)
if sys.version_info < OLDEST_PYTHON:
    for name in ("python3.11", "python3.12", "python3.13"):
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606 - the same arguments, a newer Python
    sys.exit(
        "需要 Python 3.11 或更高版本，本机是 {0}.{1} · "
        "Python 3.11 or newer is needed, this is {0}.{1}\n"
        "    apt-get install -y python3 python3-venv".format(*sys.version_info)
    )

import machine  # noqa: E402 - needs the Python just made sure of
import steps  # noqa: E402 - needs the Python just made sure of

ROOT = Path(__file__).resolve().parent.parent

BUILD = ROOT / ".build"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BUILT = ROOT / "src" / "liuhen" / "web" / "static" / "built"


def digest(*parts: object) -> str:
    """One digest over files, folders (their files by name and content) and plain values."""
    total = hashlib.sha256()
    for part in parts:
        if not isinstance(part, Path):
            total.update(repr(part).encode())
            continue
        files = sorted(p for p in part.rglob("*") if p.is_file()) if part.is_dir() else [part]
        for path in files:
            total.update(str(path.relative_to(ROOT)).encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


# --- the steps


def environment() -> steps.Step:
    """A virtual environment of this Python at this place."""
    wanted = digest(str(VENV), sys.version_info[:3], os.path.realpath(sys.executable))

    def build(run: steps.Runner) -> None:
        machine.require_venv()
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
        if not machine.has_ensurepip():
            command.insert(3, "--without-pip")
        run(command)

    return steps.Step("Python 环境 · environment", VENV / ".environment", wanted, build, PYTHON)


def installer() -> steps.Step:
    """The pinned installer and build backend, by plain pip."""
    listed = ROOT / "requirements" / "bootstrap.txt"

    def build(run: steps.Runner) -> None:
        # Debian keeps pip apart from Python: a pip of the machine installs into ours as well
        pip = [str(PYTHON), "-m", "pip"]
        if not machine.has_ensurepip():
            pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
        options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--force-reinstall"]
        run([*pip, "install", "--disable-pip-version-check", *options, "-r", str(listed)])

    return steps.Step(
        "安装工具 · installer", VENV / ".installer", digest(listed), build, VENV / "bin" / "uv"
    )


def packages(level: str) -> steps.Step:
    """The locked packages: `run`, or `dev` with what the tests need as well."""
    stamp = VENV / ".packages"
    before = steps.read_stamp(stamp)
    if before.endswith(" dev"):
        # never thinned out again: a later `make run` keeps what `make test` put there
        level = "dev"
    listed = ROOT / "requirements" / f"{level}.txt"
    bootstrap = ROOT / "requirements" / "bootstrap.txt"
    wanted = f"{digest(listed, bootstrap, platform.machine())} {level}"

    def build(run: steps.Runner) -> None:
        command = [str(VENV / "bin" / "uv"), "pip", "sync", "--python", str(PYTHON)]
        # what comes as source only is built by the pinned tools of the step before
        options = ["--require-hashes", "--no-build-isolation"]
        if not before:
            # a try that was cut off leaves halves of packages that look whole
            options.append("--reinstall")
        lists = [str(listed), str(bootstrap)]
        run([*command, *options, *lists], machine.uv_environment(PYTHON, BUILD))

    return steps.Step("Python 组件 · packages", stamp, wanted, build, VENV / "bin" / "granian")


def project() -> steps.Step:
    """The project itself, from this folder."""

    def build(run: steps.Runner) -> None:
        command = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON)]
        options = ["--no-deps", "--no-build-isolation", "--offline", "--editable", str(ROOT)]
        run([*command, *options], machine.uv_environment(PYTHON, BUILD))

    wanted = digest(ROOT / "pyproject.toml", steps.read_stamp(VENV / ".packages"))
    return steps.Step("留痕 · liuhen", VENV / ".project", wanted, build, VENV / "bin" / "liuhen")


def page_packages() -> steps.Step:
    """The locked packages of the pages."""

    def build(run: steps.Runner) -> None:
        run(["npm", "ci", "--no-progress"], machine.npm_environment(BUILD))

    modules = ROOT / "node_modules"
    wanted = digest(ROOT / "package.json", ROOT / "package-lock.json", platform.machine())
    return steps.Step("页面组件 · page packages", modules / ".stamp", wanted, build, modules)


def page_assets() -> steps.Step:
    """Scripts, styles, icons and the typefaces of the papers, built."""

    def build(run: steps.Runner) -> None:
        run(["npm", "run", "build"], machine.npm_environment(BUILD))

    configs = ("package.json", "package-lock.json", "vite.config.ts", "vite.disc.config.ts")
    inputs = [ROOT / "frontend", *(ROOT / name for name in configs)]
    manifest = BUILT / "manifest.json"
    return steps.Step("页面资源 · page assets", BUILD / "assets", digest(*inputs), build, manifest)


@contextlib.contextmanager
def taking_turns(name: str, told: str) -> Iterator[None]:
    """Let one process at a time through; those that have to wait say so."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            steps.say(told)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(level: str) -> None:
    """Do what is missing, one step after the other; two set-ups at once take turns."""
    with taking_turns(
        "lock", "另一个安装正在进行，等待其完成 · waiting for another set-up to finish"
    ):
        if not (page_packages().is_done() and page_assets().is_done()):
            # told before anything is fetched
            machine.require_node(ROOT / "package.json")
        wanted = [
            environment,
            installer,
            lambda: packages(level),
            project,
            page_packages,
            page_assets,
        ]
        began = time.monotonic()
        # a step is made when its turn comes: its digest may rest on the step before
        done = [make().ensure(n, len(wanted), BUILD) for n, make in enumerate(wanted, 1)]
        if any(done):
            steps.say(f"安装完成 · set up in {time.monotonic() - began:.0f} s")


# --- what make asks for


def has_content(home: Path) -> bool:
    """Whether anything stands at the place of a home."""
    return home.exists() and (not home.is_dir() or any(home.iterdir()))


def ensure_demo(home: Path) -> None:
    """Load the demonstration into a home that is empty or missing; two at once take turns."""
    home.parent.mkdir(parents=True, exist_ok=True)
    name = "loading-" + hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    with taking_turns(name, "另一个进程正在装入演示数据 · another process is loading it, waiting"):
        if not has_content(home):
            load_demo(home)


def call_to_its_end(command: list[str]) -> int:
    """Run a command; when we are told to stop, tell it, and wait until it has cleaned up."""
    child = subprocess.Popen(command, cwd=str(ROOT))
    try:
        return child.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired):
            # at a terminal it was told already; a second time would cut its cleaning up short
            child.wait(timeout=5)
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            child.wait()
        raise


def load_demo(home: Path) -> None:
    """Load the demonstration: completely or not at all."""
    for left in home.parent.glob(f".{home.name}.loading-*"):
        if not Path("/proc", left.name.rpartition("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    loading = home.with_name(f".{home.name}.loading-{os.getpid()}")
    demo = [str(VENV / "bin" / "liuhen"), "demo", "--home", str(loading)]
    steps.say("装入演示数据 · loading the demonstration (about a minute)")
    try:
        if call_to_its_end(demo) != 0:
            raise steps.SetUpError(
                "演示数据未能装入，原因见上 · the demonstration did not load, see above"
            )
        if home.is_dir():
            home.rmdir()
        loading.rename(home)
    finally:
        shutil.rmtree(loading, ignore_errors=True)


def run(options: argparse.Namespace) -> None:
    """Set up, load the demonstration into an empty home, serve."""
    home = (ROOT / options.home).absolute()
    machine.require_port(options.port)
    if not has_content(home):
        # told before anybody waits for the demonstration; a home that is served says more itself
        machine.require_free_port(options.port)
    set_up("run")
    ensure_demo(home)
    serve = [str(VENV / "bin" / "liuhen"), "serve", "--home", str(home), "--port", options.port]
    sys.stdout.flush()
    os.chdir(str(ROOT))
    os.execv(serve[0], [*serve, *options.rest])  # noqa: S606 - becomes the server


def test(options: argparse.Namespace) -> None:
    """Set up with everything the tests need, then run them all."""
    machine.ensure_system_packages(BUILD)
    set_up("dev")
    os.chdir(str(ROOT))
    if not options.rest and subprocess.call(["npm", "test", "--silent"]) != 0:
        raise steps.SetUpError("页面脚本的测试未通过 · the tests of the page scripts failed")
    arguments = options.rest or ["-n", "3"]
    sys.stdout.flush()
    # each of the many processes that tests start would compile every module anew
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.execv(str(PYTHON), [str(PYTHON), "-m", "pytest", *arguments])  # noqa: S606 - becomes pytest


def options_from(arguments: list[str]) -> argparse.Namespace:
    """The goal and its options; what stands after `--` is handed on as `rest`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("goal", choices=["run", "test", "set-up", "set-up-dev"])
    parser.add_argument("--home", default="home")
    parser.add_argument("--port", default="8000")
    ours, rest = arguments, []
    if "--" in arguments:
        place = arguments.index("--")
        ours, rest = arguments[:place], arguments[place + 1 :]
    return parser.parse_args(ours, argparse.Namespace(rest=rest))


def main() -> None:
    """Read the goal from the command line and do it."""
    options = options_from(sys.argv[1:])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if options.goal == "run":
            run(options)
        elif options.goal == "test":
            test(options)
        else:
            set_up("dev" if options.goal == "set-up-dev" else "run")
    except steps.SetUpError as stop:
        steps.say(f"\n停止 · stopped: {stop}")
        sys.exit(1)
    except OSError as error:
        steps.say(f"\n停止 · stopped: {steps.advice(str(error)) or error}")
        sys.exit(1)
    except KeyboardInterrupt:
        steps.say("\n已中断，再次运行会接着做 · interrupted; running it again goes on from here")
        sys.exit(130)


if __name__ == "__main__":
    main()
