"""GitHub's expressions: true, false, or not known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.judge.ci.expressions import (
    OWN,
    SOMEBODY,
    UNKNOWN,
    condition,
    evaluate,
    on_a_pull_request,
    on_a_push,
    substituted,
    whole,
)


def look(name: str) -> Any:
    known = {"matrix.db": "mysql", "github.repository": OWN, "github.actor": SOMEBODY, "matrix.x": True}
    return known.get(name, on_a_push(name))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("false", False),
        ("${{ false }}", False),
        ("true", True),
        ("always()", True),
        ("failure()", False),
        ("github.event_name == 'push'", True),
        ("github.event_name != 'push'", False),
        ("github.event_name == 'schedule' || github.event_name == 'push'", True),
        ("github.ref == 'refs/heads/main' && !cancelled()", True),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("endsWith(github.ref, '/main')", True),
        ("contains('a push b', github.event_name)", True),
        ("matrix.db == 'MySQL'", True),
        ("(matrix.db == 'x')", False),
        ("github.repository == 'me/shop'", True),
        ("github.actor != 'dependabot[bot]'", True),
        ("matrix.x", True),
        ("1", True),
        ("''", False),
        ("secrets.TOKEN != ''", None),
        ("secrets.TOKEN != '' && false", False),
        ("false && secrets.TOKEN", False),
        ("secrets.TOKEN || true", True),
        ("!secrets.TOKEN", None),
        ("github.actor == 'me'", None),
        ("github.repository != 'me/shop'", None),
        ("hashFiles('x') != ''", None),
        ("vars.A > 3", None),
        ("this is no expression", None),
        ("a[", None),
        ("contains(", None),
        ("contains('a' 'b')", None),
        (")", None),
        ("§", None),
    ],
)
def test_a_condition_is_decided_where_it_can_be(text: str, says: bool | None) -> None:
    assert condition(text, look) is says


def test_a_pull_request_is_another_event() -> None:
    assert condition("github.event_name == 'pull_request'", on_a_pull_request) is True


def test_known_values_are_filled_in_and_others_stay() -> None:
    text = "test ${{ matrix.db }} ${{ secrets.X }} ${{ matrix.x }} ${{ github.event.schedule }}"

    assert substituted(text, look) == "test mysql ${{ secrets.X }} true "


def test_whole_is_only_a_text_of_one_expression() -> None:
    assert whole(" ${{ a }} ") == "a"
    assert whole("x ${{ a }}") is None


@given(st.text(st.sampled_from("ab.'()!&|=,1 ")))
def test_any_text_is_a_value_or_unknown(text: str) -> None:
    value = evaluate(text, look)

    assert value is UNKNOWN or value is not UNKNOWN
