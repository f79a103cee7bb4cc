"""Which commands a shell script runs, and whether the failure of each makes the script fail."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gateproof.judge.ci.conditions import (
    QUIET,
    always_fails,
    is_guarded,
    is_negated,
    is_state,
    is_test,
    without_not,
)
from gateproof.judge.ci.expanding import expanded
from gateproof.judge.ci.shelltext import (
    Case,
    Chain,
    Function,
    Group,
    If,
    Loop,
    Node,
    Pipe,
    Sequence,
    ShellError,
    Simple,
    parse_shell,
)
from gateproof.judge.ci.steps import Script, Step

_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)\+?=(?P<value>.*)", re.DOTALL)
_SHELLS = frozenset({"bash", "sh", "dash", "zsh", "ash", "ksh"})
MOST_CALLS = 12


def steps_of(script: Script) -> list[Step]:
    """The commands that a script runs, in its order.

    A script that is not understood gives one step without words whose weakness says so.
    """
    try:
        tree = parse_shell(script.text)
    except ShellError as error:
        return [
            Step(
                words=(),
                cwd=script.cwd,
                where=f"{script.where}:{script.line}",
                weaknesses=(f"the script is not understood: {error}",),
                via=script.via,
            )
        ]
    walk = _Walk(script)
    walk.sequence(tree, _Context(weaknesses=script.weaknesses, is_last=True))
    return walk.steps


@dataclass(frozen=True, kw_only=True, slots=True)
class _Context:
    """What stands around a command."""

    weaknesses: tuple[str, ...] = ()
    is_last: bool = False
    """Whether its status is the script's own."""
    calls: int = 0

    def weak(self, why: str) -> _Context:
        return replace(self, weaknesses=(*self.weaknesses, why), is_last=False)

    def not_last(self) -> _Context:
        return replace(self, is_last=False)


