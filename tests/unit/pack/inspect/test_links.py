"""Links lead to something that is delivered, and nowhere else."""

from __future__ import annotations

import pytest

from gateproof.findings import Code
from gateproof.pack.inspect.links import link_findings

NAMES = ["README.md", "docs/index.md", "docs/deep/a.md"]


def codes(links: dict[str, str]) -> dict[str, str]:
    return {path: finding.code for _, path, finding in link_findings([*NAMES, *links], links)}


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("/etc/passwd", Code.LINK_ABSOLUTE),
        ("C:/Windows", Code.LINK_ABSOLUTE),
        ("\\\\host\\share", Code.LINK_ABSOLUTE),
        ("../../etc/passwd", Code.LINK_ESCAPES),
        ("deep/../../../x", Code.LINK_ESCAPES),
        ("..\\..\\x", Code.LINK_ESCAPES),
        ("missing.md", Code.LINK_DANGLES),
        ("link", Code.LINK_DANGLES),
    ],
)
def test_a_link_that_leads_elsewhere_is_found(target: str, code: Code) -> None:
    assert codes({"docs/link": target}) == {"docs/link": code.code}


@pytest.mark.parametrize(
    "target", ["index.md", "./index.md", "../README.md", "deep", "deep/", "..", "../docs/deep/a.md"]
)
def test_a_link_to_what_is_delivered_is_let_through(target: str) -> None:
    assert codes({"docs/link": target}) == {}


def test_links_are_followed_through_links() -> None:
    assert codes({"docs/a": "b", "docs/b": "deep", "c": "docs/a/a.md"}) == {}
    assert codes({"out": "docs/deep", "docs/link": "../out/../../../x"}) == {
        "docs/link": Code.LINK_ESCAPES.code
    }
    assert codes({"abs": "/tmp", "via": "abs/x"}) == {
        "abs": Code.LINK_ABSOLUTE.code,
        "via": Code.LINK_ESCAPES.code,
    }


def test_a_circle_dangles() -> None:
    assert codes({"a": "b", "b": "a"}) == {"a": Code.LINK_DANGLES.code, "b": Code.LINK_DANGLES.code}
