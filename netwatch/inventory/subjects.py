"""`cable:c-017` as somebody typed it -> the subject, known to the inventory; or a sentence with what may be meant."""

from collections.abc import Collection, Iterable

from netwatch.core.maintenance.coverage import link_ports
from netwatch.core.model import Inventory
from netwatch.core.nearest import nearest
from netwatch.inventory.findings import Refused, nfc, quoted
from netwatch.inventory.schema import SUBJECTS


def subject(text: str, inventory: Inventory) -> str:
    """The subject, if the inventory knows it; Refused with one whole sentence where it does not.

    Of a port only the device is looked for: which ports it has, no inventory says.
    """
    kind, colon, identity = nfc(text).partition(":")
    if not colon:
        raise Refused(_kinds_of(text, inventory))
    if kind not in SUBJECTS:
        raise Refused(f"There is nothing of the kind {quoted(kind)}; known are {', '.join(SUBJECTS)}.")
    section = SUBJECTS[kind]
    if not section:
        if identity:
            raise Refused(f"{quoted(text)} has no id: write {kind}: alone.")
        return text
    name, space, port = identity.partition(" ") if kind == "port" else (identity, "", "")
    known: Collection[str] = getattr(inventory, section)
    if name not in known:
        noun = section.replace("_", " ")
        hint = near(name, known, before=f"{kind}:", after=space + port)
        raise Refused(sentence(f"There is no {quoted(name)} among the {noun}", hint))
    if kind == "port" and not port:
        raise Refused(f"{quoted(text)} is not a port; write port:, the device id, one space and the port's name.")
    return f"{kind}:{name}{space}{port}"


def wired_subject(text: str, inventory: Inventory) -> str:
    """The same, and of a port also that a link or a field device is said to be on it."""
    found = subject(text, inventory)
    kind, _, name = found.partition(":")
    if kind == "port":
        device, _, port = name.partition(" ")
        known = dict.fromkeys(_ports_of(device, inventory))
        if port not in known:
            hint = near(port, known, before=f"port:{device} ")
            raise Refused(sentence(f"Nothing is said to be on port {quoted(port)} of {device}", hint))
    return found


def _ports_of(device: str, inventory: Inventory) -> Iterable[str]:
    ports = [port for link in inventory.links.values() for port in link_ports(link)]
    ports += [one.port for one in inventory.field_devices.values() if one.port is not None]
    return (port.interface for port in ports if port.device == device)


def _kinds_of(text: str, inventory: Inventory) -> str:
    """What to say to a bare id: which kinds know it."""
    meant = [
        quoted(f"{kind}:{text}")
        for kind, section in SUBJECTS.items()
        if section and kind != "port" and text in getattr(inventory, section)
    ]
    hint = f"; did you mean {' or '.join(meant)}?" if meant else f"; its kinds are {', '.join(SUBJECTS)}"
    return sentence(f"{quoted(text)} is no subject such as ring:ring-a", hint)


def near(word: str, among: Collection[str], *, before: str = "", after: str = "") -> str:
    """`; did you mean 'ring:ring-a'?`, or nothing."""
    found = nearest(word, among)
    return f"; did you mean {quoted(before + found + after)}?" if found else ""


def sentence(what: str, hint: str) -> str:
    """With its stop: what was meant is asked, all else is said."""
    return f"{what}{hint}" if hint.endswith("?") else f"{what}{hint}."
