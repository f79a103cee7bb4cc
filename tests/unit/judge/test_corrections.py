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


def test_a_box_of_an_item_is_ticked_and_no_other() -> None:
    files = {"LICENSE": "x", "STATUS.md": "- [ ] S1.1 a [ ] b\n"}

    assert corrections(bundle_of(files))["STATUS.md"] == "- [x] S1.1 a [ ] b\n"


def test_a_number_is_put_right_where_it_stands() -> None:
    text = "Of <!-- claim: test.rows -->1<!-- /claim --> rows in <!-- claim: checklist.items -->9<!-- /claim -->.\n"
    new = corrections(bundle_of({"README.md": text}, run(counts={"rows": 12})))

    assert new["README.md"] == text.replace(">1<", ">12<").replace(">9<", ">4<")


def test_what_comes_back_to_what_it_was_is_no_correction() -> None:
    files = {"LICENSE": "x", "STATUS.md": "- S1.1: Done\n- S1.4: Not Done\n[gone](gone.md)\n"}

    assert corrections(bundle_of(files)) == {}


def test_the_checklist_itself_is_not_corrected_and_its_matrix_has_a_row_for_every_item() -> None:
    text = "## S1\n- [ ] a `file: LICENSE` <!-- claim: checklist.items -->9<!-- /claim -->\n- [ ] b `claims: matrix`\n"
    checklist = parse(text.encode(), "list.md", CHECKS)
    files = {
        "LICENSE": "x",
        "docs/list.md": text,
        "docs/acceptance_matrix.md": "| S1.1 | a | Done |\n",
        "STATUS.md": "- S1.2: Done\n",
    }

    new = corrected(checklist, bundle_of(files), now=NOON, own=("docs/list.md", checklist))
    assert new == {"STATUS.md": "- S1.2: Not Done\n"}
    assert corrected(checklist, bundle_of(files), now=NOON) == {"docs/list.md": text.replace(">9<", ">2<")}


def test_a_waiver_is_judged_at_the_time_that_is_given() -> None:
    text = "## S1\n- [ ] a `file: NOTICE` `waived: 2026-12-31 by Ada: it is booked`\n"
    bundle = bundle_of({"STATUS.md": "- S1.1: Done\n"})

    assert corrected(parse(text.encode(), "list.md", CHECKS), bundle, now=NOON) == {
        "STATUS.md": "- S1.1: Not Done\n"
    }
