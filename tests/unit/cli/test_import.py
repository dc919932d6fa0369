"""`netwatch import` and `netwatch export`: shown before it is written, compared with what is there, and back again."""

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import openpyxl
import pytest
import yaml

from netwatch.cli.main import main
from netwatch.inventory import load
from netwatch.simulate.city_text import inventory_files
from netwatch.simulate.growth import generate

CITY = """\
city: Yangju
timezone: Asia/Seoul
sites: {hall: {name: 시청, district: 중앙동}}
devices:
  acc-17: {site: hall, address: 192.0.2.17}
  acc-18: {site: hall, address: 192.0.2.18}
"""
INCLUDE = "include: [{file: imported/field_devices.csv, as: field_devices}]\n"
HEAD = "관리번호,스위치명,포트,IP\n"
ONE, TWO = "cam-1,acc-17,1/1,10.1.1.1\n", "cam-2,acc-17,1/2,10.1.1.2\n"


class Desk:
    """A folder with an inventory, and somebody who types commands in it."""

    def __init__(self, folder, capsys):
        self.folder, self.capsys = folder, capsys
        (folder / "inventory.yaml").write_text(CITY)

    def run(self, *words, csv=None):
        """(exit code, what it said)."""
        if csv is not None:
            (self.folder / "cams.csv").write_text(HEAD + csv)
        code = main([*words, "--inventory", str(self.folder / "inventory.yaml")])
        told = self.capsys.readouterr()
        return code, told.out + told.err

    def take(self, *words, csv=None, write=True):
        folder = ("--write", str(self.folder / "imported")) if write else ()
        return self.run("import", str(self.folder / "cams.csv"), "--set", "kind=cctv", *folder, *words, csv=csv)

    @property
    def cameras(self):
        loaded = load(self.folder / "inventory.yaml", environ={}, credentials_dir=None)
        return {name: (str(one.port), one.address) for name, one in loaded.field_devices.items()}


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


def test_without_write_nothing_is_written_and_everything_is_shown(desk):
    code, said = desk.take(csv=ONE + TWO, write=False)
    assert (code, {path.name for path in desk.folder.iterdir()}) == (0, {"cams.csv", "inventory.yaml"})
    assert "field_devices: 2 new\n+ cam-1  kind cctv, device acc-17, interface 1/1, address 10.1.1.1\n" in said
    assert said.endswith("nothing is written; --write imported does\n")


def test_what_is_written_is_what_the_inventory_reads(desk):
    code, said = desk.take(csv=ONE + TWO)
    assert (code, "  - {file: imported/field_devices.csv, as: field_devices}" in said) == (0, True)
    with (desk.folder / "inventory.yaml").open("a") as file:
        file.write(INCLUDE)
    assert desk.cameras == {"cam-1": ("acc-17 1/1", "10.1.1.1"), "cam-2": ("acc-17 1/2", "10.1.1.2")}
    assert desk.take(csv=ONE + TWO, write=False)[1].splitlines()[-2] == "field_devices: 2 the same"


def test_a_second_import_shows_what_differs_and_leaves_what_it_does_not_name(desk):
    desk.take(csv=ONE + TWO)
    code, said = desk.take("--mapping", "imported/mapping.yaml", csv="cam-2,acc-18,1/2,10.1.1.2\ncam-3,acc-17,1/3,\n")
    assert code == 0
    assert "field_devices: 1 new, 1 changed, 1 not named here stay" in said
    assert "~ cam-2  device: acc-17 → acc-18" in said
    with (desk.folder / "inventory.yaml").open("a") as file:
        file.write(INCLUDE)
    assert list(desk.cameras) == ["cam-1", "cam-2", "cam-3"]


def test_only_a_sheet_that_is_the_whole_removes_and_never_what_is_in_doubt(desk):
    desk.take(csv=ONE + TWO + "cam-3,acc-17,1/3,\n")
    code, said = desk.take("--replace", csv=ONE + "cam-2,acc-17,2-Jan,\n")
    assert (code, "- cam-3" in said, "- cam-2" in said) == (1, True, False)
    with (desk.folder / "inventory.yaml").open("a") as file:
        file.write(INCLUDE)
    assert list(desk.cameras) == ["cam-1", "cam-2"]


def test_what_somebody_changed_by_hand_is_shown_before_it_is_overwritten(desk):
    desk.take(csv=ONE)
    path = desk.folder / "imported" / "field_devices.csv"
    path.write_text(path.read_text().replace("1/1", "1/9"))
    assert "~ cam-1  interface: 1/9 → 1/1" in desk.take(csv=ONE, write=False)[1]


