"""A real S3 engine with Object Lock as a process: seaweedfs on free ports. Not a test."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from liuhen.host.secret_files import SecretFiles
from liuhen.host.tls import ServerFiles, server_files
from liuhen.vault.s3 import S3Place

KEY, SECRET = "liuhen", "liuhen-secret"
_WEED = Path(sys.executable).with_name("weed")
_SECONDS = 30.0


@dataclass
class Engine:
    """One running engine; `stop` and `start` again keep what it holds."""

    folder: Path
    ports: dict[str, int]
    files: ServerFiles
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Where it speaks S3."""
        return f"http://127.0.0.1:{self.ports['s3']}"

    @property
    def secure(self) -> str:
        """Where it speaks S3 over TLS, by a certificate of an authority of its own."""
        return f"https://127.0.0.1:{self.ports['s3.https']}"

    def place(self, bucket: str) -> S3Place:
        """One of its buckets, as the settings name it."""
        return S3Place(self.endpoint, bucket, "us-east-1", KEY, SECRET)

    def environment(self, bucket: str) -> dict[str, str]:
        """The same as environment variables of a home."""
        return {
            "LIUHEN_S3_ENDPOINT": self.endpoint,
            "LIUHEN_S3_BUCKET": bucket,
            "LIUHEN_S3_KEY": KEY,
            "LIUHEN_S3_SECRET": SECRET,
        }

    @property
    def client(self) -> Any:
        """The operator's own access."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    def bucket(self, name: str, *, is_locking: bool = True, is_versioned: bool = True) -> S3Place:
        """Make a bucket."""
        client = self.client
        client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=is_locking)
        if is_versioned:
            status = {"Status": "Enabled"}
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration=status)
        return self.place(name)

    def start(self) -> None:
        """Start it and wait until it answers."""
        p = self.ports
        told = {
            "dir": self.folder,
            "ip": "127.0.0.1",
            "master.port": p["master"],
            "master.port.grpc": p["master.grpc"],
            "volume.port": p["volume"],
            "volume.port.grpc": p["volume.grpc"],
            "volume.max": 500,
            "filer.port": p["filer"],
            "filer.port.grpc": p["filer.grpc"],
            "s3.port": p["s3"],
            "s3.port.grpc": p["s3.grpc"],
            "s3.port.https": p["s3.https"],
            "s3.cert.file": self.files.certificate,
            "s3.key.file": self.files.key,
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "master.telemetry": "false",
            "s3.config": self.folder / "s3.json",
            "master.volumeSizeLimitMB": 64,
        }
        with (self.folder / "weed.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_WEED, "server", "-s3", *(f"-{name}={value}" for name, value in told.items())],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, "GOMAXPROCS": "2"},
            )
        self._await()

    def _await(self) -> None:
        until = time.monotonic() + _SECONDS
        while True:
            try:
                self.client.list_buckets()
                return
            except (BotoCoreError, ClientError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """Kill it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def engine(folder: Path) -> Iterator[Engine]:
    """An engine in a folder of its own."""
    account = {"accessKey": KEY, "secretKey": SECRET}
    identity = {"name": KEY, "credentials": [account], "actions": ["Admin", "Read", "Write"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), "utf-8")
    # one volume for a bucket, not seven
    (folder / "master.toml").write_text("[master.volume_growth]\ncopy_1 = 1\n", "utf-8")
    names = ("master", "volume", "filer", "s3")
    with ExitStack() as held:
        sockets = {
            name: held.enter_context(socket.socket())
            for one in names
            for name in (one, f"{one}.grpc")
        }
        sockets["s3.https"] = held.enter_context(socket.socket())
        for one in sockets.values():
            one.bind(("127.0.0.1", 0))
        ports = {name: one.getsockname()[1] for name, one in sockets.items()}
    secrets = SecretFiles(folder / "tls")
    secrets.create_folder()
    running = Engine(folder, ports, server_files(secrets, "127.0.0.1", {}))
    running.start()
    try:
        yield running
    finally:
        running.stop()
