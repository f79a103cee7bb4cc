"""Statements about runs: an in-toto link for each command, and a test result for the gate.

Standards: in-toto Statement v1; predicates link v0.3 and test-result v0.1.
What they have no field for lies in the extension `gateproof_run`, which strangers ignore;
so nothing in it may turn a failure into a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from gateproof.evidence.statement import LINK, RUN_FIELD, TEST_RESULT, source, statement
from gateproof.model import Circumstances, Command, Ending, Outcome, Reading, Run

DID_NOT_END = "started, did not end"


def run_statements(run: Run, files: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """The statements of a run that has ended: its commands in order, what they say beside, then the result.

    `files` gives the SHA-256 of every file of the record that is not empty, so that a change of one shows.
    """
    links = [_link(run.circumstances, command, number) for number, command in enumerate(run.commands, 1)]
    further = [
        statement(subject=[source(run.circumstances.subject)], predicate_type=kind, predicate=predicate)
        for kind, predicate in run.reading.predicates
    ]
    result = _test_result(run.circumstances, run.reading, run.finished, len(run.commands))
    result["predicate"][RUN_FIELD]["files"] = dict(files)
    return (*links, *further, result)


def beginning_statement(circumstances: Circumstances) -> dict[str, Any]:
    """What stands in the ledger from the start, and stays there if the recorder is killed."""
    reading = Reading(outcome=Outcome.ERRORED, reason=f"{DID_NOT_END}.")
    return _test_result(circumstances, reading, None, 0)


def stranger_result(outcome: Outcome) -> str:
    """What in-toto's test-result says: for strangers every outcome but PASSED is FAILED, a waived one too."""
    return "PASSED" if outcome is Outcome.PASSED else "FAILED"


def time_text(moment: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _link(circumstances: Circumstances, command: Command, number: int) -> dict[str, Any]:
    ended = command.ended
    streams = {
        name: {"size": capture.size, "sha256": capture.sha256}
        for name, capture in (("stdout", ended.stdout), ("stderr", ended.stderr))
    }
    predicate = {
        "name": circumstances.name,
        "command": list(ended.argv),
        "materials": [],
        "byproducts": {"return-value": ended.exit_code},
        "environment": {"platform": circumstances.platform, "leg": circumstances.leg},
        RUN_FIELD: {
            "number": number,
            "executed": ended.ending is not Ending.NOT_STARTED,
            "cwd": ended.cwd.as_posix(),
            "ending": ended.ending.value,
            "signal": ended.signal,
            "started": time_text(ended.started),
            "finished": time_text(ended.finished),
            "captures": streams,
            "redacted": ended.redacted,
            "reader": command.reader,
            **_reading(command.reading),
        },
    }
    return statement(subject=[source(circumstances.subject)], predicate_type=LINK, predicate=predicate)


def _test_result(
    circumstances: Circumstances, reading: Reading, finished: datetime | None, commands: int
) -> dict[str, Any]:
    details = asdict(circumstances)
    details |= {
        "started": time_text(circumstances.started),
        "finished": time_text(finished) if finished else None,
        "versions": dict(circumstances.versions),
        "made_from": dict(circumstances.made_from),
        "commands": commands,
        **_reading(reading),
    }
    del details["subject"]
    result = stranger_result(reading.outcome)
    names = {"passedTests": reading.passed, "failedTests": reading.failed, "warnedTests": ()}
    predicate = {
        "result": result,
        "configuration": [
            {"name": circumstances.name, "digest": {"gitTree": circumstances.subject.git_tree}}
        ],
        **{key: list(value) for key, value in names.items()},
        RUN_FIELD: details,
    }
    return statement(subject=[source(circumstances.subject)], predicate_type=TEST_RESULT, predicate=predicate)


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "outcome": reading.outcome.value,
        "reason": reading.reason,
        "looked_at": reading.looked_at,
        "unit": reading.unit,
        "counts": dict(reading.counts),
        "skipped": list(reading.skipped),
    }
