"""Every finding of `gateproof verify`: its code, its sentence, and what to do about it.

The text is data: it is also the heading in the docs and the line in a report.
What is wrong with the ZIP itself has the codes Z0… of `gateproof.findings`.
"""

from __future__ import annotations

from gateproof.findings import FindingKind

_ASK = "Do not rely on this pack. Ask the seller for the delivery again, and compare its SHA-256 with theirs."
_SELLER = (
    "Do not rely on this pack. Ask the seller to seal again; this was not made by an honest run of gateproof."
)


class Code(FindingKind):
    """A kind of finding. `Code.CHANGED.at("shop/urls.py")` is the finding itself."""

    NOT_SEALED = ("V001", "A part of the sealed evidence is not there.", _ASK)
    FOREIGN_FILE = (
        "V002",
        "evidence/ holds something that sealing does not write.",
        "Do not run or open it. Ask the seller for the delivery again.",
    )
    UNREADABLE = ("V003", "A file of evidence is not what its kind must be.", _ASK)
    SUMS_FORM = ("V004", "SHA256SUMS cannot be read.", _ASK)
    CHANGED = ("V005", "The file is not the one that SHA256SUMS names.", _ASK)
    MISSING = ("V006", "SHA256SUMS names a file that is not there.", _ASK)
    UNLISTED = (
        "V007",
        "The file is not named by SHA256SUMS.",
        "Someone added it after sealing: do not run or open it. Ask the seller for the delivery again.",
    )
    NO_TREE = ("V008", "The files cannot be one git tree.", _ASK)
    SUMS_SIGNATURE = ("V009", "The signature over SHA256SUMS is not valid.", _ASK)
    ENVELOPE_FORM = ("V010", "An envelope cannot be read.", _ASK)
    ENVELOPE_SIGNATURE = ("V011", "An envelope was not signed by the key that sealed the pack.", _ASK)
    ENVELOPE_KEY = ("V012", "An envelope names another key than the one that sealed the pack.", _ASK)
    STATEMENT_FORM = ("V013", "A statement cannot be read.", _SELLER)
    OTHER_SOURCE = (
        "V014",
        "A statement is about another source than the one in this ZIP.",
        "The evidence belongs to other files than these. " + _ASK,
    )
    STATEMENT_KIND = ("V015", "A statement is of a kind that does not belong there.", _SELLER)
    UNLISTED_ENVELOPE = ("V016", "The verdict does not list this file of statements.", _ASK)
    MISSING_ENVELOPE = (
        "V017",
        "The verdict lists a file of statements that is not there.",
        "A record was taken out after sealing. " + _ASK,
    )
    CHANGED_ENVELOPE = ("V018", "The verdict lists this file of statements with another digest.", _ASK)
    VERDICT_FORM = ("V019", "The verdict cannot be read.", _SELLER)
    NO_GATE = (
        "V020",
        "No gate is recorded, so nothing is proven.",
        "A pack without a gate is no proof; ask for one.",
    )
    RECORD_CONTRADICTS = ("V021", "A record contradicts itself.", _SELLER)
    VERDICT_CONTRADICTS = ("V022", "The verdict says otherwise than the records.", _SELLER)
    VERDICT_IS_NO = (
        "V023",
        "The verdict itself says that this is not a pass.",
        "The pack is honest about it: read the reasons in evidence/README.md.",
    )
    NOT_PROVEN = (
        "V024",
        "What was required is not proven.",
        "Ask the seller to run the gates again and seal anew.",
    )
    REHEARSAL_MARK = ("V025", "The marks of a rehearsal contradict each other.", _SELLER)
    KEPT = ("V026", "A kept file is not the one that its statement describes.", _SELLER)
    OWN_SIGNERS = ("V027", "The pack's own allowed_signers does not name the key that sealed it.", _SELLER)
    FUTURE = (
        "V028",
        "The verdict is dated in the future.",
        "Check this machine's clock; if it is right, ask the seller.",
    )
    PINS = (
        "V029",
        "The list of changed pins says otherwise than the locks, the licences or the audits in this ZIP.",
        _SELLER,
    )
    UNKNOWN_KEY = (
        "V030",
        "No one in your signers file vouches for the key that sealed this pack.",
        "Compare the fingerprint with the one the seller published. If it differs, this pack is not theirs.",
    )
    OTHER_NAMESPACE = (
        "V031",
        "Your signers file has this key, but not for signing packs.",
        'Its line must allow the namespace: namespaces="gateproof,git".',
    )
    OTHER_TIME = (
        "V032",
        "Your signers file has this key, but not for the time that the verdict states.",
        "The key was withdrawn or not yet in use. Ask the seller which key holds for this release.",
    )
    CHECKSUM = ("V040", "The checksum beside the ZIP is not the one of this ZIP.", _ASK)
    BESIDE_FORM = ("V041", "The attestations beside the ZIP are not whole.", _ASK)
    BESIDE_SUBJECT = ("V042", "An attestation beside the ZIP is not about this ZIP.", _ASK)
    BESIDE_CONTRADICTS = ("V043", "The verdict beside the ZIP says otherwise than the one inside.", _ASK)
    INCOMPLETE = ("V044", "A part of the delivery is not there.", "Ask the seller for the whole delivery.")
    UNEXPLAINED = (
        "V045",
        "A file of the delivery is vouched for by nothing.",
        "Do not run or open it. Take it away and verify again.",
    )
    TAG_FORM = ("V050", "The tag and its commit cannot be read.", _ASK)
    TAG_CHAIN = ("V051", "The tag does not lead to the files in this ZIP.", _ASK)
    TAG_SIGNATURE = ("V052", "The tag was not signed by a key that is known here.", _ASK)
    TAG_MESSAGE = ("V053", "The tag's message does not name this source and this verdict.", _ASK)
    TAG_OF_REHEARSAL = ("V054", "A rehearsal carries a tag, which only a release may.", _SELLER)
    COMMENT = ("V055", "The commit in the ZIP's comment is not the tagged one.", _ASK)
    WITHDRAWN = (
        "V056",
        "The seller has withdrawn this release.",
        "Do not use it. Ask the seller for the release that takes its place.",
    )
    WITHDRAWAL_FORM = (
        "V057",
        "The withdrawal beside the ZIP cannot be relied on.",
        "Ask the seller whether this release still holds, and take the file away if it is not theirs.",
    )
    TAG_VERSION = ("V058", "The tag's message names another version than the verdict.", _ASK)
