"""4,000 cameras in a workbook that is made bad on purpose: every doubtful row named, none silently wrong."""

import pytest

from netwatch.inventory.importing.planning import Asked, plan, read_grids
from netwatch.inventory.importing.world import Known, World
from tests.unit.inventory.importing.messy import PORTS, switches, workbook

PLACE = ("place", "latitude", "longitude", "district")


def imported(messy, cameras):
    known = Known(place="inventory.yaml:9", texts={"site": "hall", "address": "192.0.2.1"})
    world = World(records={"devices": dict.fromkeys(switches(cameras // PORTS), known)}, is_there=True)
    grids = read_grids(messy.content, "cameras.xlsx", charset="cp949")
    return plan(grids, Asked(values={"kind": "cctv"}), world)


def assert_nothing_is_silently_wrong(messy, found):
    named = {doubt.place for doubt in found.doubts}
    assert {place: messy.doubtful.get(place) for place in named ^ messy.doubtful.keys()} == {}
    cameras, sites = found.records["field_devices"], found.records["sites"]
    assert cameras.keys() == messy.truth.keys()
    for identity, truth in messy.truth.items():
        texts = dict(cameras[identity])
        site = sites[texts.pop("site")]
        told = {key: float(site[key]) if key in ("latitude", "longitude") else site[key] for key in PLACE[1:]}
        assert {**texts, "place": site["name"], **told} == {
            "kind": "cctv",
            **truth,
            "latitude": float(truth["latitude"]),
            "longitude": float(truth["longitude"]),
        }


def test_of_4000_cameras_every_doubtful_row_is_named_and_none_is_silently_wrong():
    messy = workbook(4000, seed=8)
    assert_nothing_is_silently_wrong(messy, imported(messy, 4000))
    assert len(messy.doubtful) > 350


@pytest.mark.parametrize("seed", range(3))
def test_where_half_of_all_rows_are_bad_the_other_half_is_taken_as_it_is(seed):
    messy = workbook(160, seed=seed, harmed=0.5)
    assert_nothing_is_silently_wrong(messy, imported(messy, 160))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_done_to_a_workbook_no_row_is_silently_wrong(seed):
    messy = workbook(400, seed=seed, harmed=0.05 + seed % 10 / 20)
    assert_nothing_is_silently_wrong(messy, imported(messy, 400))
