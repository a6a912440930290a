"""A replica that fetches the published log while everything is killed, itself too.

It goes on from what it had verified, finds nothing that contradicts, and what it holds verifies.
While the log is published to a witness, the replica is that witness: it never refuses afterwards,
so nothing that it cosigned was taken back. Not a test; one replica follows one home through all
its kills.
"""

from __future__ import annotations

import subprocess
import urllib.request
from collections.abc import Collection
from typing import Any

from liuhen.host.home import Home
from liuhen.replica import evidence
from liuhen.replica.folder import ReplicaFolder
from liuhen.tlog.notes import parse_note
from tests.kill.tree import LIUHEN, below, environment, free_port, in_home, run_liuhen, until

VKEY = "from liuhen.ledger.signing import signer\nprint(signer().verifier.vkey)"
BEHIND = """
from liuhen.archive.disposals import replicas_behind
from liuhen.archive.models import Disposal
print(sum(bool(replicas_behind(one)) for one in Disposal.objects.filter(state="destroying")))
"""
REFUSED = """
from liuhen.ledger.models import Entry
print(Entry.objects.filter(event="witness.refused").count())
"""


class Following:
    """The replica beside a home; does nothing in cycles that are about something else."""

    def __init__(self, home: Home, port: int, focus: str) -> None:
        self.home, self.port = home, port
        self.is_asked = focus in ("replicating", "publishing", "disposal")
        self.is_witness = focus == "publishing"
        self.folder = home.path.parent / "replica"
        self.process: subprocess.Popen[bytes] | None = None
        self.held_before = 0
        self.witness_port = ""

    def begin(self) -> None:
        """Follow, every second; begins when the first pull is through or under way."""
        if not self.is_asked:
            return
        if not self.folder.exists():
            self._make()
        self.held_before = int(self.status()["size"])
        if self.is_witness:
            self.witness_port = self._named_witness()
        self.process = self._started()
        until(lambda: int(self.status()["size"]) > self.held_before, "the replica follows")
        if self.is_witness:
            until(self._is_cosigned, "the replica cosigns what is published")

    def go_on(self) -> None:
        """Follow again, once it was killed."""
        if self.process is not None:
            self.process.wait()
            self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        """The replica that pulls; as a witness, it answers as well."""
        command = ["replica", "pull", "--every", "1", "--home", self.folder]
        if self.is_witness:
            command[1:2] = ["serve", "--port", self.witness_port]
        with (self.home.path.parent / "replica.said").open("ab") as stream:
            return subprocess.Popen(
                [str(LIUHEN), *map(str, command)],
                env=environment(),
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    def _named_witness(self) -> str:
        """Name the replica as the home's witness at a free port; returns the port."""
        port = str(free_port())
        vkey = ReplicaFolder(self.folder).open().cosigner().verifier.vkey
        url = f"http://127.0.0.1:{port}"
        run_liuhen("witness", "remove", "kills", "--home", self.home.path)
        named = run_liuhen("witness", "add", "kills", vkey, url, "--home", self.home.path)
        assert named.returncode == 0, named.stdout + named.stderr
        return port

    def _is_cosigned(self) -> bool:
        """Whether the newest published checkpoint carries the replica's signature."""
        address = f"http://127.0.0.1:{self.port}/log/checkpoint"
        with urllib.request.urlopen(address, timeout=30) as answer:
            note = parse_note(answer.read().decode())
        return any("witness/kills" in line.name for line in note.lines)

    def _make(self) -> None:
        issued = run_liuhen("token", "issue", "--name", "kills", "--home", self.home.path)
        assert issued.returncode == 0, issued.stderr
        secret = self.home.path.parent / "replica.token"
        secret.write_text(issued.stdout.split()[-1])
        made = run_liuhen(
            *("replica", "init", "--home", self.folder, "--name", "kills"),
            *("--primary", f"http://127.0.0.1:{self.port}", "--token-file", secret),
            *("--waits-days", "0"),  # what is approved has waited in the home that was just set up
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
        if self.is_witness:
            problems += self._witnessed()
        if after["differences"] or after["missing"] or after["evidence"]:
            problems.append(f"replica: {after}")
        return problems

    def has_all(self) -> bool:
        """Pull once more; whether every order of destruction has been read and followed."""
        pulled = run_liuhen("replica", "pull", "--home", self.folder)
        assert pulled.returncode == 0, pulled.stdout + pulled.stderr
        return not int(in_home(self.home, BEHIND))

    def _witnessed(self) -> list[str]:
        """Have everything cosigned that came since; what the witness refused."""
        answering = self._started()
        try:
            until(self._is_cosigned, "the newest checkpoint is cosigned")
        finally:
            answering.terminate()
            answering.wait()
        refused = int(in_home(self.home, REFUSED))
        return [f"witness: refused {refused} checkpoints"] if refused else []

    def status(self) -> dict[str, Any]:
        """How the replica stands, as its folder says."""
        folder = ReplicaFolder(self.folder).open()
        state = folder.state()
        return {
            "size": state.size,
            "missing": state.missing,
            "differences": state.differences,
            "evidence": evidence.kept(folder),
        }
