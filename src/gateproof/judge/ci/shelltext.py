"""Shell text as a tree: enough of POSIX sh and bash to see which command runs, and whether its failure counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MOST = 256 * 1024
MOST_DEPTH = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Simple:
    """A command as it is written: its words with their quotes."""

    words: tuple[str, ...]
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipe:
    """Commands joined by `|`; `!` turns the result round."""

    parts: tuple[Node, ...]
    is_negated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """Commands joined by `&&` and `||`; each but the first has its operator."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequence:
    """Commands one after another; True for those that run in the background."""

    parts: tuple[tuple[Node, bool], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """`{ …; }`, or `( … )` in a shell of its own."""

    body: Sequence
    is_subshell: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class If:
    """Conditions with what runs under each; the last condition is None for `else`."""

    branches: tuple[tuple[Sequence | None, Sequence], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop:
    """`for` (without a condition), `while` or `until`."""

    condition: Sequence | None
    body: Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """The bodies of a `case`."""

    bodies: tuple[Sequence, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A definition."""

    name: str
    body: Node


Node = Simple | Pipe | Chain | Sequence | Group | If | Loop | Case | Function


class ShellError(ValueError):
    """The text is not shell that is understood here."""


_OPERATORS = ("&&", "||", ";;", "|&", "&>", ";", "|", "&", "(", ")", "\n")
_REDIRECT = re.compile(r"\d*(?:>>|>\||>&|<&|<<<|<>|>|<)")
_HEREDOC = re.compile(r"\d*<<(?P<dash>-?)[ \t]*(?P<quote>['\"\\]?)(?P<word>\w+)['\"]?")
_NAME = re.compile(r"[A-Za-z_][\w-]*")

Token = tuple[str, str, int]
"""Its kind (word or operator), its text, its line."""


def parse_shell(text: str) -> Sequence:
    """The tree. Raises ShellError for what is too long, too deep, or not understood."""
    if len(text) > MOST:
        raise ShellError("it is too long")
    parser = _Parser(_tokens(text.replace("\r\n", "\n")))
    tree = parser.sequence(())
    if parser.peek()[0] != "end":
        raise ShellError(f"{parser.peek()[1]!r} is not expected there (line {parser.peek()[2]})")
    return tree


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    place, line = 0, 1
    heredocs: list[tuple[str, bool]] = []
    while place < len(text):
        c = text[place]
        if text.startswith("\\\n", place):
            place, line = place + 2, line + 1
        elif c in " \t":
            place += 1
        elif c == "#" and (place == 0 or text[place - 1] in " \t\n;&|("):
            place = _end(text, place, "\n")
        elif c == "\n":
            tokens.append(("op", "\n", line))
            place, line = place + 1, line + 1
            for word, dashed in heredocs:
                place, line = _past_heredoc(text, place, line, word, dashed)
            heredocs.clear()
        elif here := _HEREDOC.match(text, place):
            heredocs.append((here["word"], bool(here["dash"])))
            place = here.end()
        elif redirect := _REDIRECT.match(text, place):
            place = _past_target(text, redirect.end())
        elif text.startswith("&>", place):
            place = _past_target(text, place + 3 if text.startswith("&>>", place) else place + 2)
        elif operator := next((o for o in _OPERATORS if text.startswith(o, place)), ""):
            tokens.append(("op", operator, line))
            place += len(operator)
        else:
            end = _word_end(text, place)
            tokens.append(("word", text[place:end], line))
            line += text.count("\n", place, end)
            place = end
    tokens.append(("end", "", line))
    return tokens


def _end(text: str, place: int, mark: str) -> int:
    found = text.find(mark, place)
    return len(text) if found < 0 else found


def _past_heredoc(text: str, place: int, line: int, word: str, dashed: bool) -> tuple[int, int]:
    while place < len(text):
        end = _end(text, place, "\n")
        body = text[place:end]
        place, line = end + 1, line + 1
        if (body.lstrip("\t") if dashed else body) == word:
            break
    return min(place, len(text)), line


def _past_target(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t":
        place += 1
    return _word_end(text, place) if place < len(text) and text[place] not in "\n;|" else place


def _word_end(text: str, place: int) -> int:
    start = place
    while place < len(text):
        c = text[place]
        if c == "\\":
            place += 2
        elif c == "'":
            place = _end(text, place + 1, "'") + 1
        elif c == '"':
            place = _double(text, place + 1)
        elif c == "`":
            place = _end(text, place + 1, "`") + 1
        elif text.startswith("${{", place):
            place = min(_end(text, place, "}}") + 2, len(text))
        elif text.startswith(("$(", "<(", ">("), place):
            place = _closing(text, place + 2, "(", ")")
        elif text.startswith("${", place):
            place = _closing(text, place + 2, "{", "}")
        elif c in " \t\n;&|()<>":
            break
        else:
            place += 1
    return min(max(place, start + 1), len(text))


def _double(text: str, place: int) -> int:
    while place < len(text) and text[place] != '"':
        if text[place] == "\\":
            place += 2
        elif text.startswith("$(", place):
            place = _closing(text, place + 2, "(", ")")
        else:
            place += 1
    return place + 1


def _closing(text: str, place: int, opening: str, closing: str) -> int:
    depth = 1
    while place < len(text) and depth:
        c = text[place]
        if c == "\\":
            place += 1
        elif c == "'":
            place = _end(text, place + 1, "'")
        elif c == opening:
            depth += 1
        elif c == closing:
            depth -= 1
        place += 1
    return place


_CLOSERS = frozenset({"then", "else", "elif", "fi", "do", "done", "esac", "}"})


class _Parser:
    """Recursive descent over tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def peek(self, ahead: int = 0) -> Token:
        return self._tokens[min(self._place + ahead, len(self._tokens) - 1)]

    def _next(self) -> Token:
        token = self.peek()
        self._place += 1
        return token

    def _is(self, *texts: str) -> bool:
        return self.peek()[0] != "end" and self.peek()[1] in texts

    def _expect(self, text: str) -> None:
        if not self._is(text):
            raise ShellError(f"{text!r} is missing before line {self.peek()[2]}")
        self._next()

    def _skip(self, *texts: str) -> None:
        while self._is(*texts):
            self._next()

    def sequence(self, until: tuple[str, ...]) -> Sequence:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise ShellError("it is nested too deeply")
        parts: list[tuple[Node, bool]] = []
        self._skip("\n", ";")
        while self.peek()[0] != "end" and not self._is(*until):
            if self._is(")", ";;") or (self.peek()[0] == "word" and self._is(*_CLOSERS)):
                raise ShellError(f"{self.peek()[1]!r} is not expected there (line {self.peek()[2]})")
            node = self._chain()
            parts.append((node, self._is("&")))
            self._skip("\n", ";", "&")
        self._depth -= 1
        return Sequence(parts=tuple(parts))

    def _chain(self) -> Node:
        first = self._pipe()
        rest: list[tuple[str, Node]] = []
        while self._is("&&", "||"):
            operator = self._next()[1]
            self._skip("\n")
            rest.append((operator, self._pipe()))
        return Chain(first=first, rest=tuple(rest)) if rest else first

    def _pipe(self) -> Node:
        is_negated = False
        while self._is("!"):
            self._next()
            is_negated = not is_negated
        parts = [self._command()]
        while self._is("|", "|&"):
            self._next()
            self._skip("\n")
            parts.append(self._command())
        return Pipe(parts=tuple(parts), is_negated=is_negated) if len(parts) > 1 or is_negated else parts[0]

    def _command(self) -> Node:
        kind, text, _ = self.peek()
        if kind == "op" and text == "(":
            self._next()
            body = self.sequence((")",))
            self._expect(")")
            return Group(body=body, is_subshell=True)
        readers: dict[str, Callable[[], Node]] = {
            "{": self._group,
            "if": self._if,
            "while": self._while,
            "until": self._while,
            "for": self._for,
            "select": self._for,
            "case": self._case,
            "function": self._function,
        }
        if kind == "word" and text in readers:
            return readers[text]()
        if kind == "word" and self.peek(1)[1] == "(" and self.peek(2)[1] == ")" and _NAME.fullmatch(text):
            return self._function()
        return self._simple()

    def _simple(self) -> Simple:
        words, line = [], self.peek()[2]
        while self.peek()[0] == "word":
            words.append(self._next()[1])
        if not words:
            raise ShellError(f"a command is missing on line {line}")
        return Simple(words=tuple(words), line=line)

    def _group(self) -> Group:
        self._next()
        body = self.sequence(("}",))
        self._expect("}")
        return Group(body=body, is_subshell=False)

    def _if(self) -> If:
        self._next()
        branches: list[tuple[Sequence | None, Sequence]] = []
        condition = self.sequence(("then",))
        self._expect("then")
        branches.append((condition, self.sequence(("elif", "else", "fi"))))
        while self._is("elif"):
            self._next()
            condition = self.sequence(("then",))
            self._expect("then")
            branches.append((condition, self.sequence(("elif", "else", "fi"))))
        if self._is("else"):
            self._next()
            branches.append((None, self.sequence(("fi",))))
        self._expect("fi")
        return If(branches=tuple(branches))

    def _while(self) -> Loop:
        self._next()
        condition = self.sequence(("do",))
        return Loop(condition=condition, body=self._do())

    def _for(self) -> Loop:
        while self.peek()[0] != "end" and not self._is("do"):
            self._next()
        return Loop(condition=None, body=self._do())

    def _do(self) -> Sequence:
        self._expect("do")
        body = self.sequence(("done",))
        self._expect("done")
        return body

    def _case(self) -> Case:
        while self.peek()[0] != "end" and not self._is("in"):
            self._next()
        self._expect("in")
        bodies = []
        self._skip("\n", ";")
        while self.peek()[0] != "end" and not self._is("esac"):
            while self.peek()[0] != "end" and not self._is(")"):
                self._next()
            self._expect(")")
            bodies.append(self.sequence((";;", "esac")))
            self._skip(";;", "\n", ";")
        self._expect("esac")
        return Case(bodies=tuple(bodies))

    def _function(self) -> Function:
        if self._is("function"):
            self._next()
        name = self._next()[1]
        self._skip("(", ")", "\n")
        return Function(name=name, body=self._command())
