"""What a release takes along, and what it says of itself: deployments, and a checklist that nothing contradicts."""

from __future__ import annotations

import json

import pytest

from functional.releasing import Shop, now
from gateproof.config import load_settings
from gateproof.errors import RefusedError
from gateproof.model import Outcome
from gateproof.pack.verify import Answer, verify
from gateproof.release.progress import Silent
from gateproof.release.rehearsal import rehearse

pytestmark = pytest.mark.acceptance

CHECKLIST = """# Ready?

- [ ] S0.2 It is a commit `zip: from-git`
- [ ] S1.1 The totals add up `count: totals.looked_at >= 3`
- [ ] S1.2 It was deployed `record: deploy/fresh-database`
- [ ] S1.3 And its proof can be read `record: deploy/fresh-database` `evidence: utf-8`
- [ ] S5.2 Every row is current `claims: matrix` `claims: consistent`
- [ ] S7.1 No proof is empty `evidence: not-empty`
- [ ] S7.3 One index lists every proof `evidence: indexed` `evidence: only-sealed`
- [ ] S7.4 It is tagged `tag: v0.2-m2-ops`
"""
ITEMS = ("S0.2", "S1.1", "S1.2", "S1.3", "S5.2", "S7.1", "S7.3", "S7.4")
LATER = ("S0.2", "S1.3", "S7.1", "S7.3", "S7.4")
BY_THE_DELIVERY = {"S0.2", "S7.4"}


def matrix(**other: str) -> str:
    said = {one: "Decided by the delivery" if one in LATER else "Done" for one in ITEMS}
    said |= {name.replace("_", "."): word for name, word in other.items()}
    return "| id | status |\n| --- | --- |\n" + "".join(f"| {one} | {word} |\n" for one, word in said.items())


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop.make(tmp_path_factory.mktemp("ready"))
    shop.project.write("docs/07_sales_ready.md", CHECKLIST)
    shop.project.write("docs/acceptance_matrix.md", matrix())
    text = (shop.root / "pyproject.toml").read_text(encoding="utf-8")
    items = ", ".join(f'"{one}"' for one in ITEMS)
    shop.project.write("pyproject.toml", text.replace('items = ["S1"]', f"items = [{items}]", 1))
    shop.project.commit()
    shop.prove()
    return shop


def deployed(shop: Shop, *outcomes: Outcome, is_clean: bool = True) -> None:
    shop.prove(*outcomes, gate="fresh-database", kind="deploy", is_clean=is_clean)


def assessed(shop: Shop, form: str) -> dict[str, str]:
    done = shop.project.run("gateproof", "assess", form, "--signers", str(shop.signers), "--json")
    return {item["id"]: item["verdict"] for item in json.loads(done.stdout)["items"]}


def sealed_boxes(shop: Shop) -> dict[str, bool]:
    """Which boxes are ticked in the checklist that lies in the evidence."""
    text = shop.project.git("show", "v0.2-m2-ops:evidence/checklist.md")
    lines = [line for line in text.splitlines() if line.startswith("- [")]
    return {line[6:].split()[0]: line.startswith("- [x]") for line in lines}


def test_it_takes_the_records_of_deployments_along(shop: Shop) -> None:
    deployed(shop)

    made = shop.release()

    sealed = shop.project.git("ls-tree", "-r", "--name-only", "v0.2-m2-ops", "evidence/deploy/").splitlines()
    assert {path.split("/")[2] for path in sealed} == {"fresh-database"}
    assert any(path.endswith(".jsonl") for path in sealed)
    assert verify(made.folder, shop.signers, now=now()).answer is Answer.VERIFIED
    assert "deploy/fresh-database" in shop.project.git("show", "v0.2-m2-ops:evidence/README.md")


@pytest.mark.parametrize(
    ("outcomes", "is_clean", "words"),
    [
        ([], True, "UNPROVEN"),
        ([Outcome.PASSED], False, "UNPROVEN"),
        ([Outcome.PASSED, Outcome.FAILED], True, "UNMET"),
        ([Outcome.FAILED, Outcome.PASSED], True, "CONTRADICTED"),
    ],
    ids=["none", "one beside stray files", "one that failed at last", "one that failed before"],
)
def test_without_a_good_one_it_is_refused_before_anything_is_sealed(
    shop: Shop, outcomes: list[Outcome], is_clean: bool, words: str
) -> None:
    if outcomes:
        deployed(shop, *outcomes, is_clean=is_clean)
    before = shop.state()

    # S1.3 too: that sealing decides a part of it hides nothing that is open by now.
    with pytest.raises(
        RefusedError, match=rf"The milestone m2 is open(.|\n)*S1\.2  {words}(.|\n)*S1\.3  {words}"
    ):
        shop.release()

    assert shop.state() == before


def test_the_sealed_checklist_is_what_assess_says_of_the_zip_that_holds_it(shop: Shop) -> None:
    deployed(shop)
    made = shop.release()
    bare = made.folder.parent / "bare.zip"
    bare.write_bytes((made.folder / "shop.zip").read_bytes())

    verdicts = assessed(shop, "dist/bare.zip")

    assert {one for one, verdict in verdicts.items() if verdict != "MET"} == BY_THE_DELIVERY
    assert sealed_boxes(shop) == {one: verdict == "MET" for one, verdict in verdicts.items()}
    for form in ("dist/0.2.0", "dist/0.2.0/shop-delivery.zip"):
        assert set(assessed(shop, form).values()) == {"MET"}
    assert made.judged.assessment is not None
    assert not made.judged.assessment.findings


@pytest.mark.parametrize(
    "said", [{"S1_2": "Decided by the delivery"}, {"S7_1": "Not Done"}, {"S0_2": "Not Done"}]
)
def test_a_matrix_that_says_too_much_or_too_little_is_a_contradiction(
    shop: Shop, said: dict[str, str]
) -> None:
    shop.project.write("docs/acceptance_matrix.md", matrix(**said))
    shop.project.commit()
    shop.prove()
    deployed(shop)

    with pytest.raises(RefusedError, match=r"S5\.2  CONTRADICTED: J021"):
        shop.release()


def test_a_rehearsal_seals_the_same_marks(shop: Shop) -> None:
    deployed(shop)

    judged = rehearse(shop.root, load_settings(shop.root), Silent()).judged.assessment

    assert judged is not None
    assert {one.item.id for one in judged.open} == BY_THE_DELIVERY
