"""Proofs that a recorded run gives: a command that ran, a test that passed, a number that was counted."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Sequence

from gateproof.evidence.attempts import Leg, legs
from gateproof.judge.bundle import Bundle, EvidenceRun, RanCommand
from gateproof.judge.case import Case
from gateproof.judge.kinds.contract import Kind
from gateproof.judge.verdict import Judgement, contradicted, met, stale, unmet, unproven, waived, worst
from gateproof.judge.words import alternatives, runs, weaknesses
from gateproof.model import Outcome

_COUNT = re.compile(
    r"(?P<name>[\w-]+)\.(?P<key>[\w-]+(?:\.[\w-]+)*) *(?P<sign>>=|<=|==|>|<|=) *(?P<number>\d+)"
)
_SIGNS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_KIND_AND_NAME = re.compile(r"(?P<kind>gates|tasks|deploy)/(?P<name>[\w.,@+=-]+)")


def no_evidence(bundle: Bundle) -> Judgement | None:
    """Why no record of this bundle can be believed, or None where they can."""
    if bundle.unsound:
        first = bundle.unsound[0]
        more = f" and {len(bundle.unsound) - 1} more" if len(bundle.unsound) > 1 else ""
        sentence = first.sentence.rstrip(".")
        return contradicted(f"the sealed evidence is not sound: {first.code} {first.path}: {sentence}{more}")
    if not bundle.runs:
        return unproven("no sealed evidence is in the ZIP")
    return None


def deciding(runs_of_one: Iterable[EvidenceRun], bundle: Bundle, what: str) -> Judgement:
    """What the attempts that did `what` come to: the latest that counts decides, on every leg, on this source."""
    listed = list(runs_of_one)
    keys = {_key(run) for run in listed if run.git_tree == bundle.git_tree}
    # A later attempt of the same gate decides, even one that failed before it came to this.
    here = [run for run in bundle.runs if run.git_tree == bundle.git_tree and _key(run) in keys]
    if not here:
        return _on_another_source(listed, bundle, what)
    # A gate and a deployment of one name are two things.
    kinds = [[run for run in here if run.kind == kind] for kind in sorted({run.kind for run in here})]
    place = {run.attempt: run.place for run in here}
    found = [leg for runs in kinds for leg in legs(run.attempt for run in runs)]
    return worst(_leg(leg, what, place[leg.deciding]) for leg in found)


def _key(run: EvidenceRun) -> tuple[str, str, str]:
    return run.kind, run.name, run.attempt.leg


def _leg(leg: Leg, what: str, place: str) -> Judgement:
    last = leg.deciding
    where = f"in {leg.gate} on {leg.leg}"
    if last.contradictions:
        return contradicted(f"{what} {where}: its record argues with itself: {last.contradictions[0]}", place)
    if not last.has_ended:
        return unproven(f"{what} started {where} and did not end", place)
    if not last.is_accepted:
        return unmet(f"{what} {where}: {last.outcome}, {last.reason}", place)
    if not last.counts:
        return unproven(f"{what} passed {where}, but beside files that the commit has not", place)
    if leg.is_flaky:
        return contradicted(
            f"{what} {where} passed at last and failed {len(leg.said_no)} of {len(leg.attempts)} times", place
        )
    said = last.reason.rstrip(".")
    return (
        met(f"{what} passed {where}: {said}", place)
        if last.is_green
        else waived(f"{what} {where}: {said}", place)
    )


def _on_another_source(listed: Sequence[EvidenceRun], bundle: Bundle, what: str) -> Judgement:
    last = max(listed, key=lambda run: run.attempt.run)
    said = "passed" if last.attempt.is_pass else str(last.attempt.outcome)
    return stale(
        f"{what} {said} on another source{differs(bundle.differing.get(last.git_tree, ()))}", last.place
    )


def differs(files: Sequence[str]) -> str:
    """`(3 files differ: a, b, c)`, or nothing where it is not known which."""
    if not files:
        return ""
    noun = "file differs" if len(files) == 1 else "files differ"
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return f" ({len(files)} {noun}: {', '.join(files[:3])}{more})"


def _ran(argument: str, case: Case) -> Judgement:
    bundle = case.bundle
    if (refused := no_evidence(bundle)) is not None:
        return refused
    wanted = alternatives(argument)
    what = f"'{argument}'"
    fitting = [run for run in bundle.runs if any(_does(command, wanted) for command in run.commands)]
    if not fitting:
        weak = [why for run in bundle.runs for command in run.commands for why in _weak(command, wanted)]
        hint = f": it ran weaker than that, {weak[0]}" if weak else ""
        return unproven(f"no record shows that {what} ran{hint}")
    whole = deciding(fitting, bundle, what)
    if not whole.is_met:
        return whole
    did = [
        (run, command)
        for run in fitting
        if run.place in whole.evidence and run.git_tree == bundle.git_tree
        for command in run.commands
        if _does(command, wanted)
    ]
    if not did:
        return unproven(f"the attempt that decides did not run {what}", *whole.evidence)
    for run, command in did:
        if command.outcome is not Outcome.PASSED:
            return unmet(
                f"{what} in {run.name}: {command.outcome or 'not started'}, {command.reason}", run.place
            )
    last = did[-1][1]
    return met(
        f"{what} ran and passed: {last.looked_at:,} {last.unit}, {last.reason.rstrip('.')}", *whole.evidence
    )


def _does(command: RanCommand, wanted: Sequence[Sequence[str]]) -> bool:
    return any(runs(command.argv, one) and not weaknesses(command.argv, one) for one in wanted)


def _weak(command: RanCommand, wanted: Sequence[Sequence[str]]) -> Iterable[str]:
    return (why for one in wanted if runs(command.argv, one) for why in weaknesses(command.argv, one))


def _test(argument: str, case: Case) -> Judgement:
    bundle = case.bundle
    if (refused := no_evidence(bundle)) is not None:
        return refused
    tried = [
        run for run in bundle.runs if any(_is_named(name, argument) for name in (*run.passed, *run.failed))
    ]
    if not tried:
        return unproven(f"no record names the test {argument}")
    here = [run for run in tried if run.git_tree == bundle.git_tree]
    if here and (red := [run for run in here if any(_is_named(name, argument) for name in run.failed)]):
        return unmet(f"the test {argument} failed in {red[-1].name}", red[-1].place)
    return deciding(tried, bundle, f"the test {argument}")


def _is_named(name: str, wanted: str) -> bool:
    """Whether a test's own name ends in the wanted one; classes and modules may stand before it or be left out."""
    found = re.split(r"::|[./]", re.sub(r"\.py(?=::|$|\.)", "", re.sub(r"[\[(].*$", "", name).strip()))
    asked = re.split(r"::|[./]", re.sub(r"\.py(?=::)", "", wanted))
    if found[-1] != asked[-1]:
        return False
    ahead = iter(found)
    return all(any(part == one for one in ahead) for part in asked)


