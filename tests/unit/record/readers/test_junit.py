"""Only a whole report of pytest's own kind is believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.record.readers import NotUnderstoodError
from gateproof.record.readers.junit import Report, parse

GOOD = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests">
<testsuite name="pytest" errors="1" failures="1" skipped="2" tests="6" time="0.084">
<testcase classname="test_a" name="test_ok" time="0.002" />
<testcase classname="test_a" name="test_s"><skipped type="pytest.skip" message="no">why</skipped></testcase>
<testcase classname="test_a" name="test_xf"><skipped type="pytest.xfail" message="" /></testcase>
<testcase classname="test_a" name="test_f"><failure message="assert 0">x</failure></testcase>
<testcase classname="test_a" name="test_f"><error message="failed on teardown">x</error></testcase>
<testcase classname="test_a" name="test_td"><system-out>x</system-out><error message="x">x</error></testcase>
</testsuite>
</testsuites>"""
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><testsuites>&b;</testsuites>'
SUITE = '<testsuite tests="{}" failures="{}" errors="0" skipped="0">{}</testsuite>'
TEST = '<testcase classname="a" name="{}"/>'


def _written(folder: Path, content: str) -> Path:
    path = folder / "junit.xml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_test_counts_as_the_worst_that_it_met(tmp_path: Path) -> None:
    assert parse(_written(tmp_path, GOOD)) == Report(
        tests={
            "test_a::test_ok": "passed",
            "test_a::test_s": "skipped",
            "test_a::test_xf": "expected",
            "test_a::test_f": "failed",
            "test_a::test_td": "failed",
        },
        claimed={"tests": 6, "failures": 1, "errors": 1, "skipped": 2},
    )


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("", "broken: no element found"),
        ("<testsuites/>", "holds no test suite"),
        (GOOD[:-1], "cut or broken"),
        (GOOD + "<again/>", "cut or broken"),
        (BOMB, "document type"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1/x"><testsuites/>', "document type"),
        ("<testsuite/>", "tests"),
        (SUITE.format("many", 0, ""), "many"),
        (SUITE.format(1, 0, "<testcase/>"), "classname"),
        (SUITE.format(1, 0, "<failure/>"), "cut or broken"),
        (SUITE.format(1, 0, TEST.format(1) + TEST.format(2)), "claims 1 tests and lists 2"),
        (SUITE.format(1, 1, TEST.format(1)), "claims 1 failures and lists 0"),
        (SUITE.format(1, 0, TEST.format(1)[:-2] + "><failure/></testcase>"), "claims 0 failures and lists 1"),
    ],
)
def test_another_report_is_not_understood(tmp_path: Path, content: str, missing: str) -> None:
    with pytest.raises(NotUnderstoodError, match=missing):
        parse(_written(tmp_path, content))


def test_a_missing_or_huge_report_is_not_understood(tmp_path: Path) -> None:
    with pytest.raises(NotUnderstoodError, match=r"there is no junit\.xml"):
        parse(tmp_path / "junit.xml")
    with pytest.raises(NotUnderstoodError, match="larger than 10 bytes"):
        parse(_written(tmp_path, GOOD), limit=10)


@given(cut=st.integers(min_value=0, max_value=len(GOOD) - 1))
def test_a_report_that_is_cut_is_never_understood(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    with pytest.raises(NotUnderstoodError):
        parse(_written(tmp_path_factory.getbasetemp(), GOOD[:cut]))
