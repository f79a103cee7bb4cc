"""Tokens that are known by their form are taken out, wherever the blocks are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.record.tokens import LABEL, LONGEST_RUN, Tokens
from secretcorpus import WITHOUT_A_FORM, planted

TOKENS = {kind: secret for kind, secret in planted().items() if kind not in WITHOUT_A_FORM}
ORDINARY = [
    "npm_config_registry=https://registry.example",
    "test_sk_live_is_refused (payments.tests.T.test_sk_live_is_refused) ... ok",
    "ghp_short",
    "dapifoo glpat- xoxb-",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "eyJhbGciOiJub25lIn0 is only a header",
    "." * 200,
]


def out(blocks: list[str]) -> tuple[str, int]:
    tokens = Tokens()
    text = "".join(tokens.feed(block) for block in blocks) + tokens.feed("", final=True)
    return text, tokens.count


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize("around", ["{}", "token={}\n", '{{"a": "{}"}}', "-----{}", "{} and {}", "é{}é"])
def test_a_token_is_taken_out(kind: str, around: str) -> None:
    text, count = out([around.format(TOKENS[kind], TOKENS[kind])])
    assert text == around.format(LABEL, LABEL)
    assert count == text.count(LABEL)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(text: str) -> None:
    assert out([text]) == (text, 0)


@given(
    st.lists(
        st.sampled_from([*TOKENS.values(), *ORDINARY, " ", "\n", "gh", "ghp", "sk_", "x", "="]), max_size=6
    ),
    st.lists(st.integers(0, 400), max_size=8),
)
def test_what_comes_out_does_not_depend_on_the_blocks(pieces: list[str], cuts: list[int]) -> None:
    text = "".join(pieces)
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    blocks = [text[start:end] for start, end in pairwise(places)]
    assert out(blocks) == out([text])
    assert not any(token in out(blocks)[0] for token in TOKENS.values())


def test_letter_by_letter_no_token_comes_through() -> None:
    for token in TOKENS.values():
        assert out(list(f"a {token} b")) == (f"a {LABEL} b", 1)


def test_only_what_may_be_a_token_is_held_back() -> None:
    tokens = Tokens()
    assert tokens.feed("Continue? ") == "Continue? "
    assert tokens.feed("gh") == ""
    assert tokens.feed("i") == "ghi"


def test_a_run_without_a_break_is_not_kept_for_ever() -> None:
    tokens = Tokens()
    given_out = "".join(tokens.feed("." * 1000 + "ghp_") for _ in range(100))
    assert len(given_out) > 100_000 - 2 * LONGEST_RUN
    assert len(tokens.held) <= LONGEST_RUN