def _counted(argument: str, case: Case) -> Judgement:
    bundle = case.bundle
    if (refused := no_evidence(bundle)) is not None:
        return refused
    asked = _COUNT.fullmatch(argument)
    if asked is None:
        return unproven(f"{argument!r} is no count")
    name, key = asked["name"], asked["key"]
    found = [
        (run, count) for run in bundle.runs if run.name == name and (count := _count(run, key)) is not None
    ]
    if not found:
        return unproven(f"no record of {name} counts {key}")
    whole = deciding((run for run, _ in found), bundle, f"{name}.{key}")
    if not whole.is_met:
        return whole
    counts = [
        (run, count)
        for run, count in found
        if run.place in whole.evidence and run.git_tree == bundle.git_tree
    ]
    for run, count in counts:
        if not _SIGNS[asked["sign"]](count, int(asked["number"])):
            return unmet(f"{name}.{key} is {count}, and must be {asked['sign']} {asked['number']}", run.place)
    return met(f"{name}.{key} is {counts[-1][1]}", *whole.evidence)


def _count(run: EvidenceRun, key: str) -> int | None:
    for counts in (run.counts, *(command.counts for command in run.commands)):
        if key in dict(counts):
            return dict(counts)[key]
    return None


def _record(argument: str, case: Case) -> Judgement:
    bundle = case.bundle
    if (refused := no_evidence(bundle)) is not None:
        return refused
    kind, _, name = argument.partition("/")
    found = [run for run in bundle.runs if run.kind in (kind, "") and run.name == name]
    if not found:
        return unproven(f"there is no record {argument}")
    return deciding(found, bundle, argument)


def _check_count(argument: str) -> str | None:
    return None if _COUNT.fullmatch(argument) else "a count is written `count: RECORD.KEY >= NUMBER`"


def _check_record(argument: str) -> str | None:
    if _KIND_AND_NAME.fullmatch(argument):
        return None
    return "a record is written `record: deploy/NAME`, with gates, tasks or deploy"


def _check_command(argument: str) -> str | None:
    return None if all(alternatives(argument)) else f"{argument!r} holds no command"


def _check_test(argument: str) -> str | None:
    return None if re.fullmatch(r"[\w.:/-]+", argument) else f"{argument!r} is not the dotted name of a test"


RAN = Kind(
    name="ran",
    sentence="This command, or one at least as strict, ran on this source and passed.",
    example="ran: manage.py check --deploy --fail-level WARNING",
    judge=_ran,
    check=_check_command,
)
TEST = Kind(
    name="test",
    sentence="A test of this name ran on this source and passed.",
    example="test: payments.tests.test_replay_changes_nothing",
    judge=_test,
    check=_check_test,
)
COUNT = Kind(
    name="count",
    sentence="A record on this source counted this much.",
    example="count: seed.orders.refunded >= 1",
    judge=_counted,
    check=_check_count,
)
RECORD = Kind(
    name="record",
    sentence="A record of this kind and name passed on this source; for what is no single command.",
    example="record: deploy/empty-volume",
    judge=_record,
    check=_check_record,
)
