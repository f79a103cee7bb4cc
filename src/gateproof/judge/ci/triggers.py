"""When a GitHub workflow runs: whether a push or a pull request starts it at all."""

from __future__ import annotations

import re

from gateproof.judge.bundle import Bundle
from gateproof.judge.yamltext import Table, Value, listed, text_of

PUSH, PULL = "push", "pull_request"
_PULLS = ("pull_request", "pull_request_target", "merge_group")
_MAIN = ("main", "master", "develop", "trunk")
"""The usual names of the branch that people push to."""


def events(on: Value, bundle: Bundle) -> tuple[tuple[str, ...], str]:
    """Which of push and pull request start the workflow, and why none does where none does."""
    names = on if isinstance(on, Table) else {text_of(name): None for name in listed(on)}
    if not names:
        return (), "its workflow says nothing of when it runs"
    found, reasons = [], []
    for name, details in names.items():
        if name != PUSH and name not in _PULLS:
            continue
        table = details if isinstance(details, Table) else Table()
        reason = _never(table, name, bundle)
        if reason:
            reasons.append(reason)
        else:
            found.append(PUSH if name == PUSH else PULL)
    if found:
        return tuple(dict.fromkeys(found)), ""
    return (), reasons[0] if reasons else f"its workflow never runs on a push, only on {', '.join(names)}"


def _never(details: Table, event: str, bundle: Bundle) -> str:
    if "types" in details and event != PUSH:
        types = [text_of(one) for one in listed(details["types"])]
        if not {"opened", "synchronize", "reopened"} & set(types):
            return f"its workflow runs on a pull request only when it is {', '.join(types)}"
    if event == PUSH and "tags" in details and "branches" not in details and "branches-ignore" not in details:
        return "its workflow runs only on the push of a tag"
    if "branches" in details:
        patterns = [text_of(one) for one in listed(details["branches"])]
        if not any(_reaches(patterns, branch) for branch in (*_MAIN, "feature/x", *_own_branches(bundle))):
            return f"its workflow runs only on branches {', '.join(patterns) or '(none)'}"
    if "branches-ignore" in details:
        patterns = [text_of(one) for one in listed(details["branches-ignore"])]
        if all(_reaches(patterns, branch) for branch in _MAIN):
            return f"its workflow ignores every branch ({', '.join(patterns)})"
    return _by_paths(details, bundle)


def _by_paths(details: Table, bundle: Bundle) -> str:
    code = [path for path in bundle.sizes if path.endswith(".py") and not path.startswith("evidence/")]
    if "paths" in details:
        patterns = [text_of(one) for one in listed(details["paths"])]
        if code and not any(_reaches(patterns, path) for path in code):
            return f"its workflow runs only when {', '.join(patterns)} change, which is no Python file"
    if "paths-ignore" in details:
        patterns = [text_of(one) for one in listed(details["paths-ignore"])]
        if code and all(_reaches(patterns, path) for path in code):
            return f"its workflow ignores every Python file ({', '.join(patterns)})"
    return ""


def _own_branches(bundle: Bundle) -> list[str]:
    """Branches that the README itself links to or shows a badge of; of others the ZIP does not know that they exist."""
    return re.findall(r"(?:/(?:blob|tree|raw)/|[?&]branch=)([\w.-]+)", bundle.text("README.md") or "")


def _reaches(patterns: list[str], name: str) -> bool:
    """GitHub's rule: the last pattern that matches decides, and `!` takes away."""
    is_in = False
    for pattern in patterns:
        if re.fullmatch(_regex(pattern.removeprefix("!")), name):
            is_in = not pattern.startswith("!")
    return is_in


def _regex(pattern: str) -> str:
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\+)", pattern)
    names = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    return "".join(
        names.get(piece, re.escape(piece).replace(r"\[", "[").replace(r"\]", "]")) for piece in pieces
    )
