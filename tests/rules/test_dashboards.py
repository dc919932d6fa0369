"""The dashboards as files: what stands in them is what the code says, whole, and true to the catalogue."""

import re
from collections import Counter
from itertools import combinations
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from grafana import states
from grafana.generate import BOARDS, FOLDER, dashboards
from grafana.queries import POLL, SETTLED
from grafana.words import Language
from netwatch.core.metrics import BY_NAME, CATALOGUE, MetricType
from tests.project.files import ROOT, words
from tests.rules.boards import (
    LABELS_OF,
    SELECTOR,
    boards,
    metrics,
    panels,
    queries,
    recorded,
    rules,
    stamped,
    variables,
)

LANGUAGES = [language.value for language in Language]
GRAFANAS_OWN = {"__rate_interval", "__range", "__interval"}
# what Prometheus itself writes of every target it reads
PROMETHEUS_OWN = {"up", "scrape_duration_seconds", "scrape_samples_scraped"}
# metric -> why no panel shows it and no rule reads it
DELIBERATELY_UNUSED: dict[str, str] = {}
HANGUL = re.compile("[가-힣]")


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return request.param


def every_panel(language):
    return [(name, board, panel) for name, board in boards(language).items() for panel in panels(board)]


def test_the_files_are_what_the_code_generates():
    wanted = dashboards()
    assert {path.relative_to(FOLDER) for path in FOLDER.glob("*/*")} == {path.relative_to(FOLDER) for path in wanted}
    differing = [
        str(path.relative_to(ROOT)) for path, text in wanted.items() if path.read_text(encoding="utf-8") != text
    ]
    assert differing == [], "run make dashboards"


def test_the_eight_dashboards_and_the_one_that_alerts_lead_to_exist_in_both_languages():
    names = {"audit", "capacity", "city", "device", "fault", "field-device", "own", "ring-link", "service"}
    assert {language: set(boards(language)) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, names)


def test_every_uid_is_told_by_name_and_language(language):
    assert {name: board["uid"] for name, board in boards(language).items()} == {
        name: f"netwatch-{name}-{language}" for name in boards(language)
    }


def test_every_panel_says_what_it_is_in_which_unit_and_what_stands_there_when_there_is_nothing(language):
    for name, _, panel in every_panel(language):
        defaults = panel["fieldConfig"]["defaults"]
        told = (panel["title"], panel["description"], defaults["unit"], defaults["noValue"])
        assert all(told), (name, panel["title"], told)


def test_every_panel_query_and_variable_reads_the_chosen_data_source(language):
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    for name, board in boards(language).items():
        first, *others = board["templating"]["list"]
        assert (first["type"], first["name"]) == ("datasource", "datasource")
        read = list(panels(board)) + [query for panel in panels(board) for query in panel["targets"]]
        assert {str(one["datasource"]) for one in (*read, *others, *board["annotations"]["list"])} == {str(chosen)}, (
            name
        )


def test_ids_are_unique_and_no_panel_lies_on_another(language):
    for name, board in boards(language).items():
        ids = [panel["id"] for panel in board["panels"]]
        assert len(set(ids)) == len(ids), name
        for one, other in combinations(board["panels"], 2):
            a, b = one["gridPos"], other["gridPos"]
            beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
            above = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
            assert beside or above, (name, one["title"], other["title"])
        assert max(panel["gridPos"]["x"] + panel["gridPos"]["w"] for panel in board["panels"]) <= 24, name


def test_no_two_panels_of_a_dashboard_are_called_alike(language):
    for name, board in boards(language).items():
        asked = Counter(panel["title"] for panel in panels(board))
        assert [one for one, times in asked.items() if times > 1] == [], name


def test_every_metric_is_in_the_catalogue_and_has_the_labels_it_is_selected_by():
    texts = [(query.place, query.expr) for query in queries()]
    texts += [
        (name, one["query"]["query"]) for name, board in boards().items() for one in board["templating"]["list"][1:]
    ]
    texts += [(name, one["expr"]) for name, board in boards().items() for one in board["annotations"]["list"]]
    assert len(texts) > 100
    for place, text in texts:
        assert metrics(text) <= set(BY_NAME), place
        for metric, selector in SELECTOR.findall(text):
            selected = set(re.findall(r'(\w+) *(?:=~|!~|!=|=) *"', selector))
            assert selected <= set(BY_NAME[metric].labels), (place, metric)


def test_every_recorded_series_is_recorded_by_a_shipped_rule():
    asked = set().union(*(recorded(query.expr) for query in queries()))
    assert asked
    assert asked <= {rule["record"] for rule in rules() if "record" in rule}


