"""What a browser shows first."""

import re

from netwatch.expose.start_page import FAULTS_SHOWN, Summary, render_start_page


def listed(*faults):
    page = render_start_page(Summary(city="Yangju", version="1", verdicts={}, faults=faults))
    return re.findall(r"<li>(.*?)</li>", page), page


def test_open_faults_stand_on_the_first_page_as_they_are_given():
    told = ("critical cable_cut cable:c-1", "minor port field_device:cam-1")
    assert listed(*told)[0] == list(told)


def test_a_city_in_which_nothing_is_broken_says_so():
    items, page = listed()
    assert (items, "none is open" in page) == ([], True)


def test_what_a_name_contains_is_text_and_no_markup():
    assert listed("minor port port:sw <b>1</b>")[0] == ["minor port port:sw &lt;b&gt;1&lt;/b&gt;"]


def test_a_storm_is_counted_not_listed():
    items, _ = listed(*(f"major device_power device:{n}" for n in range(FAULTS_SHOWN + 7)))
    assert (len(items), items[-1]) == (FAULTS_SHOWN + 1, "and 7 more")
