"""A docking station in a page: hands in every file of a mounted camera and keeps each receipt.

    python dock.py https://records.example.org BODY-001 /media/camera receipts \
        --token-file token --ca-file authority.pem [--ahead-ms 1500]

Run it again after any interruption: what the vault holds is told as held. Nothing on the camera
is changed. Exit code 0 when every file is in the vault, 1 when one is not.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from liuhen_client import Liuhen, LiuhenError

# What the camera keeps for itself; the server says which of the other files are no recordings.
_NOT_RECORDINGS = frozenset({"recording.not_media", "recording.empty"})


def dock(liuhen: Liuhen, serial: str, folder: Path, receipts: Path) -> int:
    """Hand in all files below the folder; returns how many are not in the vault."""
    receipts.mkdir(parents=True, exist_ok=True)
    missing = 0
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        shown = path.relative_to(folder)
        try:
            kept = liuhen.hand_in(path, device=serial)
        except LiuhenError as error:
            if error.code == "recording.duplicate":
                print(f"held      {shown}")
            elif error.code in _NOT_RECORDINGS:
                print(f"ignored   {shown}")
            else:
                missing += 1
                print(f"NOT TAKEN {shown}  {error.message}{error.remedy}")
            continue
        (receipts / f"{kept['sha256']}.receipt").write_text(kept["receipt"], encoding="utf-8")
        print(f"taken     {shown}  {kept['sha256']}")
    return missing


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("serial")
    parser.add_argument("folder", type=Path)
    parser.add_argument("receipts", type=Path)
    parser.add_argument("--token-file", type=Path, required=True)
    parser.add_argument("--ca-file")
    parser.add_argument("--ahead-ms", type=int, help="how far the camera's clock is ahead now")
    told = parser.parse_args()
    token = told.token_file.read_text(encoding="ascii").strip()
    liuhen = Liuhen(told.address, token, ca_file=told.ca_file)
    if told.ahead_ms is not None:
        liuhen.clock_offset(told.serial, told.ahead_ms)
    return 1 if dock(liuhen, told.serial, told.folder, told.receipts) else 0


if __name__ == "__main__":
    sys.exit(main())
