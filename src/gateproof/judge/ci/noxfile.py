"""A noxfile, read by its syntax and never executed: its sessions, and the commands that each runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gateproof.judge.bundle import Bundle

PATH = "noxfile.py"
ALL_GATES = "gate_names()"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoxCommand:
    """One `session.run(…)`."""

    words: tuple[str, ...]
    line: int
    weaknesses: tuple[str, ...] = ()
    cwd: str = ""
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NoxSession:
    """One session."""

    name: str
    line: int
    is_gate: bool
    is_default: bool
    tags: tuple[str, ...]
    requires: tuple[str, ...]
    commands: tuple[NoxCommand, ...]
    sentence: str = ""
    """The first line of its docstring."""
    pythons: tuple[str, ...] = ()
    """The interpreters that it names; none means the one that runs nox."""
    is_matrix: bool = False
    """Whether it names them in a list, so that nox makes a session of each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Noxfile:
    """All sessions, in the order of the file."""

    sessions: Mapping[str, NoxSession]
    default: tuple[str, ...] | None
    """`nox.options.sessions`, where it is set."""

    @property
    def gates(self) -> tuple[str, ...]:
        """The sessions that are gates."""
        return tuple(name for name, session in self.sessions.items() if session.is_gate)

    def selected(self, names: tuple[str, ...], tags: tuple[str, ...]) -> tuple[NoxSession, ...]:
        """The sessions that nox runs when asked for these names and tags, those that they require first."""
        if names:
            asked = [name.partition("(")[0] for name in names]
            chosen = [name for one in asked for name in self.sessions if _is_called(name, one)]
        elif tags:
            chosen = [name for name, session in self.sessions.items() if set(tags) & set(session.tags)]
        elif self.default is not None:
            chosen = [name for name in self.default if name in self.sessions]
        else:
            chosen = [name for name, session in self.sessions.items() if session.is_default]
        return tuple(self.sessions[name] for name in self._with_required(chosen))

    def _with_required(self, names: list[str]) -> list[str]:
        ordered: list[str] = []
        ahead = list(reversed(names))
        seen: set[str] = set()
        while ahead:
            name = ahead.pop()
            if name in seen or name not in self.sessions:
                continue
            seen.add(name)
            ordered.append(name)
            needed = self.sessions[name].requires
            ahead += self.gates if ALL_GATES in needed else needed
        return ordered


def _is_called(name: str, asked: str) -> bool:
    """nox takes `tests` for `tests-3.12` too, and underscores for dashes."""
    plain, wanted = name.replace("_", "-"), asked.replace("_", "-")
    return plain == wanted or bool(re.fullmatch(re.escape(plain) + r"-(?:\d|pypy).*", wanted))


def read_noxfile(bundle: Bundle, path: str = PATH) -> Noxfile | None:
    """The noxfile of a bundle; None where there is none or it is not Python."""
    text = bundle.text(path)
    if text is None:
        return None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    constants = _constants(tree.body)
    sessions: dict[str, NoxSession] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (session := _session(node, constants)) is not None:
            sessions[session.name] = session
    return Noxfile(sessions=sessions, default=_default(tree))


def _default(tree: ast.Module) -> tuple[str, ...] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "nox.options.sessions":
            return _texts(node.value, {})
    return None


def _session(node: ast.FunctionDef, constants: Mapping[str, ast.expr]) -> NoxSession | None:
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = ast.unparse(call.func if call else decorator)
        is_gate = name.rpartition(".")[2] == "gate"
        if not is_gate and name not in ("nox.session", "session"):
            continue
        options = {word.arg: word.value for word in call.keywords if word.arg} if call else {}
        own = _text(options.get("name"), constants)
        tags = _texts(options.get("tags"), constants) or ()
        return NoxSession(
            name=own or (node.name.replace("_", "-") if is_gate else node.name),
            line=node.lineno,
            is_gate=is_gate or "gate" in tags,
            is_default=not _is_false(options.get("default")),
            tags=("gate", *tags) if is_gate else tags,
            requires=_required(options.get("requires"), constants),
            commands=_commands(node, constants),
            sentence=(ast.get_docstring(node) or "").partition("\n")[0],
            pythons=_pythons(options.get("python"), constants),
            is_matrix=_texts(options.get("python"), constants) is not None,
        )
    return None


def _pythons(value: ast.expr | None, constants: Mapping[str, ast.expr]) -> tuple[str, ...]:
    one = _text(value, constants)
    return (one,) if one is not None else _texts(value, constants) or ()


def _required(value: ast.expr | None, constants: Mapping[str, ast.expr]) -> tuple[str, ...]:
    if value is None:
        return ()
    if ast.unparse(value).rpartition(".")[2] == ALL_GATES:
        return (ALL_GATES,)
    return _texts(value, constants) or ()


