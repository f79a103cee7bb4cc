"""An assessment in words, for a tired person and for a program."""

from __future__ import annotations

import json
import re

import pytest

from bundles import NOON, bundle_of, run
from gateproof.judge.assess import Assessment, assess
from gateproof.judge.assessment_text import as_mapping, comparison, lines
from gateproof.judge.checklist import parse
from gateproof.judge.proofs import CHECKS
from gateproof.model import Outcome

TEXT = """## S1
- [ ] The licence is there `file: LICENSE`
- [ ] A notice is there, and this title is much too long to be shown whole on any terminal `file: NOTICE` `file: X`
- [ ] The tag `tag: v1`
"""


def assessment(**files: str) -> Assessment:
    own = ("docs/list.md", "it is UTF-16")
    bundle = bundle_of({"LICENSE": "x", "evil\x1b.env": "", **files})
    return assess(parse(TEXT.encode(), "list.md", CHECKS), bundle, now=NOON, own=own)


def test_the_table_shows_each_item_with_its_verdict_and_reason() -> None:
    text = "\n".join(lines(assessment(), width=80))

    assert "[x] S1.1  The licence is there\n          Done: LICENSE is there, 1 bytes" in text
    assert "[ ] S1.2  A notice is there, and this title is much too long to be shown" in text
    assert "Not Done, UNMET: there is no NOTICE" in text
    assert "also UNMET, file: X: there is no X" in text
    assert "J012 docs/list.md" in text
    assert "manage.py: none" in text
    assert text.endswith(
        "1 Done, 2 Not Done (1 MET, 1 UNMET, 1 UNPROVEN); 1 is decided by the delivery; 1 finding."
    )
    assert max(map(len, text.splitlines())) <= 80 or "J012" in text


def test_it_is_safe_to_print() -> None:
    assert "\x1b" not in "\n".join(lines(assessment()))


def test_the_mapping_is_json_and_links_the_evidence() -> None:
    mapping = json.loads(json.dumps(as_mapping(assessment())))

    assert mapping["open"] == ["S1.2", "S1.3"]
    assert mapping["items"][0]["evidence"] == ["LICENSE"]
    assert mapping["items"][1]["proofs"][0]["verdict"] == "UNMET"
    assert mapping["items"][2]["awaitsDelivery"] is True
    assert (mapping["done"], mapping["notDone"], mapping["exitCode"]) == (1, 2, 1)


def test_several_zips_are_a_table() -> None:
    head, one, two = comparison([assessment(), assessment(NOTICE="x", X="x")])

    assert head.split()[:3] == ["ZIP", "done", "open"]
    assert one.split()[:3] == ["shop.zip", "1", "2"]
    assert two.split()[:3] == ["shop.zip", "2", "1"]


def test_what_a_project_is_stands_in_the_table_of_several() -> None:
    ci = ".github/workflows/ci.yml"
    files = {
        "shop/manage.py": "",
        "shop/settings.py": "SECRET_KEY = 'x'\n",
        "pyproject.toml": "[tool.black]\n",
        ci: "on: push\njobs: {a: {runs-on: x, steps: [{run: 'pytest -q'}]}}\n",
    }
    head, row = comparison([assessment(**files)])

    cells = [" ".join(cell.split()) for cell in re.split(r" {2,}", row)]
    assert dict(zip(re.split(r" {2,}", head), cells, strict=True)) == {
        "ZIP": "shop.zip",
        "done": "1",
        "open": "2",
        "tests": "pytest",
        "formatter": "black (not in CI)",
        "audit": "none",
        "manage.py": "shop/manage.py",
        "secrets": "1",
        "findings": "1",
    }


MANY = "## S1\n" + "".join(
    f"- [ ] {words} {proofs}\n"
    for words, proofs in (
        ("The licence is there", "`file: LICENSE`"),
        ("Twenty-one letters !!", "`file: NOTICE`"),
        (
            "Both are there, and this is said in words that do not fit on a line of forty",
            "`file: A` `file: B`",
        ),
        ("One of the two is there", "`file: LICENSE` `file: X`"),
        ("One is empty", "`file: EMPTY` `file: LICENSE`"),
        (
            "It ran well-known-commands-that-are-longer-than-forty-characters-altogether",
            "`ran: manage.py test`",
        ),
        ("The tag", "`tag: v1`"),
        ("The other tag", "`tag: v2`"),
    )
)


@pytest.mark.parametrize("width", [20, 40, 41, 60, 100])
@pytest.mark.parametrize(
    "files",
    [
        {},
        {"NOTICE": "x", "A": "x", "B": "", "EMPTY": "", "X": "x"},
        {"manage.py": "", "s/settings.py": "SECRET_KEY = 'x'\n", "pyproject.toml": "[tool.black]\n"},
    ],
)
def test_every_width_is_told_as_it_was(width: int, files: dict[str, str]) -> None:
    checklist = parse(MANY.encode(), "list.md", CHECKS)
    failed = run(outcome=Outcome.FAILED)
    for own in (None, ("docs/list.md", "it is UTF-16")):
        one = assess(checklist, bundle_of({"LICENSE": "x", **files}, failed), now=NOON, own=own)
        told = list(lines(one, width=width))
        assert told[-1].startswith(f"{len(one.done)} Done, ")
        assert as_mapping(one)["done"] == len(one.done)
    alone = parse(b"## S1\n- [ ] it `file: LICENSE`\n", "list.md", CHECKS)
    assert (
        list(lines(assess(alone, bundle_of({"LICENSE": "x"}), now=NOON)))[-1] == "1 Done, 0 Not Done (1 MET)."
    )
