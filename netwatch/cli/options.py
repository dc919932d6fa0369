"""Options that commands share, and where files live when nobody says."""

import argparse
import os
from pathlib import Path

from netwatch.core.errors import NetwatchError
from netwatch.core.model import Device, Inventory
from netwatch.core.nearest import nearest
from netwatch.inventory import load
from netwatch.profiles.load import load_profiles_beside

SYSTEM_INVENTORY = Path("/etc/netwatch/inventory.yaml")
SYSTEM_STATE = Path("/var/lib/netwatch")
SYSTEM_RUNTIME = Path("/run/netwatch")
CONTROL_SOCKET = "control.sock"


class InputError(NetwatchError):
    """What was asked for cannot be, whatever the network does: exit code 1."""


def add_inventory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--inventory",
        metavar="FILE",
        type=Path,
        help=f"the inventory (default: ./inventory.yaml, then {SYSTEM_INVENTORY})",
    )


def add_state_dir(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--state-dir",
        metavar="DIR",
        type=Path,
        help=f"where the store lives (default: {SYSTEM_STATE}, or the XDG state directory for a user)",
    )


def add_web_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--web-config",
        metavar="FILE",
        type=Path,
        help="TLS, passwords and client certificates for the pages, in the format of Prometheus' web.config.file",
    )


def inventory_path(arguments: argparse.Namespace) -> Path:
    """The inventory asked for, or the first default that exists."""
    if arguments.inventory is not None:
        return Path(arguments.inventory)
    candidates = (Path("inventory.yaml"), SYSTEM_INVENTORY)
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise InputError(f"no inventory: neither {candidates[0]} nor {candidates[1]} exists; name one with --inventory")


def credentials_dir() -> Path | None:
    """Where systemd put the credentials of LoadCredential=, if it did."""
    named = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(named) if named else None


def load_inventory(arguments: argparse.Namespace) -> Inventory:
    """The inventory that these arguments mean, checked as the daemon would. InventoryError with every mistake."""
    path = inventory_path(arguments)
    profiles = load_profiles_beside(path)
    return load(path, environ=os.environ, credentials_dir=credentials_dir(), profiles=profiles)


def state_dir(arguments: argparse.Namespace) -> Path:
    """The state directory asked for, else systemd's, else root's or the user's own."""
    if arguments.state_dir is not None:
        return Path(arguments.state_dir)
    given = os.environ.get("STATE_DIRECTORY")
    if given:
        return Path(given.split(":")[0])
    if os.geteuid() == 0:
        return SYSTEM_STATE
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "netwatch"


def control_socket(state: Path) -> Path:
    """The daemon's control socket: in the runtime directory of the service, else beside the store."""
    runtime = os.environ.get("RUNTIME_DIRECTORY")
    if runtime:
        return Path(runtime.split(":")[0]) / CONTROL_SOCKET
    if state == SYSTEM_STATE and SYSTEM_RUNTIME.is_dir():
        return SYSTEM_RUNTIME / CONTROL_SOCKET
    return state / CONTROL_SOCKET


def device_named(inventory: Inventory, name: str) -> Device:
    """The device of that id; InputError with the nearest id where there is none."""
    device = inventory.devices.get(name)
    if device is not None:
        return device
    near = nearest(name, inventory.devices)
    raise InputError(f"the inventory has no device {name!r}" + (f"; did you mean {near!r}?" if near else ""))
