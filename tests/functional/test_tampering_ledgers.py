"""Tampering with ledgers, which nothing signs: what is done to one is refused, or comes to nothing that decides.

A ledger has two doors: `gateproof merge` takes the shards of other machines, sealing takes this machine's own.
Both are tried. What cannot be seen stands at the end, and in docs/threat-model.md.
Run the long form with `pytest -m long`.
"""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functional.test_tampering import LONG, QUICK
from gateproof.errors import GateproofError
from gateproof.evidence import envelope
from gateproof.evidence.attempts import read_attempt
from gateproof.evidence.kept import described
from gateproof.evidence.plan import Job, Plan
from gateproof.evidence.statement import encode, parse_all
from gateproof.evidence.subject import FILE, subject_of
from gateproof.model import Outcome, Subject
from gateproof.pack.merging import merge
from gateproof.pack.records import LedgerRecord
from gateproof.pack.seal import seal
from gateproof.pack.verify import Answer, verify
from packs import (
    LEG,
    NOW,
    SOURCE,
    Case,
    Pack,
    facts,
    make_signer,
    signers_file,
    source_files,
    unchecked,
    write_record,
)

SIGNER, STRANGER = make_signer(), make_signer()
HERE = subject_of(source_files(SOURCE))
ELSEWHERE = subject_of(source_files({**SOURCE, "shop/urls.py": (FILE, b"urlpatterns = [1]\n")}))
JOBS = (Job(gate="lint", leg=LEG), Job(gate="unit", leg=LEG), Job(gate="unit", leg="py3.12-windows"))
PLAN = Plan(commit="12" * 20, source=HERE, jobs=JOBS)
STATEMENTS = "statements.jsonl"

Shard = dict[str, bytes]
"""Path → content. Each job sends one."""
Shards = list[Shard]
Mutation = Callable[[Shards], object]

RED: dict[str, dict[str, Any]] = {
    "failed": {"outcome": Outcome.FAILED, "reason": "1 of 12 tests failed."},
    "vacuous": {"outcome": Outcome.VACUOUS, "looked_at": 0, "reason": "No test ran."},
    "errored": {"outcome": Outcome.ERRORED, "reason": "There is no answer."},
    "skipped": {"outcome": Outcome.SKIPPED, "commands": 0, "looked_at": 0, "reason": "Not today."},
    "not clean": {"is_clean": False},
    "not ended": {"has_ended": False},
    "without a command": {"commands": 0},
    "looked at nothing": {"looked_at": 0},
}


def _shard(job: Job, subject: Subject = HERE, **said: Any) -> Shard:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_record(folder, Case(gate=job.gate, leg=job.leg, **said), subject)
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


GREEN: Shards = [_shard(job) for job in JOBS]
ONE_RED: dict[str, Shards] = {
    name: [*map(dict, GREEN[:-1]), _shard(JOBS[-1], **said)] for name, said in RED.items()
}
REPLAYED: Shards = [_shard(job, ELSEWHERE) for job in JOBS]

ADDED = [
    "evidence/conftest.py",
    "conftest.py",
    "evidence/checklist.md",
    "docs/07_sales_ready.md",
    f"{HERE.git_tree}/conftest.py",
    "RECORD/files/conftest.py",
    "RECORD/conftest.py",
    "RECORD/files/more.txt",
    "RECORD/commands/2/stdout",
    "RECORD/statements.intoto.jsonl",
    "RECORD/checklist.md",
    "RECORD/../up.txt",
]
VALUES = [
    "PASSED", "FAILED", "VACUOUS", "WAIVED", True, False, None, 0, -1, 99, 1e9, "", "unit", "0" * 64, [], {}, ["x"],
]  # fmt: skip


def record_of(shard: Shard) -> str:
    """The folder of its record; empty where an earlier change took it away."""
    return min((path.rpartition("/")[0] for path in shard if path.endswith(f"/{STATEMENTS}")), default="")


def leaves(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of everything in a statement, the parts before the whole."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from leaves(part, (*place, key))
        yield (*place, key)


def _set(shards: Shards, which: int, line: int, place: int, value: Any) -> None:
    """Change one thing that one statement says, and nothing else."""
    shard = shards[which % len(shards)]
    path = f"{record_of(shard)}/{STATEMENTS}"
    try:
        said = [json.loads(text) for text in shard.get(path, b"").splitlines()]
    except ValueError:
        return
    if not said or not all(isinstance(one, dict) for one in said):
        return
    places = list(leaves(said[line % len(said)]))
    *way, last = places[place % len(places)]
    part = said[line % len(said)]
    for key in way:
        part = part[key]
    part[last] = copy.deepcopy(value)
    shard[path] = b"".join(encode(one) + b"\n" for one in said)


def _lines(shards: Shards, which: int, how: str, at: int) -> None:
    shard = shards[which % len(shards)]
    path = f"{record_of(shard)}/{STATEMENTS}"
    lines = shard.get(path, b"").splitlines(keepends=True)
    if not lines:
        return
    at %= len(lines)
    ways: dict[str, Callable[[], list[bytes]]] = {
        "drop": lambda: lines[:at] + lines[at + 1 :],
        "double": lambda: [*lines, lines[at]],
        "reorder": lambda: lines[::-1],
        "borrow": lambda: [*lines[:at], REPLAYED[which % 3][_statements(REPLAYED[which % 3])]],
        "sign": lambda: [envelope.seal(line.rstrip(b"\n"), STRANGER).encode() + b"\n" for line in lines],
    }
    shard[path] = b"".join(ways[how]())


def _statements(shard: Shard) -> str:
    return next(path for path in shard if path.endswith(STATEMENTS))


def _move(shards: Shards, which: int, gate: str, leg: str, tree: str, *, keep: bool) -> None:
    """Say that the record of one job is another's, or of another source."""
    shard = shards[which % len(shards)]
    record = record_of(shard)
    if record.count("/") != 3:
        return
    place = f"{tree}/{gate}/{leg}/{record.rpartition('/')[2]}"
    for path in [path for path in shard if path.startswith(f"{record}/")]:
        data = shard[path] if keep else shard.pop(path)
        shard[place + path.removeprefix(record)] = data


def _add(shards: Shards, which: int, path: str, data: bytes) -> None:
    shard = shards[which % len(shards)]
    shard[path.replace("RECORD", record_of(shard) or "nowhere")] = data


def _replay(shards: Shards, which: int, *, under_our_name: bool) -> None:
    theirs = REPLAYED[which % 3]
    ours = HERE.git_tree if under_our_name else ELSEWHERE.git_tree
    shards[which % len(shards)] = {
        path.replace(ELSEWHERE.git_tree, ours, 1): data for path, data in theirs.items()
    }


def _put(shards: Shards, which: int, path: int, change: Callable[[bytes], bytes | None]) -> None:
    shard = shards[which % len(shards)]
    if not shard:
        return
    name = sorted(shard)[path % len(shard)]
    data = change(shard[name])
    if data is None:
        del shard[name]
    else:
        shard[name] = data


def _swap(shards: Shards, one: int, other: int, path: int) -> None:
    """The same file of two jobs."""
    first, second = shards[one % len(shards)], shards[other % len(shards)]
    for name in sorted(first)[path % max(1, len(first)) :][:1]:
        theirs = name.replace(record_of(first), record_of(second)) if record_of(first) else name
        if theirs in second:
            first[name], second[theirs] = second[theirs], first[name]


def _drop(shards: Shards, which: int) -> None:
    if len(shards) > 1:
        del shards[which % len(shards)]


@st.composite
def mutations(draw: st.DrawFn, *, words: bool = True) -> Mutation:
    """One thing that whoever holds a ledger, and no key, can do to it; `words` for changes of what it says."""
    which, other, at = draw(st.integers(0, 2)), draw(st.integers(0, 2)), draw(st.integers(0, 400))
    data = draw(st.binary(max_size=8))
    byte_change = draw(st.randoms(use_true_random=False))
    gate, leg = (
        draw(st.sampled_from(["lint", "unit", "easy"])),
        draw(st.sampled_from([LEG, "py3.12-windows"])),
    )
    tree = draw(st.sampled_from([HERE.git_tree, ELSEWHERE.git_tree]))
    changed: Callable[[bytes], bytes] = partial(_spoil, byte_change)
    ways: list[Mutation] = [
        lambda shards: _put(shards, which, at, changed),
        lambda shards: _put(shards, which, at, changed),
        lambda shards: _put(shards, which, at, lambda _: None),
        lambda shards: _put(shards, which, at, lambda _: data),
        lambda shards: _swap(shards, which, other, at),
        lambda shards: _add(shards, which, draw_added, data or b"x = 1\n"),
        lambda shards: _drop(shards, which),
        lambda shards: shards.append(dict(shards[which % len(shards)])),
        lambda shards: shards.reverse(),
        lambda shards: _move(shards, which, gate, leg, tree, keep=False),
        lambda shards: _move(shards, which, gate, leg, tree, keep=True),
        lambda shards: _replay(shards, which, under_our_name=at % 2 == 0),
        lambda shards: _lines(shards, which, how, at),
    ]
    draw_added = draw(st.sampled_from(ADDED))
    how = draw(st.sampled_from(["drop", "double", "reorder", "borrow", "sign"]))
    if words:
        value = draw(st.sampled_from(VALUES))
        line = draw(st.integers(0, 3))
        ways += [lambda shards: _set(shards, which, line, at, value)] * 4
    return draw(st.sampled_from(ways))


def _spoil(random: Any, data: bytes) -> bytes:
    """These bytes with one flipped, some cut out, some doubled, or cut short."""
    at = random.randrange(max(1, len(data)))
    how = random.choice(["flip", "cut", "double", "truncate"])
    if how == "flip" and data:
        return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]
    if how == "cut":
        return data[:at] + data[at + random.randrange(1, 40) :]
    return data[:at] if how == "truncate" else data[: at + 5] + data[at:]


def write(shards: Shards, folder: Path) -> list[Path]:
    """The shards on the disk, as a job would have uploaded them."""
    places = []
    for number, shard in enumerate(shards):
        place = folder / f"shard-{number}"
        place.mkdir(parents=True)
        for path, data in shard.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(data)
        places.append(place)
    return places


Decided = dict[str, tuple[object, ...]]


def decided(contents: Shard) -> Decided:
    """What decides anything in a ledger: of each record its attempt, and the digest of each file beside it."""
    found: Decided = {}
    for path, data in contents.items():
        if path.endswith(f"/{STATEMENTS}"):
            _, gate, leg, run, _ = path.split("/")
            said = parse_all(data.splitlines())
            attempt = read_attempt(said, gate=gate, leg=leg, run=run)
            sources = tuple(one.sources() for one in said)
            kept = dict(described(said)) if attempt.has_ended else {}
            found[path] = (attempt.outcome, attempt.is_pass, set(sources), kept)
        elif data:
            found[path] = (data,)
    return found


def contents(folder: Path) -> Shard:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def merged(shards: Shards, folder: Path) -> tuple[bool, Shard]:
    """Whether the merge is a yes, and what it wrote; any other error than an expected one is a bug."""
    ledger = folder / "project" / "ledger"
    try:
        answer = merge(write(shards, folder / "in"), PLAN, ledger)
    except GateproofError:
        left = list((folder / "project").glob("*"))
    else:
        return answer.exit_code == 0, contents(ledger)
    assert left == []
    return False, {}


def sealed(shards: Shards, folder: Path) -> tuple[bool, Shard]:
    """The same through the other door: all shards as this machine's own ledger, sealed as a release and verified."""
    ledger = folder / "own"
    ledger.mkdir()
    for shard in shards:
        for path, data in shard.items():
            (ledger / path).parent.mkdir(parents=True, exist_ok=True)
            (ledger / path).write_bytes(data)
    found = sorted(ledger.glob(f"{HERE.git_tree}/*/*/*/{STATEMENTS}"))
    records = [LedgerRecord(folder=path.parent) for path in found]
    told = facts(required=PLAN.gates)
    try:
        done = seal(
            folder,
            source=source_files(SOURCE),
            records=records,
            facts=told,
            signer=SIGNER,
            check=unchecked,
        )
    except GateproofError:
        done = None
    if done is None:
        assert not (folder / "evidence").exists()
        return False, {}
    inside = {f"evidence/{path}": (FILE, (done.folder / path).read_bytes()) for path in done.files}
    pack = Pack(signer=SIGNER, content={**SOURCE, **inside}, rehearsal=False)
    pack.make_beside()
    packed = pack.write(folder / "delivery")
    answer = verify(packed.parent, signers_file(folder, SIGNER), now=NOW)
    assert answer.answer is Answer.VERIFIED, answer.findings
    # What lies beside the records of this source is not sealed at all.
    places = [path.parent.relative_to(ledger).as_posix() for path in found]
    everything = contents(ledger)
    return True, {path: data for path, data in everything.items() if path.startswith(tuple(places))}


DOORS: list[Callable[[Shards, Path], tuple[bool, Shard]]] = [merged, sealed]
WHOLE = decided({path: data for shard in GREEN for path, data in shard.items()})


