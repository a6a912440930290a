"""The log at a million and at ten million entries: building it anew, and proofs out of it.

Leaves are hashes of numbers, so that only the tree is measured, but for a sample of real entries
spread over it: those are proved as a page proves them. Entries are not ten million rows; indexes
of a table that size would cost a page or two more per proof. Beside it pymerkle, in memory, in a
process of its own. `BENCH_ENTRIES=1000000,10000000` says the sizes. Acts per second: `acts`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import ParamSpec, TypeVar
from uuid import UUID

from liuhen.bench.figures import Figure, percentile
from liuhen.bench.scratch import scratch_home
from liuhen.kernel.refusals import Fault
from liuhen.tlog.audit import inclusion_path
from liuhen.tlog.growth import grow_tree
from liuhen.tlog.hashing import leaf_hash
from liuhen.tlog.verification import verify_inclusion

P = ParamSpec("P")
T = TypeVar("T")
SIZES = tuple(map(int, os.environ.get("BENCH_ENTRIES", "1000000,10000000").split(",")))
SAMPLE, PROOFS, BATCH = 1000, 1000, 65_536
# Places are taken in steps of a prime, so that they lie all over.
STRIDE = 7919
# What pymerkle is asked for: it proves by walking its whole tree, so it is asked less often.
BESIDE, BESIDE_PROOFS = 100_000, 50
PEER = f"""
import json, pymerkle, time
tree = pymerkle.InmemoryTree(algorithm="sha256")
entries = [str(number).encode() for number in range({BESIDE})]
began = time.perf_counter()
tree.append_entries(entries)
appended = time.perf_counter() - began
spent = []
for number in range({BESIDE_PROOFS}):
    place = number * {STRIDE} % {BESIDE}
    began = time.perf_counter()
    tree.prove_inclusion(place + 1, {BESIDE})
    spent.append(time.perf_counter() - began)
