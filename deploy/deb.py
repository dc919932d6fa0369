"""`python -m deploy.deb`: this checkout -> a Debian package for the release it is built on.

The program and every library of requirements.lock lie below /usr/lib/netwatch, a virtual environment of Debian's own
Python, so that nothing the machine installs or upgrades beside it changes what runs. The same sources and lock give the
same bytes.
"""

import argparse
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path

from deploy.checkout import ROOT, BuildError, Checkout
from deploy.manual import bash_completion, man_page
from deploy.wheelhouse import REQUIREMENTS, build, pip

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
HOME = "usr/lib/netwatch"
PACKAGES = f"{HOME}/lib/python{PYTHON}/site-packages"
DOC = "usr/share/doc/netwatch"
SHARE = "usr/share/netwatch"
UNITS = "lib/systemd/system"
STARTING = {"netwatch.service": 2, "netwatch-public.service": 1}  # unit -> how often it names the program
BY_HAND, PACKAGED = "/opt/netwatch/bin/netwatch", "/usr/bin/netwatch"

# source, in the checkout -> place, in the package; a folder with all its files
FILES = {
    "deploy/debian/netwatch": "usr/bin/netwatch",
    "deploy/netwatch.service": f"{UNITS}/netwatch.service",
    "deploy/netwatch-trap.socket": f"{UNITS}/netwatch-trap.socket",
    "deploy/netwatch-public.service": f"{UNITS}/netwatch-public.service",
    "deploy/netwatch-public.timer": f"{UNITS}/netwatch-public.timer",
    "deploy/sysctl.d/60-netwatch.conf": "usr/lib/sysctl.d/60-netwatch.conf",
    "deploy/sysusers.d/netwatch.conf": "usr/lib/sysusers.d/netwatch.conf",
    "deploy/tmpfiles.d/netwatch.conf": "usr/lib/tmpfiles.d/netwatch.conf",
    "inventory.yaml": "etc/netwatch/inventory.example.yaml",
    "deploy/prometheus": f"{SHARE}/prometheus",
    "deploy/alertmanager": f"{SHARE}/alertmanager",
    "grafana/provisioning": f"{SHARE}/grafana/provisioning",
    "grafana/dashboards": f"{SHARE}/grafana/dashboards",
    "deploy/RUNBOOK.md": f"{DOC}/RUNBOOK.md",
    "deploy/README.md": f"{DOC}/README.md",
    "deploy/debian/lintian-overrides": "usr/share/lintian/overrides/netwatch",
}
SCRIPTS = ("postinst", "prerm", "postrm")
PROGRAMS = (PACKAGED.removeprefix("/"),)
CONFFILES = ("/etc/netwatch/inventory.example.yaml",)
CONTROL = """Package: netwatch
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kibibytes}
Depends: {depends}
Recommends: fonts-nanum | fonts-noto-cjk, libpangoft2-1.0-0
Suggests: bash-completion, grafana, prometheus (>= 2.42), prometheus-alertmanager
Section: net
Priority: optional
Description: watch over a city's own fibre network
 netwatch polls routers, switches and the ports that feed cameras, signals and
 sensors, and tells what is broken as one fault with its cause, what it costs
 and whom to send. It serves metrics for Prometheus and keeps a record from
 which its figures can be recomputed.
 .
 The libraries it runs with are part of this package, as its sources pin them.
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """The folder that becomes the package's content."""

    root: Path
    checkout: Checkout

    def fill(self, wheelhouse: Path) -> None:
        """Everything but the control files."""
        self._environment(wheelhouse)
        for source, place in FILES.items():
            self._copy(self.checkout.root / source, self.root / place)
        for name, times in STARTING.items():
            file = self.root / UNITS / name
            unit = file.read_text(encoding="utf-8")
            if unit.count(BY_HAND) != times:
                raise BuildError(f"{name} starts something else than {BY_HAND}")
            file.write_text(unit.replace(BY_HAND, PACKAGED), encoding="utf-8")
        at = datetime.fromtimestamp(self.checkout.epoch_s, UTC)
        version = str(self.checkout.project["version"])
        self.write(f"{DOC}/copyright", self._copyright())
        self.write(f"{DOC}/changelog.gz", (self.checkout.root / "CHANGELOG.md").read_text(encoding="utf-8"))
        self.write("usr/share/man/man1/netwatch.1.gz", man_page(version, f"{at:%Y-%m-%d}"))
        self.write("usr/share/bash-completion/completions/netwatch", bash_completion())

    def write(self, place: str, text: str) -> None:
        """One file; compressed, without a time of its own, where its name says so."""
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.encode()
        path.write_bytes(gzip.compress(content, 9, mtime=0) if path.suffix == ".gz" else content)

    def files(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink())

    def control(self, architecture: str, wheels: Iterable[str]) -> None:
        """DEBIAN/: what dpkg is told of the content."""
        files = self.files()
        folder = self.root / "DEBIAN"
        folder.mkdir()
        kibibytes = sum(-(-path.stat().st_size // 1024) for path in files)
        sums = [
            f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(self.root)}\n"
            for path in files
        ]
        (folder / "md5sums").write_text("".join(sums), encoding="utf-8")
        (folder / "conffiles").write_text("".join(f"{name}\n" for name in CONFFILES), encoding="utf-8")
        told = CONTROL.format(
            version=self.checkout.debian_version,
            architecture=architecture,
            maintainer=_maintainer(),
            kibibytes=kibibytes,
            depends=", ".join(_depends(wheels)),
        )
        (folder / "control").write_text(told, encoding="utf-8")
        for script in SCRIPTS:
            shutil.copyfile(self.checkout.root / "deploy" / "debian" / script, folder / script)

    def settle(self) -> None:
        """One owner, one time and the usual rights, whatever the builder's umask is."""
        programs = {self.root / place for place in PROGRAMS} | {self.root / "DEBIAN" / name for name in SCRIPTS}
        for path in (self.root, *self.root.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path in programs else 0o644)
            os.utime(path, (self.checkout.epoch_s, self.checkout.epoch_s), follow_symlinks=False)

    def _environment(self, wheelhouse: Path) -> None:
        """What `python -m venv` makes, without its pip and its path of the builder; and the wheels."""
        packages = self.root / PACKAGES
        pip(
            *("install", "--no-index", "--find-links", wheelhouse, "--require-hashes", "--no-compile"),
            *("--target", packages, "-r", wheelhouse / REQUIREMENTS),
        )
        shutil.rmtree(packages / "bin", ignore_errors=True)  # scripts that begin with the builder's own Python
        for leftover in [*packages.rglob("__pycache__"), *packages.rglob("direct_url.json")]:
            raise BuildError(f"pip left {leftover.relative_to(self.root)}, which is of this machine")
        self.write(f"{HOME}/pyvenv.cfg", f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {PYTHON}\n")
        python = self.root / HOME / "bin" / "python3"
        python.parent.mkdir()
        python.symlink_to(f"../../../bin/python{PYTHON}")

    def _copy(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)

    def _copyright(self) -> str:
        """DEP-5, with the licence that each library's own metadata names; their texts lie in its dist-info."""
        head = (self.checkout.root / "deploy" / "debian" / "copyright").read_text(encoding="utf-8")
        found = sorted(distributions(path=[str(self.root / PACKAGES)]), key=lambda one: one.name.lower())
        return head + "".join(_licence(one) for one in found if one.name != "netwatch")


def _licence(library: Distribution) -> str:
    """One paragraph, unformatted: what a library says of its own licence is no SPDX everywhere."""
    told = library.metadata.json
    lines = [str(line) for line in told.get("classifier", ())]
    named = ", ".join(line.rpartition(" :: ")[2] for line in lines if line.startswith("License ::"))
    licence = told.get("license_expression") or named or str(told.get("license", "in its own words")).splitlines()[0]
    return f" {library.name} {library.version}: {licence}\n"


def _depends(wheels: Iterable[str]) -> list[str]:
    """The Python that the libraries are compiled for; the C library that their wheels ask for (PEP 600)."""
    minor = sys.version_info.minor
    glibc = max((int(found) for wheel in wheels for found in _glibc(wheel)), default=0)
    libraries = [f"libc6 (>= 2.{glibc})", "libgcc-s1", "libstdc++6"] if glibc else []
    return [f"python3 (>= 3.{minor})", f"python3 (<< 3.{minor + 1})", *libraries, "systemd (>= 250)"]


def _glibc(wheel: str) -> list[str]:
    """The lowest of a wheel's tags is what it needs: `manylinux_2_17_x86_64.manylinux_2_28_x86_64`."""
    minors = re.findall(r"manylinux_2_(\d+)_", wheel)
    return [min(minors, key=int)] if minors else []


def _maintainer() -> str:
    """As Debian's own tools take it; a city puts its name here."""
    return f"{os.environ.get('DEBFULLNAME', 'netwatch')} <{os.environ.get('DEBEMAIL', 'netwatch@packages.invalid')}>"


def build_package(checkout: Checkout, output: Path, *, compression: str = "xz", wheelhouse: Path | None = None) -> Path:
    """The package. `wheelhouse`: one that `deploy.wheelhouse` has built of the same checkout."""
    dpkg = shutil.which("dpkg-deb")
    if dpkg is None:
        raise BuildError("dpkg-deb is missing: this builds packages on Debian only")
    architecture = _said("dpkg", "--print-architecture")
    with tempfile.TemporaryDirectory(prefix="netwatch-deb-") as folder:
        wheels = wheelhouse or build(checkout, Path(folder, "wheels"))
        stage = Stage(Path(folder, "stage"), checkout)
        stage.root.mkdir()
        stage.fill(wheels)
        at = format_datetime(datetime.fromtimestamp(checkout.epoch_s, UTC))
        entry = f"netwatch ({checkout.debian_version}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n"
        stage.write(f"{DOC}/changelog.Debian.gz", f"{entry} -- {_maintainer()}  {at}\n")
        stage.control(architecture, (wheel.name for wheel in wheels.glob("*.whl")))
        stage.settle()
        output.mkdir(parents=True, exist_ok=True)
        target = output / f"netwatch_{checkout.debian_version}_{architecture}.deb"
        os.environ["SOURCE_DATE_EPOCH"] = str(checkout.epoch_s)
        _said(dpkg, "--root-owner-group", f"-Z{compression}", "--build", str(stage.root), str(target))
    return target


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - dpkg, with our own paths
    if done.returncode:
        raise BuildError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.deb", description=__doc__)
    parser.add_argument("--output", metavar="DIR", type=Path, default=ROOT / "dist", help="where the package goes")
    parser.add_argument(
        "--wheelhouse", metavar="DIR", type=Path, help="the libraries and netwatch's own wheel (default: made anew)"
    )
    parser.add_argument("--compression", choices=("xz", "zstd", "none"), default="xz")
    arguments = parser.parse_args(argv)
    try:
        made = build_package(
            Checkout(ROOT), arguments.output, compression=arguments.compression, wheelhouse=arguments.wheelhouse
        )
    except BuildError as error:
        print(f"no package: {error}", file=sys.stderr)  # noqa: T201 - a command
        return 1
    print(f"{made}: {made.stat().st_size >> 20} MB")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main())
