"""Locks: what they pin, what they say of themselves, and which lines pin nothing."""

from __future__ import annotations

from datetime import date

import pytest

from gateproof.release.supply.locks import parse_lock
from supply import HASH, lock_text


def test_a_lock_is_read() -> None:
    lock = parse_lock("requirements/store.txt", lock_text("Django==5.2.1", "psycopg[binary]==3.3.0"))

    assert [str(pin) for pin in lock.pins] == ["django==5.2.1", "psycopg==3.3.0"]
    assert {pin.hashes for pin in lock.pins} == {(HASH,)}
    assert (lock.resolved, lock.mistakes) == (date(2026, 11, 10), ())
    assert lock.path == "requirements/store.txt"


def test_a_pin_with_a_marker_is_a_pin_on_every_machine() -> None:
    assert (
        str(parse_lock("a", f'pywin32==311 ; sys_platform == "never" --hash={HASH}').pins[0])
        == "pywin32==311"
    )


def test_a_lock_that_says_nothing_of_itself_is_known_to_say_nothing() -> None:
    assert parse_lock("a", lock_text("django==5.2.1", resolved=None)).resolved is None


def test_a_day_that_is_none_is_no_day() -> None:
    text = lock_text("a==1").replace("2026-11-10", "2026-13-10")

    assert parse_lock("a", text).resolved is None


NO_PIN = "not a package with one version and its hashes"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("django==5.2.1", NO_PIN),
        (f"django==5.2.1  # --hash={HASH}", NO_PIN),
        (f"django==5.2.1 \\\n    # --hash={HASH}\n", NO_PIN),
        (
            f"django==5.2.1 \\\n# a comment ends it\n    --hash={HASH}\n",
            NO_PIN,
        ),
        ("django==5.2.1 --hash=sha256:abc", NO_PIN),
        (f"django==5.2.1 --hash=md5:{'a' * 32}", NO_PIN),
        (f"django>=5.2 --hash={HASH}", NO_PIN),
        (f"django==5.* --hash={HASH}", NO_PIN),
        (f"django==5.2,<6 --hash={HASH}", NO_PIN),
        (f"django --hash={HASH}", NO_PIN),
        (
            f"django @ https://example.org/d.whl --hash={HASH}",
            NO_PIN,
        ),
        ("-r other.txt", NO_PIN),
        ("-e .", NO_PIN),
        ("--index-url https://example.org/simple", NO_PIN),
        (f"a==1 --hash={HASH}\na==2 --hash={HASH}", "pinned twice"),
    ],
)
def test_a_line_that_pins_nothing_is_named(line: str, why: str) -> None:
    assert any(why in mistake for mistake in parse_lock("a", line).mistakes)
