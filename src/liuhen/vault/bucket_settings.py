"""What the environment says of the bucket as the first store of originals. No rows, no Django."""

from __future__ import annotations

from collections.abc import Mapping

from liuhen.kernel.refusals import Refused

_CACHE_GB = "20"


def is_bucket_first(environment: Mapping[str, str]) -> bool:
    """Whether originals come into the bucket first (`LIUHEN_STORE=s3`).

    Raises:
        Refused: `setting.store`; `setting.store_alone` without a bucket and a database outside.
    """
    told = environment.get("LIUHEN_STORE", "")
    if not told:
        return False
    if told != "s3":
        raise Refused("setting.store", value=told)
    if not (environment.get("LIUHEN_S3_ENDPOINT") and environment.get("LIUHEN_DATABASE_URL")):
        raise Refused("setting.store_alone")
    return True


def cache_bytes(environment: Mapping[str, str]) -> int:
    """How much of the bucket may lie in the home for reading (`LIUHEN_CACHE_GB`).

    Raises:
        Refused: `setting.number`.
    """
    told = environment.get("LIUHEN_CACHE_GB", _CACHE_GB)
    if not told.isdecimal() or int(told) < 1:
        raise Refused("setting.number", name="LIUHEN_CACHE_GB", value=told)
    return int(told) * 10**9