print(json.dumps({{"appended": appended, "proved": spent, "root": tree.get_root().hex()}}))
"""


def run() -> Iterator[Figure]:
    """Rebuild and proofs at each size, and both beside pymerkle."""
    with scratch_home():
        sample = _sample()
        built = 0
        for size in SIZES:
            seconds = _grown(built, size, sample)
            name = f"{built:,} to {size:,} entries"
            beside = "one SHA-256 a leaf and a node, tiles written"
            yield Figure(f"tree built, {name}", seconds, "s", beside)
            built = size
            yield from _proofs(size, sample)
        yield _whole_tree(built)
    yield from _beside()


def _leaf(index: int) -> bytes:
    return leaf_hash(str(index).encode())


def _sample() -> dict[int, UUID]:
    """Real entries by their place; they are written now and proved at every size."""
    from liuhen.actions.people import register_unit  # noqa: PLC0415 - models need Django
    from liuhen.ledger.models import Entry, Pending, Sequenced  # noqa: PLC0415
    from liuhen.people.models import Unit  # noqa: PLC0415
    from liuhen.people.queries import system_person  # noqa: PLC0415

    for number in range(SAMPLE):
        kind = Unit.Kind.SUBORDINATE
        register_unit(actor=system_person(), code=f"B{number}", name=f"{number}队", kind=kind)
    ids = list(Entry.objects.order_by("-recorded_at", "id").values_list("id", flat=True)[:SAMPLE])
    places = [number * (min(SIZES) // SAMPLE) for number in range(SAMPLE)]
    placed = dict(zip(places, ids, strict=True))
    Sequenced.objects.bulk_create(
        Sequenced(index=place, entry_id=entry_id) for place, entry_id in placed.items()
    )
    Pending.objects.all().delete()
    return placed


def _grown(old: int, new: int, sample: dict[int, UUID]) -> float:
    """Grow the stored tree and sign a checkpoint over it; seconds without making the leaves."""
    from liuhen.kernel import clock  # noqa: PLC0415
    from liuhen.ledger.models import Checkpoint, Entry  # noqa: PLC0415 - models need Django
    from liuhen.ledger.queries import read_tile  # noqa: PLC0415
    from liuhen.ledger.sequencing import store_tiles  # noqa: PLC0415
    from liuhen.ledger.signing import origin, signer  # noqa: PLC0415
    from liuhen.tlog.checkpoints import Checkpoint as Told  # noqa: PLC0415
    from liuhen.tlog.checkpoints import sign_checkpoint  # noqa: PLC0415

    real = dict(Entry.objects.filter(id__in=sample.values()).values_list("id", "leaf_hash"))
    spent, root = 0.0, b""
    for start in range(old, new, BATCH):
        end = min(start + BATCH, new)
        leaves = [
            bytes(real[sample[at]]) if at in sample else _leaf(at) for at in range(start, end)
        ]
        began = time.perf_counter()
        growth = grow_tree(start, read_tile, leaves)
        store_tiles(growth.tiles)
        spent += time.perf_counter() - began
        root = growth.root
    note = sign_checkpoint(Told(origin(), new, root), signer())
    Checkpoint.objects.create(size=new, root=root, note=note, signed_at=clock.now())
    return spent


def _whole_tree(size: int) -> Figure:
    """Everything built anew from its leaves alone, in memory: hashing without a database."""
    began = time.perf_counter()
    tiles: dict[tuple[int, int], bytes] = {}
    for start in range(0, size, BATCH):
        leaves = map(_leaf, range(start, min(start + BATCH, size)))
        growth = grow_tree(start, lambda level, index, width: tiles[level, index], leaves)
        tiles.update({(tile.level, tile.index): tile.hashes for tile in growth.tiles})
    seconds = time.perf_counter() - began
    return Figure(f"rebuild of {size:,} entries in memory", seconds, "s", "one processor")


def _proofs(size: int, sample: dict[int, UUID]) -> list[Figure]:
    """Proofs as pages make them, from the database, each verified afterwards."""
    from liuhen.ledger.queries import proof_of  # noqa: PLC0415 - models need Django
    from liuhen.ledger.signing import log_keys, origin  # noqa: PLC0415
    from liuhen.tlog.entry_proof import verify_proof  # noqa: PLC0415

    ids, spent = list(sample.values()), []
    for number in range(PROOFS):
        entry_id = ids[number * STRIDE % len(ids)]
        began = time.perf_counter()
        text = proof_of(entry_id).text
        spent.append(time.perf_counter() - began)
        verify_proof(text, origin=origin(), keys=log_keys())
    beside = "one process, one connection"
    return [
        Figure(f"proofs of {size:,} entries", len(spent) / sum(spent), "proofs/s", beside),
        Figure(f"proof of {size:,} entries: p50", percentile(spent, 0.5) * 1000, "ms", beside),
        Figure(f"proof of {size:,} entries: p99", percentile(spent, 0.99) * 1000, "ms", beside),
    ]


def _beside() -> Iterator[Figure]:
    """Appending and proving the same entries in memory, ours and pymerkle's, in one run."""
    peer = json.loads(
        subprocess.run([sys.executable, "-c", PEER], check=True, capture_output=True).stdout
    )
    leaves = [_leaf(number) for number in range(BESIDE)]
    tiles: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int, width: int) -> bytes:
        return tiles[level, index]

    def append() -> bytes:
        growth = grow_tree(0, read, [_leaf(number) for number in range(BESIDE)])
        tiles.update({(tile.level, tile.index): tile.hashes for tile in growth.tiles})
        return growth.root

    appended, root = _timed(append)
    if root.hex() != peer["root"]:
        raise Fault("pymerkle has another root")
    spent = []
    for number in range(PROOFS):
        place = number * STRIDE % BESIDE
        seconds, path = _timed(inclusion_path, place, BESIDE, read)
        spent.append(seconds)
        verify_inclusion(leaves[place], place, BESIDE, path, root)
    yield from _pair("appended in memory", BESIDE / appended, BESIDE / peer["appended"])
    theirs: Sequence[float] = peer["proved"]
    yield from _pair("proved in memory", PROOFS / sum(spent), len(theirs) / sum(theirs))


def _timed(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> tuple[float, T]:
    began = time.perf_counter()
    done = work(*given, **named)
    return time.perf_counter() - began, done


def _pair(what: str, ours: float, theirs: float) -> list[Figure]:
    unit = "/s"
    return [
        Figure(f"{what}, {BESIDE:,} entries", ours, unit, "one processor"),
        Figure(f"{what}, {BESIDE:,} entries, pymerkle", theirs, unit, "peer"),
    ]
