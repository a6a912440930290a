"""The offline bundle: what is in it, that it refuses what was changed, that it installs and goes.

Small here: a wheel of our own making. The whole one is made by `python tools/bundle.py`.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bundle() -> ModuleType:
    sys.path.insert(0, str(ROOT / "tools"))
    return importlib.import_module("bundle")


def a_wheel(folder: Path, name: str, licence: str) -> Path:
    """A true wheel with one module and a command."""
    info = f"{name}-0.1.0.dist-info"
    told = f"Metadata-Version: 2.4\nName: {name}\nVersion: 0.1.0\nLicense-Expression: {licence}\n"
    files = {
        f"{name}.py": "def main() -> None:\n    print('runs')\n",
        f"{info}/METADATA": told + "Project-URL: Source, https://example.org/git\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
        f"{info}/licenses/LICENSE": "do as you like",
    }
    record = "".join(
        f"{path},sha256={_digest(text)},{len(text.encode())}\n" for path, text in files.items()
    )
    path = folder / f"{name}-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name_in, text in {**files, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}.items():
            wheel.writestr(name_in, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@pytest.fixture(scope="module")
def once(bundle: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of two wheels, ours and one we need, signed; its keys beside it."""
    tmp_path = tmp_path_factory.mktemp("bundle")
    folder = tmp_path / "liuhen-0.1.0-offline"
    (folder / "wheels").mkdir(parents=True)
    a_wheel(folder / "wheels", "liuhen", "Apache-2.0")
    needed = a_wheel(folder / "wheels", "needed", "MIT")
    digest = hashlib.sha256(needed.read_bytes()).hexdigest()
    lock = tmp_path / "run.txt"
    lock.write_text(f"needed==0.1.0 \\\n    --hash=sha256:{digest}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle, "RUN", lock)
        bundle.fill(folder)
    key = tmp_path / "release.pem"
    openssl("genpkey", "-algorithm", "ed25519", "-out", str(key))
    openssl("pkey", "-in", str(key), "-pubout", "-out", str(tmp_path / "release.pub"))
    bundle.seal(folder, key)
    return tmp_path


@pytest.fixture
def made(once: Path, tmp_path: Path) -> Path:
    """A copy of it, to be harmed."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "liuhen-0.1.0-offline"


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def install(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(folder / "install.sh"), *map(str, arguments)]
    path = f"{Path(sys.base_prefix) / 'bin'}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder.parent)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_it_installs_without_a_network_and_goes_without_the_records(
    made: Path, tmp_path: Path
) -> None:
    target, home = tmp_path / "opt", tmp_path / "home"
    home.mkdir()
    ran = install(made, target, tmp_path / "release.pub")
    assert ran.returncode == 0, ran.stderr
    said = subprocess.run([target / "bin" / "liuhen"], capture_output=True, text=True, check=True)
    assert said.stdout == "runs\n"
    (target / "inside").mkdir()
    (target / "inside" / "home.toml").touch()
    kept = subprocess.run(["sh", target / "uninstall.sh"], capture_output=True, check=False)
    assert kept.returncode == 1
    assert target.exists()
    (target / "inside" / "home.toml").unlink()
    subprocess.run(["sh", target / "uninstall.sh"], check=True, capture_output=True)
    assert not target.exists()
    assert home.exists()


@pytest.mark.parametrize("harm", ["a wheel", "a new file", "the list", "the signature"])
def test_what_was_changed_on_the_way_installs_nothing(
    made: Path, tmp_path: Path, harm: str
) -> None:
    if harm == "a wheel":
        path = next((made / "wheels").glob("needed*"))
        path.write_bytes(path.read_bytes() + b"x")
    elif harm == "a new file":
        (made / "wheels" / "liuhen-9.0.0-py3-none-any.whl").write_bytes(b"x")
    elif harm == "the list":
        path = next((made / "wheels").glob("needed*"))
        before = hashlib.sha256(path.read_bytes()).hexdigest()
        path.write_bytes(path.read_bytes() + b"x")
        after = hashlib.sha256(path.read_bytes()).hexdigest()
        sums = (made / "SHA256SUMS").read_text().replace(before, after)
        (made / "SHA256SUMS").write_text(sums)
    else:
        (made / "SHA256SUMS.sig").unlink()
    ran = install(made, tmp_path / "opt", tmp_path / "release.pub")
    assert ran.returncode == 1
    assert "nothing installed" in ran.stderr
    assert not (tmp_path / "opt").exists()


def test_a_folder_with_other_files_is_left_alone(made: Path, tmp_path: Path) -> None:
    (tmp_path / "opt").mkdir()
    (tmp_path / "opt" / "theirs").touch()
    assert install(made, tmp_path / "opt").returncode == 1
    assert [one.name for one in (tmp_path / "opt").iterdir()] == ["theirs"]


def test_every_part_has_its_licence_its_text_and_its_source(made: Path) -> None:
    lines = (made / "licences.tsv").read_text("utf-8").splitlines()
    parts = {line.split("\t")[0]: line.split("\t") for line in lines[1:]}
    assert parts["needed"][2:4] == ["MIT", "https://example.org/git"]
    assert (made / "licences" / parts["needed"][4] / "licenses_LICENSE").exists()
    pages = [one for name, one in parts.items() if name.startswith("npm:")]
    assert {"npm:htmx.org"} <= set(parts)
    assert all(one[3].startswith("pkg:npm/") for one in pages)
    # its makers state none in the package; the inventory says so
    assert {one[0] for one in pages if one[2] == "not stated"} <= {"npm:combine-errors"}


def test_the_sbom_names_every_part(made: Path) -> None:
    bom = json.loads((made / "sbom.cdx.json").read_text("utf-8"))
    assert bom["bomFormat"] == "CycloneDX"
    named = {one["name"] for one in bom["components"]}
    assert {"needed", "htmx.org"} <= named


def test_the_same_files_make_the_same_archive(
    bundle: ModuleType, made: Path, tmp_path: Path
) -> None:
    first = bundle.pack(made, tmp_path / "one").read_bytes()
    os.utime(made / "LICENSE", (1, 1))
    assert bundle.pack(made, tmp_path / "two").read_bytes() == first
    with tarfile.open(tmp_path / "one" / f"{made.name}.tar") as archive:
        assert f"{made.name}/install.sh" in archive.getnames()