def test_every_alert_leads_to_a_dashboard_and_variable_that_exist():
    addresses = [rule["annotations"]["dashboard"] for rule in rules() if "alert" in rule]
    assert len(addresses) > 10
    for address in addresses:
        uid = re.search(r"/d/(netwatch-[a-z-]+)", address)[1]
        there = next(board for language in LANGUAGES for board in boards(language).values() if board["uid"] == uid)
        given = set(re.findall(r"[?&]var-(\w+)=", address))
        assert given <= {one["name"] for one in there["templating"]["list"]}, address


def test_every_metric_of_the_catalogue_is_shown_or_read_by_a_rule_or_deliberately_neither():
    asked = [query.expr for query in queries()] + [rule["expr"] for rule in rules()]
    used = {metric for expr in asked for metric in metrics(expr)}
    assert {metric.name for metric in CATALOGUE} - used == set(DELIBERATELY_UNUSED)


@pytest.mark.parametrize("kind", states.WORDS, ids=lambda kind: kind.__name__)
def test_every_state_has_its_word_in_grafana_states(kind):
    assert [one.value for one in kind if one.value not in {shown.value for shown in states.WORDS[kind]}] == []
    assert [shown.value for shown in states.WORDS[kind] if shown.value not in set(kind)] == []


def test_only_counters_are_rated():
    rated = {name for query in queries() for name in re.findall(r"\b(?:rate|increase)\((\w+)", query.expr)}
    assert {BY_NAME[name].type for name in rated} == {MetricType.COUNTER}
    assert {metric.name for metric in CATALOGUE if metric.stamped} <= rated


def test_stamped_counters_are_rated_over_four_polls_and_never_at_the_unfinished_end(language):
    seen = 0
    for name, _, panel in every_panel(language):
        for target in panel["targets"]:
            if not stamped(target["expr"]):
                continue
            seen += 1
            if target["instant"]:
                assert re.search(rf"\[4m\] offset {SETTLED}\)", target["expr"]), (name, panel["title"])
            else:
                assert "[$__rate_interval]" in target["expr"], (name, panel["title"])
                assert (target["interval"], panel["timeShift"]) == (POLL, SETTLED), (name, panel["title"])
    assert seen >= 8


def test_bytes_are_told_in_bits_as_network_people_expect(language):
    for name, _, panel in every_panel(language):
        for target in panel["targets"]:
            if re.search(r"rate_bytes_per_second|speed_bytes_per_second|_bytes_total", target["expr"]):
                by_bits = re.search(r"\b8 \*|\* 8\b", target["expr"]) or "count(" in target["expr"]
                assert by_bits, (name, panel["title"])


def test_every_variable_that_is_used_is_defined(language):
    for name, board in boards(language).items():
        defined = {one["name"] for one in board["templating"]["list"]}
        asked = [target["expr"] for panel in panels(board) for target in panel["targets"]]
        asked += [one["query"]["query"] for one in board["templating"]["list"][1:]]
        used = set().union(*map(variables, asked))
        assert used <= defined | GRAFANAS_OWN, name
        assert all(LABELS_OF.fullmatch(one["query"]["query"]) for one in board["templating"]["list"][1:]), name


def links(panel):
    """Every link of a value, of the panel and its columns."""
    found = list(panel["fieldConfig"]["defaults"].get("links", []))
    for override in panel["fieldConfig"]["overrides"]:
        for prop in override["properties"]:
            found += prop["value"] if prop["id"] == "links" else []
    return found


def test_every_link_leads_to_a_dashboard_of_its_language_and_fills_variables_that_this_one_has(language):
    known = boards(language)
    followed = 0
    for name, _, panel in every_panel(language):
        for link in links(panel):
            address = urlsplit(link["url"])
            board = address.path.removeprefix("/d/")
            if board == f"${{__data.fields.board}}-{language}":
                continue  # worked out by the query; the queries' test follows it
            followed += 1
            there = known[board.removeprefix("netwatch-").removesuffix(f"-{language}")]
            names = {one["name"] for one in there["templating"]["list"]}
            given = {key.removeprefix("var-") for key, _ in parse_qsl(address.query) if key.startswith("var-")}
            assert given, (name, panel["title"])
            assert given <= names, (name, panel["title"])
            assert "${__url_time_range}" in address.query
    assert followed > 20


def test_links_take_their_values_from_columns_that_are_there(language):
    for name, _, panel in every_panel(language):
        columns = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]}
        for link in links(panel):
            taken = set(re.findall(r"\$\{__data\.fields\.(\w+)\}", link["url"]))
            assert taken <= columns, (name, panel["title"])


