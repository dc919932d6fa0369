"""References to secrets -> `Secret`s. The inventory says where a secret is kept; this is where it is fetched.

No sentence made here holds a secret, or a text that somebody may have written in a secret's place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from netwatch.core.model import Secret
from netwatch.inventory.findings import Refused, quoted

MOST_BYTES = 4096
FORMS = "{file: PATH}, {env: NAME} or {credential: NAME}"
LITERAL = f"a secret is never written here; write it in a file and name the file: {FORMS}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Where references are looked up: the inventory file's folder, the environment, systemd's credentials."""

    folder: Path
    environ: Mapping[str, str]
    credentials_dir: Path | None

    def fetch(self, form: str, name: str) -> Secret:
        """The secret kept as `form` (file, env, credential) under `name`; `Refused` when there is none."""
        if form == "file":
            return _kept(_content(self.folder / name, f"the secret's file {quoted(name)}"), quoted(name))
        if form == "env":
            if name not in self.environ:
                raise Refused(f"the environment variable {quoted(name)} is not set")
            return _kept(self.environ[name].encode("utf-8", "surrogateescape"), quoted(name))
        if form != "credential":
            raise Refused(f"a secret is kept as one of {FORMS}")
        if self.credentials_dir is None:
            raise Refused("there is no credentials directory; {credential: NAME} needs systemd's LoadCredential=")
        if "/" in name or name in (".", ".."):
            raise Refused(f"{quoted(name)} is not the name of a systemd credential")
        return _kept(_content(self.credentials_dir / name, f"the systemd credential {quoted(name)}"), quoted(name))


def _kept(content: bytes, name: str) -> Secret:
    if not content:
        raise Refused(f"the secret {name} is empty")
    return Secret(content)


def _content(path: Path, what: str) -> bytes:
    """The file without the line end an editor puts at its end."""
    try:
        content = _read(path) if path.is_file() else None  # a pipe or a device could keep us waiting for ever
    except OSError as error:
        raise Refused(f"{what} cannot be read: {error.strerror}") from error
    if content is None:
        raise Refused(f"{what} does not exist")
    if len(content) > MOST_BYTES:
        raise Refused(f"{what} is longer than {MOST_BYTES} bytes; that is no community")
    return content.removesuffix(b"\n").removesuffix(b"\r")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
