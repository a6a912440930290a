"""The examples for operators say what the programs really understand."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from liuhen.commands import COMMANDS, group
from liuhen.host.secret_files import SecretFiles
from liuhen.host.tls import server_files

OPERATE = Path(__file__).parents[2] / "docs" / "operate"
EXAMPLES = OPERATE / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.service")), ids=lambda path: path.name)
def test_a_unit_starts_a_command_of_ours_with_options_it_has(path: Path) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.read(path, "utf-8")
    program, name, *told = shlex.split(unit["Service"]["ExecStart"])
    installed = (OPERATE / "install.md").read_text("utf-8")
    assert Path(program).name == "liuhen" and name in COMMANDS
    assert f"\n{program} serve" in installed, "where the bundle puts it"
    context = click.Context(group)
    command = group.get_command(context, name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in told if word.startswith("--")} <= known
    if name == "serve":  # what readers of media confine themselves with
        calls = unit["Service"]["SystemCallFilter"].split()
        assert {"@mount", "seccomp", "landlock_restrict_self"} <= set(calls)
        assert "RestrictNamespaces" not in unit["Service"]


def test_every_example_is_shown_by_the_page_and_every_one_shown_is_there() -> None:
    shown = re.findall(r"\(examples/([\w.-]+)\)", (OPERATE / "scale-out.md").read_text("utf-8"))
    assert set(shown) == {path.name for path in EXAMPLES.iterdir()}


def test_the_trial_offers_its_services_to_this_machine_only() -> None:
    told = yaml.safe_load((EXAMPLES / "compose.yaml").read_text("utf-8"))
    assert set(told) == {"services", "secrets", "volumes"}
    for service in told["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        assert set(service["secrets"]) <= set(told["secrets"])
        assert {one.partition(":")[0] for one in service["volumes"]} <= set(told["volumes"])
        assert ":" in service["image"], "a version"


def test_the_proxy_speaks_to_where_the_unit_listens() -> None:
    proxy = (EXAMPLES / "Caddyfile").read_text("utf-8")
    unit = (EXAMPLES / "liuhen.service").read_text("utf-8")
    assert proxy.count("{") == proxy.count("}")
    (port,) = re.findall(r"reverse_proxy https://[\d.]+:(\d+)", proxy)
    (name,) = re.findall(r"^(\S+) \{$", proxy, re.MULTILINE)
    assert f"--tls {name} --port {port}" in unit


@pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not installed here")
def test_caddy_takes_the_example(tmp_path: Path) -> None:
    files = server_files(SecretFiles(tmp_path), "liuhen.example.cn", {})
    text = (EXAMPLES / "Caddyfile").read_text("utf-8")
    named = {"site.crt": files.certificate, "site.key": files.key}
    for name, path in {**named, "liuhen-authority.crt": files.authority}.items():
        assert f"/etc/liuhen/{name}" in text
        text = text.replace(f"/etc/liuhen/{name}", str(path))
    (tmp_path / "Caddyfile").write_text(text)
    told = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    done = subprocess.run(
        told, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)}
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    units = sorted(EXAMPLES.glob("*.service"))
    for unit in units:
        text = unit.read_text("utf-8").replace("/opt/liuhen/bin/liuhen", sys.executable)
        (tmp_path / unit.name).write_text(text)
    told = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / one.name) for one in units)]
    done = subprocess.run(told, capture_output=True, text=True, check=False)
    assert units and (done.returncode, done.stderr) == (0, "")
