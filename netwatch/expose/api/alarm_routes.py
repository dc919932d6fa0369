"""The routes to alarms: RFC 8632 under RESTCONF-like paths, TMF642 under its own."""

from netwatch.core.maintenance.windows import is_in_maintenance
from netwatch.core.records import replace
from netwatch.expose.api import alarms, tmf642
from netwatch.expose.api.definitions import (
    LIMIT,
    OFFSET,
    Asked,
    NoSuchThing,
    Operation,
    Parameter,
    Told,
    key,
    names_of,
    yang_data,
)
from netwatch.expose.api.encoding import Many, Open
from netwatch.expose.api.known import Knowing
from netwatch.expose.api.schemas import COUNT, listing, one_of

_TOP = "/restconf/data/ietf-alarms:alarms"
_FIELDS = names_of("fields", "Attributes to tell, parted by commas; id and href always are. Default: all.")
_VALUES = {
    "state": tmf642.STATES,
    "perceivedSeverity": tmf642.SEVERITIES,
    "alarmType": tmf642.ALARM_TYPES,
    "probableCause": tmf642.PROBABLE_CAUSES,
    "specificProblem": tmf642.PROBLEMS,
    "alarmedObjectType": tmf642.OBJECTS,
}
_FILTERS = tuple(
    Parameter(name=name, about="Only alarms of which this attribute is so.", schema=one_of(_VALUES[name]))
    for name in tmf642.FILTERS
)


def alarm_routes(known: Knowing) -> tuple[Operation, ...]:
    """The operations of both standards."""
    reader = _Reader(known)
    listed = yang_data(
        "alarmList", f"{_TOP}/alarm-list", "Alarms, open first, by pages.", reader.page, alarms.ALARM_LIST
    )
    return (
        yang_data("alarms", _TOP, "Alarms open now, and those that lately cleared.", reader.all, alarms.ALARMS),
        yang_data(
            "alarmInventory",
            f"{_TOP}/alarm-inventory",
            "Every type of alarm there can be.",
            reader.inventory,
            alarms.ALARM_INVENTORY,
        ),
        yang_data("alarmSummary", f"{_TOP}/summary", "How many alarms there are.", reader.summary, alarms.SUMMARY),
        replace(listed, parameters=(OFFSET, LIMIT)),
        Operation(
            id="listAlarm",
            path=tmf642.PATH,
            tag="TMF642",
            about="Alarms, filtered by attributes, by pages.",
            answer=reader.matching,
            reply=listing(tmf642.ALARM),
            parameters=(_FIELDS, *_FILTERS, OFFSET, LIMIT),
            headers={"X-Total-Count": COUNT, "X-Result-Count": COUNT},
        ),
        Operation(
            id="retrieveAlarm",
            path=f"{tmf642.PATH}/{{id}}",
            tag="TMF642",
            about="One alarm.",
            answer=reader.one,
            reply=tmf642.ALARM,
            parameters=(key("id", "The alarm's id, which is that of the fault."), _FIELDS),
        ),
    )


class _Reader:
    def __init__(self, known: Knowing) -> None:
        self._known = known

    def _book(self) -> alarms.AlarmList:
        city = self._known.city
        return alarms.AlarmList(city.book.faults.values(), city.topology.inventory)

    def all(self, _asked: Asked) -> Told:
        book = self._book()
        whole = {
            "alarm-inventory": alarms.alarm_inventory(),
            "summary": book.summary(),
            "alarm-list": _listed(book, slice(None)),
        }
        return Told(document=Open({"ietf-alarms:alarms": Open(whole)}))

    def inventory(self, _asked: Asked) -> Told:
        return Told(document={"ietf-alarms:alarm-inventory": alarms.alarm_inventory()})

    def summary(self, _asked: Asked) -> Told:
        return Told(document={"ietf-alarms:summary": self._book().summary()})

    def page(self, asked: Asked) -> Told:
        return Told(document=Open({"ietf-alarms:alarm-list": _listed(self._book(), asked.page)}))

    def _alarms(self) -> tmf642.Alarms:
        city, active = self._known.city, self._known.maintenance.active
        faults = city.book.faults.values()
        worked_on = {fault.subject: is_in_maintenance(active, fault.subject) for fault in faults}
        return tmf642.Alarms(faults, city.topology.inventory, worked_on)

    def matching(self, asked: Asked) -> Told:
        book = self._alarms()
        found = book.matching({name: word for name in tmf642.FILTERS if (word := asked.values[name]) is not None})
        page = found[asked.page]
        counts = {"X-Total-Count": str(len(found)), "X-Result-Count": str(len(page))}
        return Told(document=Many(book.alarm(fault, _fields(asked)) for fault in page), headers=counts)

    def one(self, asked: Asked) -> Told:
        book = self._alarms()
        fault = book.find(asked.values["id"])
        if fault is None:
            raise NoSuchThing("There is no such alarm; one that cleared is kept for twenty minutes.")
        return Told(document=book.alarm(fault, _fields(asked)))


def _listed(book: alarms.AlarmList, page: slice) -> Open:
    return Open({"number-of-alarms": len(book), **book.last_changed, "alarm": Many(book.alarms(page))})


def _fields(asked: Asked) -> tuple[str, ...]:
    wanted: str | None = asked.values["fields"]
    return tuple(wanted.split(",")) if wanted else tmf642.FIELDS
