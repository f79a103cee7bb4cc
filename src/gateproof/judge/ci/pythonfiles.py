"""nox, tox and invoke: what their sessions, environments and tasks run."""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.noxfile import PATH, read_noxfile
from gateproof.judge.ci.shell import joined, steps_of
from gateproof.judge.ci.steps import Script, Step
from gateproof.judge.tomltext import read_toml, table

_POSARGS = re.compile(r"\{posargs(?::(?P<default>[^{}]*))?\}")
_FACTOR = re.compile(r"(?P<not>!?)(?P<factors>[\w.,-]+(?:\{[^{}]*\}[\w.,-]*)?):(?:\s+|$)(?P<rest>.*)")
_MOST_NAMES = 1000
"""Environments that one line of tox.ini may stand for; thirty pairs of braces stand for a thousand million."""


def values_of(words: Sequence[str], *options: str, many: bool = False) -> tuple[str, ...]:
    """The values of an option, wherever and however it is given; `many` takes words up to the next option."""
    found: list[str] = []
    place = 0
    while place < len(words):
        word = words[place]
        place += 1
        name, sign, value = word.partition("=")
        short = next((o for o in options if len(o) == 2 and word.startswith(o) and len(word) > 2), None)
        if sign and name in options:
            found.append(value)
        elif word in options:
            while place < len(words) and not words[place].startswith("-"):
                found.append(words[place])
                place += 1
                if not many:
                    break
        elif short and not word.startswith("--"):
            found.append(word[2:])
    return tuple(found)


def nox_steps(step: Step, words: tuple[str, ...], bundle: Bundle) -> Iterator[Step]:
    """The commands of the sessions that `nox …` runs."""
    own = words[: words.index("--")] if "--" in words else words
    named = values_of(own, "-f", "--noxfile")
    path = joined(step.cwd, named[0] if named else PATH)
    noxfile = read_noxfile(bundle, path)
    if noxfile is None:
        return
    weak: tuple[str, ...] = ()
    for option, why in (
        ("--install-only", "nox --install-only runs no command"),
        ("--list", "nox --list only lists"),
        ("-l", "nox --list only lists"),
        ("--dry-run", "nox only says what it would do"),
    ):
        if option in own:
            weak = (why,)
    sessions = noxfile.selected(
        values_of(own, "-s", "--session", "--sessions", "-e", many=True),
        values_of(own, "-t", "--tags", many=True),
    )
    base = posixpath.dirname(path)
    for session in sessions:
        for command in session.commands:
            yield Step(
                words=command.words,
                cwd=joined(base, command.cwd) if command.cwd else base,
                env={**step.env, **command.env},
                weaknesses=(*step.weaknesses, *weak, *command.weaknesses),
                where=f"{path}:{command.line}",
                via=(*step.via, path),
                session=session.name,
            )


def tox_steps(step: Step, words: tuple[str, ...], bundle: Bundle) -> Iterator[Step]:
    """The commands of the environments that `tox …` runs."""
    found = _tox_file(step.cwd, bundle)
    if found is None:
        return
    path, sections = found
    asked = values_of(words, "-e", "--env")
    environments = [name for value in asked for name in value.split(",") if name]
    weak = tuple(
        why
        for option, why in (("--notest", "tox --notest runs no command"), ("-n", "tox -n runs no command"))
        if option in words
    )
    for name in environments or _envlist(sections.get("tox", {})):
        yield from _tox_environment(name, path, sections, replace(step, weaknesses=(*step.weaknesses, *weak)))


def _tox_file(cwd: str, bundle: Bundle) -> tuple[str, Mapping[str, Mapping[str, str]]] | None:
    for name, start in (("tox.ini", ""), ("setup.cfg", "tox:")):
        text = bundle.text(joined(cwd, name))
        if text is not None and (sections := _ini(text)):
            if start and "tox:tox" not in sections:
                continue
            return joined(cwd, name), {key.removeprefix("tox:"): value for key, value in sections.items()}
    text = bundle.text(joined(cwd, "pyproject.toml"))
    try:
        legacy = table(read_toml(text or ""), "tool", "tox")
    except ValueError:
        return None
    if isinstance(legacy.get("legacy_tox_ini"), str):
        return joined(cwd, "pyproject.toml"), _ini(legacy["legacy_tox_ini"])
    return None


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, comment_prefixes=("#", ";"))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}


