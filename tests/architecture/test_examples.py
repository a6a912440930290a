"""The examples for operators say what the programs really understand."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from liuhen.commands import COMMANDS, group

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
