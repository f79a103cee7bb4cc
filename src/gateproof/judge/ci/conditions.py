"""What a part of a shell script is to the parts beside it: a test, a preparation, an end."""

from __future__ import annotations

from dataclasses import replace

from gateproof.judge.ci.shelltext import Chain, Group, Node, Pipe, Sequence, Simple

_TESTS = frozenset({"[", "[[", "test", "command", "which", "type", "hash", "grep", "git"})
QUIET = frozenset(
    {
        *(":", "[", "[[", "alias", "break", "cd", "continue", "declare", "echo", "exit", "export", "false"),
        *("local", "popd", "printf", "pushd", "read", "readonly", "return", "set", "shift", "shopt", "sleep"),
        *("test", "trap", "true", "ulimit", "umask", "unset", "wait"),
    }
)
"""Commands that prepare or print; that they pass shows nothing."""


def is_test(node: Node) -> bool:
    """Whether its answer is a question's: no failure of it is a failure of the script."""
    if isinstance(node, Pipe):
        return is_test(node.parts[-1])
    return isinstance(node, Simple) and node.words[0] in _TESTS


def is_state(node: Node) -> bool:
    """Whether it only prepares: the failure of `cd` in `cd x && make` is followed by nothing that could pass."""
    return isinstance(node, Simple) and node.words[0] in QUIET


def always_fails(node: Node) -> bool:
    """Whether what catches a failure fails in turn: `exit 1`, `false`, `{ echo …; exit 1; }`."""
    match node:
        case Simple():
            head, *rest = node.words
            if head == "false":
                return True
            return head in ("exit", "return") and rest[:1] != ["0"]
        case Sequence():
            return bool(node.parts) and always_fails(node.parts[-1][0])
        case Group():
            return always_fails(node.body)
        case _:
            return False


def is_guarded(node: Node) -> bool:
    """Whether it ends the script itself when it fails: `CMD || exit 1`."""
    return isinstance(node, Chain) and node.rest[-1][0] == "||" and always_fails(node.rest[-1][1])


def is_negated(condition: Sequence) -> bool:
    """Whether the whole condition stands behind `!`."""
    return (
        len(condition.parts) == 1
        and isinstance(condition.parts[0][0], Pipe)
        and condition.parts[0][0].is_negated
    )


def without_not(condition: Sequence) -> Sequence:
    """The same condition without its `!`."""
    node, in_background = condition.parts[0]
    bare = replace(node, is_negated=False) if isinstance(node, Pipe) else node
    return Sequence(parts=((bare, in_background),))
