"""A lock follows from its inputs, or it is a finding; nothing is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.errors import UsageError
from gateproof.release.pinning.changes import Change, State, changes
from gateproof.release.pinning.checking import PinCheck, Policy, check_pins
from gateproof.release.pinning.inputs import in_order, inputs_digest
from gateproof.release.pinning.locks import body_of, read_lock, stamped

TODAY = date(2026, 11, 24)
HASH = "--hash=sha256:" + "a" * 64
POLICY = Policy(pythons=("3.11", "3.14"), platforms=("linux", "windows"), cadence_days=90)
WEB = f"django==5.2.1 {HASH}\n"


def texts(
    body: str = WEB,
    wanted: str = "django~=5.2\n",
    *,
    renewed: date = TODAY,
    others: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """The folder with one input, and its lock as `invoke pin` leaves it."""
    found = {"requirements/web.in": wanted, **others}
    inputs = inputs_digest("requirements/web.in", found)
    return found | {
        "requirements/web.txt": stamped(body, source="requirements/web.in", inputs=inputs, renewed=renewed)
    }


def check(found: dict[str, str]) -> PinCheck:
    return check_pins(found, POLICY, today=TODAY)


def codes(found: dict[str, str]) -> list[str]:
    return [finding.code for finding in check(found).findings]


def test_a_lock_that_follows_from_its_inputs_is_clean() -> None:
    checked = check(texts())

    assert (checked.findings, checked.pins, checked.exit_code) == ((), 1, 0)


def test_no_lock_at_all_is_not_a_pass() -> None:
    assert check({}).exit_code == 3
    assert "nothing was looked at" in "\n".join(check({}).lines())


def test_line_ends_change_nothing() -> None:
    assert codes({path: text.replace("\n", "\r\n") for path, text in texts().items()}) == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("django==5.2.1", "has no hash"),
        (f"django==5.2.1  # {HASH}", "has no hash"),
        (f"django==5.2.1 \\\n    # a comment ends the line for pip\n    {HASH}", "has no hash"),
        ("django==5.2.1 --hash=md5:abc", "not a hash that pip takes"),
        ("django==5.2.1 --hash=sha256:abc", "not a hash that pip takes"),
        (f"django>=5.2 {HASH}", "no single version"),
        (f"django==5.* {HASH}", "no single version"),
        (f"django {HASH}", "no single version"),
        (f"-e . {HASH}", "no single version"),
        ("--pre", "no single version"),
        (f"django==5.2.1 {HASH}\nDjango==5.2.2 {HASH}", "pinned twice"),
    ],
)
def test_a_line_that_is_not_a_hashed_pin_is_found(line: str, why: str) -> None:
    found = [finding for finding in check(texts(f"{line}\n")).findings if finding.code == "P002"]

    assert found
    assert why in found[0].sentence


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://pypi.example/simple",
        "--find-links wheels",
        "# from https://pypi.example/simple",
        "    # via -r /home/ada/requirements.in",
    ],
)
def test_a_place_in_a_lock_is_found(line: str) -> None:
    assert "P008" in codes(texts(f"{WEB}{line}\n"))


def test_what_has_changed_since_is_found() -> None:
    found = texts()

    assert codes(found | {"requirements/web.in": "django~=5.2\n# a word\n"}) == ["P004"]
    changed = found["requirements/web.txt"].replace("5.2.1", "5.2.2")
    assert codes(found | {"requirements/web.txt": changed}) == ["P005"]
    assert codes(found | {"requirements/web.txt": WEB}) == ["P003"]


def test_a_change_in_what_it_includes_is_found() -> None:
    others = {"requirements/base.in": "django\n", "requirements/other.txt": ""}
    found = texts(wanted="-r base.in\n-c other.txt\n", others=others)
    base = {"requirements/base.txt": "", "requirements/other.in": ""}

    def about_web(more: dict[str, str]) -> list[str]:
        return [f.code for f in check(found | base | more).findings if "web.txt" in f.path]

    assert about_web({}) == []
    assert about_web({"requirements/base.in": "django>=4\n"}) == ["P004"]
    assert about_web({"requirements/other.txt": f"six==1.17.0 {HASH}\n"}) == ["P004"]


@pytest.mark.parametrize(
    ("wanted", "lacks"),
    [
        ("django~=4.2\n", "django~=4.2 is not met."),
        ("six\n", "six is not met."),
        ("django\nsix; sys_platform == 'win32'\n", "on Python 3.11 on windows"),
        ("django\nsix; python_version >= '3.14'\n", "on Python 3.14 on linux"),
    ],
)
def test_what_is_asked_for_must_be_held(wanted: str, lacks: str) -> None:
    (finding,) = check(texts(wanted=wanted)).findings

    assert finding.code == "P006"
    assert lacks in finding.sentence


def test_what_no_configured_system_needs_is_not_missed() -> None:
    assert codes(texts(wanted="django\nsix; sys_platform == 'darwin'\n")) == []


def test_a_pin_for_one_system_does_not_serve_another() -> None:
    body = f"{WEB}six==1.17.0 ; sys_platform == 'linux' {HASH}\n"

    assert codes(texts(body, wanted="django\nsix\n")) == ["P006"]


@pytest.mark.parametrize(
    ("renewed", "expected"),
    [
        (date(2026, 8, 26), []),
        (date(2026, 8, 25), ["P007"]),
        (date(2026, 11, 25), []),
        (date(2026, 11, 26), ["P011"]),
    ],
)
def test_a_lock_has_its_age(renewed: date, expected: list[str]) -> None:
    assert codes(texts(renewed=renewed)) == expected


def test_a_date_that_is_none_is_no_stamp() -> None:
    found = texts()
    lock = found["requirements/web.txt"].replace("2026-11-24", "2026-13-24")

    assert codes(found | {"requirements/web.txt": lock}) == ["P003"]


def test_an_input_without_lock_and_a_lock_without_input_are_found() -> None:
    assert codes({"requirements/web.in": "django\n"}) == ["P001"]
    assert codes(texts() | {"requirements/old.txt": WEB}) == ["P010"]


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "--index-url https://pypi.example",
        "./wheels/a.whl",
        "a @ https://x.example/a.whl",
        "-r gone.in",
    ],
)
def test_an_input_that_is_not_understood_is_found(line: str) -> None:
    assert "P009" in codes(texts(wanted=f"django\n{line}\n"))


def test_inputs_are_taken_after_what_they_are_held_to() -> None:
    found = {"r/a.in": "-c b.txt\n", "r/b.in": "-r c.in\n", "r/c.in": "six\n"}

    assert in_order(found) == ("r/c.in", "r/b.in", "r/a.in")


def test_a_circle_is_refused() -> None:
    with pytest.raises(UsageError, match="include each other"):
        in_order({"r/a.in": "-r b.in\n", "r/b.in": "-r a.in\n"})


@given(body=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=200))
def test_a_stamp_is_read_back_as_it_was_written(body: str) -> None:
    text = stamped(body, source="web.in", inputs="0" * 64, renewed=TODAY)
    lock = read_lock("web.txt", text)

    assert lock.stamp is not None
    assert (lock.stamp.inputs, lock.stamp.renewed, lock.stamp.pins) == ("0" * 64, TODAY, lock.digest)
    assert body_of(text) == body_of(body)
    assert stamped(text, source="web.in", inputs="0" * 64, renewed=TODAY) == text


def test_changes_are_told_by_name() -> None:
    before = f"a==1 {HASH}\nb==1 {HASH}\n"
    after = f"b==2 {HASH}\nc==1 {HASH}\n"

    assert tuple(changes("x.txt", before, after)) == (
        Change(lock="x.txt", name="a", was=(State(version="1"),), now=()),
        Change(lock="x.txt", name="b", was=(State(version="1"),), now=(State(version="2"),)),
        Change(lock="x.txt", name="c", was=(), now=(State(version="1"),)),
    )


def test_a_change_says_what_is_known_of_both_sides() -> None:
    was = State(version="1", licence="MIT", advisories=("PYSEC-1",))
    now = State(version="2", licence="GPL-3.0-only", advisories=())

    assert Change(lock="x.txt", name="a", was=(was,), now=(now,)).line() == (
        "  changed  a 1 (MIT; PYSEC-1) -> 2 (GPL-3.0-only; no known vulnerability)  (x.txt)"
    )
    assert Change(lock="x.txt", name="a", was=(), now=(State(version="2"),)).line() == (
        "  added    a 2 (unknown; advisories not asked)  (x.txt)"
    )
