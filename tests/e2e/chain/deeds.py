"""What is done to the city, and what must then be told of it, to whom and in which words."""

from dataclasses import dataclass

from tests.e2e.chain.receivers import Note
from tests.e2e.real_city import paper

OWNERS = {"cctv": "cctv-owner", "signs": "service-owner"}  # by the routes that are shipped
CREWS = {"fibre crew": "광케이블반", "electrician": "전기반", "camera contractor": "카메라 업체"}
CREWS |= {"network engineer": "네트워크 담당"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """`do` and `undo`: a verb of RealCity and what it is done to. `lost`: service -> field devices out of service."""

    do: tuple[str, str]
    undo: tuple[str, str]
    kind: str
    subject: str
    severity: str
    send: str
    lost: dict[str, int]
    maybe: str = ""  # what the evidence cannot tell from it, one of them

    def __str__(self):
        return " ".join(self.do)

    @property
    def district(self):
        """Where it costs, and where the digest would count it."""
        return "북부" if self.do[1] in (*paper.RING, "s1", "s2", "s3", "s4", "cam-s2", "sign-s3") else "남부"

    def begin(self, city):
        getattr(city, self.do[0])(self.do[1])

    def end(self, city):
        getattr(city, self.undo[0])(self.undo[1])

    @property
    def causes(self):
        """As `Note.cause`: one for the network's owner, one for the owner of each service that is hit."""
        told = ("network-owner", "NetworkFault", self.kind, self.subject, "")
        return [told, *((OWNERS[each], "ServiceOut", self.kind, self.subject, each) for each in self.lost)]

    def briefs(self, status):
        return [(*cause[:2], status, self.severity) for cause in self.causes]

    def check_words(self, note: Note):
        """That the message names the cause, what it costs and whom to send, in both languages."""
        name = self.subject.partition(":")[2]
        count = self.lost.get(note.labels["service"], 0) if "service" in note.labels else sum(self.lost.values())
        crew = CREWS[self.send]
        assert (note.labels["severity"], note.labels["send"]) == (self.severity, self.send), str(note)
        for summary in (note.words["summary"], note.words["summary_ko"]):
            assert name in summary, summary
        costs = f"{count} field device{'s' if count != 1 else ''} out of service", f"현장장비 {count}대 중단"
        if self.kind == "vantage":  # what is not seen is not counted
            costs = "nothing can be known of the city", "현장 상태 확인 불가"
        assert costs[0] in note.words["summary"]
        assert self.send in note.words["summary"]
        assert costs[1] in note.words["summary_ko"]
        assert crew in note.words["summary_ko"]
        if note.labels["alertname"] == "NetworkFault":
            details = note.words["details"]
            assert self.maybe in details, details
            for service, number in self.lost.items():
                assert f"{service} " in details, details
                assert f" {number}" in details, details
        assert note.words["runbook"].endswith(f"#{note.labels['alertname'].lower()}")
        assert f"/d/netwatch-{'fault' if 'service' not in note.labels else 'service'}-ko?" in note.words["dashboard"]


def _lost(names):
    """Service -> how many of these hosts."""
    lost = {}
    for name in sorted(names & paper.HOSTS.keys()):
        service = "cctv" if paper.HOSTS[name].is_camera else "signs"
        lost[service] = lost.get(service, 0) + 1
    return lost


def cut(fibre):
    """Of a chain: whoever is behind it is out of service. Of the ring: nobody, and the reserve is gone."""
    is_ring = fibre in paper.RING
    return Deed(
        do=("cut", fibre),
        undo=("mend", fibre),
        kind="redundancy_lost" if is_ring else "cable_cut",
        subject=f"cable:k-{fibre}",
        severity="major",
        send="fibre crew",
        lost={} if is_ring else _lost(paper.behind(fibre)),
        maybe=f"link:{fibre}",
    )


def without_power(switch, fibre):
    """A cabinet of a chain, `fibre` its way home. All there is is one dark port and silence: both are to be said."""
    return Deed(
        do=("power_off", switch),
        undo=("power_on", switch),
        kind="cable_cut",
        subject=f"cable:k-{fibre}",
        severity="major",
        send="fibre crew",
        lost=_lost(paper.behind(fibre)),
        maybe=f"device:{switch}",
    )


def cabinet_of_the_ring(switch):
    """Both its neighbours tell of a dark port, so it is the power."""
    return Deed(
        do=("power_off", switch),
        undo=("power_on", switch),
        kind="device_power",
        subject=f"device:{switch}",
        severity="critical",
        send="electrician",
        lost=_lost({host.id for host in paper.HOSTS.values() if host.switch == switch}),
        maybe=f"site:site-{switch}",
    )


def hung_agent(switch):
    return Deed(
        do=("kill_agent", switch),
        undo=("start_agent", switch),
        kind="device_hang",
        subject=f"device:{switch}",
        severity="minor",
        send="network engineer",
        lost={},
    )


def _of_host(do, undo, host, kind):
    return Deed(
        do=(do, host),
        undo=(undo, host),
        kind=kind,
        subject=f"field_device:{host}",
        severity="minor",
        send="camera contractor",
        lost=_lost({host}),
    )


def hung_host(host):
    """Its port keeps its light, and it answers nothing."""
    return _of_host("hang_host", "wake_host", host, "field_device")


def no_stream(host):
    return _of_host("stop_stream", "start_stream", host, "field_device")


def dead_host(host):
    return _of_host("stop_host", "start_host", host, "port")


def our_uplink():
    return Deed(
        do=("cut", paper.VANTAGE),
        undo=("mend", paper.VANTAGE),
        kind="vantage",
        subject="vantage:",
        severity="critical",
        send="network engineer",
        lost={},
    )
