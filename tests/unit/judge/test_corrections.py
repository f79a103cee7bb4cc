"""Documents as the evidence has them, offered as a diff."""

from __future__ import annotations

from bundles import NOON, bundle_of, run
from gateproof.judge.bundle import Bundle
from gateproof.judge.checklist import parse
from gateproof.judge.corrections import corrected, diff_lines
from gateproof.judge.proofs import CHECKS

CHECKLIST = "## S1\n- [ ] a `file: LICENSE`\n- [ ] b `file: NOTICE`\n- [ ] c `tag: v1`\n- [ ] d `claims: consistent`\n"


def corrections(bundle: Bundle) -> dict[str, str]:
    return dict(corrected(parse(CHECKLIST.encode(), "list.md", CHECKS), bundle, now=NOON))


def test_statuses_and_numbers_become_those_of_the_evidence() -> None:
    status = "- S1.1: open\n- **S1.2** b (**Done**)\n- [x] S1.2 b\n- S1.3: Done\n"
    matrix = "| S1.1 | a | **Not Done** — why | 1 |\n| S1.2 | b | Done |\n"
    readme = "<!-- claim: test.rows -->1<!-- /claim --> rows, <!-- claim: other.x -->7<!-- /claim -->\n"
    files = {"LICENSE": "x", "STATUS.md": status, "docs/acceptance_matrix.md": matrix, "README.md": readme}

    new = corrections(bundle_of(files, run(counts={"rows": 1234})))

    assert new["STATUS.md"] == (
        "- S1.1: Done\n- **S1.2** b (**Not Done**)\n- [ ] S1.2 b\n- S1.3: Decided by the delivery\n"
    )
    assert new["docs/acceptance_matrix.md"] == "| S1.1 | a | **Done** | 1 |\n| S1.2 | b | Not Done |\n"
    assert new["README.md"] == readme.replace(">1<", ">1,234<")


def test_what_only_the_delivery_can_say_is_left_to_it() -> None:
    files = {"STATUS.md": "- S1.3: Not Done\n- S1.3: **open**\n- [ ] S1.3 c\n- [x] S1.3 c\n"}

    assert corrections(bundle_of(files))["STATUS.md"] == (
        "- S1.3: Decided by the delivery\n- S1.3: **Decided by the delivery**\n- [ ] S1.3 c\n- [x] S1.3 c\n"
    )


def test_nothing_else_is_left_to_it() -> None:
    files = {"LICENSE": "x", "STATUS.md": "- S1.1: Decided by the delivery\n- S1.2: by the delivery\n"}

    assert corrections(bundle_of(files))["STATUS.md"] == "- S1.1: Done\n- S1.2: Not Done\n"


def test_what_is_true_already_is_left_alone() -> None:
    assert corrections(bundle_of({"LICENSE": "x", "STATUS.md": "- S1.1: Done\n- S1.2: missing\n"})) == {}


def test_what_rests_on_claims_is_judged_on_the_corrected_documents() -> None:
    files = {"LICENSE": "x", "STATUS.md": "- S1.1: open\n- S1.2: Done\n- S1.4: Not Done\n"}

    new = corrections(bundle_of(files))

    assert new["STATUS.md"] == "- S1.1: Done\n- S1.2: Not Done\n- S1.4: Done\n"
    assert corrections(bundle_of(files | new)) == {}


def test_what_rests_on_claims_and_cannot_be_mended_is_not_called_done() -> None:
    files = {"LICENSE": "x", "STATUS.md": "- S1.1: Done\n- S1.4: Done\n[gone](gone.md)\n"}

    assert corrections(bundle_of(files))["STATUS.md"] == files["STATUS.md"].replace(
        "S1.4: Done", "S1.4: Not Done"
    )


def test_the_diff_names_both_sides() -> None:
    bundle = bundle_of({"LICENSE": "x", "STATUS.md": "- S1.1: open\n"})

    assert list(diff_lines(bundle, corrections(bundle))) == [
        "--- a/STATUS.md\n",
        "+++ b/STATUS.md\n",
        "@@ -1 +1 @@\n",
        "-- S1.1: open\n",
        "+- S1.1: Done\n",
    ]
