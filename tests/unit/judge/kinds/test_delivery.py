"""What the ZIP is as a package, and what only the delivery or a person can say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bundles import bundle_of, complaint, judged
from gateproof.findings import Code
from gateproof.judge.bundle import DeliveryFacts
from gateproof.judge.proofs import CHECKS
from gateproof.judge.verdict import Verdict
from gateproof.model import Finding

MET, UNMET, UNPROVEN, CONTRADICTED = Verdict.MET, Verdict.UNMET, Verdict.UNPROVEN, Verdict.CONTRADICTED
ENV, DATABASE = Code.ENV_FILE.at(".env"), Code.DATABASE.at("db.sqlite3")


@pytest.mark.parametrize(
    ("findings", "proof", "verdict", "words"),
    [
        ([], "zip: clean", MET, "1 files were inspected: no finding"),
        ([DATABASE], "zip: env-file, ide", MET, "none of env-file, ide"),
        ([ENV, DATABASE], "zip: clean", UNMET, "C001 .env"),
        ([ENV, DATABASE], "zip: clean", UNMET, "and 1 more"),
        ([DATABASE], "zip: database", UNMET, "C002 db.sqlite3"),
        ([DATABASE], "zip: ide, database", UNMET, "C002 db.sqlite3"),
    ],
)
def test_a_clean_zip(findings: list[Finding], proof: str, verdict: Verdict, words: str) -> None:
    judgement = judged(proof, bundle_of({".env": "A_SECRET=aaaaaaaaaa"}, inspect=lambda: tuple(findings)))

    assert judgement.verdict is verdict
    assert words in judgement.reason


@pytest.mark.parametrize(
    ("proof", "verdict"), [("zip: ide", MET), ("zip: secret-key", UNMET), ("zip: clean", UNMET)]
)
def test_a_key_is_asked_for_by_its_own_rule_and_by_clean(proof: str, verdict: Verdict) -> None:
    assert judged(proof, bundle_of({"a/settings.py": "SECRET_KEY = 'x'"})).verdict is verdict


@pytest.mark.parametrize(
    "text",
    [
        'SECRET_KEY = "anything"',
        'SECRET_KEY: str = "anything"',
        'SECRET_KEY = os.environ.get("SECRET_KEY", "a-default-that-is-long-enough")',
        'SECRET_KEY = env("SECRET_KEY", default="a-default-that-is-long-enough")',
    ],
)
def test_a_literal_secret_key_is_found(text: str) -> None:
    judgement = judged("zip: clean", bundle_of({"shop/settings.py": f"import os\n{text}\n"}))

    assert judgement.verdict is UNMET
    assert "J001 shop/settings.py:2" in judgement.reason
    assert "anything" not in judgement.reason


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/settings.py", 'SECRET_KEY = os.environ["SECRET_KEY"]'),
        ("shop/settings.py", 'SECRET_KEY = ""'),
        ("shop/settings.py", 'SECRET_KEY = os.getenv("SECRET_KEY", "---")'),
        ("shop/settings.py", 'SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])'),
        ("shop/settings.py", 'SECRET_KEY = "{{ secret_key }}"'),
        ("shop/settings.py", "SECRET_KEY = def"),
        ("tests/settings.py", 'SECRET_KEY = "anything"'),
        ("shop/models.py", 'SECRET_KEY = "anything"'),
    ],
)
def test_what_is_no_literal_secret_key_is_left_alone(path: str, text: str) -> None:
    assert judged("zip: clean", bundle_of({path: text})).verdict is MET


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({".env": "# Defaults for Compose.\nPORT=8000\nPASSWORD=changeme\n"}, "its own comment explains it"),
        ({".env": "PORT=8000\n", "README.md": "Ports stand in .env.\n"}, "README.md names it"),
    ],
)
def test_an_intended_env_file_is_explained_and_still_not_clean(files: dict[str, str], why: str) -> None:
    judgement = judged("zip: clean", bundle_of(files, inspect=lambda: (ENV,)))

    assert judgement.verdict is UNMET
    assert judgement.reason.startswith("only what looks intended: .env")
    assert why in judgement.reason


def test_beside_a_loud_finding_an_intended_env_file_stays_calm() -> None:
    files = {".env": "# Defaults.\nPORT=8000\n"}

    assert (
        "1 more look intended (.env)"
        in judged("zip: clean", bundle_of(files, inspect=lambda: (ENV, DATABASE))).reason
    )


@pytest.mark.parametrize(
    "text", ["# x\nAPI_TOKEN=abcdefgh12", "# x\nURL=postgres://me:hunter2@db.example/x", "PORT=1"]
)
def test_an_env_file_with_a_secret_or_without_a_word_is_not_explained(text: str) -> None:
    assert judged("zip: clean", bundle_of({".env": text}, inspect=lambda: (ENV,))).reason.startswith("C001")


WRONG = (Finding(code="V051", path="shop.zip.tag", sentence="Leads elsewhere."),)


def delivered(**facts: Any) -> DeliveryFacts:
    told: dict[str, Any] = {"is_whole": True, "tag": "v1.0"} | facts
    return DeliveryFacts(**told)


@pytest.mark.parametrize("proof", ["zip: from-git", "tag: v1.0"])
@pytest.mark.parametrize(
    ("delivery", "verdict", "words"),
    [
        (None, UNPROVEN, "decided by the delivery"),
        (delivered(), MET, "v1.0"),
        (delivered(tag=None), UNPROVEN, "no signed tag"),
        (delivered(is_whole=False, findings=WRONG), CONTRADICTED, "V051 shop.zip.tag"),
    ],
)
def test_only_the_delivery_can_say_it(
    proof: str, delivery: DeliveryFacts | None, verdict: Verdict, words: str
) -> None:
    judgement = judged(proof, bundle_of({}, delivery=delivery))

    assert judgement.verdict is verdict
    assert words in judgement.reason
    assert judgement.awaits_delivery is (delivery is None)


def test_a_rehearsal_has_no_tag_and_says_so() -> None:
    bundle = bundle_of({}, delivery=delivered(tag=None, is_rehearsal=True))

    assert "a rehearsal has no tag" in judged("zip: from-git", bundle).reason


def test_an_earlier_tag_is_proven_from_inside() -> None:
    bundle = bundle_of({}, tags=("v0.2",), delivery=delivered())

    assert judged("tag: v0.2", bundle).verdict is MET
    assert "its tag is v1.0" in judged("tag: v0.3", bundle).reason
    assert judged("tag: v0.2", bundle_of({}, tags=("v0.2",), unsound=WRONG)).verdict is UNPROVEN


REVIEW = "docs/signed/legal.md"
TEXT = "# Legal review\n\nDate: 2026-11-01\nReason: every licence was read\n"


def signed(text: str = TEXT, *, by: str | None = "ada@example.org", signature: bool = True) -> Any:
    def vouch(raw: bytes, armored: bytes, at: datetime) -> str | None:
        assert (raw, armored) == (text.encode(), b"SIGNATURE")
        assert at.year == 2026
        return by

    files = {REVIEW: text} | ({f"{REVIEW}.sig": "SIGNATURE"} if signature else {})
    return bundle_of(files, vouch=vouch, has_signers=by is not None or text == TEXT)


def test_a_persons_statement_has_their_name_their_day_and_their_reason() -> None:
    judgement = judged("signed: legal", signed())

    assert judgement.verdict is MET
    assert judgement.reason == "signed by ada@example.org on 2026-11-01: every licence was read"


@pytest.mark.parametrize(
    ("bundle", "verdict", "words"),
    [
        (bundle_of({}), UNPROVEN, f"there is no {REVIEW}"),
        (signed(TEXT.replace("Reason", "Because")), UNMET, "needs a line"),
        (signed(TEXT.replace("2026-11-01", "2026-11-31")), UNMET, "no day that has been"),
        (signed(TEXT.replace("2026-11-01", "2027-11-01")), UNMET, "no day that has been"),
        (signed(signature=False), UNPROVEN, "is not signed"),
        (signed(by=None), UNPROVEN, "no one in the signers file"),
        (bundle_of({REVIEW: TEXT, f"{REVIEW}.sig": "x"}), UNPROVEN, "no signers file was given"),
    ],
)
def test_a_statement_that_nobody_stands_for(bundle: Any, verdict: Verdict, words: str) -> None:
    judgement = judged("signed: legal", bundle)

    assert judgement.verdict is verdict
    assert words in judgement.reason


def test_what_a_person_signed_or_did_not_is_linked() -> None:
    both = (REVIEW, f"{REVIEW}.sig")
    assert judged("signed: legal", signed()).evidence == both
    assert judged("signed: legal", signed(by=None)).evidence == both
    assert judged("signed: legal", signed(signature=False)).evidence == (REVIEW,)
    for text in (TEXT.replace("Reason", "Because"), TEXT.replace("2026-11-01", "2027-11-01")):
        assert judged("signed: legal", signed(text)).evidence == (REVIEW,)


def test_a_rule_that_there_is_none_of_is_answered_with_some() -> None:
    assert CHECKS["zip"]("clen") == (
        "there is no rule 'clen'; write `zip: clean`, `zip: from-git` or rules such as "
        + ", ".join(code.rule for code in Code if code.code.startswith("C") and code.rule)
    )


@pytest.mark.parametrize(
    ("kind", "argument"), [("zip", "clen"), ("zip", "env-file, x"), ("tag", "-x"), ("signed", "a/b")]
)
def test_an_argument_that_asks_nothing_is_a_mistake(kind: str, argument: str) -> None:
    assert complaint(kind, argument)
