"""Commands as words: whether what ran is what a proof names, and nothing weaker.

A proof says `manage.py check --deploy --fail-level WARNING`; a record or a workflow says
`python manage.py check --deploy --fail-level=WARNING`. More options may stand there, as long as none of them
makes the command look at less or unable to fail.
"""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

ALTERNATIVE = " | "
"""Between commands of a proof any of which will do."""

_PYTHON = re.compile(r"(?:python|pypy)(?:\d(?:\.\d+)?)?(?:\.exe)?|py")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_RUNNERS: Mapping[str, tuple[str, ...]] = {
    "uv": ("run",),
    "poetry": ("run",),
    "pipenv": ("run",),
    "pdm": ("run",),
    "hatch": ("run",),
    "rye": ("run",),
    "pixi": ("run",),
    "coverage": ("run",),
}
_BARE = frozenset(
    {
        "sudo",
        "sfw",
        "time",
        "command",
        "exec",
        "env",
        "nice",
        "nohup",
        "xvfb-run",
        "uvx",
        "pipx",
        "npx",
        "timeout",
    }
)
_TAKES_VALUE = frozenset(
    {
        "--with",
        "--extra",
        "--group",
        "--python",
        "-p",
        "-W",
        "-X",
        "--rcfile",
        "--source",
        "--package",
        "-u",
        "--directory",
    }
    | {
        "--project",
        "--env-file",
        "--only-group",
        "-E",
        "-e",
        "--env",
        "--profile",
        "-f",
        "--file",
        "--settings",
    }
    | {
        "--pythonpath",
        "--signal",
        "-k",
        "-s",
        "-n",
        "--spec",
        "--from",
        "-w",
        "--workdir",
        "--user",
        "--index",
        "--config",
        "--cwd",
        "-C",
    }
)

POWERLESS = {
    "--exit-zero": "with --exit-zero it cannot fail",
    "--collect-only": "it only lists tests",
    "--co": "it only lists tests",
    "--help": "it only prints help",
    "-h": "it only prints help",
    "--version": "it only prints a version",
    "--setup-only": "it runs no test",
    "--setup-plan": "it runs no test",
    "--fixtures": "it runs no test",
    "--install-only": "it only installs",
    "--fix": "it mends what it should find",
    "--fix-only": "it mends what it should find",
    "--list": "it only lists",
}
"""Options under which no command can say no; unless the proof itself names them."""
_NARROWING = {
    "-k": "it runs a part of the tests",
    "--tag": "it runs a part of the tests",
    "--exclude-tag": "it leaves tests out",
    "-m": "it runs a part of the tests",
    "--deselect": "it leaves tests out",
    "--lf": "it runs a part of the tests",
    "--last-failed": "it runs a part of the tests",
    "--ignore-vuln": "it ignores advisories",
    "--dry-run": "it only says what it would do",
    "--exclude": "it leaves files out",
    "--ignore": "it leaves something out",
    "--select": "it asks for a part of the rules",
}
_STRONGER = {
    ("--fail-level", "WARNING"): ("WARNING", "INFO", "DEBUG"),
    ("--fail-level", "ERROR"): ("ERROR", "WARNING", "INFO", "DEBUG"),
    ("-v", "2"): ("2", "3"),
    ("-v", "1"): ("1", "2", "3"),
}
_SAME = {"--verbosity": "-v", "--pattern": "-p", "--select": "--select"}
_JOINED = re.compile(r"-v\d")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a command as a shell would see them; split at spaces where its quotes do not match."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


def bare(words: Sequence[str]) -> tuple[str, ...]:
    """The command without interpreter, runner and path: `uv run python ./manage.py check` is `manage.py check`."""
    listed = list(words)
    while listed:
        head = listed[0].replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
        rest = listed[1:]
        if _VARIABLE.match(listed[0]):
            listed = rest
        elif head in _BARE:
            listed = _past_options(rest, number=head in {"timeout", "nice"})
            if head == "pipx" and listed[:1] == ["run"]:
                listed = listed[1:]
        elif head in _RUNNERS and rest and rest[0] in _RUNNERS[head]:
            listed = _past_options(rest[1:], module=True)
        elif head in {"docker", "docker-compose", "podman"} and (inner := _in_container(rest)):
            listed = inner
        elif _PYTHON.fullmatch(head):
            after = _past_options(rest, module=True)
            if after == rest and (not rest or rest[0].startswith("-")):
                return (head, *rest)
            if not after:
                return (head, *rest)
            listed = after
        else:
            return (head, *rest)
    return ()


