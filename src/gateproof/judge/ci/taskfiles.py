"""make, just, npm and pre-commit: what their targets, recipes, scripts and hooks run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.pythonfiles import values_of
from gateproof.judge.ci.shell import joined, steps_of
from gateproof.judge.ci.steps import Script, Step
from gateproof.judge.yamltext import Table, YamlError, listed, read_yaml, table, text_of

MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
PRE_COMMIT = ".pre-commit-config.yaml"
_RULE = re.compile(
    r"(?P<targets>[^\s:#=][^:#=]*?)\s*::?(?!=)\s*(?P<needs>[^;#=]*?)\s*(?:;(?P<inline>.*)|#.*)?$"
)
_VARIABLE = re.compile(r"(?:export\s+)?(?P<name>[\w.-]+)\s*(?:::?:?|\?|\+)?=\s*(?P<value>.*)$")
_RECIPE = re.compile(
    r"@?(?P<name>[A-Za-z_][\w-]*)(?P<parameters>(?:\s+[^:=\s]+(?:=(?:'[^']*'|\"[^\"]*\"|\S+))?)*)\s*:(?!=)(?P<needs>.*)$"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Target:
    needs: tuple[str, ...]
    lines: tuple[tuple[int, str], ...]


def make_steps(step: Step, words: tuple[str, ...], bundle: Bundle) -> Iterator[Step]:
    """The recipe lines of the targets that `make …` builds, prerequisites first."""
    folder = values_of(words, "-C", "--directory")
    cwd = joined(step.cwd, folder[0]) if folder else step.cwd
    named = values_of(words, "-f", "--file", "--makefile")
    names = (named[0],) if named else MAKEFILES
    path = next((joined(cwd, name) for name in names if bundle.has(joined(cwd, name))), None)
    text = bundle.text(path) if path else None
    if path is None or text is None:
        return
    targets, variables = _makefile(text)
    given = dict(word.split("=", 1) for word in words[1:] if re.match(r"\w+=", word))
    taken = {*folder, *named}
    asked = [word for word in words[1:] if not word.startswith("-") and "=" not in word and word not in taken]
    weak = list(step.weaknesses)
    options = [word for word in words[1:] if re.fullmatch(r"-[a-zA-Z]+", word)]
    if "--ignore-errors" in words or any("i" in option for option in options):
        weak.append("make -i ignores every failure")
    if {"-n", "--dry-run", "--just-print"} & set(words):
        weak.append("make -n only says what it would do")
    if ".IGNORE" in targets:
        weak.append("the Makefile says .IGNORE")
    first = next((name for name in targets if not name.startswith(".") and "%" not in name), "")
    for name in _ordered(asked or ([first] if first else []), targets):
        for line, recipe in targets[name].lines:
            yield from _make_line(
                recipe,
                line,
                path=path,
                variables={**variables, **given},
                step=replace(step, cwd=cwd),
                weak=tuple(weak),
            )


def _make_line(
    recipe: str, line: int, *, path: str, variables: Mapping[str, str], step: Step, weak: tuple[str, ...]
) -> Iterator[Step]:
    marks = re.match(r"[@+\- \t]*", recipe)
    prefix = marks[0] if marks else ""
    if "-" in prefix:
        weak = (*weak, "make ignores its failure (-)")
    text = _make_words(recipe[len(prefix) :], variables)
    script = Script(
        text=text,
        where=path,
        line=line,
        cwd=step.cwd,
        env=step.env,
        weaknesses=weak,
        errexit=False,
        via=(*step.via, path),
        is_one_line_each=True,
    )
    yield from steps_of(script)


def _make_words(text: str, variables: Mapping[str, str], depth: int = 0) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name == "MAKE":
            return "make"
        known = variables.get(name)
        return found[0] if known is None or depth > 5 else _make_words(known, variables, depth + 1)

    return re.sub(r"\$(?:\(([\w.-]+)\)|\{([\w.-]+)\})", value, text).replace("$$", "$")


def _makefile(text: str) -> tuple[dict[str, _Target], dict[str, str]]:
    targets: dict[str, _Target] = {}
    variables: dict[str, str] = {}
    current: tuple[str, ...] = ()
    raw = text.replace("\r\n", "\n").split("\n")
    number = 0
    while number < len(raw):
        line, start = raw[number], number + 1
        while line.endswith("\\") and number + 1 < len(raw):
            number += 1
            line = f"{line[:-1]} {raw[number].strip()}"
        number += 1
        if line.startswith("\t"):
            for name in current:
                targets[name] = replace(targets[name], lines=(*targets[name].lines, (start, line.strip())))
        elif rule := _RULE.match(line):
            current = tuple(rule["targets"].split())
            for name in current:
                old = targets.get(name, _Target(needs=(), lines=()))
                inline = ((start, rule["inline"].strip()),) if rule["inline"] else ()
                targets[name] = _Target(
                    needs=(*old.needs, *rule["needs"].split()), lines=(*old.lines, *inline)
                )
        elif variable := _VARIABLE.match(line):
            variables[variable["name"]] = variable["value"].strip()
            current = ()
        elif line.strip() and not line.startswith("#"):
            current = (
                current if line.startswith((" ", "ifeq", "ifneq", "endif", "else", "ifdef", "ifndef")) else ()
            )
    return targets, variables


def _ordered(asked: list[str], targets: Mapping[str, _Target]) -> list[str]:
    """What is needed first comes first; each once."""
    done: list[str] = []
    open_: set[str] = set()

    def visit(name: str, depth: int) -> None:
        if name in done or name in open_ or name not in targets or depth > 60:
            return
        open_.add(name)
        for need in targets[name].needs:
            visit(need, depth + 1)
        done.append(name)

    for name in asked:
        visit(name, 0)
    return done


def just_steps(step: Step, words: tuple[str, ...], bundle: Bundle) -> Iterator[Step]:
    """The lines of the recipes that `just …` runs."""
    path = next(
        (
            joined(step.cwd, n)
            for n in ("justfile", "Justfile", ".justfile")
            if bundle.has(joined(step.cwd, n))
        ),
        None,
    )
    text = bundle.text(path) if path else None
    if path is None or text is None:
        return
    recipes, variables = _justfile(text)
    asked = [word for word in words[1:] if word in recipes][:1] or list(recipes)[:1]
    for name in _ordered(asked, recipes):
        lines = recipes[name].lines
        if lines and lines[0][1].startswith("#!"):
            body = "\n".join(line for _, line in lines[1:])
            yield from _just_script(body, lines[0][0] + 1, path, step, (), errexit="-e" in lines[0][1])
            continue
        for number, line in lines:
            ignored = ("just ignores its failure (-)",) if line.lstrip("@").startswith("-") else ()
            filled = re.sub(r"\{\{\s*([\w-]+)\s*\}\}", lambda f: variables.get(f[1], f[0]), line.lstrip("@-"))
            yield from _just_script(filled, number, path, step, ignored, errexit=False)


def _just_script(
    text: str, line: int, path: str, step: Step, weak: tuple[str, ...], *, errexit: bool
) -> Iterator[Step]:
    yield from steps_of(
        Script(
            text=text,
            where=path,
            line=line,
            cwd=step.cwd,
            env=step.env,
            weaknesses=(*step.weaknesses, *weak),
            errexit=errexit,
            via=(*step.via, path),
        )
    )


def _justfile(text: str) -> tuple[dict[str, _Target], dict[str, str]]:
    recipes: dict[str, _Target] = {}
    variables: dict[str, str] = {}
    current = ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line.startswith((" ", "\t")):
            if current and line.strip():
                old = recipes[current]
                recipes[current] = replace(old, lines=(*old.lines, (number, line.strip())))
        elif variable := re.match(r"(?:export\s+)?([\w-]+)\s*:=\s*['\"]?(.*?)['\"]?\s*$", line):
            variables[variable[1]] = variable[2]
            current = ""
        elif recipe := _RECIPE.match(line):
            current = recipe["name"]
            needs = tuple(re.findall(r"[A-Za-z_][\w-]*", recipe["needs"].partition("#")[0]))
            recipes[current] = _Target(needs=needs, lines=())
        elif line.strip() and not line.startswith(("#", "[")):
            current = ""
    return recipes, variables


_NPM_OWN = frozenset({"test", "start", "stop", "restart"})


def npm_steps(step: Step, words: tuple[str, ...], bundle: Bundle) -> Iterator[Step]:
    """The script of package.json that `npm run x` runs, with what stands before and after it."""
    folder = values_of(words, "--prefix", "-C", "--cwd", "--dir")
    cwd = joined(step.cwd, folder[0]) if folder else step.cwd
    path = joined(cwd, "package.json")
    try:
        scripts = json.loads(bundle.text(path) or "{}").get("scripts", {})
    except (ValueError, AttributeError, RecursionError):
        return
    plain = [word for word in words[1:] if not word.startswith("-") and word not in folder]
    if plain[:1] in (["run"], ["run-script"]):
        name = plain[1] if len(plain) > 1 else ""
    elif plain and (plain[0] in _NPM_OWN or words[0] != "npm"):
        name = plain[0]
    else:
        return
    weak = ("--if-present: it passes where there is no script",) if "--if-present" in words else ()
    for one in (f"pre{name}", name, f"post{name}"):
        text = scripts.get(one) if isinstance(scripts, dict) else None
        if isinstance(text, str):
            yield from steps_of(
                Script(
                    text=text,
                    where=path,
                    cwd=cwd,
                    env=step.env,
                    weaknesses=(*step.weaknesses, *weak),
                    errexit=False,
                    via=(*step.via, path),
                    is_one_line_each=True,
                )
            )


HOOKS: Mapping[str, tuple[str, ...]] = {
    "ruff": ("ruff", "check"),
    "ruff-check": ("ruff", "check"),
    "ruff-format": ("ruff", "format", "--check"),
    "black": ("black", "--check"),
    "black-jupyter": ("black", "--check"),
    "isort": ("isort", "--check-only"),
    "flake8": ("flake8",),
    "mypy": ("mypy",),
    "pip-audit": ("pip-audit",),
    "actionlint": ("actionlint",),
    "zizmor": ("zizmor",),
    "gitleaks": ("gitleaks", "detect"),
    "detect-secrets": ("detect-secrets-hook",),
    "django-upgrade": ("django-upgrade",),
    "pyupgrade": ("pyupgrade",),
}
"""Hooks that are known to be a tool; pre-commit fails when one changes a file, so a formatter checks."""
_FIXES = frozenset({"--fix", "--fix-only", "--exit-non-zero-on-fix", "--show-fixes", "--unsafe-fixes"})


def pre_commit_steps(step: Step, words: tuple[str, ...], bundle: Bundle) -> Iterator[Step]:
    """The hooks that `pre-commit run` runs."""
    path = joined(step.cwd, PRE_COMMIT)
    text = bundle.text(path)
    if text is None or words[1:2] != ("run",):
        return
    try:
        document = table(read_yaml(text))
    except YamlError:
        return
    weak = list(step.weaknesses)
    if not {"--all-files", "--all", "-a", "--files", "--from-ref", "-s", "--source"} & set(words):
        weak.append("without --all-files pre-commit looks at no file in a fresh checkout")
    stage = (values_of(words, "--hook-stage") or ("pre-commit",))[0]
    values = values_of(
        words, "--files", "--from-ref", "--to-ref", "-s", "-o", "--hook-stage", "-c", "--config"
    )
    only = next((word for word in words[2:] if not word.startswith("-") and word not in values), "")
    skipped = step.env.get("SKIP", "").split(",")
    for repository in map(table, listed(document.get("repos"))):
        for hook in map(table, listed(repository.get("hooks"))):
            name = text_of(hook.get("id"))
            if (only and only not in (name, hook.get("alias"))) or name in skipped:
                continue
            stages = [text_of(one) for one in listed(hook.get("stages") or document.get("default_stages"))]
            if stages and stage not in stages and stage.replace("pre-", "") not in stages:
                continue
            yield replace(
                step,
                words=_hook(name, hook),
                weaknesses=tuple(weak),
                where=f"{path}:{hook.lines.get('id', 0)}",
                via=(*step.via, path),
            )


def _hook(name: str, hook: Table) -> tuple[str, ...]:
    arguments = tuple(text_of(one) for one in listed(hook.get("args")))
    if entry := text_of(hook.get("entry")):
        return (*entry.split(), *arguments)
    kept = tuple(word for word in arguments if word not in _FIXES)
    return (*HOOKS.get(name, (name,)), *kept)
