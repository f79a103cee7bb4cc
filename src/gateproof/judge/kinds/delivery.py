"""Proofs about the ZIP as a package, and about what only the delivery can say: its tag, its origin, a signature."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from gateproof.findings import Code
from gateproof.judge.case import Case
from gateproof.judge.codes import Code as JudgeCode
from gateproof.judge.kinds.contract import Kind
from gateproof.judge.project import explained_env, literal_secrets
from gateproof.judge.verdict import Judgement, by_delivery, contradicted, met, unmet, unproven
from gateproof.model import Finding

CLEAN, FROM_GIT, SECRET_KEY = "clean", "from-git", "secret-key"
RULES = {code.rule: code.code for code in Code}
SIGNED = "docs/signed/"
"""Where a person's signed statements lie: `legal-review.md` and `legal-review.md.sig`."""

_TAG = re.compile(r"[A-Za-z0-9][\w.+/-]*")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_DATE = re.compile(r"^date:[ \t]*(\d{4}-\d\d-\d\d)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_REASON = re.compile(r"^reason:[ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)


def _zip(argument: str, case: Case) -> Judgement:
    asked = [part.strip() for part in argument.split(",")]
    if FROM_GIT in asked:
        return _from_git(case)
    names = None if CLEAN in asked else set(asked)
    findings = [f for f in case.inspection if names is None or f.code in {RULES.get(name) for name in names}]
    secrets = _secrets(case) if names is None or SECRET_KEY in names else []
    if not findings and not secrets:
        said = "no finding" if names is None else f"none of {', '.join(asked)}"
        return met(f"{len(case.bundle.sizes):,} files were inspected: {said}")
    return _dirty(findings, secrets, case)


def _secrets(case: Case) -> list[Finding]:
    return [
        JudgeCode.LITERAL_SECRET.at(f"{literal.path}:{literal.line}")
        for literal in literal_secrets(case.bundle)
    ]


def _dirty(findings: Sequence[Finding], secrets: Sequence[Finding], case: Case) -> Judgement:
    explained = {
        f.path: why
        for f in findings
        if f.code == Code.ENV_FILE.code and (why := explained_env(case.bundle, f.path))
    }
    loud = [*(f for f in findings if f.path not in explained), *secrets]
    if not loud:
        path, why = next(iter(explained.items()))
        return unmet(
            f"only what looks intended: {path} ({why}); state it in an exception, with the reason", *explained
        )
    first = loud[0]
    more = f", and {len(loud) - 1} more" if len(loud) > 1 else ""
    calm = f"; {len(explained)} more look intended ({next(iter(explained))})" if explained else ""
    sentence = first.sentence.rstrip(".")
    paths = tuple(dict.fromkeys(f.path for f in loud if f.path))[:10]
    return unmet(f"{first.code} {first.path}: {sentence}{more}{calm}", *paths)


def _from_git(case: Case) -> Judgement:
    delivery = case.bundle.delivery
    if delivery is None:
        return by_delivery(
            "that every entry is a blob of the tagged commit is shown by the tag beside the ZIP"
        )
    if delivery.findings:
        first = delivery.findings[0]
        return contradicted(f"{first.code} {first.path}: {first.sentence.rstrip('.')}")
    if delivery.tag is None:
        what = "a rehearsal has no tag" if delivery.is_rehearsal else "there is no signed tag beside the ZIP"
        return unproven(what)
    return met(
        f"the signed tag {delivery.tag} leads to a commit whose tree is exactly this ZIP", delivery.tag
    )


def _tag(argument: str, case: Case) -> Judgement:
    bundle, delivery = case.bundle, case.bundle.delivery
    if delivery and not delivery.findings and delivery.tag == argument:
        return met(f"the signed tag {argument} leads to the files in this ZIP", argument)
    if argument in bundle.tags and not bundle.unsound:
        return met(f"the signed tag {argument} leads to a commit below this one", f"evidence/tags/{argument}")
    if delivery is None:
        return by_delivery(f"a ZIP cannot show that {argument} is its tag")
    if delivery.findings:
        first = delivery.findings[0]
        return contradicted(f"{first.code} {first.path}: {first.sentence.rstrip('.')}")
    other = f"its tag is {delivery.tag}" if delivery.tag else "there is no signed tag"
    return unproven(f"nothing shows the tag {argument}; {other}")


def _signed(argument: str, case: Case) -> Judgement:
    bundle = case.bundle
    path = f"{SIGNED}{argument}.md"
    text = bundle.text(path)
    if text is None:
        return unproven(f"there is no {path}, which a person would sign")
    date, reason = _DATE.search(text), _REASON.search(text)
    if date is None or reason is None:
        return unmet(f"{path} needs a line `date: 2026-01-31` and a line `reason: …`", path)
    if not bundle.has(f"{path}.sig"):
        return unproven(f"{path} is not signed; sign it with ssh-keygen -Y sign -n gateproof", path)
    at = _moment(date[1])
    if at is None or at > case.now:
        return unmet(f"{path} is dated {date[1]}, which is no day that has been", path)
    who = bundle.vouch(bundle.read(path), bundle.read(f"{path}.sig"), at)
    if who is None:
        why = (
            "no one in the signers file made its signature"
            if bundle.has_signers
            else "no signers file was given"
        )
        return unproven(f"{path} is signed, but {why}", path, f"{path}.sig")
    return met(f"signed by {who} on {date[1]}: {reason[1].strip()}", path, f"{path}.sig")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _check_zip(argument: str) -> str | None:
    known = {CLEAN, FROM_GIT, SECRET_KEY, *RULES}
    unknown = [part.strip() for part in argument.split(",") if part.strip() not in known]
    if unknown:
        return (
            f"there is no rule {unknown[0]!r}; write `zip: clean`, `zip: from-git` or rules such as {_some()}"
        )
    return None


def _some() -> str:
    return ", ".join(_rules_of("C"))


def _rules_of(letter: str) -> Iterator[str]:
    return (rule for rule, code in RULES.items() if code.startswith(letter))


def _check_name(argument: str) -> str | None:
    return None if _NAME.fullmatch(argument) else f"{argument!r} is not a plain name, such as legal-review"


def _check_tag(argument: str) -> str | None:
    return None if _TAG.fullmatch(argument) else f"{argument!r} is not the name of a tag"


ZIP = Kind(
    name="zip",
    sentence="The ZIP, inspected whole, has no finding, or none of the rules that are named.",
    example="zip: env-file, database, virtualenv, ide, cache",
    judge=_zip,
    check=_check_zip,
    is_later=lambda argument: FROM_GIT in [part.strip() for part in argument.split(",")],
)
TAG = Kind(
    name="tag",
    sentence="A signed tag of this name leads to the files in this ZIP, or to a commit below it.",
    example="tag: v1.0-m4-buyer-ready",
    judge=_tag,
    check=_check_tag,
    is_later=lambda argument: True,
)
SIGNED_BY = Kind(
    name="signed",
    sentence="A person signed a statement with a reason and a date, and your signers file names them.",
    example="signed: legal-review",
    judge=_signed,
    check=_check_name,
)