def _commands(node: ast.FunctionDef, constants: Mapping[str, ast.expr]) -> tuple[NoxCommand, ...]:
    session = node.args.args[0].arg if node.args.args else "session"
    known = {**constants, **_constants(_flat(node.body))}
    found: list[NoxCommand] = []
    ended = ""
    for statement, why in _reached(node.body):
        for call in _calls(statement, session):
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if method == "skip" and not why:
                ended = "the session skips itself before it comes to this"
            if method != "run":
                continue
            if words := _words(call, known):
                found.append(_command(words, call, known, tuple(filter(None, (why, ended)))))
    return tuple(found)


def _command(
    words: tuple[str, ...], call: ast.Call, known: Mapping[str, ast.expr], weak: tuple[str, ...]
) -> NoxCommand:
    options = {word.arg: word.value for word in call.keywords if word.arg}
    if "success_codes" in options:
        codes = ast.unparse(options["success_codes"])
        if codes not in ("[0]", "(0,)"):
            weak = (*weak, f"its failure counts as success (success_codes={codes})")
    env = options.get("env")
    pairs = _pairs(env, known) if env is not None else {}
    return NoxCommand(
        words=words,
        line=call.lineno,
        weaknesses=weak,
        cwd=_text(options.get("cwd"), known) or "",
        env=pairs,
    )


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    return [inner for statement in body for inner in ast.walk(statement) if isinstance(inner, ast.stmt)]


def _reached(body: list[ast.stmt], why: str = "") -> Iterator[tuple[ast.stmt, str]]:
    """Simple statements in order, each with why it may not be reached or not count."""
    for statement in body:
        match statement:
            case ast.If():
                under = f"it runs only if {ast.unparse(statement.test)}"
                yield from _reached(statement.body, why or under)
                yield from _reached(
                    statement.orelse, why or f"it runs only unless {ast.unparse(statement.test)}"
                )
            case ast.Try():
                swallows = "its failure is caught" if statement.handlers else ""
                yield from _reached(statement.body, why or swallows)
                yield from _reached(statement.finalbody, why)
            case ast.With():
                caught = any("suppress" in ast.unparse(item.context_expr) for item in statement.items)
                yield from _reached(statement.body, why or ("its failure is suppressed" if caught else ""))
            case ast.For() | ast.While():
                yield from _reached(statement.body, why)
            case ast.Return():
                yield statement, why
                if not why:
                    return
            case ast.FunctionDef() | ast.ClassDef():
                continue
            case _:
                yield statement, why


def _calls(statement: ast.stmt, session: str) -> Iterator[ast.Call]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == session:
                yield node


def _constants(body: list[ast.stmt]) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
    return found


def _words(call: ast.Call, known: Mapping[str, ast.expr]) -> tuple[str, ...]:
    """The words of a call; what only a run can tell stands in braces, as it is written."""
    words: list[str] = []
    for argument in call.args:
        if isinstance(argument, ast.Starred):
            inner = _texts(argument.value, known)
            if inner is not None:
                words += inner
            elif not words:
                words.append(f"{{{ast.unparse(argument.value)}}}")
            # Behind the first word it is what a person gives after `--`, which is nothing in CI.
        else:
            text = _text(argument, known)
            words.append(text if text is not None else f"{{{ast.unparse(argument)}}}")
    return tuple(words)


def _text(node: ast.expr | None, known: Mapping[str, ast.expr], depth: int = 0) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name) and node.id in known and depth < 5:
        return _text(known[node.id], known, depth + 1)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("str", "Path") and len(node.args) == 1:
        return _text(node.args[0], known, depth + 1)
    return None


def _texts(node: ast.expr | None, known: Mapping[str, ast.expr], depth: int = 0) -> tuple[str, ...] | None:
    if isinstance(node, ast.Name) and node.id in known and depth < 5:
        return _texts(known[node.id], known, depth + 1)
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    found: list[str] = []
    for item in node.elts:
        inner = _texts(item.value, known, depth + 1) if isinstance(item, ast.Starred) else None
        text = _text(item, known)
        if inner is not None:
            found += inner
        elif text is not None:
            found.append(text)
        else:
            found.append(f"{{{ast.unparse(item)}}}")
    return tuple(found)


def _pairs(node: ast.expr, known: Mapping[str, ast.expr], depth: int = 0) -> dict[str, str]:
    if isinstance(node, ast.Name) and node.id in known and depth < 5:
        return _pairs(known[node.id], known, depth + 1)
    if not isinstance(node, ast.Dict):
        return {}
    pairs: dict[str, str] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            pairs |= _pairs(value, known, depth + 1)
        elif (name := _text(key, known)) is not None and (text := _text(value, known)) is not None:
            pairs[name] = text
    return pairs


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
