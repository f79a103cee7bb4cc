"""Decides what a command that has ended proves: the rules that are true of every tool."""

from __future__ import annotations

from dataclasses import replace

from gateproof.model import Ended, Ending, Outcome, Reading
from gateproof.record.readers.contract import Reader, Requirement, last_value, options, program

_SHORTEST_ABBREVIATION = len("--x")
SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "fish", "cmd", "powershell", "pwsh"})


def decide(reader: Reader, ended: Ended) -> Reading:
    """What the command proves. Never raises: what cannot be understood is ERRORED."""
    if ended.ending is not Ending.EXITED:
        return Reading(outcome=Outcome.ERRORED, reason=_how_it_ended(ended))
    try:
        reading = reader.read(ended)
    except Exception as error:  # whatever it is, it must not become a green
        return Reading(outcome=Outcome.ERRORED, reason=_sentence(reader, ended, error))
    # A waiver excuses one named thing. Whatever makes a pass worthless makes a waived one worthless too.
    if reading.outcome not in (Outcome.PASSED, Outcome.WAIVED):
        return reading
    if ended.exit_code not in reader.exit_codes:
        says = f"{reader.name} read a pass, but the command ended with exit code {ended.exit_code}"
        return replace(reading, outcome=Outcome.ERRORED, reason=says)
    objections = _objections(reader, ended, reading)
    return replace(reading, outcome=Outcome.VACUOUS, reason=objections[0]) if objections else reading


def _how_it_ended(ended: Ended) -> str:
    match ended.ending:
        case Ending.SIGNALLED:
            return f"the command was ended by {ended.signal or 'a signal'}"
        case Ending.TIMED_OUT:
            return "the command did not end within its time limit"
        case Ending.INTERRUPTED:
            return "the run was interrupted"
        case _:
            return f"{ended.argv[0] if ended.argv else 'the command'} could not be started"


def _sentence(reader: Reader, ended: Ended, error: Exception) -> str:
    what = str(error) or type(error).__name__
    return f"{reader.name} could not find out (exit code {ended.exit_code}): {what}"


def _objections(reader: Reader, ended: Ended, reading: Reading) -> list[str]:
    """Everything that makes this pass worthless."""
    found = [f"{word} was given: {why}" for word, why in _refused(reader, ended.argv)]
    found += [need.why for need in reader.requires if not is_given(need, ended.argv)]
    if ended.argv and program(ended.argv[0]) in SHELLS:
        found.insert(
            0, f"{program(ended.argv[0])} can swallow a failure: give the command itself, not a shell line"
        )
    if reading.looked_at < 1:
        found.append(f"looked at no {reading.unit}")
    elif reading.looked_at < reader.at_least:
        found.append(f"looked at {reading.looked_at} {reading.unit}, at least {reader.at_least} are required")
    return found


def _refused(reader: Reader, argv: tuple[str, ...]) -> list[tuple[str, str]]:
    """The options given under which a green is worthless, each with the reason."""
    refused = reader.refuses.items()
    return [(word, why) for word in options(argv)[1:] for option, why in refused if _is(word, option)]


def _is(word: str, option: str) -> bool:
    """Whether a word is an option, with or without its value, in full or abbreviated as argparse allows."""
    name = word.partition("=")[0]
    if option.startswith("--"):
        return name == option or (len(name) >= _SHORTEST_ABBREVIATION and option.startswith(name))
    return name == option or (len(option) == len("-x") and word.startswith(option) and word[:2] != "--")


def is_given(need: Requirement, argv: tuple[str, ...]) -> bool:
    """Whether an option stands on the command line, with a value that counts."""
    if need.values:
        return any(last_value(argv, option) in need.values for option in need.options)
    return any(option in options(argv) for option in need.options)
