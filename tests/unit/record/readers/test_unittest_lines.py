"""Names of tests from the lines of unittest, as they were recorded."""

from __future__ import annotations

from itertools import product

import pytest

from gateproof.record.readers.unittest_lines import DOUBLE_RULE, RULE, NamedTests, named_tests

RECORDED = """\
Creating test database for alias 'default' ('file:memorydb_default?mode=memory&cache=shared')...
test_a (orders.tests.T.test_a) ... ok
test_b (orders.tests.T.test_b)
A docstring line. ... ok
test_c (orders.tests.T.test_c) ... skipped 'later'
test_d (orders.tests.T.test_d) ... expected failure
test_e (orders.tests.T.test_e) ...\x20
  test_e (orders.tests.T.test_e) (i=1) ... FAIL
test_f (orders.tests.T.test_f) ...\x20
  test_f (orders.tests.T.test_f) (i=1) ... skipped 'no'
  test_f (orders.tests.T.test_f) (i=2) ... skipped 'no'
test_g (orders.tests.T.test_g) ... unexpected success
test_h (orders.tests.T.test_h) ... ERROR

======================================================================
ERROR: test_h (orders.tests.T.test_h)
----------------------------------------------------------------------
test_z (orders.tests.T.test_z) ... ok
"""


def test_every_test_is_named_with_what_it_met() -> None:
    tests = named_tests(RECORDED.splitlines())
    assert tests == NamedTests(
        passed=["orders.tests.T.test_a", "orders.tests.T.test_b"],
        failed=["orders.tests.T.test_e", "orders.tests.T.test_g", "orders.tests.T.test_h"],
        skipped=["orders.tests.T.test_c", "orders.tests.T.test_f"],
        expected=["orders.tests.T.test_d"],
    )
    assert tests.ran == 8


@pytest.mark.parametrize(
    ("lines", "tests"),
    [
        ([], NamedTests()),
        (["test_a (shop.tests.T) ... ok"], NamedTests(passed=["shop.tests.T.test_a"])),
        (["add (shop.sums)", "Doctest: shop.sums.add ... ok"], NamedTests(passed=["shop.sums.add"])),
        (["test_a (s.T.test_a) ... Not Found: /x", "ok"], NamedTests(passed=["s.T.test_a"])),
        (["test_a (s.T.test_a) ... all is ok", "FAIL"], NamedTests(failed=["s.T.test_a"])),
        (["test_a (s.T.test_a) ... noiseok"], NamedTests(passed=["s.T.test_a"])),
        (["noisetest_a (s.T.test_a) ... ok"], NamedTests(passed=["s.T.test_a"])),
        (["test_a (s.T.test_a) ... FAIL", "it is not ok"], NamedTests(failed=["s.T.test_a"])),
        (["test_a (s.T.test_a) ... skipped 'x'", "ok"], NamedTests(skipped=["s.T.test_a"])),
        # Two processes on one stream: a log line of the one amid the other's.
        (["test_a (s.T.test_a)09:30 [info] job_started", " ... ok"], NamedTests(passed=["s.T.test_a"])),
        (["test_a (s.T.test_a) ... ok09:30 [info] job_started", ""], NamedTests(passed=["s.T.test_a"])),
        (["test_a (s.T.test_a) ... okFAIL"], NamedTests(failed=["s.T.test_a"])),
        (["test_a (s.T.test_a) ... okay", "FAIL"], NamedTests(failed=["s.T.test_a"])),
        (["test_a (s.T.test_a) ... okay", "skipped 'x'"], NamedTests(skipped=["s.T.test_a"])),
        (["test_a (s.T.test_a) ... this is okay", ""], NamedTests(silent=["s.T.test_a"])),
        (["test_a (s.T.test_a)09:30 [info] job_started", " ... FAIL"], NamedTests(failed=["s.T.test_a"])),
        (
            ["test_a (s.T.test_a) ... ", "  test_a (s.T.test_a) [x] (i=1) ... skipped 'no'"],
            NamedTests(skipped=["s.T.test_a"]),
        ),
        (["test_a (s.T.test_a) ... "], NamedTests(silent=["s.T.test_a"])),
        (
            ["test_a (s.T.test_a) ... FAIL", "test_a (s.T.test_a) ... ERROR"],
            NamedTests(failed=["s.T.test_a"]),
        ),
        (["test_a (s.T.test_a) ... ok", "test_a (s.T.test_a) ... ok"], NamedTests(passed=["s.T.test_a"] * 2)),
        (
            ["setUpClass (s.T) ... skipped 'x'", "test_b (s.B.test_b) ... ok"],
            NamedTests(passed=["s.B.test_b"]),
        ),
        (["test_a (s.T.test_a) ... ok", "tearDownClass (s.T) ... ERROR"], NamedTests(passed=["s.T.test_a"])),
        (
            ["test_a (s.T.test_a) ... ok", RULE, "test_b (s.T.test_b) ... ok"],
            NamedTests(passed=["s.T.test_a"]),
        ),
        ([DOUBLE_RULE, "test_b (s.T.test_b) ... ok"], NamedTests()),
    ],
)
def test_lines_are_told_apart_from_what_tests_write(lines: list[str], tests: NamedTests) -> None:
    assert named_tests(lines) == tests


OUTCOMES = ("ok", "FAIL", "ERROR", "skipped 'no'", "expected failure", "unexpected success")


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("broken", list(product(("", "09:30 [info] job_started\n"), repeat=3)))
def test_log_lines_of_another_process_between_any_two_writes_change_no_outcome(
    outcome: str, broken: tuple[str, str, str]
) -> None:
    after_name, before_outcome, after_outcome = broken
    text = f"test_b (s.T.test_b){after_name} ... {before_outcome}{outcome}{after_outcome}\n"
    around = ["test_a (s.T.test_a) ... ok", *text.splitlines(), "test_c (s.T.test_c) ... ok"]

    tests = named_tests(around)

    assert tests.ran == 3
    if outcome == "ok":
        assert tests.passed == ["s.T.test_a", "s.T.test_b", "s.T.test_c"]
    else:
        assert tests.passed == ["s.T.test_a", "s.T.test_c"]
        assert tests.skipped == (["s.T.test_b"] if outcome.startswith("skipped") else [])
