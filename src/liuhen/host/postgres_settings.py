"""What we write into a cluster's configuration files. Not for starting it: that is `postgres`.

`postgresql.conf` is ours and rewritten at each start; an operator's own settings stand in
`site.conf` beside it and win, except over what durability and our socket depend on.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MIB = 1024 * 1024
_HBA = """\
# local connections only; the superuser by its operating system account, everyone else by password
local all         postgres peer map=liuhen
local replication postgres peer map=liuhen
local all         all      scram-sha-256
"""


def machine_memory_bytes() -> int:
    """Memory this machine or container may use, bytes."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def _clamp(value: int, low: int, high: int) -> int:
    return max(low, min(high, value))


def _memory_settings(memory_bytes: int, *, throwaway: bool) -> dict[str, str]:
    memory = memory_bytes // MIB
    buffers = 128 if throwaway else _clamp(memory // 8, 64, 8192)
    # the web server, workers and media share the machine, so the database leaves them most of it
    return {
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{_clamp(memory // 2, 256, 262144)}MB",
        "maintenance_work_mem": f"{_clamp(memory // 32, 64, 1024)}MB",
        "work_mem": "16MB" if memory >= 4096 else "4MB",
    }


def _is_shared_memory_ample() -> bool:
    try:
        return shutil.disk_usage("/dev/shm").free > 256 * MIB  # noqa: S108 - only measured
    except OSError:
        return False


_LOGGING = {
    # statements and details carry names and numbers of people: only what failed is logged
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_line_prefix": "'%m [%p] %q%u@%d '",
}


def configuration(socket_dir: Path, *, memory_bytes: int, throwaway: bool) -> str:
    """The text of `postgresql.conf`.

    `throwaway` gives up durability for speed: for tests, never for a home.
    """
    durable = "off" if throwaway else "on"
    tunable = {
        "max_connections": "200",
        **_memory_settings(memory_bytes, throwaway=throwaway),
        "dynamic_shared_memory_type": "posix" if _is_shared_memory_ample() else "mmap",
        "max_wal_size": "2GB",
        # what a backup that no longer runs may hold back; past it, the next one begins anew
        "max_slot_wal_keep_size": "4GB",
        "wal_compression": "on",
        "random_page_cost": "1.1",
        "jit": "off",
        # a throwaway database lives for one test; a vacuum of it would hinder its removal
        "autovacuum": "off" if throwaway else "on",
        **_LOGGING,
        "lc_messages": "'C'",
    }
    fixed = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{socket_dir}'",
        "unix_socket_permissions": "0700",
        "port": "5432",
        "password_encryption": "scram-sha-256",
        "logging_collector": "off",
        "log_destination": "stderr",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "fsync": durable,
        "synchronous_commit": durable,
        "full_page_writes": durable,
    }
    return "\n".join(
        [
            "# written at each start; put settings of your own into site.conf beside this file",
            *(f"{name} = {value}" for name, value in tunable.items()),
            "include_if_exists 'site.conf'",
            *(f"{name} = {value}" for name, value in fixed.items()),
            "",
        ]
    )


def host_access() -> str:
    """The text of `pg_hba.conf`: unix socket only."""
    return _HBA


def account_map(account_names: list[str]) -> str:
    """The text of `pg_ident.conf`: which operating system accounts are the superuser."""
    rows = "".join(f'liuhen "{name}" postgres\n' for name in dict.fromkeys(account_names))
    return f"# map system-account database-role\n{rows}"


def initdb_arguments(major: int, data_dir: str, *, throwaway: bool) -> list[str]:
    """Arguments of `initdb`: UTF-8, an order that never changes with the machine, checksums."""
    # libc's own order stays "C" where the builtin provider does the work; older servers know
    # no builtin provider, and the machine's C.UTF-8 is the nearest
    locale = (
        ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if major >= 17
        else ["--locale=C.UTF-8"]
    )
    return [
        f"--pgdata={data_dir}",
        "--username=postgres",
        "--encoding=UTF8",
        *locale,
        "--lc-messages=C",
        "--text-search-config=simple",
        "--data-checksums",
        "--auth=peer",
        *(["--no-sync"] if throwaway else []),
    ]
