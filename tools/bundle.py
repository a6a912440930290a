"""Makes the offline bundle: one archive from which a machine without a network installs Liuhen.

    python tools/bundle.py --out dist [--key release.pem]

In it: our wheel with its page assets, every wheel of requirements/run.txt by its locked digest, the
licence of each with its text and where its source is, an SBOM (CycloneDX 1.6), SHA256SUMS over all
of it, `install.sh`. With `--key` (Ed25519, PEM) the sums are signed; `openssl pkeyutl` checks it.
For this machine's kind of Python and processor. Not for building page assets (`bootstrap.py`).
"""

# The product is typed, but this folder is checked apart from it.
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN, PAGES = ROOT / "requirements" / "run.txt", ROOT / "package-lock.json"
_TEXTS = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
# How makers of wheels name the place of their source, the surest name first.
_SOURCES = ("source", "source code", "repository", "code", "github", "homepage")
_INSTALL = Path(__file__).with_name("install.sh")
# One instant for every file of the archive: the same input makes the same bytes.
_EPOCH = 315_532_800


@dataclass(frozen=True)
class Part:
    """Something we hand on: its licence as its makers state it, texts, and where its source is."""

    name: str
    version: str
    licence: str
    source: str
    texts: dict[str, bytes]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--key", type=Path, help="Ed25519 private key (PEM) that signs the sums")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="liuhen-bundle-") as working:
        wheel = build_wheel(Path(working))
        folder = Path(working) / f"{wheel.name.split('-py3')[0]}-offline"
        (folder / "wheels").mkdir(parents=True)
        shutil.move(wheel, folder / "wheels")
        download(folder / "wheels")
        fill(folder)
        seal(folder, told.key)
        print(pack(folder, told.out))  # noqa: T201 - the answer of the command


def build_wheel(out: Path) -> Path:
    """Our own wheel. The page assets must have been built."""
    if not (ROOT / "src/liuhen/web/static/built/manifest.json").exists():
        sys.exit("page assets are missing: make run or make test builds them")
    uv = Path(sys.executable).with_name("uv")
    run([str(uv), "build", "--quiet", "--wheel", "--no-build-isolation", "-o", str(out), str(ROOT)])
    return next(out.glob("liuhen-*.whl"))


