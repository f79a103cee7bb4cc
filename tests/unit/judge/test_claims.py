"""What the documents claim: statuses, numbers, scope, links and badges."""

from __future__ import annotations

import pytest

from bundles import ELSEWHERE, NOON, bundle_of, judged, run
from gateproof.judge.case import Case
from gateproof.judge.claims import number_of, numbers_of, read_claims, status_findings
from gateproof.judge.kinds.claims import CLAIMS
from gateproof.judge.statuses import Says, statuses
from gateproof.judge.verdict import Verdict

MET, UNMET, UNPROVEN, CONTRADICTED = Verdict.MET, Verdict.UNMET, Verdict.UNPROVEN, Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("| S1.1 | checks | Done |", Says.DONE),
        ("  | S1.1 | checks | Done |", Says.DONE),
        ("| S1.1 | Done |", Says.DONE),
        ("| 7 | S1.1 | Done |", Says.DONE),
        ("| S1.1 | checks | [x] |", Says.DONE),
        ("| S1.1 | checks | [X] |", Says.DONE),
        ("| S1.1 | checks | [ ] |", Says.OPEN),
        ("| S1.1 | checks | ❌ Done |", Says.OPEN),
        ("| S1.1 | checks | ✅ not run |", Says.DONE),
        ("| S1.1 | checks | **Not Done** — no proof |", Says.OPEN),
        ("| `S1.1` | checks | ✅ | x |", Says.DONE),
        ("| [S1.1](x.md) | checks | ❌ |", Says.OPEN),
        ("| AC-01 | checks | in progress |", Says.OPEN),
        ("| AC-01 | checks | Implemented. |", Says.DONE),
        ("- S1.1: Done", Says.DONE),
        ("- **S1.1** checks (**Not Done**)", Says.OPEN),
        ("1. S1.1 checks — partial", Says.OPEN),
        ("- [x] S1.1 checks", Says.DONE),
        ("- [ ] AC-7 checks", Says.OPEN),
        ("| S1.1 | tag | Decided by the delivery |", Says.LATER),
        ("- **S1.1** tag (**by delivery**: its tag)", Says.LATER),
        ("| S1.1 | tag | by the delivery man |", None),
        ("| S1.1 | done by hand | open |", Says.OPEN),
        ("| checks | Done |", None),
        ("| S1.1 | checks | sometimes |", None),
        ("| S1.1 | nothing done yet here |", None),
        ("- See S1.1: Done", None),
        ("S1.1: Done", None),
        ("```\n- S1.1: Done\n```", None),
        ("- UTF-8: yes", Says.DONE),
        ("- S1.1 says something", None),
    ],
)
def test_a_status_is_read_where_one_is_said(line: str, says: Says | None) -> None:
    found = [status.says for status in statuses("STATUS.md", line)]

    assert found == ([] if says is None else [says])


def test_a_status_knows_its_place() -> None:
    (status,) = statuses("STATUS.md", "\n| S1.1 | checks | Done |")

    assert (status.place, status.words, status.start) == ("STATUS.md:2", "Done", 18)


def test_a_status_that_the_words_before_it_say_too_stands_at_the_end() -> None:
    line = "- S1.1 open shop: open"
    (status,) = statuses("STATUS.md", line)

    assert status.start == line.rindex("open")


def findings(files: dict[str, str], ids: tuple[str, ...] = ()) -> list[str]:
    claims = read_claims(bundle_of(files))
    return [one.code for one in status_findings(claims, {}, ids)] + [one.code for one in claims.findings]


def test_two_documents_that_differ_are_found_without_any_evidence() -> None:
    assert findings({"README.md": "- AC-1: Done", "STATUS.md": "- AC-1: open"}) == ["J020"]
    assert findings({"README.md": "- AC-1: Done", "STATUS.md": "- AC-1: by the delivery"}) == ["J020"]
    assert findings({"README.md": "- AC-1: Done", "STATUS.md": "- AC-1: yes"}) == []


def test_only_documents_that_claim_are_asked_for_statuses() -> None:
    assert findings({"README.md": "- AC-1: Done", "docs/notes.md": "- AC-1: open"}) == []


SCOPE = "# Scope\n\n## Out of scope\n\n- **Subscriptions**: later\n- Multi-currency — never\n- `refund bot`\n- A\n"


