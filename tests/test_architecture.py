"""The rules of the house, held by the code's own imports."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"


def module_name(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted((SRC / "gateproof").rglob("*.py"))}


@functools.cache
def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, the ones inside functions included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(name for node in _nodes(tree) for name in _imported(node))


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _nodes(node)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def own_imports(name: str) -> set[str]:
    return {other for other in imports(MODULES[name]) & MODULES.keys() if other != name}


def reached_from(start: str) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += own_imports(name)
    return seen


def test_there_is_no_import_cycle() -> None:
    # A package's __init__ may name its own modules; they never import it back for its names.
    graph = {
        name: {other for other in own_imports(name) if not name.startswith(f"{other}.")} for name in MODULES
    }

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


ROOMS = ("evidence", "config", "record", "judge", "pack", "release", "deploy", "environment", "adopt")
"""From the ground up: a room names only rooms below it."""


def room_of(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def test_every_package_is_a_room_with_a_floor() -> None:
    assert {path.parent.name for path in (SRC / "gateproof").glob("*/__init__.py")} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_no_room_above_it(room: str) -> None:
    above = set(ROOMS[ROOMS.index(room) + 1 :])

    upward = {
        (name, other)
        for name in MODULES
        if room_of(name) == room
        for other in own_imports(name)
        if room_of(other) in above
    }

    assert upward == set()


def test_nothing_but_main_imports_the_command_line() -> None:
    importers = {name for name in MODULES if "gateproof.cli" in own_imports(name)}

    assert importers == {"gateproof.__main__"}


PURE = [
    "gateproof.model",
    "gateproof.evidence.statement",
    "gateproof.evidence.runs",
    "gateproof.evidence.attempts",
]
PURE += [name for name in MODULES if name.startswith("gateproof.judge.")]
IMPURE = {"os", "subprocess", "time", "random", "socket", "tempfile", "shutil", "platform"}


@pytest.mark.parametrize("name", PURE)
def test_what_judges_sees_no_system_and_no_clock(name: str) -> None:
    text = MODULES[name].read_text(encoding="utf-8")

    assert not {module.split(".")[0] for module in imports(MODULES[name])} & IMPURE
    assert ".now(" not in text
    assert ".today(" not in text


def test_the_verifier_shares_with_the_writer_only_model_errors_and_evidence() -> None:
    allowed = (
        "gateproof.model",
        "gateproof.errors",
        "gateproof.evidence",
        "gateproof.findings",
        "gateproof.pack.verif",
    )
    reader = ("gateproof.pack.zip",)

    foreign = {
        name
        for name in reached_from("gateproof.pack.verify") - {"gateproof", "gateproof.pack"}
        if not name.startswith(allowed + reader)
    }

    assert foreign == set()


def test_the_verifier_needs_no_git_and_starts_no_process() -> None:
    for name in reached_from("gateproof.pack.verify"):
        assert not {module.split(".")[0] for module in imports(MODULES[name])} & {
            "subprocess",
            "socket",
            "nox",
            "invoke",
        }


@pytest.mark.parametrize(("module", "only"), [("git", "gateproof.git"), ("zipfile", "gateproof.zipfiles")])
def test_one_module_talks_to(module: str, only: str) -> None:
    if module == "git":
        speakers = {name for name, path in MODULES.items() if '["git"' in path.read_text(encoding="utf-8")}
    else:
        speakers = {name for name, path in MODULES.items() if module in imports(path)}

    assert speakers == {only}


def test_the_store_and_the_suite_never_import_each_other() -> None:
    apps = {path.name for path in (ROOT / "purelaka").iterdir() if (path / "__init__.py").exists()}
    assert apps

    for path in MODULES.values():
        assert not {name.split(".")[0] for name in imports(path)} & apps
    for path in (ROOT / "purelaka").rglob("*.py"):
        assert "gateproof" not in {name.split(".")[0] for name in imports(path)}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name
        for name, path in MODULES.items()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []
