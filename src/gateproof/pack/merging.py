"""Merging: the records of many machines become one ledger, or nothing is written and it is said why.

It is a set union of records, so neither the order of the shards nor a second merge changes anything.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from gateproof.errors import NO, YES, NothingRanError, RefusedError, UnknownError
from gateproof.evidence.attempts import Leg, against, legs
from gateproof.evidence.plan import Job, Plan, read_plan
from gateproof.findings import printable
from gateproof.model import Subject
from gateproof.pack.shards import STATEMENTS, Shipped, record_folders, ship

TWO_OUTCOMES = "two different records of one run: this and"
MAX_PLAN = 1 << 23
"""Bytes: some 100,000 jobs."""
RECORDS = "records"
MANY_SHARDS = 100
"""From here on, shards are read by several processes; to start these takes longer than to read a few."""
PROCESSES = 2
CHUNK = 10
"""Shards that a process takes at a time."""
MOST_TOLD = 12
"""Reasons that one refusal lists."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """What a merge found and wrote."""

    shards: int
    records: int
    """How many records the shards hold, each counted once."""
    added: int
    """How many of them the ledger did not hold yet."""
    legs: tuple[Leg, ...]
    against: tuple[str, ...]
    """Why the merged evidence is not a pass; empty means that every planned gate passed on every leg."""

    @property
    def exit_code(self) -> int:
        """0 when every planned gate passed on every leg, otherwise 1."""
        return NO if self.against else YES

    def lines(self) -> list[str]:
        """For a person."""
        passed = sum(leg.state == "PASSED" for leg in self.legs)
        flaky = [f"{leg.gate} on {leg.leg} is flaky." for leg in self.legs if leg.is_flaky]
        told = f"Merged {self.records:,} records of {self.shards:,} shards, {self.added:,} of them new."
        return [*self.against, *flaky, told, f"{passed} of {len(self.legs)} planned legs passed."]


def load_plan(path: Path) -> Plan:
    """The plan in a file. Raises RefusedError when it is none, and UnknownError when it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_PLAN + 1)
        if len(raw) > MAX_PLAN:
            raise ValueError(f"it has more than {MAX_PLAN:,} bytes")
        return read_plan(raw)
    except ValueError as error:
        raise RefusedError(f"{path} is not a plan: {error}. Make it with `invoke ci.plan`.") from None
    except OSError as error:
        raise UnknownError(f"{path} could not be read: {error.strerror}.") from None


def merge(shards: Sequence[Path], plan: Plan, into: Path) -> Merged:
    """Bring every record of `shards` into the ledger `into`, once each.

    Raises RefusedError, and writes nothing, for a shard or a record that is not what the suite writes, is about
    another source or holds a broken digest; for two different records of one run; and for a leg that nobody
    planned, or that was planned and did not report. NothingRanError without a shard, UnknownError when the disk
    does not give or take a file.
    """
    if not shards:
        raise NothingRanError("There is no shard to merge; name the folders that the gates' jobs uploaded.")
    staging = into.parent / f".merge-{secrets.token_hex(4)}"
    try:
        staging.mkdir(parents=True)
        shipped = _union(shards, plan, staging)
        _refuse_other_legs(shipped, plan)
        added = _place(shipped, staging / RECORDS, into / plan.source.git_tree)
    except (OSError, BrokenExecutor) as error:
        raise UnknownError(
            f"The shards could not be merged, and nothing is known of them: {error}."
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    found = legs(one.attempt for one in shipped)
    reasons = against(found, plan.gates)
    return Merged(shards=len(shards), records=len(shipped), added=added, legs=found, against=reasons)


def _union(shards: Sequence[Path], plan: Plan, staging: Path) -> tuple[Shipped, ...]:
    """Every record of the shards in `staging`, once."""
    known: dict[str, Shipped] = {}
    problems: list[str] = []
    for shard, taken in zip(shards, _each_taken(shards, plan.source, staging), strict=True):
        if isinstance(taken, str):
            problems.append(f"{shard}: {taken}")
            continue
        for one in taken:
            before = known.setdefault(_run_of(one), one)
            if (before.place, before.digest) != (one.place, one.digest):
                problems.append(f"{shard}: {one.place}: {TWO_OUTCOMES} {before.place}")
    if problems:
        raise _refusal(problems)
    return tuple(known[run] for run in sorted(known))


def _each_taken(
    shards: Sequence[Path], source: Subject, staging: Path
) -> Iterator[tuple[Shipped, ...] | str]:
    take = partial(_taken, source=source, staging=staging)
    if len(shards) < MANY_SHARDS:
        yield from map(take, shards)
        return
    # Half of the time is the disk's and half is ours, so that a second process is a gain even on one disk.
    with ProcessPoolExecutor(PROCESSES) as pool:
        yield from pool.map(take, shards, chunksize=CHUNK)


def _taken(shard: Path, *, source: Subject, staging: Path) -> tuple[Shipped, ...] | str:
    """Copy the records of one shard to `staging`, and give them; or say what is wrong with the shard.

    Of equal places the first comes to `staging`; `_union` sees whether the other one was equal too.
    """
    if shard.is_symlink() or not shard.is_dir():
        return "it is not a folder"
    taken: list[Shipped] = []
    try:
        for place, folder in record_folders(shard, source):
            taken.append(_shipped(place, folder, source, staging))
    except ValueError as error:
        return str(error)
    return tuple(taken) or "it holds no record, so its job proved nothing"


def _shipped(place: str, folder: str, source: Subject, staging: Path) -> Shipped:
    try:
        try:
            return ship(folder, place, source, f"{staging}/{RECORDS}/{place}")
        except FileExistsError:
            with TemporaryDirectory(dir=staging) as other:
                return ship(folder, place, source, f"{other}/again")
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def _run_of(one: Shipped) -> str:
    return one.place.rpartition("/")[2]


def _refuse_other_legs(shipped: Iterable[Shipped], plan: Plan) -> None:
    reported = {Job(gate=one.attempt.gate, leg=one.attempt.leg) for one in shipped}
    problems = [f"{job} was planned and did not report" for job in plan.jobs if job not in reported]
    problems += [f"{job} reported, and nobody planned it" for job in sorted(reported - set(plan.jobs))]
    if problems:
        raise _refusal(problems)


def _place(shipped: Sequence[Shipped], staging: Path, target: Path) -> int:
    """Move what is new into the ledger, and give its number; what lies there already must be the same."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        staging.rename(target)
        return len(shipped)
    fresh = [one for one in shipped if not (target / one.place).exists()]
    there = {one.place for one in shipped} - {one.place for one in fresh}
    problems = [
        f"{place}: {TWO_OUTCOMES} the ledger's own"
        for place in sorted(there)
        if _differ(staging, target, place)
    ]
    if problems:
        raise _refusal(problems)
    for one in fresh:
        place = target / one.place
        place.parent.mkdir(parents=True, exist_ok=True)
        (staging / one.place).rename(place)
    return len(fresh)


def _differ(staging: Path, target: Path, place: str) -> bool:
    # The statements name every other file by its digest, and these were just held against it.
    return (staging / place / STATEMENTS).read_bytes() != (target / place / STATEMENTS).read_bytes()


def _refusal(problems: Sequence[str]) -> RefusedError:
    more = len(problems) - MOST_TOLD
    rest = f"; and {more} more" if more > 0 else ""
    told = "; ".join(printable(problem[:600]) for problem in problems[:MOST_TOLD])
    return RefusedError(f"Nothing was merged: {told}{rest}.")
