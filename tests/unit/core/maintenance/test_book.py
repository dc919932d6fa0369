from dataclasses import replace

from netwatch.core.events import EventKind
from netwatch.core.maintenance.book import WITHDRAWN, MaintenanceBook
from netwatch.core.maintenance.windows import Origin, Phase, ended
from netwatch.core.model import Maintenance
from tests.unit.engine.town import town

DECLARED, ENDED = EventKind.MAINTENANCE_DECLARED, EventKind.MAINTENANCE_ENDED
STARTED, OVER = EventKind.MAINTENANCE_STARTED, EventKind.MAINTENANCE_OVER
PLAN = Maintenance(id="", subject="device:acc-1", from_s=1000.0, until_s=2000.0, reason="증설", by="kim")


def city(**plans):
    """An inventory with these windows: m_31=PLAN is `m-31`."""
    named = {name.replace("_", "-"): plan for name, plan in plans.items()}
    return town("acc-1", "acc-2", maintenance={name: replace(plan, id=name) for name, plan in named.items()})


def told(events):
    return [(event.kind, event.detail["id"], event.at_wall_s) for event in events]


def declared(book, plan=PLAN, *, at_s=500.0, user="root"):
    window = book.propose(plan, at_s, user=user)
    book.put(window)
    return window


class Days:
    """A book under one inventory, as time goes on; `events` is all that was told."""

    def __init__(self, inventory, *, at_s=0.0, stored=()):
        self.book = MaintenanceBook()
        self.book.restore(stored)
        self.inventory = inventory
        self.events = []
        self.at(at_s)

    def at(self, now_s):
        events = self.book.advance(self.inventory, now_s)
        self.events += events
        return told(events)

    def reload(self, inventory, now_s):
        self.inventory = inventory
        return self.at(now_s)

    def active(self):
        return {subject for subject, runs in self.book.active.items() if runs and subject.startswith("device:")}


def test_ids_are_counted_and_pass_over_those_of_the_inventory():
    days = Days(city(m_2=PLAN, work=PLAN))
    assert [declared(days.book).id for _ in range(3)] == ["m-1", "m-3", "m-4"]


def test_an_id_is_not_given_twice_even_if_its_window_came_to_nothing():
    days = Days(city())
    assert days.book.propose(PLAN, 1.0, user="root").id == "m-1"
    assert days.book.propose(PLAN, 2.0, user="root").id == "m-2"
    assert days.book.windows == ()


def test_counting_goes_on_after_a_restart():
    days = Days(city())
    first = declared(days.book)
    later = Days(city(m_9=PLAN), stored=[first, *days.book.unsaved()])
    assert declared(later.book).id == "m-2"


def test_a_window_begins_and_is_over_once_each():
    days = Days(city())
    declared(days.book)
    assert days.at(999.0) == []
    assert days.at(1000.3) == [(STARTED, "m-1", 1000.0)]
    assert days.active() == {"device:acc-1"}
    assert days.at(1001.0) == []
    assert days.at(2000.1) == [(OVER, "m-1", 2000.0)]
    assert days.active() == set()
    assert days.at(2001.0) == []


def test_a_window_slept_through_is_told_of_afterwards_with_its_own_times():
    days = Days(city())
    declared(days.book)
    assert days.at(9000.0) == [(STARTED, "m-1", 1000.0), (OVER, "m-1", 2000.0)]


def test_a_restart_tells_nothing_twice():
    days = Days(city())
    declared(days.book)
    days.at(1500.0)
    (running,) = days.book.unsaved()
    later = Days(city(), at_s=1600.0, stored=[running])
    assert later.events == []
    assert later.active() == {"device:acc-1"}
    assert later.at(2500.0) == [(OVER, "m-1", 2000.0)]


def test_a_clock_that_is_set_back_changes_what_is_active_and_tells_nothing_twice():
    days = Days(city())
    declared(days.book)
    days.at(1001.0)
    assert days.at(900.0) == []
    assert days.active() == set()
    assert days.at(1001.0) == []
    assert days.active() == {"device:acc-1"}


def test_a_window_declared_afterwards_begins_when_it_was_declared():
    days = Days(city())
    declared(days.book, at_s=1500.0)
    assert days.at(1500.1) == [(STARTED, "m-1", 1500.0)]


def test_a_window_declared_when_it_was_over_never_began():
    days = Days(city())
    past = declared(days.book, at_s=3000.0)
    assert not past.is_declared_before
    assert days.at(3000.1) == []


def test_a_window_ended_early_is_over_from_then_on():
    days = Days(city())
    declared(days.book)
    days.at(1200.0)
    days.book.put(ended(days.book.open("m-1", 1500.0), 1500.0, by="lee"))
    assert days.at(1500.0) == [(OVER, "m-1", 1500.0)]
    assert days.active() == set()
    assert days.book.open("m-1", 1500.0) is None