@pytest.mark.parametrize(
    ("readme", "codes"),
    [
        ("Sells with subscriptions.", ["J025"]),
        ("Knows MULTI-CURRENCY and the refund bot.", ["J025", "J025"]),
        ("There are no subscriptions.", []),
        ("Subscriptionsmith", []),
        ("## Non-goals\n\n- subscriptions\n", []),
        ("Nothing of that.", []),
    ],
)
def test_what_is_out_of_scope_is_claimed_nowhere(readme: str, codes: list[str]) -> None:
    assert findings({"README.md": readme, "docs/out_of_scope.md": SCOPE}) == (
        [] if "Non-goals" in readme else codes
    )


@pytest.mark.parametrize(
    ("files", "verdict", "words"),
    [
        ({"docs/scope.md": SCOPE}, MET, "3 things are out of scope"),
        ({"docs/scope.md": SCOPE, "README.md": "Has subscriptions."}, CONTRADICTED, "J025 README.md:1"),
        ({"docs/scope.md": "## Out of scope\n\nNothing.\n"}, UNMET, "is empty (docs/scope.md:1)"),
        ({}, UNMET, "no document has a list"),
    ],
)
def test_the_list_of_what_is_out_of_scope(files: dict[str, str], verdict: Verdict, words: str) -> None:
    judgement = judged("claims: out-of-scope", bundle_of(files))

    assert judgement.verdict is verdict
    assert words in judgement.reason


FILES = {"docs/a.md": "# Title\n\n## A `code` heading!\n\n## Twice\n\n## Twice\n", "src/x.py": ""}
BADGE = "![b](https://github.com/me/shop/actions/workflows/ci.yml/badge.svg)"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("[a](docs/a.md) [b](src/) [c](src/x.py#L3) [d](#here) [e](https://example.org)\n\n# Here", []),
        ("[a](docs/a.md#a-code-heading) [b](docs/a.md#twice-1)", []),
        ("[a](docs/b.md)", ["J026"]),
        ("[a](../up.md)", ["J026"]),
        ("![a](docs/a.png)", ["J026"]),
        ("[a](docs/a.md#nowhere)", ["J027"]),
        ("[a](#nowhere)", ["J027"]),
        ("[a](evidence/README.md)", []),
        ("[a](docs/a.md#L3) [b](docs/a.md#L3-L9) [c](./)", []),
        ("[a](https://github.com/other/x/blob/main/y.md)", []),
        (BADGE, ["J028"]),
        ("`[a](docs/b.md)`", []),
        ("<!-- claim: test.rows -->12", ["J024"]),
        ("`<!-- claim: test.rows -->`", []),
        ("```\n<!-- claim: test.rows -->12\n```", []),
    ],
)
def test_links_and_badges_lead_somewhere(text: str, codes: list[str]) -> None:
    assert findings({"README.md": text, **FILES}) == codes


def test_a_badge_of_a_workflow_that_is_there_is_fine() -> None:
    files = {"README.md": BADGE, ".github/workflows/ci.yml": "on: push\n"}

    assert judged("claims: links", bundle_of(files)).verdict is MET


def test_an_absolute_link_into_the_own_repository_is_followed() -> None:
    own = {"setup.cfg": "url = https://github.com/me/shop\n"}
    text = (
        "[a](https://github.com/me/shop/blob/main/docs/b.md) [b](https://github.com/other/x/blob/main/y.md)"
    )

    assert findings({"README.md": text, **own, **FILES}) == ["J026"]
    folder = "[a](https://github.com/me/shop/tree/main/docs/)"
    assert findings({"README.md": folder, **own, **FILES}) == []


def test_with_sealed_evidence_links_into_it_are_followed_too() -> None:
    claims = read_claims(bundle_of({"README.md": "[a](evidence/x.md)"}, has_evidence=True))

    assert [one.code for one in claims.findings] == ["J026"]


def test_a_generators_own_links_are_understood() -> None:
    text = "[a](more) [b](sub/other) [b](sub/page) [c](gone/page) [d](more.md#its-label)"
    files = {
        "docs/x.md": text,
        "docs/more.md": "(its-label)=\n# More\n",
        "docs/sub/page.rst": "x",
        "docs/sub/other.md": "",
    }

    assert findings(files | {"docs/conf.py": ""}) == ["J026"]
    assert findings(files) == ["J026", "J026", "J026"]