class _Walk:
    """One pass over a script, with the state that its shell would have."""

    def __init__(self, script: Script) -> None:
        self.steps: list[Step] = []
        self._script = script
        self._errexit = script.errexit
        self._pipefail = script.pipefail
        self._cwd = script.cwd
        self._env: dict[str, str] = dict(script.env)
        self._functions: dict[str, Node] = {}
        self._is_over = False
        self._trap = ""

    def sequence(self, node: Sequence, context: _Context) -> None:
        for place, (part, in_background) in enumerate(node.parts):
            around = context if place == len(node.parts) - 1 else context.not_last()
            if in_background:
                around = around.weak("it runs in the background and nobody waits for it")
            self._statement(part, around)

    def _statement(self, node: Node, context: _Context) -> None:
        """A command that stands for itself: its failure counts where the shell stops at it, or at the end."""
        is_plain = isinstance(node, Simple | Pipe | Chain) and not is_guarded(node)
        if is_plain and not self._errexit and not context.is_last:
            context = context.weak("the script goes on when it fails (no set -e)")
        self._node(node, context)

    def _node(self, node: Node, context: _Context) -> None:
        match node:
            case Simple():
                self._simple(node, context)
            case Pipe():
                self._pipe(node, context)
            case Chain():
                self._chain(node, context)
            case Sequence():
                self.sequence(node, context)
            case Group():
                self._group(node, context)
            case If():
                self._if(node, context)
            case Loop():
                self._loop(node, context)
            case Case():
                for body in node.bodies:
                    self._apart(body, context.weak("it runs only in one case"))
            case Function():
                self._functions[node.name] = node.body

    def _pipe(self, node: Pipe, context: _Context) -> None:
        if node.is_negated:
            context = context.weak("! turns its failure into a success")
        for part in node.parts[:-1]:
            lost = (
                context if self._pipefail else context.weak("its failure is lost in the pipe (no pipefail)")
            )
            self._node(part, lost)
        self._node(node.parts[-1], context)

    def _chain(self, node: Chain, context: _Context) -> None:
        nodes = (node.first, *(one for _, one in node.rest))
        operators = tuple(operator for operator, _ in node.rest)
        for place, one in enumerate(nodes):
            around = context
            if place and operators[place - 1] == "||":
                around = around.weak("it runs only when what stands before it fails")
            elif place and is_test(nodes[place - 1]):
                around = around.weak("it runs only under a condition")
            catcher = next((n for n in range(place, len(operators)) if operators[n] == "||"), None)
            if catcher is not None:
                if not always_fails(nodes[catcher + 1]):
                    around = around.weak(f"|| {_words(nodes[catcher + 1])} swallows its failure")
            elif place < len(operators) and not context.is_last and not is_state(one):
                around = around.weak("its failure inside an && list does not end the script")
            self._node(one, around)

    def _group(self, node: Group, context: _Context) -> None:
        before = (self._cwd, dict(self._env), self._errexit, self._pipefail)
        self.sequence(node.body, context)
        if node.is_subshell:
            self._cwd, self._env, self._errexit, self._pipefail = before
            self._is_over = False

    def _if(self, node: If, context: _Context) -> None:
        for condition, body in node.branches:
            if condition is not None:
                # `if ! CMD; then exit 1; fi` is how some write `CMD || exit 1`.
                guards = is_negated(condition) and always_fails(body)
                self._apart(
                    without_not(condition) if guards else condition,
                    context if guards else context.weak("it is only a condition"),
                )
            self._apart(body, context.weak("it runs only under a condition"))

    def _loop(self, node: Loop, context: _Context) -> None:
        if node.condition is not None:
            self._apart(node.condition, context.weak("it is only a condition"))
            context = context.weak("it runs only under a condition")
        elif not self._errexit:
            context = context.weak("the loop goes on when it fails (no set -e)")
        self._apart(node.body, context)

    def _apart(self, body: Sequence, context: _Context) -> None:
        """What may not run at all does not end the script for what stands after it."""
        was_over = self._is_over
        self.sequence(body, context)
        self._is_over = was_over

    def _simple(self, node: Simple, context: _Context) -> None:
        words = [word for raw in node.words for word in expanded(raw, self._env)]
        local: dict[str, str] = {}
        while words and (found := _ASSIGNMENT.fullmatch(words[0])):
            local[found["name"]] = found["value"]
            words = words[1:]
        if not words:
            self._env |= local
            return
        head = words[0]
        if head in self._functions and context.calls < MOST_CALLS:
            self._node(self._functions[head], replace(context, calls=context.calls + 1))
        elif head in QUIET:
            self._state(words, context)
        elif head.rpartition("/")[2] in _SHELLS and (inner := _inner(words)) is not None:
            self._nested(inner, words, node, context, local)
        elif head == "eval":
            self._nested(" ".join(words[1:]), words, node, context, local)
        elif head == "exec":
            self.steps.append(self._step(words[1:], node, context, local))
            self._is_over = self._is_over or not context.weaknesses
        else:
            self.steps.append(self._step(words, node, context, local))

    def _step(self, words: list[str], node: Simple, context: _Context, local: Mapping[str, str]) -> Step:
        weaknesses = context.weaknesses
        if self._is_over:
            weaknesses = (*weaknesses, "the script has ended before it comes to this")
        if self._trap:
            weaknesses = (*weaknesses, self._trap)
        line = self._script.line if self._script.is_one_line_each else self._script.line + node.line - 1
        return Step(
            words=tuple(words),
            cwd=self._cwd,
            env={**self._env, **local},
            weaknesses=tuple(dict.fromkeys(weaknesses)),
            where=f"{self._script.where}:{line}",
            via=self._script.via,
        )

    def _nested(
        self, text: str, words: list[str], node: Simple, context: _Context, local: Mapping[str, str]
    ) -> None:
        is_eval = words[0] == "eval"
        flags = [word for word in words[1:] if word.startswith("-") and not word.startswith("--")]
        errexit = self._errexit if is_eval else any("e" in flag for flag in flags)
        script = replace(
            self._script,
            text=text,
            line=self._script.line + (0 if self._script.is_one_line_each else node.line - 1),
            cwd=self._cwd,
            env={**self._env, **local},
            weaknesses=(*context.weaknesses, *(("the script has ended before it",) if self._is_over else ())),
            errexit=errexit,
            pipefail=is_eval and self._pipefail,
            is_one_line_each=True,
        )
        if context.calls < MOST_CALLS:
            self.steps.extend(steps_of(script))

    def _state(self, words: list[str], context: _Context) -> None:
        """What changes the shell itself."""
        is_sure = not context.weaknesses
        match words[0]:
            case "set":
                self._set(words[1:])
            case "cd" | "pushd" if len(words) > 1:
                self._cwd = joined(self._cwd, words[-1])
            case "exit" if is_sure or not set(context.weaknesses) - set(self._script.weaknesses):
                self._is_over = True
            case "export" | "declare" | "local" | "readonly":
                for word in words[1:]:
                    if found := _ASSIGNMENT.fullmatch(word):
                        self._env[found["name"]] = found["value"]
            case "trap" if len(words) > 2 and re.search(r"\bexit +0\b", words[1]):
                self._trap = "a trap turns every failure into exit 0"
            case _:
                pass

    def _set(self, options: list[str]) -> None:
        for place, word in enumerate(options):
            on = word.startswith("-")
            if word in ("-o", "+o") or (word[:1] in "-+" and word.endswith("o")):
                name = options[place + 1] if place + 1 < len(options) else ""
                if name == "pipefail":
                    self._pipefail = on
                elif name == "errexit":
                    self._errexit = on
            if word[:1] in "-+" and "e" in word[1:] and not word.startswith("--"):
                self._errexit = on


def joined(folder: str, further: str) -> str:
    """A folder inside the ZIP below another; the top is empty, and what is not known stays visible."""
    if further.startswith("$"):
        # `cd "$GITHUB_WORKSPACE"` and its like lead to the top.
        return further.partition("/")[2] if "WORKSPACE" in further or "PROJECT_DIR" in further else further
    path = posixpath.normpath(posixpath.join(folder, further.lstrip("/") if further == "/" else further))
    return "" if path == "." else path


def _inner(words: list[str]) -> str | None:
    """The text after `bash -c`, or None."""
    for place, word in enumerate(words[1:-1], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return words[place + 1]
        if not word.startswith("-") and word not in ("pipefail", "errexit"):
            return None
    return None


def _words(node: Node) -> str:
    return " ".join(node.words) if isinstance(node, Simple) else "…"
