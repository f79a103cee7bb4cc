"""Reads zizmor and actionlint, which judge workflows, from the inputs that they name."""

from __future__ import annotations

import re

from gateproof.model import Ended, Outcome, Reading
from gateproof.record.readers.contract import NotUnderstoodError, Reader
from gateproof.record.readers.formatters import STANDARD_INPUT
from gateproof.record.readers.text import last_line, lines

_ZIZMOR_INPUT = re.compile(r"^ ?INFO audit: zizmor: .{0,8}completed (.+)$")
_ZIZMOR_NOTHING_COLLECTED = 3
_ZIZMOR_FINDINGS = range(11, 15)
_ZIZMOR_CLEAN = re.compile(r"No findings to report\. Good job!(?: \(([\w ,]+)\))?")
_ZIZMOR_FOUND = re.compile(r"\d+ findings? (?:\([\w ,-]+\))?.*")
_ZIZMOR_IGNORED = re.compile(r"(\d+) ignored")
_ACTIONLINT_INPUT = re.compile(r"Found total (\d+) errors? in \d+ ms for (.+)$")
_ACTIONLINT_FILTERED = re.compile(r'Filtered (\d+) error\(s\) due to "-ignore"')
_ACTIONLINT_FOUND = 1


def zizmor(*, ignored: int = 0, at_least: int = 1) -> Reader:
    """Workflows and actions that zizmor audited; `ignored` says how many ignored findings are accepted."""
    return Reader(
        name="zizmor",
        read=lambda ended: _read_zizmor(ended, ignored),
        # Without --strict-collection a workflow that cannot be parsed is passed over with exit code 0.
        arguments=lambda files: ("--strict-collection", "--no-progress", "--color=never"),
        environment={"RUST_LOG": None},
        at_least=at_least,
        refuses={
            "-": STANDARD_INPUT,
            "--no-exit-codes": "it makes zizmor exit 0 whatever it finds",
            "--fix": "it changes the files that it should judge",
        },
    )


def actionlint(*, ignored: int = 0, at_least: int = 1) -> Reader:
    """Workflows that actionlint read; `ignored` says how many ignored findings are accepted."""
    return Reader(
        name="actionlint",
        read=lambda ended: _read_actionlint(ended, ignored),
        # Go's flags end at the first file name, so this one has to come first.
        arguments=lambda files: ("-verbose",),
        after="actionlint",
        at_least=at_least,
        refuses={"-": STANDARD_INPUT, "-init-config": "it writes a file and checks none"},
    )


def _read_zizmor(ended: Ended, accepted: int) -> Reading:
    if ended.exit_code == _ZIZMOR_NOTHING_COLLECTED:
        return Reading(outcome=Outcome.VACUOUS, reason="zizmor found nothing to audit", unit="workflows")
    looked_at = len({match[1] for line in lines(ended.stderr.path) if (match := _ZIZMOR_INPUT.match(line))})
    said = last_line(ended.stdout)
    clean = _ZIZMOR_CLEAN.fullmatch(said)
    ignored = sum(int(number) for number in _ZIZMOR_IGNORED.findall(said))
    if clean and ended.exit_code == 0:
        outcome, reason = Outcome.PASSED, f"{looked_at} workflows have no finding"
        if ignored > accepted:
            outcome, reason = Outcome.VACUOUS, f"{ignored} findings are ignored, {accepted} are accepted"
    elif ended.exit_code in _ZIZMOR_FINDINGS or (ended.exit_code == 0 and _ZIZMOR_FOUND.fullmatch(said)):
        outcome, reason = Outcome.FAILED, f"zizmor: {said}"
    else:
        raise NotUnderstoodError("zizmor did not close with a number of findings")
    counts = (("ignored findings", ignored),)
    return Reading(outcome=outcome, reason=reason, looked_at=looked_at, unit="workflows", counts=counts)


def _read_actionlint(ended: Ended, accepted: int) -> Reading:
    if ended.exit_code not in (0, _ACTIONLINT_FOUND):
        raise NotUnderstoodError("actionlint was misused, or found no workflow")
    inputs: dict[str, int] = {}
    ignored = 0
    for line in lines(ended.stderr.path):
        # Several files are read at once and their lines run into each other: a beginning says nothing.
        if match := _ACTIONLINT_INPUT.search(line):
            inputs[match[2]] = int(match[1])
        ignored += sum(int(number) for number in _ACTIONLINT_FILTERED.findall(line))
    errors = sum(inputs.values())
    if ended.exit_code or errors:
        outcome, reason = Outcome.FAILED, f"actionlint found {errors} errors in {len(inputs)} workflows"
    elif ignored > accepted:
        outcome, reason = Outcome.VACUOUS, f"{ignored} findings are ignored, {accepted} are accepted"
    else:
        outcome, reason = Outcome.PASSED, f"{len(inputs)} workflows have no finding"
    counts = (("ignored findings", ignored),)
    return Reading(outcome=outcome, reason=reason, looked_at=len(inputs), unit="workflows", counts=counts)
