"""Originals in a bucket of any S3 API with Object Lock in compliance mode. No rows, no Django.

A key is the original's place (`store.relative_path`); its newest version counts. Nobody, not even
the bucket's owner, deletes a locked version before its day, and a lock is only ever extended. The
client library is loaded with the first request. Not for how long to lock (`archive.locking`).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from liuhen.host.secret_files import SecretFiles
from liuhen.kernel.digests import CHUNK
from liuhen.kernel.refusals import Fault, Refused
from liuhen.vault.store import relative_path

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 60, 2
# Above this in parts, each with its own checksum: a broken line costs one part.
SINGLE = 64 << 20
_HERE = ("localhost", "127.0.0.1", "::1")
_MISSING = ("404", "NoSuch", "NotFound", "ObjectLockConfigurationNotFound")
_FORBIDDEN = ("403", "AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch")


@dataclass(frozen=True)
class S3Place:
    """Where the bucket is and who we are there; `ca` is a PEM file of its authority."""

    endpoint: str
    bucket: str
    region: str
    key: str
    secret: str
    ca: str | None = None


@dataclass(frozen=True)
class Version:
    """One version of an object that is still there; `until` is None when nothing locks it."""

    id: str
    until: dt.datetime | None


def place_of(environment: Mapping[str, str], secrets: SecretFiles) -> S3Place | None:
    """The place the operator names, None without `LIUHEN_S3_ENDPOINT`.

    Key and secret stand in the environment, or in `secrets/s3.key` and `secrets/s3.secret`.

    Raises:
        Refused: `setting.s3_endpoint` (neither https nor on this machine), `setting.s3_missing`
            with `name`, `setting.s3_ca`, and what an open secret file is refused with.
    """
    endpoint = environment.get("LIUHEN_S3_ENDPOINT", "").rstrip("/")
    if not endpoint:
        return None
    parts = urlsplit(endpoint)
    is_here = parts.scheme == "http" and parts.hostname in _HERE
    if not parts.hostname or parts.path or not (parts.scheme == "https" or is_here):
        raise Refused("setting.s3_endpoint", value=endpoint)
    told = {
        "LIUHEN_S3_BUCKET": environment.get("LIUHEN_S3_BUCKET", ""),
        "LIUHEN_S3_KEY": environment.get("LIUHEN_S3_KEY") or _secret(secrets, "s3.key"),
        "LIUHEN_S3_SECRET": environment.get("LIUHEN_S3_SECRET") or _secret(secrets, "s3.secret"),
    }
    for name, value in told.items():
        if not value:
            raise Refused("setting.s3_missing", name=name)
    ca = environment.get("LIUHEN_S3_CA") or None
    if ca is not None and not Path(ca).is_file():
        raise Refused("setting.s3_ca", path=ca)
    region = environment.get("LIUHEN_S3_REGION") or "us-east-1"
    bucket, key, secret = told.values()
    return S3Place(endpoint, bucket, region, key, secret, ca)


def _secret(secrets: SecretFiles, name: str) -> str:
    return (secrets.read(name) or b"").decode("utf-8", "replace").strip()


class S3Store:
    """Originals in one bucket.

    Every method raises `Refused`: `s3.away` while the bucket doesn't answer as it should,
    `s3.refused` when it refuses us, each with what it `said`.
    """

    def __init__(self, place: S3Place) -> None:
        self.place = place

    @cached_property
    def _client(self) -> Any:
        import boto3  # noqa: PLC0415 - a tenth of a second nobody without a bucket waits for
        from botocore.config import Config  # noqa: PLC0415

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.place.endpoint,
            region_name=self.place.region,
            aws_access_key_id=self.place.key,
            aws_secret_access_key=self.place.secret,
            verify=self.place.ca,
            config=Config(
                s3={"addressing_style": "path"},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def check(self) -> None:
        """Refuse a bucket in which a version could be overwritten or deleted.

        Raises:
            Refused: `s3.no_bucket`, `s3.not_versioned`, `s3.not_locking`.
        """
        bucket = self.place.bucket
        with answering():
            if _or_none(lambda: self._client.head_bucket(Bucket=bucket)) is None:
                raise Refused("s3.no_bucket", bucket=bucket)
            versioning = self._client.get_bucket_versioning(Bucket=bucket)
            if versioning.get("Status") != "Enabled":
                raise Refused("s3.not_versioned", bucket=bucket)
            found = _or_none(lambda: self._client.get_object_lock_configuration(Bucket=bucket))
            locking = (found or {}).get("ObjectLockConfiguration", {})
            if locking.get("ObjectLockEnabled") != "Enabled":
                raise Refused("s3.not_locking", bucket=bucket)

    def put(self, source: Path, sha256: str, until: dt.datetime) -> None:
        """Upload an original with its checksum, locked until then, and prove it by reading back.

        Raises:
            Refused: `s3.damaged`: it gives other bytes than were sent.
        """
        lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        with answering(), source.open("rb") as stream:
            if source.stat().st_size <= SINGLE:
                checksum = base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
                self._client.put_object(
                    **self._key(sha256), Body=stream, ChecksumSHA256=checksum, **lock
                )
            else:
                more = {"ChecksumAlgorithm": "SHA256", **lock}
                key = relative_path(sha256)
                self._client.upload_fileobj(stream, self.place.bucket, key, ExtraArgs=more)
        if self.digest(sha256) != sha256:
            raise Refused("s3.damaged", sha256=sha256)

    def digest(self, sha256: str) -> str | None:
        """The digest of what the bucket gives for an original now; None when it gives nothing."""
        return self._read(relative_path(sha256), lambda piece: None)

    def fetch(self, sha256: str, target: Path) -> str | None:
        """Write an original's bytes to a fresh file; their digest, None when there are none."""
        return self.fetch_named(relative_path(sha256), target)

    def has(self, sha256: str) -> bool:
        """Whether the bucket gives anything for an original; not what."""
        with answering():
            return _or_none(lambda: self._client.head_object(**self._key(sha256))) is not None

    def chunks(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end) of an original as they come, unproven.

        Raises:
            Fault: there is no such original.
        """
        asked = f"bytes={start}-{end - 1}"
        with answering():
            found = _or_none(lambda: self._client.get_object(**self._key(sha256), Range=asked))
            if found is None:
                raise Fault(f"original missing from the bucket: {sha256}")
            yield from found["Body"].iter_chunks(CHUNK)

    # -- what is no original: pieces on their way in, what was made from originals ---------------

    def put_named(self, name: str, source: Path, sha256: str) -> None:
        """Upload a file with its checksum under a name of ours, unlocked."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode("ascii")
        with answering(), source.open("rb") as stream:
            if source.stat().st_size <= SINGLE:
                told = {"Bucket": self.place.bucket, "Key": name, "ChecksumSHA256": checksum}
                self._client.put_object(**told, Body=stream)
            else:
                more = {"ChecksumAlgorithm": "SHA256"}
                self._client.upload_fileobj(stream, self.place.bucket, name, ExtraArgs=more)

    def fetch_named(self, name: str, target: Path) -> str | None:
        """Write what stands under a name to a fresh file; its digest, None when there is none."""
        with target.open("xb") as sink:
            return self._read(name, sink.write)

    def named(self, prefix: str) -> Iterator[tuple[str, dt.datetime]]:
        """Every name that begins so, and when its newest version was put."""
        with answering():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=prefix):
                for one in page.get("Contents", ()):
                    yield str(one["Key"]), one["LastModified"]

    def remove_named(self, prefix: str) -> None:
        """Delete every version of every name that begins so. Not for originals."""
        with answering():
            for key, id_, _ in self._listed(prefix):
                self._client.delete_object(Bucket=self.place.bucket, Key=key, VersionId=id_)

    def _read(self, name: str, take: Callable[[bytes], object]) -> str | None:
        """Hand over an object piece by piece; its digest, None when there is no such object."""
        with answering():
            told = {"Bucket": self.place.bucket, "Key": name}
            found = _or_none(lambda: self._client.get_object(**told))
            if found is None:
                return None
            digest = hashlib.sha256()
            for piece in found["Body"].iter_chunks(CHUNK):
                digest.update(piece)
                take(piece)
            return digest.hexdigest()

    # -- locks -----------------------------------------------------------------------------------

    def locked_until(self, sha256: str, version: str | None = None) -> dt.datetime | None:
        """Until when a version, the newest without one, is locked; None when it isn't."""
        which = {**self._key(sha256), **({"VersionId": version} if version else {})}
        with answering():
            found = _or_none(lambda: self._client.get_object_retention(**which))
        until = (found or {}).get("Retention", {}).get("RetainUntilDate")
        return until if isinstance(until, dt.datetime) else None

    def lock(self, sha256: str, until: dt.datetime) -> dt.datetime:
        """Lock the newest version at least until then; returns until when it is, never earlier."""
        held = self.locked_until(sha256)
        if held is not None and held >= until:
            return held
        with answering():
            self._client.put_object_retention(
                **self._key(sha256), Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until}
            )
        return until

    def hold(self, sha256: str, is_held: bool) -> None:
        """Put the newest version on legal hold, or lift it."""
        status = "ON" if is_held else "OFF"
        with answering():
            self._client.put_object_legal_hold(**self._key(sha256), LegalHold={"Status": status})

    def versions(self, sha256: str) -> list[Version]:
        """Every version that is still there, marks of deletion aside, with its lock."""
        ids = [id_ for _, id_, is_mark in self._of_original(sha256) if not is_mark]
        return [Version(id_, self.locked_until(sha256, id_)) for id_ in ids]

    def remove(self, sha256: str) -> list[Version]:
        """Delete every version that may go; returns those a lock keeps. Only when so ordered."""
        with answering():
            for _, id_, _ in self._of_original(sha256):
                _unless_locked(
                    lambda id_=id_: self._client.delete_object(**self._key(sha256), VersionId=id_)
                )
        return self.versions(sha256)

    def _of_original(self, sha256: str) -> list[tuple[str, str, bool]]:
        key = relative_path(sha256)
        return [one for one in self._listed(key) if one[0] == key]

    def _listed(self, prefix: str) -> list[tuple[str, str, bool]]:
        """Keys, version ids, and whether each is a mark of deletion only."""
        found = []
        with answering():
            pages = self._client.get_paginator("list_object_versions")
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=prefix):
                for name in ("Versions", "DeleteMarkers"):
                    found += [
                        (str(one["Key"]), str(one["VersionId"]), name == "DeleteMarkers")
                        for one in page.get(name, ())
                    ]
        return found

    def _key(self, sha256: str) -> dict[str, str]:
        return {"Bucket": self.place.bucket, "Key": relative_path(sha256)}


@contextmanager
def answering() -> Iterator[None]:
    """What the bucket or the way to it says, as a refusal in the user's words."""
    from boto3.exceptions import Boto3Error  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        code = _code(error)
        kind = "s3.refused" if code in _FORBIDDEN else "s3.away"
        raise Refused(kind, said=code) from error
    except (Boto3Error, BotoCoreError, HTTPError, ConnectionError, TimeoutError) as error:
        raise Refused("s3.away", said=type(error).__name__) from error


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) or "?"


def _or_none(call: Any) -> Any:
    """What a call gives; None when the bucket says that there is no such thing."""
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        return call()
    except ClientError as error:
        if _code(error).startswith(_MISSING):
            return None
        raise


def _unless_locked(call: Any) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        call()
    except ClientError as error:
        if _code(error) not in ("AccessDenied", "403", "InvalidRequest", "ObjectLocked"):
            raise