def test_a_window_called_off_before_it_began_is_told_of_no_more():
    days = Days(city())
    declared(days.book)
    days.book.put(ended(days.book.open("m-1", 700.0), 700.0, by="lee"))
    assert days.at(1500.0) == []
    assert days.active() == set()


def test_a_window_that_began_while_its_end_was_being_stored_does_not_begin_again():
    days = Days(city())
    planned = declared(days.book)
    ending = ended(planned, 1000.0, by="lee")
    days.at(1000.5)
    days.book.put(ending)
    assert days.at(1001.0) == [(OVER, "m-1", 1000.0)]
    (unsaved,) = days.book.unsaved()
    assert (unsaved.ended_by, unsaved.told) == ("lee", Phase.OVER)


def test_windows_of_the_inventory_are_declared_when_they_are_first_read():
    days = Days(city(m_31=PLAN), at_s=400.0)
    assert told(days.events) == [(DECLARED, "m-31", 400.0)]
    (window,) = days.book.unsaved()
    assert (window.origin, window.declared_wall_s, window.is_declared_before) == (Origin.INVENTORY, 400.0, True)


def test_what_the_inventory_declared_stays_declared_over_a_restart_and_a_reload():
    days = Days(city(m_31=PLAN), at_s=400.0)
    later = Days(city(m_31=PLAN), at_s=1500.0, stored=days.book.unsaved())
    assert told(later.events) == [(STARTED, "m-31", 1000.0)]
    assert later.reload(city(m_31=replace(PLAN, reason="확장")), 1600.0) == []
    (window,) = later.book.windows
    assert (window.plan.reason, window.declared_wall_s) == ("확장", 400.0)


def test_a_window_that_the_inventory_moves_is_declared_anew_without_a_gap():
    days = Days(city(m_31=PLAN), at_s=400.0)
    days.at(1000.0)
    longer = city(m_31=replace(PLAN, until_s=5000.0))
    assert days.reload(longer, 1900.0) == [
        (ENDED, "m-31", 1900.0),
        (DECLARED, "m-31", 1900.0),
        (OVER, "m-31", 1900.0),
        (STARTED, "m-31", 1900.0),
    ]
    assert days.active() == {"device:acc-1"}
    first, second = days.book.windows
    assert (first.is_declared_before, second.is_declared_before) == (True, False)


def test_a_window_taken_out_of_the_inventory_ends_and_leaves_the_pages():
    days = Days(city(m_31=PLAN), at_s=400.0)
    days.at(1500.0)
    assert days.reload(city(), 1600.0) == [(ENDED, "m-31", 1600.0), (OVER, "m-31", 1600.0)]
    assert days.book.active == {}
    assert days.book.windows[0].ended_by == WITHDRAWN


def test_a_window_put_back_into_the_inventory_is_declared_anew():
    days = Days(city(m_31=PLAN), at_s=400.0)
    days.reload(city(), 500.0)
    assert days.reload(city(m_31=PLAN), 1500.0) == [(DECLARED, "m-31", 1500.0), (STARTED, "m-31", 1500.0)]
    assert [window.is_declared_before for window in days.book.windows] == [True, False]


def test_old_windows_that_are_cleared_out_of_the_inventory_are_no_news():
    days = Days(city(m_31=PLAN), at_s=400.0)
    days.at(2500.0)
    assert days.reload(city(), 2600.0) == []
    assert days.book.active == {}
    assert days.reload(city(m_31=PLAN), 2700.0) == []


def test_a_window_of_the_inventory_can_be_ended_by_hand_and_a_reload_does_not_revive_it():
    days = Days(city(m_31=PLAN), at_s=400.0)
    days.at(1500.0)
    days.book.put(ended(days.book.open("m-31", 1600.0), 1600.0, by="kim"))
    assert days.at(1600.0) == [(OVER, "m-31", 1600.0)]
    assert days.reload(city(m_31=PLAN), 1700.0) == []
    assert days.active() == set()


def test_where_the_inventory_takes_an_id_of_the_command_the_command_ends_its_own():
    days = Days(city())
    mine = declared(days.book)
    days.reload(city(m_1=replace(PLAN, subject="device:acc-2")), 600.0)
    days.at(1500.0)
    assert days.active() == {"device:acc-1", "device:acc-2"}
    assert days.book.open("m-1", 1500.0).origin is mine.origin


def test_what_changed_while_it_was_being_stored_stays_to_be_stored():
    days = Days(city(m_31=PLAN), at_s=400.0)
    before = days.book.unsaved()
    days.at(1000.0)
    days.book.note_saved(before)
    assert [window.told for window in days.book.unsaved()] == [Phase.RUNNING]
    days.book.note_saved(days.book.unsaved())
    assert days.book.unsaved() == ()


def test_nothing_is_worked_out_again_while_nothing_is_due():
    days = Days(city(m_31=PLAN), at_s=400.0)
    days.at(1000.0)
    shown = days.book.active
    days.at(1500.0)
    days.reload(city(m_31=PLAN), 1600.0)
    assert days.book.active is shown
