"""Proofs that others sign, and whose keys the releaser publishes: judged in the release by `signing.signers`."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from functional.releasing import CHECKLIST, Shop, make_key, now
from gateproof.config import load_settings
from gateproof.errors import GateproofError, RefusedError, UsageError
from gateproof.evidence import sshsig
from gateproof.evidence.keys import signer_of
from gateproof.pack.verify import Answer, verify
from gateproof.release.progress import Silent
from gateproof.release.rehearsal import rehearse

pytestmark = pytest.mark.acceptance

PUBLISHED = "docs/allowed_signers"
REVIEW = "Date: 2026-11-01\nReason: Every licence was read.\n"


def reviewed(shop: Shop, *published: str, space: str = sshsig.FOR_PACKS) -> None:
    """Commit a review that a lawyer signed, the item that asks for it, and these lines of published signers."""
    key, _ = make_key(shop.root.parent, "lawyer")
    private = load_ssh_private_key(key.read_bytes(), password=None)
    lawyer = signer_of(private, is_identity=True)
    signature = sshsig.sign([REVIEW.encode()], lawyer, namespace=space)
    shop.project.write("docs/signed/legal.md", REVIEW)
    shop.project.write("docs/signed/legal.md.sig", signature.decode("ascii"))
    asked = CHECKLIST.replace("## S2", "- [ ] S1.2 A lawyer read the licences `signed: legal`\n\n## S2")
    shop.project.write("docs/07_sales_ready.md", asked)
    lines = [line.format(release=_public(shop.signers), lawyer=lawyer.public.line) for line in published]
    if lines:
        shop.project.write(PUBLISHED, "\n".join(lines) + "\n")
    setting = f'\n[tool.gateproof.signing]\nsigners = "{PUBLISHED}"\n' if lines else ""
    shop.prepare("0.2.0", extra=setting)


def _public(signers: Path) -> str:
    return " ".join(signers.read_text(encoding="ascii").split()[2:4])


OURS = 'release namespaces="gateproof,git" {release}'
THEIRS = 'law@example.org namespaces="gateproof" {lawyer}'


def test_what_a_published_signer_signed_is_done(shop: Shop) -> None:
    reviewed(shop, OURS, THEIRS)

    made = shop.release()

    marked = shop.project.git("show", "v0.2-m2-ops:evidence/checklist.md")
    assert "- [x] S1.2" in marked
    assert "signed by law@example.org on 2026-11-01: Every licence was read." in marked
    assert verify(made.folder, shop.signers, now=now()).answer is Answer.VERIFIED
    again = shop.release()
    assert not again.is_new


def test_a_rehearsal_and_assess_know_them_too(shop: Shop) -> None:
    reviewed(shop, OURS, THEIRS)

    rehearsed = rehearse(shop.root, load_settings(shop.root), Silent()).judged.assessment
    told = shop.project.run("invoke", "assess", "--markdown").stdout

    assert rehearsed is not None
    assert "S1.2" in {one.item.id for one in rehearsed.done}
    assert "signed by law@example.org" in told


REFUSALS: list[tuple[str, list[str], type[GateproofError], str]] = [
    ("nobody is published", [], RefusedError, "S1.2  UNPROVEN: .*no one in the signers file"),
    ("the signer is not among them", [OURS], RefusedError, "S1.2  UNPROVEN: .*no one in the signers file"),
    (
        "the signer may not sign that",
        [OURS, THEIRS.replace("gateproof", "git")],
        RefusedError,
        "S1.2  UNPROVEN: .*no one in the signers file",
    ),
    (
        "the signer might not sign then",
        [OURS, THEIRS.replace("namespaces", 'valid-after="20261102Z",namespaces')],
        RefusedError,
        "S1.2  UNPROVEN: .*no one in the signers file",
    ),
    (
        "the releaser's own key is not among them",
        [THEIRS],
        RefusedError,
        "does not vouch for the key SHA256:.* in gateproof now: the key is not in the file",
    ),
    (
        "the releaser's own key may sign no tag",
        [OURS.replace(",git", ""), THEIRS],
        RefusedError,
        "does not vouch for the key SHA256:.* in git now: .*not for this use",
    ),
    (
        "the releaser's own key is past its span",
        [OURS.replace("namespaces", 'valid-before="20260101Z",namespaces'), THEIRS],
        RefusedError,
        "in gateproof now: .*not for this time",
    ),
    ("it names no one", ["# to come"], UsageError, "names no signer"),
]


@pytest.mark.parametrize(
    ("published", "error", "words"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_it_refuses_where(shop: Shop, published: list[str], error: type[GateproofError], words: str) -> None:
    reviewed(shop, *published)
    before = shop.state()

    with pytest.raises(error, match=words):
        shop.release()

    assert shop.state() == before


def test_a_signature_that_is_not_for_packs_is_none(shop: Shop) -> None:
    reviewed(shop, OURS, THEIRS, space="file")
    with pytest.raises(RefusedError, match=r"S1\.2  UNPROVEN"):
        shop.release()


def test_a_file_of_signers_that_is_not_there_is_a_mistake(shop: Shop) -> None:
    shop.prepare("0.2.0", extra='\n[tool.gateproof.signing]\nsigners = "docs/none"\n')
    with pytest.raises(UsageError, match=r"signing\.signers names .*docs/none"):
        shop.release()