def _past_options(words: list[str], *, module: bool = False, number: bool = False) -> list[str]:
    """The words after a runner's own options."""
    place = 0
    while place < len(words):
        word = words[place]
        if module and word == "-m" and place + 1 < len(words):
            return words[place + 1 :]
        if word == "-c":
            return words[place:]
        if word == "--":
            return words[place + 1 :]
        if number and re.fullmatch(r"[\d.]+[smhd]?", word):
            place += 1
        elif word.startswith("-") and word != "-":
            place += 2 if word in _TAKES_VALUE and "=" not in word else 1
        else:
            break
    return words[place:]


def _in_container(words: list[str]) -> list[str]:
    """The command that `docker compose exec web CMD` runs, or nothing."""
    words = words[1:] if words[:1] == ["compose"] else words
    words = _past_options(words)
    if words[:1] not in (["exec"], ["run"]):
        return []
    return _past_options(words[1:])[1:]


def normal(words: Sequence[str]) -> tuple[str, ...]:
    """The bare command with `--a=b` as two words and one spelling of each option."""
    return tuple(_spelled(bare(words)))


def _spelled(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        name, sign, value = word.partition("=")
        if sign and name.startswith("--"):
            yield _SAME.get(name, name)
            yield value
        elif _JOINED.fullmatch(word):
            yield from ("-v", word[2:])
        else:
            yield _SAME.get(word, word)


def alternatives(argument: str) -> tuple[tuple[str, ...], ...]:
    """The commands of a proof, any of which will do."""
    return tuple(normal(words_of(one)) for one in argument.split(ALTERNATIVE))


def runs(command: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether `command` (any spelling) does at least what `wanted` (a normal form) names."""
    found = normal(command)
    if not found or not wanted or found[0] != wanted[0]:
        return False
    plain = [word for word in wanted[1:] if not word.startswith("-") and not _is_value(wanted, word)]
    if not _in_order(plain, [found[0], *_after_options(found)]):
        return False
    return all(_has(found, option, values) for option, values in _options(wanted))


def weaknesses(command: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Why this command looks at less than `wanted`, or cannot say no."""
    found = normal(command)
    reasons = [
        why
        for word, why in {**POWERLESS, **_NARROWING}.items()
        if word in found[1:] and word not in wanted and not (word == "-m" and "pytest" not in found)
    ]
    is_test = found[:2] in (("manage.py", "test"), ("django-admin", "test"))
    if is_test and len(_plain(wanted)) <= 2 and (labels := _labels(found)):
        reasons.append(f"it tests only {', '.join(labels)}")
    return tuple(dict.fromkeys(reasons))


def _labels(found: Sequence[str]) -> list[str]:
    values = {
        "--settings",
        "-v",
        "--parallel",
        "-p",
        "-t",
        "--top-level-directory",
        "--testrunner",
        "--pythonpath",
    }
    values |= {"--tag", "--exclude-tag", "-k", "--durations", "--shuffle"}
    return [
        word
        for before, word in itertools.pairwise(found[1:])
        if not word.startswith("-") and before not in values
    ]


def _after_options(found: Sequence[str]) -> list[str]:
    """The words behind the options that stand before a subcommand, options left out."""
    return _plain(_past_options(list(found[1:])))


def _plain(words: Sequence[str]) -> list[str]:
    return [word for word in words if not word.startswith("-")]


def _options(wanted: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for place, word in enumerate(wanted):
        if word.startswith("-") and len(word) > 1:
            following = wanted[place + 1 : place + 2]
            has_value = following and not following[0].startswith("-") and following[0] != "."
            yield word, tuple(following) if has_value else ()


def _is_value(wanted: Sequence[str], word: str) -> bool:
    return any(values == (word,) for _, values in _options(wanted))


def _has(found: Sequence[str], option: str, values: tuple[str, ...]) -> bool:
    if not values:
        return option in found
    allowed = _STRONGER.get((option, values[0]), values)
    last = [after for before, after in itertools.pairwise(found) if before == option]
    # Given twice, a tool uses the last one.
    return bool(last) and last[-1] in allowed


def _in_order(wanted: Sequence[str], found: Sequence[str]) -> bool:
    if not wanted:
        return True
    # The first word is the subcommand: `manage.py help check` is not `manage.py check`.
    return found[1:2] == wanted[:1] and _follow(wanted, iter(found[1:]))


def _follow(wanted: Sequence[str], found: Iterator[str]) -> bool:
    return all(any(word == one for one in found) for word in wanted)