def download(wheels: Path) -> None:
    """Every locked wheel, refused when its digest is another."""
    with tempfile.TemporaryDirectory(prefix="liuhen-pip-") as place:
        venv.create(place, with_pip=True)
        pip = Path(place) / "bin" / "pip"
        run(
            [
                *(str(pip), "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
                *("--require-hashes", "--only-binary", ":all:", "-r", str(RUN), "-d", str(wheels)),
            ]
        )


def fill(folder: Path) -> None:
    """All that stands beside the wheels."""
    ours = next((folder / "wheels").glob("liuhen-*.whl"))
    version = ours.name.split("-")[1]
    pinned = f"liuhen=={version} --hash=sha256:{_sha256(ours)}\n"
    (folder / "run.txt").write_text(RUN.read_text("utf-8") + pinned, encoding="utf-8")
    shutil.copy(ROOT / "LICENSE", folder / "LICENSE")
    (folder / "python").write_text(f"{sys.version_info.major}.{sys.version_info.minor}\n")
    shutil.copy(_INSTALL, folder / "install.sh")
    (folder / "install.sh").chmod(0o755)
    parts = [*wheel_parts(folder / "wheels"), *page_parts(PAGES, ROOT / "node_modules")]
    write_licences(parts, folder)
    bom = Path(sys.executable).with_name("cyclonedx-py")
    out = str(folder / "sbom.cdx.json")
    run([str(bom), "requirements", "--output-reproducible", "-o", out, str(RUN)])
    add_pages(folder / "sbom.cdx.json", [one for one in parts if one.name.startswith("npm:")])


def wheel_parts(wheels: Path) -> Iterator[Part]:
    """What each wheel says of itself."""
    for path in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(path) as opened:
            names = opened.namelist()
            told = next(one for one in names if one.endswith(".dist-info/METADATA"))
            fields = HeaderParser().parsestr(opened.read(told).decode("utf-8"))
            texts = {
                one.partition(".dist-info/")[2].replace("/", "_"): opened.read(one)
                for one in names
                if ".dist-info/" in one and Path(one).name.upper().startswith(_TEXTS)
            }
        classified = [
            one.rpartition(" :: ")[2]
            for one in fields.get_all("Classifier", [])
            if one.startswith("License ::")
        ]
        licence = fields["License-Expression"] or "; ".join(classified)
        licence = licence or (fields["License"] or "").strip().splitlines()[0:1] or "not stated"
        places = {
            label.strip().lower(): address.strip()
            for label, _, address in (
                one.partition(",") for one in fields.get_all("Project-URL", [])
            )
        }
        source = next((places[one] for one in _SOURCES if one in places), fields["Home-page"])
        name, version = fields["Name"], fields["Version"]
        yield Part(name, version, _one(licence), source or f"pkg:pypi/{name}@{version}", texts)


def _one(told: str | list[str]) -> str:
    return told if isinstance(told, str) else told[0]


def page_parts(lock: Path, modules: Path) -> Iterator[Part]:
    """The packages that are built into the page assets."""
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    for place, told in sorted(packages.items()):
        if not place or told.get("dev") or told.get("optional"):
            continue
        name = place.rpartition("node_modules/")[2]
        folder = modules / place.partition("node_modules/")[2]
        texts = {
            path.name: path.read_bytes()
            for path in sorted(folder.glob("*"))
            if path.is_file() and path.name.upper().startswith(_TEXTS)
        }
        source = f"pkg:npm/{name.replace('@', '%40')}@{told['version']}"
        yield Part(f"npm:{name}", told["version"], told.get("license", "not stated"), source, texts)


def write_licences(parts: Sequence[Part], folder: Path) -> None:
    """The inventory, a line for each part, and the texts."""
    lines = ["name\tversion\tlicence\tsource\ttexts"]
    for one in parts:
        place = (
            folder / "licences" / f"{one.name}-{one.version}".replace("/", "_").replace(":", "_")
        )
        for name, text in one.texts.items():
            place.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(text)
        told = place.name if one.texts else "none in the package: see its source"
        lines.append("\t".join((one.name, one.version, one.licence, one.source, told)))
    (folder / "licences.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def add_pages(path: Path, parts: Sequence[Part]) -> None:
    """Put the packages of the pages into the SBOM too."""
    bom = json.loads(path.read_text("utf-8"))
    bom.setdefault("components", []).extend(
        {
            "type": "library",
            "name": one.name.removeprefix("npm:"),
            "version": one.version,
            "purl": f"pkg:npm/{one.name.removeprefix('npm:').replace('@', '%40')}@{one.version}",
            "licenses": [{"license": {"name": one.licence}}],
        }
        for one in parts
    )
    path.write_text(json.dumps(bom, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def seal(folder: Path, key: Path | None) -> None:
    """SHA256SUMS over every file, and its signature."""
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    sums = "".join(f"{_sha256(one)}  {one.relative_to(folder).as_posix()}\n" for one in files)
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    if key is not None:
        told = ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", str(key)]
        told += ["-in", str(folder / "SHA256SUMS"), "-out", str(folder / "SHA256SUMS.sig")]
        run(told)


def pack(folder: Path, out: Path) -> Path:
    """One archive; the same files give the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{folder.name}.tar"

    def plain(told: tarfile.TarInfo) -> tarfile.TarInfo:
        told.mtime, told.uid, told.gid, told.uname, told.gname = _EPOCH, 0, 0, "", ""
        return told

    with tarfile.open(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            archive.add(path, name, recursive=False, filter=plain)
    return target


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def run(command: list[str]) -> None:
    """Run one program; what it says is shown, and its failure is ours."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(_EPOCH)}
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        sys.exit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    main()
