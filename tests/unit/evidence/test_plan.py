"""The plan: read back as written, and refused in every other form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.evidence.plan import Job, Plan, read_plan, write_plan
from gateproof.model import Subject

NAMES = st.from_regex(r"[a-z][a-z0-9.-]{0,20}[a-z0-9]", fullmatch=True)
JOBS = st.lists(st.builds(Job, gate=NAMES, leg=NAMES), min_size=1, max_size=9, unique=True)
SOURCE = Subject(git_tree="ab" * 20, dir_hash="cd" * 32)
RAW = write_plan(Plan(commit="12" * 20, source=SOURCE, jobs=(Job(gate="lint", leg="py3.11-linux"),)))


@given(jobs=JOBS)
def test_what_is_written_is_read_back(jobs: list[Job]) -> None:
    plan = Plan(commit="12" * 20, source=SOURCE, jobs=tuple(jobs))

    assert read_plan(write_plan(plan)) == plan


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'"lint"', b'"../lint"', "not a name for a gate"),
        (b'"lint"', b"7", "not a name for a gate"),
        (b'"py3.11-linux"', b'""', "not a name for a leg"),
        (b'"gate"', b'"name"', "not exactly a gate and a leg"),
        (b'[{"gate":"lint","leg":"py3.11-linux"}]', b"[]", "plans nothing"),
        (b'[{"gate"', b'[{"gate":"lint","leg":"py3.11-linux"},{"gate"', "twice"),
        (b'[{"gate":"lint","leg":"py3.11-linux"}]', b"{}", "of the wrong kind"),
        (b'"commit"', b'"commits"', "exactly commit, source and jobs"),
        (b"abab", b"zzzz", "gitTree"),
        (b'"dirHash":"' + b"cd" * 32 + b'",', b"", "its gitTree and its dirHash"),
        (b"{", b"[", "JSON"),
    ],
)
def test_any_other_form_is_refused(old: bytes, new: bytes, why: str) -> None:
    assert old in RAW

    with pytest.raises(ValueError, match=why):
        read_plan(RAW.replace(old, new))


def test_the_gates_are_named_once() -> None:
    jobs = tuple(Job(gate="unit", leg=leg) for leg in ("py3.11-linux", "py3.12-linux"))

    assert Plan(commit="", source=SOURCE, jobs=jobs).gates == ("unit",)