def changes_nothing_that_decides(changes: list[Mutation]) -> None:
    """Where a changed ledger is still a yes, every record in it decides what it decided, by the same files."""
    shards = copy.deepcopy(GREEN)
    for change in changes:
        change(shards)
    for door in DOORS:
        with tempfile.TemporaryDirectory() as name:
            is_yes, found = door(shards, Path(name))
            if is_yes:
                left = decided(found)
                assert left.items() <= WHOLE.items()
                assert door is sealed or left == WHOLE


def stays_red(red: str, changes: list[Mutation]) -> None:
    """A ledger with a leg that is no pass is never turned into a yes for that leg."""
    shards = copy.deepcopy(ONE_RED[red])
    for change in changes:
        change(shards)
    with tempfile.TemporaryDirectory() as name:
        assert merged(shards, Path(name))[0] is False


some_changes = st.lists(mutations(words=False), min_size=0, max_size=2).flatmap(
    lambda first: mutations().map(lambda last: [*first, last])
)
"""Of what it says one thing at most: who changes all of it consistently has written another record."""


@pytest.mark.no_cover
@QUICK
@given(some_changes)
def test_a_changed_ledger_is_refused_or_decides_the_same(changes: list[Mutation]) -> None:
    changes_nothing_that_decides(changes)


@pytest.mark.no_cover
@QUICK
@given(st.sampled_from(sorted(RED)), some_changes)
def test_a_changed_ledger_with_a_red_leg_stays_red(red: str, changes: list[Mutation]) -> None:
    stays_red(red, changes)


@pytest.mark.long
@LONG
@given(some_changes)
def test_ten_thousand_changed_ledgers_are_refused_or_decide_the_same(changes: list[Mutation]) -> None:
    changes_nothing_that_decides(changes)


@pytest.mark.long
@LONG
@given(st.sampled_from(sorted(RED)), some_changes)
def test_ten_thousand_changed_ledgers_with_a_red_leg_stay_red(red: str, changes: list[Mutation]) -> None:
    stays_red(red, changes)


@pytest.mark.parametrize("door", DOORS)
def test_the_ledger_that_is_changed_here_is_a_yes_unchanged(
    tmp_path: Path, door: Callable[[Shards, Path], tuple[bool, Shard]]
) -> None:
    is_yes, found = door(copy.deepcopy(GREEN), tmp_path)

    assert is_yes
    assert decided(found) == WHOLE


@pytest.mark.parametrize("red", sorted(RED))
def test_every_red_ledger_is_red_unchanged_through_both_doors(tmp_path: Path, red: str) -> None:
    for door in DOORS:
        (tmp_path / door.__name__).mkdir()
        assert door(copy.deepcopy(ONE_RED[red]), tmp_path / door.__name__)[0] is False


def test_one_word_at_a_time_never_turns_a_red_record_green(tmp_path: Path) -> None:
    tried = 0
    for red, shards in ONE_RED.items():
        path = _statements(shards[-1])
        for number, line in enumerate(shards[-1][path].splitlines()):
            count = len(list(leaves(json.loads(line))))
            for at in range(count):
                for value in ("PASSED", True, 99):
                    changed = copy.deepcopy(shards)
                    _set(changed, 2, number, at, value)
                    record = decided_or_none(changed[-1])
                    tried += 1
                    assert record is not True, (red, number, at, value)
    assert tried > 500


def decided_or_none(shard: Shard) -> bool | None:
    """Whether the record in it passes; None where it cannot be read."""
    try:
        path = _statements(shard)
        _, gate, leg, run, _ = path.split("/")
        return read_attempt(parse_all(shard[path].splitlines()), gate=gate, leg=leg, run=run).is_pass
    except ValueError:
        return None


def test_what_cannot_be_seen_is_known_a_red_attempt_taken_away(tmp_path: Path) -> None:
    """docs/threat-model.md says so: before sealing, nothing shows that an attempt was left out."""
    red = _shard(JOBS[-1], outcome=Outcome.FAILED, reason="1 of 12 tests failed.", minutes=5)

    assert merged([*GREEN, red], tmp_path / "with")[0] is False
    assert merged(copy.deepcopy(GREEN), tmp_path / "without")[0] is True


def test_what_cannot_be_seen_is_known_a_record_written_anew(tmp_path: Path) -> None:
    """Statements and files that agree with each other are a record, whoever wrote them."""
    forged = _shard(JOBS[-1], reason="A test that nobody ran.", looked_at=99)

    assert merged([*GREEN[:-1], forged], tmp_path)[0] is True