def test_every_table_keeps_its_columns_and_joins_what_has_several_queries(language):
    tables = [(name, panel) for name, _, panel in every_panel(language) if panel["type"] == "table"]
    assert len(tables) > 15
    for name, panel in tables:
        kept = next(one for one in panel["transformations"] if one["id"] == "filterFieldsByName")
        values = {one for one in kept["options"]["include"]["names"] if one.startswith("Value")}
        refs = [target["refId"] for target in panel["targets"]]
        assert values <= ({f"Value #{ref}" for ref in refs} if len(refs) > 1 else {"Value"}), (name, panel["title"])
        joins = [one["options"]["byField"] for one in panel["transformations"] if one["id"] == "joinByField"]
        assert bool(joins) == (len(refs) > 1), (name, panel["title"])
        assert {target["format"] for target in panel["targets"]} == {"table"}


def test_a_table_is_sorted_by_a_column_it_shows(language):
    for name, _, panel in every_panel(language):
        titles = {
            prop["value"]
            for override in panel["fieldConfig"]["overrides"]
            for prop in override["properties"]
            if prop["id"] == "displayName"
        }
        assert {one["displayName"] for one in panel["options"].get("sortBy", [])} <= titles, (name, panel["title"])


def test_both_languages_ask_the_same():
    english, korean = queries("en"), queries("ko")
    assert [(one.board, one.ref, one.expr) for one in english] == [(one.board, one.ref, one.expr) for one in korean]
    for name, board in boards("en").items():
        other = boards("ko")[name]
        assert [panel["gridPos"] for panel in board["panels"]] == [panel["gridPos"] for panel in other["panels"]]


def test_korean_titles_are_korean_and_english_ones_are_not():
    told = {language: [] for language in LANGUAGES}
    for language in LANGUAGES:
        for board in boards(language).values():
            told[language] += [board["title"], board["description"]]
            told[language] += [panel["title"] for panel in board["panels"]]
            told[language] += [panel["description"] for panel in panels(board)]
            told[language] += [panel["fieldConfig"]["defaults"]["noValue"] for panel in panels(board)]
    assert [text for text in told["en"] if HANGUL.search(text)] == []
    assert {text for text in told["ko"] if not HANGUL.search(text)} <= {"SNMP"}


def test_every_dashboard_leads_to_the_others_and_to_itself_in_the_other_language(language):
    other = Language(language).other
    for name, board in boards(language).items():
        to_all, to_other = board["links"]
        assert to_all["tags"] == [f"netwatch-{language}"]
        assert to_other["url"] == f"/d/netwatch-{name}-{other}"
        assert f"netwatch-{language}" in board["tags"]
        assert (to_all["keepTime"], to_other["includeVars"]) == (True, True)


def test_a_colour_never_stands_without_its_word():
    for name, shown in vars(states).items():
        if isinstance(shown, tuple) and shown and isinstance(shown[0], states.Shown):
            assert all(one.word.en and one.word.ko for one in shown), name
            spoken = [one.word.en for one in shown]
            assert len(set(spoken)) == len(spoken), name


def test_states_that_differ_in_gravity_differ_in_word_as_well(language):
    for name, _, panel in every_panel(language):
        for mapping in panel["fieldConfig"]["defaults"].get("mappings", []):
            texts = [one["text"] for one in mapping["options"].values()]
            assert len(set(texts)) == len(texts), (name, panel["title"])


def test_faults_stand_before_everything_else_of_the_city(language):
    first, *_ = panels(boards(language)["city"])
    assert "netwatch_fault_info" in first["targets"][0]["expr"]
    table = next(panel for panel in panels(boards(language)["city"]) if panel["type"] == "table")
    assert "netwatch_fault_info" in table["targets"][0]["expr"]


def test_provisioning_finds_every_folder_and_needs_no_click():
    provided = yaml.safe_load(words("grafana/provisioning/dashboards/netwatch.yaml"))["providers"]
    paths = {one["options"]["path"].rpartition("/")[2] for one in provided}
    assert paths == {path.name for path in FOLDER.iterdir()}
    assert len({one["folder"] for one in provided}) == len(provided)
    assert len({one["folderUid"] for one in provided}) == len(provided)
    sources = yaml.safe_load(words("grafana/provisioning/datasources/netwatch.yaml"))["datasources"]
    assert [(one["type"], one["isDefault"]) for one in sources] == [("prometheus", True)]


def test_the_code_knows_every_board_it_has():
    modules = {path.stem.replace("_", "-") for path in (ROOT / "grafana/boards").glob("[a-z]*.py")}
    assert modules == {board.name for board in BOARDS}
