"""Which commands a script runs, and whether the failure of each makes the script fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.judge.ci.shell import joined, steps_of
from gateproof.judge.ci.shelltext import ShellError, parse_shell
from gateproof.judge.ci.steps import Script, Step


def steps(
    text: str, *, errexit: bool = True, pipefail: bool = False, env: dict[str, str] | None = None
) -> list[Step]:
    return steps_of(Script(text=text, where="ci.sh", errexit=errexit, pipefail=pipefail, env=env or {}))


def the(text: str, program: str = "check", *, errexit: bool = True, pipefail: bool = False) -> Step:
    """The one step that runs `program`."""
    (found,) = [
        step for step in steps(text, errexit=errexit, pipefail=pipefail) if step.words[:1] == (program,)
    ]
    return found


STRONG = [
    "check",
    "set -x\ncheck --all",
    "cd app && check",
    "check || exit 1",
    "check || { echo no; exit 2; }",
    "check || (echo no; false)",
    "if ! check; then\n  exit 1\nfi",
    "prepare && check",
    "(cd app; check)",
    "{ check; }",
    "cat list | check",
    "bash -ec 'check; other'",
    "sh -c check",
    'eval "check"',
    "gates() {\n  check\n}\ngates",
    "function gates { check; }\ngates",
    "for app in a b; do check; done",
    "check > log 2>&1",
    "check <<EOF\nnot || true\nEOF\nother",
    "check # || true",
    "check &> log",
    "A=1 check",
    "set +e\nset -e\ncheck\nother",
    "set -euo pipefail\ncheck | tee log",
    "check \\\n  --all",
    "exec check",
    "if [ -f x ]; then\n  exit 0\nfi\ncheck",
]
WEAK = [
    ("check || true", "|| true swallows its failure"),
    ("check || echo failed", "|| echo failed swallows its failure"),
    ("check || exit 0", "swallows its failure"),
    ("check || (exit 1; echo no)", "swallows its failure"),
    ("set +e\ncheck\nother", "the script goes on when it fails"),
    ("set +o errexit\ncheck\nother", "the script goes on when it fails"),
    ("check | tee log", "lost in the pipe"),
    ("check |& tee log", "lost in the pipe"),
    ("sh -c 'check | tee log'", "lost in the pipe"),
    ("sh -c 'check; true'", "the script goes on when it fails"),
    ("check &", "in the background"),
    ("! check", "! turns its failure"),
    ("if check; then echo yes; fi", "only a condition"),
    ("while check; do sleep 1; done", "only a condition"),
    ("if [ -n \"$X\" ]; then check; fi", "only under a condition"),
    ("if a; then b; elif c; then d; else check; fi", "only under a condition"),
    ("[ -f x ] && check", "only under a condition"),
    ("other || check", "runs only when what stands before it fails"),
    ("check && other\nlast", "inside an && list"),
    ("exit 0\ncheck", "has ended before"),
    ("exec other\ncheck", "has ended before"),
    ("trap 'exit 0' EXIT\ncheck", "a trap turns"),
    ("case $X in a) check;; esac", "only in one case"),
    ("set +e\nfor a in b; do check; done\nother", "goes on"),
    ("until a; do check; done", "only under a condition"),
]  # fmt: skip


@pytest.mark.parametrize("text", STRONG)
def test_its_failure_counts(text: str) -> None:
    assert the(text).weaknesses == ()


@pytest.mark.parametrize(("text", "why"), WEAK)
def test_its_failure_does_not_count_and_it_says_why(text: str, why: str) -> None:
    assert any(why in weakness for weakness in the(text).weaknesses)


def test_without_errexit_the_last_command_still_decides() -> None:
    assert the("other\ncheck", errexit=False).weaknesses == ()
    assert the("check || exit 1\nother", errexit=False).weaknesses == ()
    assert the("check\nother", errexit=False).weaknesses


def test_a_named_bash_does_not_lose_failures_in_pipes() -> None:
    assert the("check | tee log", pipefail=True).weaknesses == ()


def test_what_is_defined_and_never_called_does_not_run() -> None:
    assert steps("gates() { check; }\necho no") == []


def test_a_command_that_is_only_printed_does_not_run() -> None:
    assert steps("echo check\nprintf '%s' check\n: check") == []


def test_variables_folders_and_lines_are_followed() -> None:
    text = (
        'APPS="a b"\nexport LEVEL=WARNING\ncd shop\n\ncheck $APPS "$LEVEL" ${MISSING:-x} $OTHER \'$LEVEL\'\n'
    )

    step = the(text)

    assert step.words == ("check", "a", "b", "WARNING", "x", "$OTHER", "$LEVEL")
    assert (step.cwd, step.where, step.env["LEVEL"]) == ("shop", "ci.sh:5", "WARNING")


def test_a_subshell_keeps_its_folder_to_itself() -> None:
    assert [(step.words[0], step.cwd) for step in steps("(cd a; one); two")] == [("one", "a"), ("two", "")]


@pytest.mark.parametrize(
    ("folder", "further", "is_now"),
    [("", "a/b", "a/b"), ("a", "..", ""), ("a", "./b/", "a/b"), ("a", "$GITHUB_WORKSPACE/c", "c"), ("", "$X", "$X")],
)  # fmt: skip
def test_folders_are_joined(folder: str, further: str, is_now: str) -> None:
    assert joined(folder, further) == is_now


@pytest.mark.parametrize(
    "text",
    [
        "if check; then",
        "case x in",
        "( check",
        "fi",
        "check )",
        "{ " * 50,
        "x" * 300_000,
        "&& check",
        "for x; done",
    ],
)
def test_a_script_that_is_not_understood_says_so_and_proves_nothing(text: str) -> None:
    (step,) = steps(text)

    assert step.words == ()
    assert "not understood" in step.weaknesses[0]


@given(st.text(st.sampled_from("ab \n;&|(){}<>\"'\\$`#!=-")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_shell(text)
    except ShellError:
        return
    steps(text)
