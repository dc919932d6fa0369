"""Rows become what somebody would have written as YAML, and know their lines."""

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwatch.inventory.csv_source import Sheet, columns_of, rows
from netwatch.inventory.findings import Findings, nfc
from netwatch.inventory.nodes import Table, Text
from netwatch.inventory.schema import DEVICE, FIELD_DEVICE, LINK, SITE

BOMS = {"utf-8": b"", "utf-8-sig": b"", "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=15) | st.sampled_from(
    ["둘,셋", 'a "b"', "a;b", "첫 줄\n둘째 줄", "x\ty"]
)


def read(content, *, section="sites", block=SITE, **fields):
    given_fields = {"columns": {}, "values": {}, "charset": "cp949", "charset_first": False, **fields}
    findings = Findings()
    source = rows(content, "f.csv", Sheet(section=section, **given_fields), block=block, findings=findings)
    problems = [str(problem) for problem in findings.in_file_order(["f.csv"])]
    return (source.root.entries[section].value.entries if source.root else None), problems


def plain(table):
    return {
        key: entry.value.value if isinstance(entry.value, Text) else plain(entry.value)
        for key, entry in table.entries.items()
    }


@given(
    table=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(list(BOMS)),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_spreadsheet_writes_is_read_back(table, delimiter, encoding, ending):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending)
    writer.writerow(["id", "name", "비고"])
    writer.writerows([f"s-{number}", *cells] for number, cells in enumerate(table))
    read_back, problems = read(BOMS[encoding] + out.getvalue().encode(encoding))
    assert problems == []
    for number, cells in enumerate(table):
        expected = {key: nfc(cell).strip() for key, cell in zip(("name", "비고"), cells, strict=True)}
        assert plain(read_back[f"s-{number}"].value) == {key: cell for key, cell in expected.items() if cell}


def test_a_row_knows_the_line_it_begins_on():
    found, _ = read(b'id,note\na,"1\n2\n3"\n\nb,x\n')
    assert (found["a"].line, found["b"].line) == (2, 6)
    assert all(entry.line == 2 for entry in found["a"].value.entries.values())


def test_columns_kept_apart_are_put_together():
    found, problems = read(
        b"id,a_device,a_interface,b_device,b_interface\nl,sw-1,Ethernet Port 1,sw-2,p2\n", section="links", block=LINK
    )
    assert problems == []
    assert plain(found["l"].value) == {"a": "sw-1 Ethernet Port 1", "b": "sw-2 p2"}


def test_a_port_in_one_column_needs_no_putting_together():
    found, _ = read(b"id,port\nc,sw-1 p1\n", section="field_devices", block=FIELD_DEVICE)
    assert plain(found["c"].value) == {"port": "sw-1 p1"}


def test_a_dotted_column_is_a_key_of_the_inner_table():
    found, problems = read("id,snmp.port,every.ping,비고.1\nsw,1161,5s,x\n".encode(), section="devices", block=DEVICE)
    assert problems == []
    assert plain(found["sw"].value) == {"snmp": {"port": "1161"}, "every": {"ping": "5s"}, "비고.1": "x"}


def test_a_column_of_snmp_beside_one_of_its_keys_keeps_the_first():
    found, _ = read(b"id,snmp,snmp.port\nsw,off,1161\n", section="devices", block=DEVICE)
    assert plain(found["sw"].value) == {"snmp": "off"}


def test_values_hold_for_every_row_that_says_nothing_else():
    found, _ = read(b"id,name\na,\nb,own\n", values={"name": "all", "district": "d"})
    assert plain(found["a"].value) == {"name": "all", "district": "d"}
    assert plain(found["b"].value) == {"name": "own", "district": "d"}


def test_a_column_without_a_header_is_left_out():
    found, problems = read(b"id,,name\na,junk,x\n")
    assert problems == []
    assert plain(found["a"].value) == {"name": "x"}


def test_headers_are_found_however_they_are_normalised():
    found, problems = read("\u1100\u1161 ,name\na,x\n".encode(), columns={"가": "id"})
    assert problems == []
    assert plain(found["a"].value) == {"name": "x"}


def test_a_comma_inside_a_quoted_header_is_no_delimiter():
    found, _ = read(b'id;"name, full, long";name\na;b;c\n')
    assert plain(found["a"].value) == {"name, full, long": "b", "name": "c"}


def test_utf_16_cut_in_half_is_told():
    found, problems = read(codecs.BOM_UTF16_LE + "id\na\n".encode("utf-16-le")[:-1])
    assert found is None
    assert problems == ["f.csv:2: cannot be read as utf-16; name its `charset:` in the include"]


def test_rows_before_a_broken_one_are_still_checked():
    found, problems = read(b'id,name\na,x\nb,"y"z\nc,w\n')
    assert list(found) == ["a"]
    assert problems == ["f.csv:3: not valid CSV: ',' expected after '\"'"]


@pytest.mark.parametrize(
    ("block", "column"),
    [(DEVICE, "snmp.credential"), (DEVICE, "every.ping"), (FIELD_DEVICE, "interface"), (SITE, "latitude")],
)
def test_columns_that_are_no_keys_of_their_own_can_be_mapped_to(block, column):
    assert column in columns_of(block)
    assert column not in block.names


def test_a_row_is_a_table():
    found, _ = read(b"id\na\n")
    assert isinstance(found["a"].value, Table)
