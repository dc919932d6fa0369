"""House rules that no linter knows."""

import ast
import gc
import re
import subprocess
import sys
from functools import cache

import pytest

from tests.project.files import ROOT, modules, project_files

LONGEST_MODULE = 400  # lines
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
SET_REQUEST = 0xA3  # the tag of a SetRequest-PDU, RFC 3416 section 3


@pytest.fixture(autouse=True, scope="module")
def _trees():
    """They take two hundred megabytes, which no collector need look through and no other test of the worker needs."""
    gc.disable()
    yield
    modules.cache_clear()
    gc.enable()


def places(predicate, folder: str = "netwatch") -> list[str]:
    """`file:line` of every syntax node the predicate is true of."""
    return [
        f"{path}:{getattr(node, 'lineno', 0)}"
        for path, tree in modules(folder)
        for node in ast.walk(tree)
        if predicate(node)
    ]


@cache
def imported_packages() -> frozenset[str]:
    texts = (path.read_text(encoding="utf-8") for path in project_files() if path.suffix == ".py")
    return frozenset(name for text in texts for name in re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE))


def test_no_module_is_longer_than_four_hundred_lines():
    lengths = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path, _ in modules()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_nothing_is_imported_inside_a_function():
    found = []
    for path, tree in modules():
        outside: list[ast.AST] = [tree]
        for node in outside:  # which grows: everything that stands in no function
            outside += [child for child in ast.iter_child_nodes(node) if not isinstance(child, FUNCTIONS)]
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        allowed = {*map(id, outside)}
        found += [f"{path}:{node.lineno}" for node in imports if id(node) not in allowed]
    assert found == []


def test_no_function_changes_a_global():
    assert places(lambda node: isinstance(node, ast.Global)) == []


def test_no_exception_is_swallowed():
    def says_nothing(step: ast.stmt) -> bool:
        return isinstance(step, ast.Pass) or (isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant))

    def swallows(node: ast.AST) -> bool:
        if isinstance(node, ast.ExceptHandler):
            return all(says_nothing(step) for step in node.body)
        return isinstance(node, ast.ImportFrom | ast.Attribute) and "suppress" in names_in(node)

    assert places(swallows) == []


def names_in(node: ast.ImportFrom | ast.Attribute) -> set[str]:
    return {node.attr} if isinstance(node, ast.Attribute) else {alias.name for alias in node.names}


def test_every_module_says_what_it_is_for():
    silent = [str(path) for path, tree in modules() if not ast.get_docstring(tree)]
    assert silent == []


def test_read_only_by_construction_no_set_request_can_be_built():
    def carries_the_tag(node: ast.AST) -> bool:
        if not isinstance(node, ast.Constant):
            return False
        value = node.value
        return (isinstance(value, bytes) and SET_REQUEST in value) or (type(value) is int and value == SET_REQUEST)

    assert places(carries_the_tag) == []


@pytest.mark.parametrize("package", ["netaddr", "prometheus_client", "pysnmp", "pytest", "scapy", "yaml"])
def test_every_package_the_house_names_is_used(package):
    assert package in imported_packages()


def test_the_layers_import_in_one_direction():
    checked = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


def test_every_suppressed_finding_names_its_rule_and_each_rule_its_reason_once_a_file():
    unexplained = []
    for path in project_files():
        if path.suffix != ".py":
            continue
        marks = re.findall(r"# noqa:? *((?:[A-Z]+\d+,? *)*)(.*)", path.read_text(encoding="utf-8"))
        explained = {code for codes, reason in marks if reason.strip() for code in re.findall(r"[A-Z]+\d+", codes)}
        for codes, _ in marks:
            named = re.findall(r"[A-Z]+\d+", codes)
            if not named or not explained.issuperset(named):
                unexplained.append(f"{path.relative_to(ROOT)}: {codes or 'every rule'}")
    assert [line for line in unexplained if "tests/project/test_code.py" not in line] == []
