"""What hangs on the access switches' ports: cameras, signal controllers, message signs, sensors."""

from dataclasses import dataclass

from netwatch.core.model import SERVICE_PORTS, Check, FieldDevice, PortRef, Role
from netwatch.simulate.draft import GIGABIT, CityDraft, SwitchDraft
from netwatch.simulate.vendors import CAMERA_OUIS, ONVIF_OUIS

FAST_ETHERNET = 100_000_000
SHARED_SHARE = 0.02  # of switches: a media converter puts two cameras on one port


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of field device; `share` of the access switches have one. Cameras are counted apart."""

    kind: str
    stem: str
    service: str
    name: str
    share: float


CAMERA = Kind(kind="cctv", stem="cam", service="cctv", name="방범 CCTV", share=1.0)
OTHERS = (
    Kind(kind="signal_controller", stem="sig", service="its", name="교통신호제어기", share=0.25),
    Kind(kind="vms", stem="vms", service="its", name="도로전광표지", share=0.04),
    Kind(kind="black_ice_sensor", stem="ice", service="sensors", name="도로결빙 센서", share=0.06),
)


def equip(draft: CityDraft, *, cameras_per_switch: float) -> None:
    """Plug field devices into every access switch, from port 1 up, leaving the uplinks free."""
    counts: dict[str, int] = {}
    for switch in draft.switches.values():
        if switch.role is Role.ACCESS:
            _equip_one(draft, switch, cameras_per_switch, counts)


def _equip_one(draft: CityDraft, switch: SwitchDraft, per_switch: float, counts: dict[str, int]) -> None:
    room = switch.size - draft.uplinks
    cameras = min(room, int(per_switch * draft.rng.uniform(0.6, 1.4) + 0.5))
    kinds = [CAMERA] * cameras + [kind for kind in OTHERS if draft.rng.random() < kind.share]
    shares_first = cameras >= 2 and draft.rng.random() < SHARED_SHARE
    first: PortRef | None = None
    port = 0
    for place, kind in enumerate(kinds):
        shared = shares_first and place < 2
        number = counts[kind.stem] = counts.get(kind.stem, 0) + 1
        if shared and first is not None:
            ref = first
        else:
            port += 1
            if port > room:
                return
            alias = f"{kind.name} {draft.sites[switch.site].name} {place + 1}"
            ref = switch.plug(port, speed_bps=GIGABIT if kind is CAMERA else FAST_ETHERNET, alias=alias)
        if shared:
            first = ref
        _add(draft, kind, number=number, ref=ref, shared=shared)


def _add(draft: CityDraft, kind: Kind, *, number: int, ref: PortRef, shared: bool) -> None:
    identity = f"{kind.stem}-{number:04d}"
    site = draft.switches[ref.device].site
    serial = len(draft.field_devices)
    oui = CAMERA_OUIS[serial % len(CAMERA_OUIS)]
    checks: tuple[Check, ...] = (Check(kind="ping"),)
    if kind is CAMERA:
        checks += (Check(kind="tcp", port=SERVICE_PORTS["rtsp"]), Check(kind="rtsp"))
        checks += (Check(kind="onvif"),) if oui in ONVIF_OUIS else ()
    draft.field_devices[identity] = FieldDevice(
        id=identity,
        kind=kind.kind,
        site=site,
        service=kind.service,
        port=ref,
        address=draft.field_address(),
        mac=f"{oui}:{serial >> 16 & 255:02x}:{serial >> 8 & 255:02x}:{serial & 255:02x}",
        checks=checks,
        shared=shared,
        name=f"{draft.sites[site].name} {kind.name} {number}",
    )
