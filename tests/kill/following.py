"""A replica that fetches the published log while everything is killed, itself too.

It goes on from what it had verified, finds nothing that contradicts, and what it holds verifies.
Not a test; one replica follows one home through all its kills.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection
from typing import Any

from liuhen.host.home import Home
from tests.kill.tree import LIUHEN, below, environment, in_home, run_liuhen, until

VKEY = "from liuhen.ledger.signing import signer\nprint(signer().verifier.vkey)"


class Following:
    """The replica beside a home; does nothing in cycles that are about something else."""

    def __init__(self, home: Home, port: int, *, is_asked: bool) -> None:
        self.home, self.port, self.is_asked = home, port, is_asked
        self.folder = home.path.parent / "replica"
        self.process: subprocess.Popen[bytes] | None = None
        self.held_before = 0

    def begin(self) -> None:
        """Follow, every second; begins when the first pull is through or under way."""
        if not self.is_asked:
            return
        if not self.folder.exists():
            self._make()
        self.held_before = int(self.status()["size"])
        command = ["replica", "pull", "--every", "1", "--home", self.folder]
        with (self.home.path.parent / "replica.said").open("ab") as stream:
            self.process = subprocess.Popen(
                [str(LIUHEN), *map(str, command)],
                env=environment(),
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        until(lambda: int(self.status()["size"]) > self.held_before, "the replica follows")

    def _make(self) -> None:
        issued = run_liuhen("token", "issue", "--name", "kills", "--home", self.home.path)
        assert issued.returncode == 0, issued.stderr
        secret = self.home.path.parent / "replica.token"
        secret.write_text(issued.stdout.split()[-1])
        made = run_liuhen(
            *("replica", "init", "--home", self.folder, "--name", "kills"),
            *("--primary", f"http://127.0.0.1:{self.port}", "--token-file", secret),
            *("--vkey", in_home(self.home, VKEY).strip()),
        )
        assert made.returncode == 0, made.stdout + made.stderr

    def processes(self) -> Collection[int]:
        """What runs of it."""
        return below(self.process.pid) if self.process is not None else ()

    def again(self) -> list[str]:
        """Pull to the end and verify all it holds; what contradicts."""
        if self.process is None:
            return []
        self.process.wait()
        before = int(self.status()["size"])
        pulled = run_liuhen("replica", "pull", "--home", self.folder)
        verified = run_liuhen("replica", "verify", "--home", self.folder)
        after = self.status()
        problems = [
            f"replica: {done.stdout}{done.stderr}"
            for done in (pulled, verified)
            if done.returncode != 0
        ]
        if not self.held_before <= before <= int(after["size"]):
            problems.append(f"replica: {self.held_before}, {before}, {after['size']} entries")
        if after["differences"] or after["missing"] or after["evidence"]:
            problems.append(f"replica: {after}")
        return problems

    def status(self) -> dict[str, Any]:
        """How the replica says it stands."""
        told = run_liuhen("replica", "status", "--json", "--home", self.folder)
        found: dict[str, Any] = json.loads(told.stdout)
        return found