def _envlist(tox: Mapping[str, str]) -> list[str]:
    text = re.sub(r"#[^\n]*", "", tox.get("envlist") or tox.get("env_list") or "")
    return [name for part in _split_outside_braces(text) for name in _braces(part.strip()) if name]


def _split_outside_braces(text: str) -> list[str]:
    return re.findall(r"(?:\{[^{}]*\}|[^,\s{}])+", text)


def _braces(text: str) -> list[str]:
    names = [""]
    for place, part in enumerate(re.split(r"\{([^{}]*)\}", text)):
        choices = [one.strip() for one in part.split(",")] if place % 2 else [part]
        names = [name + choice for name in names[:_MOST_NAMES] for choice in choices[:_MOST_NAMES]]
    return names[:_MOST_NAMES]


def _tox_environment(
    name: str, path: str, sections: Mapping[str, Mapping[str, str]], step: Step
) -> Iterator[Step]:
    base, own = sections.get("testenv", {}), sections.get(f"testenv:{name}", {})
    merged = {**base, **own}
    weak = list(step.weaknesses)
    if merged.get("ignore_outcome", "").strip().lower() == "true":
        weak.append(f"tox ignores the outcome of {name}")
    folder = posixpath.dirname(path)
    cwd = joined(folder, _tox_words(merged.get("changedir") or merged.get("change_dir") or "."))
    commands = [
        line
        for key in ("commands_pre", "commands", "commands_post")
        for line in _tox_lines(merged.get(key, ""), name, sections)
    ]
    errors = merged.get("ignore_errors", "").strip().lower() == "true"
    for line in commands:
        ignored = line.startswith("-")
        script = Script(
            text=_tox_words(line.lstrip("-! ")),
            where=path,
            cwd="" if cwd == "." else cwd,
            env=step.env,
            weaknesses=(*weak, *(("tox ignores its failure (-)",) if ignored else ())),
            errexit=True,
            via=(*step.via, path),
            is_one_line_each=True,
        )
        yield from steps_of(script)
    del errors  # ignore_errors only goes on; the environment still fails.


def _tox_lines(
    text: str, name: str, sections: Mapping[str, Mapping[str, str]], depth: int = 0
) -> Iterator[str]:
    joined_text = re.sub(r"\\\r?\n\s*", " ", text)
    for raw in joined_text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if (factor := _FACTOR.fullmatch(line)) and not line.startswith(("{", "-")):
            wanted = [
                one.split("-")
                for part in [factor["factors"]]
                for one in _braces(part)
                for one in one.split(",")
            ]
            has = any(all(f in name.split("-") for f in one) for one in wanted)
            if has == bool(factor["not"]):
                continue
            line = factor["rest"].strip()
        reference = re.fullmatch(r"\{\[(?P<section>[^\]]+)\](?P<key>\w+)\}", line)
        if reference and depth < 5:
            inner = sections.get(reference["section"], {}).get(reference["key"], "")
            yield from _tox_lines(inner, name, sections, depth + 1)
        elif line:
            yield line


def _tox_words(text: str) -> str:
    text = _POSARGS.sub(lambda found: found["default"] or "", text)
    text = re.sub(r"\{(?:tox_?ini_?dir|tox_root|toxinidir)\}/?", "", text)
    text = re.sub(r"\{env_?(?:bin_?dir|python)\}/?", "", text)
    return re.sub(r"\{env:\w+:([^{}]*)\}", r"\1", text).strip()


def invoke_steps(step: Step, words: tuple[str, ...], bundle: Bundle) -> Iterator[Step]:
    """The commands of the tasks that `invoke …` runs, where tasks.py calls `c.run` with plain text."""
    path = joined(step.cwd, "tasks.py")
    try:
        tree = ast.parse(bundle.text(path) or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    functions = {node.name.replace("_", "-"): node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for word in words[1:]:
        task = functions.get(word.replace("_", "-"))
        for node in ast.walk(task) if task else ():
            is_run = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "run"
            )
            if not is_run or not isinstance(node, ast.Call) or not node.args:
                continue
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                warns = any(k.arg == "warn" and ast.unparse(k.value) == "True" for k in node.keywords)
                weak = ("invoke only warns when it fails (warn=True)",) if warns else ()
                yield from steps_of(
                    Script(
                        text=text.value,
                        where=path,
                        line=node.lineno,
                        cwd=step.cwd,
                        env=step.env,
                        weaknesses=(*step.weaknesses, *weak),
                        errexit=False,
                        via=(*step.via, path),
                        is_one_line_each=True,
                    )
                )
