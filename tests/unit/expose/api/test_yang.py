"""What is told, held against the modules themselves: RFC 8632, 8343 and 8345, and netwatch's own beside them."""

import importlib.metadata
import json
import re
from dataclasses import replace
from importlib.resources import files

import pytest
from yangson import DataModel
from yangson.enumerations import ContentType, ValidationScope
from yangson.exceptions import SchemaError, YangsonException

from netwatch.core.device.record import InterfaceStatus
from netwatch.core.faults.diagnosis import FaultKind
from netwatch.core.faults.severity import Severity
from netwatch.expose.api import alarms
from netwatch.expose.api.alarms import AlarmList
from netwatch.expose.api.interface_types import TYPES
from netwatch.expose.api.interfaces import boot, interfaces
from netwatch.expose.api.topology import Networks
from tests.unit.expose.api.documents import told
from tests.unit.expose.api.town import NOON_S

OWN = files("netwatch.expose.api")
IMPLEMENTED = {
    "ietf-alarms": [
        "alarm-history",
        "alarm-summary",
        "alarm-correlation",
        "service-impact-analysis",
        "root-cause-analysis",
    ],
    "ietf-interfaces": ["if-mib"],
    "ietf-network": [],
    "ietf-network-topology": [],
    "iana-if-type": [],
    "netwatch": [],
}
IMPORTED = ("ietf-yang-types", "ietf-inet-types")
HEADER = re.compile(r'^\s*namespace\s+"([^"]+)".*?^\s*revision\s+"?([0-9-]{10})', re.MULTILINE | re.DOTALL)


def folder(name):
    """Where pyang keeps a module."""
    (path,) = [one for one in importlib.metadata.files("pyang") if one.name == f"{name}.yang"]
    return path.locate().parent


@pytest.fixture(scope="module")
def model():
    """A server's YANG library (RFC 7895) of exactly these modules."""
    listed, folders = [], {str(OWN)}
    for name in (*IMPLEMENTED, *IMPORTED):
        place = OWN if name == "netwatch" else folder(name)
        folders.add(str(place))
        namespace, revision = HEADER.search((place / f"{name}.yang").read_text(encoding="utf-8")).groups()
        entry = {"name": name, "revision": revision, "namespace": namespace, "conformance-type": "import"}
        if name in IMPLEMENTED:
            entry |= {"conformance-type": "implement", "feature": IMPLEMENTED[name]}
        listed.append(entry)
    library = {"ietf-yang-library:modules-state": {"module-set-id": "1", "module": listed}}
    return DataModel(json.dumps(library), tuple(sorted(folders)))


def check(model, document):
    model.from_raw(told(document)).validate(ValidationScope.all, ContentType.all)


def alarm_document(faults, inventory):
    book = AlarmList(faults, inventory)
    listed = {"number-of-alarms": len(book), **book.last_changed, "alarm": list(book.alarms())}
    whole = {"alarm-inventory": alarms.alarm_inventory(), "summary": book.summary(), "alarm-list": listed}
    return {"ietf-alarms:alarms": whole}


def interface_document(state):
    return {"ietf-interfaces:interfaces": {"interface": list(interfaces(state, boot(None, state)))}}


def network_document(town):
    return {"ietf-network:networks": {"network": [told(one) for one in Networks(town.city, town.states).all()]}}


def test_alarms_are_valid_whatever_their_story(model, troubled):
    cut, reserve = troubled.city.book.open_faults
    related = replace(cut, found=replace(cut.found, cause=replace(cut.found.cause, contributing=(reserve.subject,))))
    worse = replace(related, left={Severity.MINOR: NOON_S - 30.0})
    cleared = replace(reserve, cleared_wall_s=NOON_S)
    inventory = troubled.city.topology.inventory
    for faults in ([], [cut, reserve], [worse, cleared]):
        check(model, alarm_document(faults, inventory))


@pytest.mark.parametrize(
    "subject",
    ["device:acc-3", "link:chain-1", "port:acc-3 포트 1/1, '가'", "ring:ring-a", "cable:c-1", "site:hall", "vantage:"],
)
def test_a_fault_of_any_subject_has_a_resource_that_is_valid(model, troubled, subject):
    cut = troubled.city.book.open_faults[0]
    for kind in FaultKind:
        moved = replace(cut, found=replace(cut.found, cause=replace(cut.found.cause, subject=subject, kind=kind)))
        check(model, alarm_document([moved], troubled.city.topology.inventory))


def test_the_topology_is_valid(model, troubled):
    check(model, network_document(troubled))


def test_a_word_that_the_modules_do_not_know_would_be_found(model, town):
    document = told(network_document(town))
    document["ietf-network:networks"]["network"][0]["node"][0]["netwatch:state"] = "sideways"
    with pytest.raises(YangsonException, match="netwatch:state} invalid-type"):
        check(model, document)


def test_interfaces_are_valid(model, town):
    for state in town.states.values():
        check(model, interface_document(state))


def test_of_interfaces_never_read_nothing_is_wrong_but_that_it_is_not_known(model, town):
    """RFC 8342 §5.3: what is operational may lack what is mandatory; it never says what is not so."""
    unread = replace(town.states["core-1"], status=InterfaceStatus())
    with pytest.raises(SchemaError, match="missing-data: expected one of 'admin-status', 'statistics'"):
        check(model, interface_document(unread))


def test_every_type_of_interface_is_one_of_iana(model, town):
    state = town.states["core-1"]
    for number in TYPES:
        types = (number,) * len(state.interfaces.names)
        check(model, interface_document(replace(state, interfaces=replace(state.interfaces, types=types))))


def test_the_own_module_has_an_identity_for_every_kind_of_fault_and_no_other():
    text = (OWN / "netwatch.yang").read_text(encoding="utf-8")
    assert {f"netwatch:{name}" for name in re.findall(r"identity ([a-z-]+) ", text)} == set(
        map(alarms.type_id, FaultKind)
    )
