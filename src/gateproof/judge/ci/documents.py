"""The parts of documents and workflows that the noxfile and the settings say: made, and held against what is there.

A part stands between a line with `gates:begin` and a line with `gates:end`, in a comment of the file's own kind.
Everything is read and nothing executed, so that the gate `parity` can hold a ZIP to it too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from gateproof.config import Ci, parse_settings
from gateproof.errors import GateproofError
from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.noxfile import Noxfile, NoxSession, read_noxfile
from gateproof.judge.ci.planned import Cell, Declared, cells
from gateproof.judge.codes import Code
from gateproof.model import Finding

BEGIN = "gates:begin"
END = "gates:end"
SETTINGS = "pyproject.toml"
_KEY = re.compile(rf"{BEGIN}\s+(?P<key>[a-z][a-z-]*)")


def renewed(bundle: Bundle) -> dict[str, str]:
    """Each document that the settings name, as it should be.

    Raises ValueError, with a sentence, for one that is not there or has no such part, and for settings or gates
    that cannot be read.
    """
    noxfile = read_noxfile(bundle)
    if noxfile is None:
        raise ValueError("noxfile.py cannot be read")
    ci = ci_settings(bundle)
    try:
        planned = cells(declared_in(noxfile), ci)
    except GateproofError as error:
        raise ValueError(str(error).rstrip(".")) from None
    return {path: _with_part(path, bundle.text(path), noxfile, ci, planned) for path in ci.documents}


def stale(bundle: Bundle) -> Iterator[Finding]:
    """A finding for each document whose part is not what it would be now."""
    try:
        expected = renewed(bundle)
    except ValueError as error:
        yield Code.STALE_PART.at(SETTINGS, f"{error}.")
        return
    for path, text in expected.items():
        if text != bundle.text(path):
            yield Code.STALE_PART.at(path)


def ci_settings(bundle: Bundle) -> Ci:
    """`[tool.gateproof.ci]` of a bundle, or the defaults where there is none. Raises ValueError when it is broken."""
    text = bundle.text(SETTINGS)
    try:
        table = tomllib.loads(text or "").get("tool", {}).get("gateproof")
        return parse_settings(table, SETTINGS).ci if table is not None else Ci()
    except (GateproofError, ValueError, AttributeError) as error:
        raise ValueError(f"its settings cannot be read: {error}".rstrip(".")) from None


def declared_in(noxfile: Noxfile) -> tuple[Declared, ...]:
    """The gates as the noxfile's text declares them."""
    gates = [noxfile.sessions[name] for name in noxfile.gates]
    return tuple(one for gate in gates for one in _declared(gate))


def _declared(gate: NoxSession) -> Iterator[Declared]:
    if not gate.pythons:
        yield Declared(gate=gate.name, session=gate.name)
    for python in gate.pythons:
        session = f"{gate.name}-{python}" if gate.is_matrix else gate.name
        yield Declared(gate=gate.name, session=session, python=python)


def _with_part(path: str, text: str | None, noxfile: Noxfile, ci: Ci, planned: Sequence[Cell]) -> str:
    if text is None:
        raise ValueError(f"{path} is to hold the table of gates and is not there")
    lines = text.split("\n")
    begins = [number for number, line in enumerate(lines) if BEGIN in line]
    ends = [number for number, line in enumerate(lines) if END in line]
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0]:
        raise ValueError(f"{path} has no part between one line with {BEGIN} and one with {END}")
    margin = lines[begins[0]][: len(lines[begins[0]]) - len(lines[begins[0]].lstrip())]
    is_workflow = path.endswith((".yml", ".yaml"))
    key = _KEY.search(lines[begins[0]])
    made = (
        workflow_part(ci, planned, key["key"] if key else "python")
        if is_workflow
        else table_part(noxfile, planned)
    )
    made = [margin + line if line else "" for line in made]
    return "\n".join([*lines[: begins[0] + 1], *made, *lines[ends[0] :]])


def table_part(noxfile: Noxfile, planned: Sequence[Cell]) -> list[str]:
    """The table of gates, for people."""
    rows = [
        f"| `{name}` | {noxfile.sessions[name].sentence or 'says nothing of itself'} | {_where(name, planned)} |"
        for name in noxfile.gates
    ]
    return ["", "| gate | holds when | in CI on |", "| --- | --- | --- |", *rows, ""]


def workflow_part(ci: Ci, planned: Sequence[Cell], key: str = "python") -> list[str]:
    """What a workflow must know before it can ask the noxfile: the main Python; and, to be read, what will run."""
    by_legs: dict[str, list[str]] = {}
    for gate in dict.fromkeys(cell.gate for cell in planned):
        by_legs.setdefault(_where(gate, planned), []).append(gate)
    told = [f"# {where}: {', '.join(gates)}" for where, gates in by_legs.items()]
    return [f"# {len(planned)} jobs.", *told, f'{key}: "{ci.python}"']


def _where(gate: str, planned: Sequence[Cell]) -> str:
    mine = [cell for cell in planned if cell.gate == gate]
    pythons = list(dict.fromkeys(cell.python for cell in mine))
    systems = list(dict.fromkeys(cell.system for cell in mine))
    return f"Python {_and(pythons)} on {_and(systems)}"


def _and(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]


def differing(bundle: Bundle, expected: Mapping[str, str]) -> list[str]:
    """The documents that are not what they should be, by path."""
    return [path for path, text in expected.items() if text != bundle.text(path)]
