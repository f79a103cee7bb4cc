"""The allow-list: an entry lets pass its rule in its path; one that lets nothing pass is a finding."""

from __future__ import annotations

import pytest

from gateproof.findings import Code
from gateproof.pack.inspect.rules import RuleException
from gateproof.release.secretscan.allow import NOT_LOOKED_AT, Catch, about, judge

TOKEN = Catch(path="shop/a.py", rule="theirs.token", detail="Line 3: theirs.token.")
CLOSED = Catch(path="a.7z", rule=NOT_LOOKED_AT, detail="Why: it is 7-Zip.")


def entry(path: str, rule: str = TOKEN.rule) -> RuleException:
    return RuleException(rule=rule, path=path, reason="made up")


@pytest.mark.parametrize(
    ("caught", "entries", "codes"),
    [
        ([], [], []),
        ([TOKEN], [], ["K001"]),
        ([CLOSED], [], ["K002"]),
        ([TOKEN], [entry("shop/a.py")], []),
        ([TOKEN], [entry("shop/")], []),
        ([TOKEN, TOKEN], [entry("*.py")], []),
        ([TOKEN], [entry("shop/b.py")], ["K001", "K003"]),
        ([TOKEN], [entry("shop/a.py", "theirs")], ["K001", "K003"]),
        ([CLOSED], [entry("a.7z")], ["K002", "K003"]),
        ([CLOSED], [entry("a.7z", "not-looked-at")], []),
        ([], [entry("shop/a.py")], ["K003"]),
    ],
)
def test_what_no_entry_allows_is_a_finding(
    caught: list[Catch], entries: list[RuleException], codes: list[str]
) -> None:
    findings, allowed = judge(caught, entries)
    assert [finding.code for finding in findings] == codes
    assert sum(one.times for one in allowed) == len(caught) - sum(code in ("K001", "K002") for code in codes)


def test_a_finding_says_where_and_by_which_rule() -> None:
    [finding], _ = judge([TOKEN], [])
    assert finding == Code.SECRET.at("shop/a.py", "Line 3: theirs.token.")


def test_a_path_that_holds_the_secret_is_shown_only_up_to_it() -> None:
    [finding], _ = judge([Catch(path="keys/abc.txt", rule="r", detail="", shown="keys/…")], [])
    assert finding.path == "keys/…"


def test_entries_about_evidence_and_about_the_source_are_kept_apart() -> None:
    entries = [entry("evidence/gates/"), entry("/evidence/a"), entry("shop/"), entry("evidence.md")]
    assert [one.path for one in about(entries, evidence=True)] == ["evidence/gates/", "/evidence/a"]
    assert [one.path for one in about(entries, evidence=False)] == ["shop/", "evidence.md"]