@pytest.mark.parametrize(
    ("text", "number"), [("1,234", 1234), (" **12** ", 12), ("1 234", 1234), ("many", None), ("1.5", None)]
)
def test_a_number_is_read_as_people_write_it(text: str, number: int | None) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("files", "verdict", "words"),
    [
        ({}, UNMET, "there is no docs/acceptance_matrix.md"),
        ({"docs/acceptance_matrix.md": "# M\n"}, UNPROVEN, "gives no status"),
        ({"docs/acceptance_matrix.md": "| AC-1 | x | Done |"}, MET, "1 rows"),
        (
            {"docs/acceptance_matrix.md": "| AC-1 | x | Done |", "STATUS.md": "- AC-1: open"},
            CONTRADICTED,
            "J020",
        ),
        ({"docs/acceptance_matrix.md": "| AC-1 | x | Done |", "STATUS.md": "- AC-2: open"}, MET, "1 rows"),
    ],
)
def test_the_matrix(files: dict[str, str], verdict: Verdict, words: str) -> None:
    judgement = judged("claims: matrix", bundle_of(files))

    assert judgement.verdict is verdict
    assert words in judgement.reason


def test_the_projects_own_matrix_has_a_row_for_every_item() -> None:
    bundle = bundle_of({"docs/acceptance_matrix.md": "| S1.1 | x | Done |"})
    case = Case(bundle, now=NOON, ids=("S1.1", "S1.2"), asks_for_all=True)

    judgement = CLAIMS.judge("matrix", case)
    assert judgement.reason == "docs/acceptance_matrix.md has no row for S1.2, and 0 more"
    assert judgement.evidence == ("docs/acceptance_matrix.md",)
    assert CLAIMS.judge("matrix", Case(bundle, now=NOON, ids=("S1.1", "S1.2"))).verdict is MET
    three = Case(bundle, now=NOON, ids=("S1.1", "S1.2", "S1.3"), asks_for_all=True)
    assert CLAIMS.judge("matrix", three).reason.endswith("has no row for S1.2, and 1 more")


@pytest.mark.parametrize("asked", ["consistent", "matrix", "numbers", "out-of-scope", "links"])
def test_documents_that_say_nothing_prove_nothing(asked: str) -> None:
    for files in ({}, {"README.md": "# Nothing\n"}):
        assert judged(f"claims: {asked}", bundle_of(files)).verdict in (UNMET, UNPROVEN)


def test_without_a_mark_no_number_is_proven() -> None:
    assert judged("claims: numbers", bundle_of({})).verdict is UNPROVEN


@pytest.mark.parametrize(
    ("readme", "codes"),
    [
        ("Has wallets.\n\n## Out of scope\n\n- **Wallets:** later\n", ["J025"]),
        ("## Out of scope\n\n- Wallets\n\n## Wallets\n", ["J025"]),
        ("## Out of scope\n\n- SMS\n\n## Use\n\nSends SMS.\n", ["J025"]),
        ("There are no wallets.\nHas wallets.\n\n## Out of scope\n\n- Wallets\n", ["J025"]),
        ("## Out of scope\n\n- Wallets\n- More wallets\n", []),
    ],
)
def test_the_list_excuses_its_own_lines_alone(readme: str, codes: list[str]) -> None:
    assert findings({"README.md": readme}) == codes


def test_documents_are_markdown_at_the_top_and_in_docs() -> None:
    names = ["README.md", "docs/a/b.md", "docs/x.txt", "setup.cfg", "src/notes.md"]
    claims = read_claims(bundle_of(dict.fromkeys(names, "[a](gone.md)")))

    assert [one.path for one in claims.findings] == ["README.md:1", "docs/a/b.md:1"]


def test_numbers_are_those_of_the_last_attempts_on_this_very_source() -> None:
    bundle = bundle_of(
        {},
        run(minute=2, counts={"rows": 3}),
        run(minute=1, counts={"rows": 2, "lines": 1}),
        run(minute=3, counts={"rows": 7}, tree=ELSEWHERE),
        run(minute=4, counts={"rows": 8}, clean=False),
        run(name="seed", counts={"orders": 5}),
    )

    assert numbers_of(bundle, 9) == {"test.rows": 3, "test.lines": 1, "seed.orders": 5, "checklist.items": 9}


def test_how_many_items_there_are_is_a_number_that_is_compared() -> None:
    for claimed, verdict in ((2, MET), (3, CONTRADICTED)):
        bundle = bundle_of({"README.md": f"<!-- claim: checklist.items -->{claimed}<!-- /claim -->"})
        assert CLAIMS.judge("numbers", Case(bundle, now=NOON, ids=("S1.1", "S1.2"))).verdict is verdict


def test_links_are_judged_by_links_alone() -> None:
    claimed = {"README.md": "Has wallets. [a](docs/scope.md)", "docs/scope.md": "# Out of scope\n- Wallets\n"}

    assert judged("claims: links", bundle_of(claimed)).verdict is MET
    assert judged("claims: links", bundle_of({"README.md": "[a](gone.md)"})).verdict is CONTRADICTED
