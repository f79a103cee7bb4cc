"""`gateproof merge` is given shards that are made to hang, flood or crash it: it says no, in 256 MB and ten seconds.

Add one by adding a function that spoils a shard, or a plan. A shard is a folder: a merge unpacks no ZIP, reads no YAML.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from functional.test_hostile_input import is_refused
from functional.test_hostile_zips import HOSTILE
from functional.test_merge import PLAN, contents, record_in, shards
from gateproof.evidence.plan import write_plan
from hostile import DEEP, ENDLESS, ESCAPES
from limited import gateproof

pytest.importorskip("resource", reason="Windows has no limits of this kind")

Spoil = Callable[[Path], object]


def said(raw: bytes) -> Spoil:
    """The record says exactly this."""
    return lambda shard: (record_in(shard) / "statements.jsonl").write_bytes(raw)


def holds(path: str, raw: bytes) -> Spoil:
    """Beside its statements the record holds this."""

    def spoil(shard: Path) -> None:
        place = record_in(shard) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)

    return spoil


def of_size(path: str, size: int) -> Spoil:
    """A file with a hole of many bytes, which takes no room."""

    def spoil(shard: Path) -> None:
        with (record_in(shard) / path).open("r+b") as file:
            file.truncate(size)

    return spoil


def many_files(shard: Path) -> None:
    folder = record_in(shard) / "files"
    folder.mkdir()
    for number in range(10_001):
        (folder / f"{number}.txt").touch()


def many_records(shard: Path) -> None:
    leg = record_in(shard).parent
    for number in range(5_000):
        (leg / f"20261124T100000Z-{number:08x}").mkdir(exist_ok=True)


def many_gates(shard: Path) -> None:
    tree = record_in(shard).parents[2]
    for number in range(20_000):
        (tree / f"gate{number}").mkdir()
    (tree / "gate19999" / "conftest.py").touch()


def folders_in_folders(shard: Path) -> None:
    place = record_in(shard)
    for _ in range(300):
        place = place / "dddddd"
        place.mkdir()


def folders_in_the_ledger(shard: Path) -> None:
    shutil.rmtree(shard)
    (shard / "/".join(["d"] * 300)).mkdir(parents=True)


def a_circle(shard: Path) -> None:
    (record_in(shard) / "files").symlink_to(shard, target_is_directory=True)


def a_link_to_the_machine(shard: Path) -> None:
    (record_in(shard) / "output.log").unlink()
    (record_in(shard) / "output.log").symlink_to("/etc/passwd")


def a_device(shard: Path) -> None:
    path = record_in(shard) / "statements.jsonl"
    path.unlink()
    path.symlink_to("/dev/zero")


def a_zip(raw: bytes) -> Spoil:
    """In place of the folder lies the ZIP that an artifact service would hand out."""

    def spoil(shard: Path) -> None:
        shutil.rmtree(shard)
        shard.write_bytes(raw)

    return spoil


def named(*, gate: str = "", leg: str = "", file: str = "") -> Spoil:
    """A part of it has this name."""

    def spoil(shard: Path) -> None:
        record = record_in(shard)
        if file:
            (record / file).write_bytes(b"x\n")
        place = record.parents[1] if gate else record.parent
        if gate or leg:
            place.rename(place.with_name(gate or leg))

    return spoil


def words(old: bytes, new: str) -> Spoil:
    """Its statements, with further words in them."""

    def spoil(shard: Path) -> None:
        path = record_in(shard) / "statements.jsonl"
        path.write_bytes(path.read_bytes().replace(old, old + json.dumps(new)[1:-1].encode()))

    return spoil


SHARDS: dict[str, Spoil] = {
    "json nested without end": said(b'{"a":' * 300_000 + b"\n"),
    "json of lists": said(b"[" * 1_000_000 + b"\n"),
    "json of many parts": said(b'{"a":[' + b"0," * 900_000 + b"0]}\n"),
    "json of a long number": said(b'{"a":' + b"9" * 2_000_000 + b"}\n"),
    "json of a long text": said(b'{"a":"' + b"\\u0000" * 600_000 + b'"}\n'),
    "a million lines": said(b"{}\n" * 1_000_000),
    "a million empty lines": said(b"\n" * 4_000_000),
    "one endless line": said(b"x" * ENDLESS * 15 + b"\n"),
    "no text at all": said(b"\xff\xfe" * 1000 + b"\n"),
    "statements of 4 GB": of_size("statements.jsonl", 4 << 30),
    "a log of 4 GB": of_size("output.log", 4 << 30),
    "a log of one endless line": holds("output.log", b"a" * (20 << 20)),
    "a report that is a bomb of entities": holds(
        "commands/1/files/junit.xml",
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b'<!ENTITY b "&a;&a;&a;&a;">' * 1000 + b"]><a>&b;</a>",
    ),
    "a report nested without end": holds("commands/1/files/junit.xml", b"<a>" * DEEP),
    "a report in JSON, nested": holds("commands/1/files/report.json", b"[" * DEEP),
    "yaml: an alias bomb": holds("files/more.yml", b"a: &a [x]\nb: [*a, *a]\n"),
    "ten thousand files": many_files,
    "five thousand records": many_records,
    "twenty thousand gates": many_gates,
    "folders in folders": folders_in_folders,
    "folders in the ledger": folders_in_the_ledger,
    "a circle of links": a_circle,
    "a link out of it": a_link_to_the_machine,
    "a device": a_device,
    "escapes in the name of a gate": named(gate="\x1b[2Jx\x07"),
    "escapes in the name of a leg": named(leg=ESCAPES),
    "escapes in the name of a file": named(file=f"{ESCAPES}.txt"),
    "a name that is no text": named(file="\udcff.txt"),
    "a name that climbs": named(gate="..x"),
    "escapes in the words of a record": words(b'"leg":"', ESCAPES),
    "escapes in its outcome": words(b'"outcome":"', ESCAPES),
    "escapes in the kind of a statement": words(b"test-result/v0.1", ESCAPES),
    "a zip": a_zip(b"PK\x05\x06" + b"\0" * 18),
    "no zip": a_zip(b""),
}
PLANS: dict[str, bytes] = {
    "nothing": b"",
    "json nested without end": b'{"a":' * 100_000,
    "json of lists": b"[" * ENDLESS,
    "a million jobs": b'{"commit":"","jobs":[' + b"{}," * 1_000_000 + b"{}]}",
    "a long number": b'{"commit":' + b"9" * 900_000 + b"}",
    "escapes": b'{"commit":"x","jobs":[{"gate":"\\u001b[2J","leg":"\\u009b0m"}],"source":{}}',
    "escapes for keys": b'{"\\u001b[2J":1}',
    "no text": b"\xff" * 1000,
    "4 GB of it": b"",
}


def refused(lines: list[tuple[str, str]], tmp_path: Path) -> None:
    """Each is refused, and nothing is written."""
    commands: list[tuple[str | Path, ...]] = []
    for number, (kind, name) in enumerate(lines):
        place = tmp_path / str(number)
        sent = shards(place / "in")
        plan = place / "plan.json"
        plan.write_bytes(write_plan(PLAN))
        if kind == "plan":
            plan.write_bytes(PLANS[name])
            if name.startswith("4 GB"):
                with plan.open("r+b") as file:
                    file.truncate(4 << 30)
        else:
            SHARDS[name](sent[0])
        commands.append(("merge", "--plan", plan, "--into", place / "into" / "ledger", *sent))
    for number, (line, answer) in enumerate(zip(lines, gateproof(*commands), strict=True)):
        print(f"{line}: {answer.exit_code} {answer.seconds:.1f} s {answer.err[:200]}")
        is_refused(answer)
        into = tmp_path / str(number) / "into"
        assert not into.exists() or contents(into) == {}


LINES = [*(("shard", name) for name in SHARDS), *(("plan", name) for name in PLANS)]
BATCHES = [LINES[at : at + 22] for at in range(0, len(LINES), 22)]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system has no such names")
@pytest.mark.parametrize("lines", BATCHES, ids=lambda lines: lines[0][1].replace(" ", "-"))
def test_a_hostile_shard_is_refused_in_little_memory_and_time(
    lines: list[tuple[str, str]], tmp_path: Path
) -> None:
    refused(lines, tmp_path)


@pytest.mark.acceptance
def test_a_hostile_zip_in_the_place_of_a_shard_is_refused(tmp_path: Path) -> None:
    commands: list[tuple[str | Path, ...]] = []
    for number, (made, _) in enumerate(HOSTILE):
        place = tmp_path / str(number)
        sent = shards(place / "in")
        a_zip(made())(sent[0])
        (place / "plan.json").write_bytes(write_plan(PLAN))
        commands.append(("merge", "--plan", place / "plan.json", "--into", place / "ledger", *sent))
    for answer in gateproof(*commands):
        is_refused(answer)
