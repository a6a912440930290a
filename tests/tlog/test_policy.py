"""A trust policy is read as C2SP tlog-policy lays down, and what it forbids is refused."""

from __future__ import annotations

import pytest

from liuhen.kernel.refusals import Refused
from liuhen.tlog.cosignatures import Cosigner
from liuhen.tlog.keys import Signer
from liuhen.tlog.policy import Policy, parse_policy

LOG = Signer("log.example/x", bytes(32)).verifier
W = [Cosigner(f"w{n}.example", bytes([n]) * 32).verifier for n in range(1, 7)]
LINES = [f"witness X{n} {W[n - 1].vkey}" for n in (1, 2, 3)] + [
    f"witness Y{n} {W[n + 2].vkey}" for n in (1, 2, 3)
]
EXAMPLE = "\n".join(
    [
        "# two organisations",
        f"log {LOG.vkey} https://log.example/x",
        *LINES,
        "group X-witnesses 2 X1 X2 X3",
        "\tgroup Y-witnesses  any Y1 Y2 Y3",
        "group X-and-Y all X-witnesses Y-witnesses",
        "quorum X-and-Y",
        "",
    ]
)


def signed(*numbers: int) -> list[tuple[str, int]]:
    return [(W[n].name, W[n].key_id) for n in numbers]


@pytest.mark.parametrize(
    ("numbers", "is_met"),
    [
        ((0, 1, 3), True),
        ((0, 1, 2, 5), True),
        ((0, 3, 4, 5), False),
        ((0, 1, 2), False),
        ((), False),
    ],
)
def test_the_specification_s_example_wants_two_of_x_and_one_of_y(
    numbers: tuple[int, ...], is_met: bool
) -> None:
    policy = parse_policy(EXAMPLE.encode())
    assert policy.is_met_by(signed(*numbers)) is is_met
    assert policy.log_keys("log.example/x") == (LOG,)
    assert policy.log_keys("other") == ()


def test_what_is_written_is_read_as_the_same() -> None:
    policy = parse_policy(EXAMPLE.encode())
    assert parse_policy(policy.text.encode()) == policy
    assert parse_policy(Policy().text.encode()).is_met_by([])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none\nquorum none\n",
        "quorum X1\n",
        f"log {LOG.vkey}\nlog {LOG.vkey}\nquorum none\n",
        f"{LINES[0]}\n{LINES[0]}\nquorum none\n",
        f"witness none {W[0].vkey}\nquorum none\n",
        f"{LINES[0]}\ngroup G 2 X1\nquorum G\n",
        f"{LINES[0]}\ngroup G 0 X1\nquorum G\n",
        f"{LINES[0]}\ngroup G all X1 X1\nquorum G\n",
        f"{LINES[0]}\ngroup G all X1\ngroup H all X1\nquorum H\n",
        f"group G all X1\n{LINES[0]}\nquorum G\n",
        f"{LINES[0]}\ngroup X1 all X1\nquorum none\n",
        "something else\nquorum none\n",
        "quorum none\r\n",
        "quorum none # \x01\n",
    ],
)
def test_what_the_specification_forbids_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_policy(text.encode())
    assert refused.value.code == "policy.malformed"


def test_a_key_of_the_wrong_kind_is_refused() -> None:
    for line in (f"log {W[0].vkey}", f"witness A {LOG.vkey}"):
        with pytest.raises(Refused) as refused:
            parse_policy(f"{line}\nquorum none\n".encode())
        assert refused.value.code == "key.malformed"


def test_names_are_octets() -> None:
    raw = b"witness \xff\xfe " + W[0].vkey.encode() + b"\nquorum \xff\xfe\n"
    assert parse_policy(raw).is_met_by(signed(0))
