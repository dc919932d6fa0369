"""`python -m deploy.wheelhouse`: this checkout -> a folder from which netwatch installs where there is no internet.

In it are the project's own wheel, those of requirements.lock that the program needs, and requirements.txt, which names
every one with its hashes. They are for the Python and the architecture this runs on. The same sources and lock give the
same bytes.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.checkout import ROOT, BuildError, Checkout

REQUIREMENTS = "requirements.txt"
KEPT = Path(
    sys.prefix, "wheels"
)  # where the Makefile keeps what it has downloaded once; without it, the index is asked
SENTENCE = "python3 -m pip install --no-index --find-links . --require-hashes -r requirements.txt"
INSTALL = f"""netwatch {{version}} for {{python}} on {{platform}}, without the internet. In this folder, as root:

    python3 -m venv /opt/netwatch
    /opt/netwatch/bin/{SENTENCE}
    /opt/netwatch/bin/netwatch version

Every file is checked against the hash in requirements.txt before it is installed; that file's own is in SHA256SUMS.
"""


def build(checkout: Checkout, folder: Path) -> Path:
    """Fill `folder`, which must be empty or missing, and return it. BuildError where a step fails."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BuildError(f"{folder} is not empty")
    pins = checkout.runtime_pins()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as wanted:
        wanted.write(pins)
        wanted.flush()
        found = ("--no-index", "--find-links", KEPT) if KEPT.is_dir() else ()
        pip("download", *found, "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", wanted.name, "-d", folder)
    own = _build_wheel(checkout, folder)
    name, version, _ = own.name.split("-", 2)
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    (folder / REQUIREMENTS).write_text(f"{name}=={version} --hash=sha256:{digest}\n{pins}", encoding="utf-8")
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    (folder / "INSTALL.txt").write_text(
        INSTALL.format(version=version, python=python, platform=sysconfig.get_platform()), encoding="utf-8"
    )
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    return folder


def pack(folder: Path, *, epoch_s: int) -> Path:
    """The folder as one tar beside it, the same bytes each time. Wheels are compressed already."""
    target = folder.with_name(f"{folder.name}.tar")

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = epoch_s
        entry.mode = 0o755 if entry.isdir() else 0o644
        return entry

    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as tar:
        tar.add(folder, arcname=folder.name, recursive=False, filter=plain)
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=f"{folder.name}/{path.name}", filter=plain)
    return target


def pip(*words: object) -> None:
    """Run this Python's pip; BuildError with what it said."""
    _run([sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, words)], cwd=None, epoch_s=0)


def _build_wheel(checkout: Checkout, folder: Path) -> Path:
    """The project's own, by the hatchling of the lock."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder.absolute())]
    _run(command, cwd=checkout.root, epoch_s=checkout.epoch_s)
    (made,) = folder.glob("netwatch-*.whl")
    return made


def _run(command: Sequence[str], *, cwd: Path | None, epoch_s: int) -> None:
    environ = os.environ | ({"SOURCE_DATE_EPOCH": str(epoch_s)} if epoch_s else {})
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"{' '.join(command[1:5])} failed:\n{done.stdout}{done.stderr}")


def folder_name(checkout: Checkout) -> str:
    """`netwatch-0.1.0-py3.11-linux-x86_64`."""
    python = f"py{sys.version_info.major}.{sys.version_info.minor}"
    return f"netwatch-{checkout.project['version']}-{python}-{sysconfig.get_platform()}"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.wheelhouse", description=__doc__)
    parser.add_argument("--output", metavar="DIR", type=Path, default=ROOT / "dist", help="where the folder goes")
    arguments = parser.parse_args(argv)
    checkout = Checkout(ROOT)
    folder = arguments.output / folder_name(checkout)
    try:
        for stale in sorted(folder.iterdir()) if folder.is_dir() else ():
            stale.unlink()
        packed = pack(build(checkout, folder), epoch_s=checkout.epoch_s)
    except BuildError as error:
        print(f"no wheelhouse: {error}", file=sys.stderr)  # noqa: T201 - a command
        return 1
    print(f"{packed}: {packed.stat().st_size >> 20} MB; {folder.name}/INSTALL.txt says the rest")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main())
