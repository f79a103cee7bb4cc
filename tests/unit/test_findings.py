"""Findings are data: codes, sentences and what to do."""

from __future__ import annotations

import re

import pytest

from gateproof.findings import MOST_PER_CODE, Code, Notes, printable
from gateproof.model import Finding


def test_codes_are_unique_and_in_order() -> None:
    codes = [code.code for code in Code]
    assert len(set(codes)) == len(codes)
    for letter in dict.fromkeys(code[0] for code in codes):
        numbers = [int(code[1:]) for code in codes if code[0] == letter]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("code", Code)
def test_a_finding_says_what_is_wrong_and_what_to_do(code: Code) -> None:
    assert re.fullmatch(r"[A-Z]\d{3}", code.code)
    assert code.sentence[0].isupper()
    assert code.sentence.endswith(".")
    assert code.remedy.endswith(".")


def test_a_rule_is_called_as_a_configuration_would() -> None:
    assert Code.ENV_FILE.rule == "env-file"


def test_details_follow_the_sentence() -> None:
    assert Code.CRC.at("a.py", "So it is.") == Finding(
        code="Z030", path="a.py", sentence="The contents do not have the listed checksum. So it is."
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("shop/urls.py", "shop/urls.py"),
        ("\u00fcber.py", "\u00fcber.py"),
        ("a\x1b[2J", "a\\x1b[2J"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u200bb", "a\\u200bb"),
        ("a\udcffb", "a\\udcffb"),
        ("a\nb", "a\\nb"),
    ],
)
def test_nothing_in_a_path_can_drive_a_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_of_each_code_a_hundred_are_kept_and_the_rest_counted() -> None:
    notes = Notes()
    for number in range(MOST_PER_CODE + 7):
        notes.add(Code.CRC, f"{number}")
        notes.take(Code.SIZE.at(f"{number}"))
    found = notes.findings()
    assert len(found) == 2 * MOST_PER_CODE + 2
    assert [finding.sentence for finding in found[-2:]] == ["And 7 more.", "And 7 more."]
