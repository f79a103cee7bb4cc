"""Which release a commit can be: every refusal of the plan, without a repository."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gateproof.config import GateWaiver, Settings
from gateproof.errors import GateproofError, RefusedError, UnknownError, UsageError
from gateproof.judge.standing import GateStanding, Standing, State
from gateproof.model import Milestone
from gateproof.release.planning import Plan, gates_to_run, plan_release, waivers_used
from gateproof.release.repository import State as Repository
from gateproof.release.situation import KnownTag, Situation

HEAD, OTHER, TODAY = "a" * 40, "b" * 40, date(2026, 11, 24)
M2, M3, M4 = (
    Milestone(name=name, version=version, tag=tag, items=("S1",))
    for name, version, tag in (
        ("m2", "0.2.0", "v0.2-m2"),
        ("m3", "0.3.0", "v0.3-m3"),
        ("m4", "1.0.0", "v1.0-m4"),
    )
)
SETTINGS = Settings(product="shop", milestones=(M2, M3, M4))


def tag(name: str, **changes: Any) -> KnownTag:
    made = KnownTag(
        name=name, id="1" * 40, commit="2" * 40, is_annotated=True, is_below=True, parents=(OTHER,)
    )
    return replace(made, **changes)


def seen(version: str = "0.2.0", *tags: KnownTag, **changes: Any) -> Situation:
    found = Situation(
        repository=Repository(commit=HEAD, refs=b"", work_tree=b""),
        branch="main",
        differing=(),
        version=version,
        changelog=f"# Changelog\n\n## [Unreleased]\n\n## [{version}] - 2026-11-24\n\n- A cart.\n",
        is_shallow=False,
        tags={one.name: one for one in tags},
        remotes={},
        free=1 << 40,
        size=1000,
    )
    return replace(found, **changes)


def plan(*arguments: Any, **changes: Any) -> Plan:
    return plan_release(seen(*arguments, **changes), SETTINGS)


def test_a_milestone_gets_its_tag_and_is_judged_by_its_items() -> None:
    made = plan()

    assert (made.tag, made.milestone, made.judged_by, made.earlier) == ("v0.2-m2", M2, M2, ())


def test_a_patch_is_judged_by_the_milestone_before_it() -> None:
    tags = [tag("v0.2-m2"), tag("v0.3-m3"), tag("v1.0-m4")]

    made = plan("1.0.1", *tags)

    assert (made.tag, made.milestone, made.judged_by) == ("v1.0.1", None, M4)
    assert made.earlier == tuple(tags)


def test_a_plan_is_told_whole() -> None:
    two = replace(M3, items=("S1", "S2"))
    settings = Settings(product="shop", milestones=(M2, two, M4))
    third = plan_release(seen("0.3.0", tag("v0.2-m2")), settings)

    assert replace(third, remarks=("Nothing is pushed.",)).lines() == [
        "Release shop 0.3.0, milestone m3 from commit aaaaaaaaaaaa:",
        "  judge the checklist: m3 needs S1, S2",
        "  seal the evidence, with the tags v0.2-m2",
        "  pack and verify dist/0.3.0/",
        "  create the signed tag v0.3-m3 on a child of aaaaaaaaaaaa; no branch moves",
        "  note: Nothing is pushed.",
    ]
    assert replace(
        third, milestone=None, judged_by=None, earlier=(tag("v1"), tag("v2")), remarks=()
    ).lines() == [
        "Release shop 0.3.0 from commit aaaaaaaaaaaa:",
        "  judge no item: no milestone is reached by this version or an earlier one",
        "  seal the evidence, with the tags v1, v2",
        "  pack and verify dist/0.3.0/",
        "  create the signed tag v0.3-m3 on a child of aaaaaaaaaaaa; no branch moves",
    ]
    assert plan().lines()[2] == "  seal the evidence"


def test_the_tag_of_this_very_commit_only_lacks_its_delivery() -> None:
    made = plan("0.2.0", tag("v0.2-m2", parents=(HEAD,)))

    assert made.made is not None
    assert made.lines() == [
        "Release shop 0.2.0, milestone m2 from commit aaaaaaaaaaaa:",
        "  make dist/0.2.0/ from the tag v0.2-m2, which exists",
    ]


def test_a_lightweight_tag_on_a_child_is_no_release() -> None:
    with pytest.raises(RefusedError, match="Tags are never moved"):
        plan("0.2.0", tag("v0.2-m2", parents=(HEAD,), is_annotated=False))


REFUSALS: list[tuple[Situation, type[GateproofError], str]] = [
    (seen(branch=""), RefusedError, "HEAD is detached; run `git switch"),
    (seen(differing=("a.txt", "b", "c", "d")), RefusedError, r"a\.txt, b, c and 1 more; run `git status`"),
    (seen(is_shallow=True), UnknownError, "git fetch --unshallow --tags"),
    (seen(changelog=""), RefusedError, r"has no section 0\.2\.0; run `invoke prepare --milestone m2`"),
    (seen(changelog="## [0.2.0]\n\n- A cart.\n"), RefusedError, "has no day"),
    (seen(changelog="## [0.2.0] - 2026-11-24\n"), RefusedError, "has nothing in it"),
    (
        seen(changelog="## [Unreleased]\n- B\n## [0.2.0] - 2026-11-24\n- A\n"),
        RefusedError,
        "something under Unreleased",
    ),
    (seen("0.3.0"), RefusedError, "m2 comes before and is not released"),
    (seen("0.3.0", remotes={"origin": None}), UnknownError, "origin does not answer"),
    (seen("0.3.0", remotes={"origin": {"v0.2-m2": OTHER}}), UnknownError, "which this clone lacks"),
    (seen("0.3.0", tag("v0.2-m2", is_below=False)), RefusedError, "not released from a commit below"),
    (seen("0.2.0", tag("v0.2-m2")), RefusedError, "prepare the next one: `invoke prepare --milestone m3`"),
    (seen(remotes={"origin": {"v0.2-m2": OTHER}}), RefusedError, "has another tag v0.2-m2 already"),
    (
        seen("0.2.0", tag("v0.2-m2", parents=(HEAD,)), remotes={"origin": {"v0.2-m2": OTHER}}),
        RefusedError,
        "has another tag",
    ),
    (
        seen("0.2.1", tag("v0.2-m2"), tag("v0.3-m3")),
        RefusedError,
        r"m3 \(0\.3\.0\) was released below .* step back",
    ),
    (seen(free=1000), RefusedError, "0 MiB free .* make room"),
    (seen("next"), UsageError, "'next' .* is not a version"),
]


@pytest.mark.parametrize(("situation", "error", "words"), REFUSALS, ids=[row[2] for row in REFUSALS])
def test_it_says_no_and_what_mends_it(situation: Situation, error: type[GateproofError], words: str) -> None:
    with pytest.raises(error, match=words):
        plan_release(situation, SETTINGS)


def test_every_reason_is_given_at_once() -> None:
    with pytest.raises(RefusedError) as caught:
        plan(branch="", differing=("a",), free=0)

    assert [word in str(caught.value) for word in ("detached", "differs", "free")] == [True] * 3


def test_an_unanswering_remote_is_remarked_where_nothing_is_guessed() -> None:
    assert "did not answer" in plan(remotes={"origin": None}).remarks[0]


def standing(*states: State) -> Standing:
    gates = tuple(GateStanding(gate=f"g{n}", state=state, sentence="so") for n, state in enumerate(states))
    return Standing(git_tree=OTHER, gates=gates)


WAIVER = GateWaiver(gate="g0", by="Ada", until="2026-11-24", reason="CI's clock.")


def test_only_what_has_no_clean_record_is_run() -> None:
    found = standing(State.PROVEN, State.MISSING, State.STALE, State.UNCLEAN, State.UNFINISHED)

    assert gates_to_run(found, (), today=TODAY) == ("g1", "g2", "g3", "g4")


@pytest.mark.parametrize(
    ("state", "waivers", "today"),
    [
        (State.RED, (), TODAY),
        (State.RED, (WAIVER,), TODAY),
        (State.FLAKY, (), TODAY),
        (State.FLAKY, (replace(WAIVER, gate="other"),), TODAY),
        (State.FLAKY, (WAIVER,), date(2026, 11, 25)),
    ],
)
def test_red_and_flaky_stop_it(state: State, waivers: tuple[GateWaiver, ...], today: date) -> None:
    with pytest.raises(RefusedError, match=f"g0  {state}: so"):
        gates_to_run(standing(state), waivers, today=today)


def test_a_waiver_lets_a_flaky_gate_pass_on_its_last_day() -> None:
    assert gates_to_run(standing(State.FLAKY), (WAIVER,), today=TODAY) == ()


def test_each_gate_that_stops_it_says_what_mends_it() -> None:
    with pytest.raises(RefusedError) as refused:
        gates_to_run(standing(State.RED, State.PROVEN, State.FLAKY), (), today=TODAY)

    assert str(refused.value) == (
        "A release needs every gate green on this very source:\n"
        "  g0  RED: so. Mend it, and prepare again; or see with `nox -s g0` in a clean checkout whether it stays.\n"
        "  g2  FLAKY: so. Find out why; or waive it in [[tool.gateproof.waivers]] with gate, by, until and reason."
    )


def test_a_gate_on_two_legs_is_run_once() -> None:
    legs = tuple(GateStanding(gate="g", state=State.MISSING, sentence="so") for _ in range(2))
    assert gates_to_run(Standing(git_tree=HEAD, gates=legs), (), today=TODAY) == ("g",)


def test_a_release_rests_on_the_waivers_of_what_is_flaky_until_their_last_day() -> None:
    other = replace(WAIVER, gate="other")
    late = replace(WAIVER, until="2026-11-23")
    found = standing(State.FLAKY, State.RED)

    assert waivers_used(found, (WAIVER, other, late), today=TODAY) == (WAIVER,)
    assert waivers_used(standing(State.PROVEN), (WAIVER,), today=TODAY) == ()