def test_a_row_in_doubt_is_named_not_written_and_the_command_says_so(desk):
    code, said = desk.take("--report", "doubts.csv", csv=ONE + "cam-2,acc-17,2-Jan,\n")
    assert code == 1
    assert "cams.csv:3 포트: a spreadsheet made the date '2-Jan' of it; did you mean '1/2'? [date]" in said
    assert "1 × date; --accept date takes what is proposed for 1" in said
    assert "cam-2" not in (desk.folder / "imported" / "field_devices.csv").read_text()
    assert "cams.csv:3,cam-2,포트,2-Jan,date" in (desk.folder / "doubts.csv").read_text()
    assert desk.take("--accept", "date")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "none.xlsx"), "none.xlsx: No such file"),
        (("import", "cams.csv", "--set", "kind"), "is not KEY=VALUE"),
        (("import", "cams.csv"), "no column tells the kind"),
        (("import", "cams.csv", "--charset", "cp94"), "'cp94' is not a character set"),
        (("import", "cams.csv", "--mapping", "none.yaml"), "none.yaml: No such file"),
        (("import", "http://127.0.0.1:1/"), "--insecure lets it"),
        (("import", "https://127.0.0.1:1/"), "--token-file or --token-env"),
        (("export", "cams.csv"), "with --as TABLE"),
        (("export", "x.xlsx", "--as", "rings"), "the inventory has no rings"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(desk, words, said):
    (desk.folder / "cams.csv").write_text(HEAD + ONE)
    code, told = desk.run(*words)
    assert (code, said in told) == (1, True)


def test_json_tells_all_of_it(desk):
    code, said = desk.take("--json", csv=ONE + "cam-2,acc-71,1/2,\n", write=False)
    told = json.loads(said)
    assert (code, told["rows"], told["changes"]["field_devices"]["added"]) == (1, 2, ["cam-1"])
    assert (told["doubts"][0]["place"], told["doubts"][0]["proposal"]) == ("cams.csv:3", "acc-17")


WHOLE = ("city", "timezone", "charset", "vantage", "defaults", "roles", "settings", "credentials")
TABLES = ("sites", "devices", "cables", "links", "rings", "field_devices", "services", "contractors", "maintenance")


def test_export_and_import_is_the_identity_for_a_whole_city(desk, tmp_path):
    home, away = tmp_path / "home", tmp_path / "away"
    for path, text in inventory_files(generate(switches=40, seed=3)).items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text)
    with (home / "inventory.yaml").open("a") as file:
        file.write('maintenance: {m-1: {subject: "site:city-hall", from: 2026-12-01T01:00, until: 2026-12-01T05:00}}\n')
    assert main(["export", str(tmp_path / "city.xlsx"), "--inventory", str(home / "inventory.yaml")]) == 0
    assert main(["import", str(tmp_path / "city.xlsx"), "--inventory", str(home / "inventory.yaml")]) == 0
    away.mkdir()
    shutil.copytree(home / "secrets", away / "secrets")
    whole = {key: told for key, told in yaml.safe_load((home / "inventory.yaml").read_text()).items() if key in WHOLE}
    (away / "inventory.yaml").write_text(yaml.safe_dump(whole, allow_unicode=True))
    words = ["import", str(tmp_path / "city.xlsx"), "--inventory", str(away / "inventory.yaml")]
    assert main([*words, "--write", str(away / "imported")]) == 0
    include = [{"file": f"imported/{table}.csv", "as": table} for table in TABLES]
    (away / "inventory.yaml").write_text(yaml.safe_dump({**whole, "include": include}, allow_unicode=True))
    before, after = (load(one / "inventory.yaml", environ={}, credentials_dir=None) for one in (home, away))
    assert len(before.field_devices) > 100
    assert any(link.fibre for link in before.links.values())
    for table in TABLES:
        assert dict(getattr(after, table)) == dict(getattr(before, table)), table


def test_whatever_a_text_begins_with_an_exported_cell_is_text(desk):
    texts = "note: '=1+1', asset_no: '1-3', serial: '0042', institution: '1.2E+11'"
    (desk.folder / "inventory.yaml").write_text(CITY.replace("192.0.2.17}", f"192.0.2.17, {texts}}}"))
    assert desk.run("export", "city.xlsx")[0] == 0
    sheet = openpyxl.load_workbook(desk.folder / "city.xlsx")["devices"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    code, said = desk.run("import", "city.xlsx")
    assert (code, "3 rows stand in the inventory already, and say the same" in said) == (0, True)
    assert desk.run("export", "city.xlsx")[0] == 1


class NetBox(BaseHTTPRequestHandler):
    """Two pages of devices, for whoever has the token."""

    def do_GET(self):
        port = self.server.server_port
        pages = {
            "/api/dcim/devices/?limit=500": ("acc-30", f"http://127.0.0.1:{port}/api/dcim/devices/?offset=1"),
            "/api/dcim/devices/?offset=1": ("acc-31", self.server.last),
        }
        if self.headers["Authorization"] != "Token canary-token":
            self.send_error(403)
            return
        name, following = pages[self.path]
        device = {"name": name, "primary_ip": {"address": "10.1.1.1/24" if name == "acc-30" else "10.1.1.2/24"}}
        device |= {"site": {"name": "시청"}, "role": {"slug": "access"}, "status": {"value": "active"}}
        body = json.dumps({"next": following, "results": [device]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture
def netbox():
    server = HTTPServer(("127.0.0.1", 0), NetBox)
    server.last = None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_netbox_is_asked_page_by_page_with_a_token_that_is_only_named(desk, netbox, monkeypatch):
    url = f"http://127.0.0.1:{netbox.server_port}/"
    monkeypatch.setenv("NETBOX_TOKEN", "canary-token")
    code, said = desk.run("import", url, "--insecure", "--token-env", "NETBOX_TOKEN")
    assert (code, "devices: 2 new" in said, "canary" in said) == (0, True, False)
    (desk.folder / "token").write_text("wrong\n")
    code, said = desk.run("import", url, "--insecure", "--token-file", str(desk.folder / "token"))
    assert (code, "answers 403" in said) == (3, True)


def test_a_page_elsewhere_does_not_get_the_token(desk, netbox, monkeypatch):
    netbox.last = "http://elsewhere.example/api/dcim/devices/"
    monkeypatch.setenv("NETBOX_TOKEN", "canary-token")
    url = f"http://127.0.0.1:{netbox.server_port}/"
    code, said = desk.run("import", url, "--insecure", "--token-env", "NETBOX_TOKEN")
    assert (code, "elsewhere.example, where its token is not sent" in said) == (3, True)
