"""Every finding about a ZIP or the commit behind it: its code, its sentence, and what to do about it.

The text is data: the sentence is also the heading in the docs and the line in a report.
Ranges: Z the ZIP's structure, A the archive against its commit, C what must not be delivered, N names,
G what only git can say, R the rules themselves.
"""

from __future__ import annotations

import enum
import unicodedata

from gateproof.model import Finding

MOST_PER_CODE = 100
"""A hostile ZIP has a million wrong things; a person reads a hundred of a kind and the number of the rest."""


class Code(enum.Enum):
    """A kind of finding. `Code.DUPLICATE.at("a.py")` is the finding itself."""

    EMPTY = (
        "Z001",
        "The ZIP holds no file, so nothing in it was looked at.",
        "Pack a commit that has files; a clean report about nothing proves nothing.",
    )
    TRUNCATED = ("Z002", "The ZIP is cut short.", "Fetch or build it again and compare its SHA-256.")
    BYTES_BEFORE = (
        "Z003",
        "There are bytes before the first entry.",
        "Do not use the ZIP: something was put in front of it. Build it again from the commit.",
    )
    BYTES_AFTER = (
        "Z004",
        "There are bytes after the end of the ZIP.",
        "Do not use the ZIP: something was appended to it. Build it again from the commit.",
    )
    HIDDEN_BYTES = (
        "Z005",
        "There are bytes between two records that no listing shows.",
        "Do not use the ZIP: an entry may be hidden there. Build it again from the commit.",
    )
    OVERLAP = (
        "Z006",
        "Two entries share the same bytes.",
        "Do not use the ZIP: this is how ZIP bombs are made. Build it again from the commit.",
    )
    END_RECORD = (
        "Z007",
        "The end record contradicts the file.",
        "Do not use the ZIP: two programs may see two different contents. Build it again from the commit.",
    )
    ZIP64 = (
        "Z008",
        "A ZIP64 field is present where none is needed, or contradicts the field that it replaces.",
        "Do not use the ZIP: two programs may see two different contents. Build it again from the commit.",
    )
    COMMENT = (
        "Z009",
        "The ZIP's comment is not a commit id.",
        "Build the ZIP from a full commit id; git writes that id, and nothing else, into the comment.",
    )
    DUPLICATE = (
        "Z010",
        "Two entries have this name.",
        "Do not use the ZIP: which of the two is extracted depends on the program. Build it again.",
    )
    LOCAL_DIFFERS = (
        "Z011",
        "The entry's own header and the listing disagree.",
        "Do not use the ZIP: two programs may see two different files. Build it again from the commit.",
    )
    NO_LOCAL = (
        "Z012",
        "The listing points to a place where no entry begins.",
        "Do not use the ZIP; build it again from the commit.",
    )
    ENCRYPTED = (
        "Z013",
        "The entry is encrypted.",
        "Deliver it in the clear: what cannot be read cannot be checked.",
    )
    METHOD = (
        "Z014",
        "The entry is neither stored nor deflated.",
        "Build the ZIP with git archive; other compression methods are not readable everywhere.",
    )
    FLAGS = (
        "Z015",
        "The entry sets flags that git archive never sets.",
        "Build the ZIP with git archive, or look at what the other program meant by them.",
    )
    DESCRIPTOR = (
        "Z016",
        "The sizes after the entry's data contradict the listing.",
        "Do not use the ZIP: a streaming program would see another file. Build it again from the commit.",
    )
    EXTRA = (
        "Z017",
        "The entry has an extra field that git archive does not write.",
        "Build the ZIP with git archive: extra fields can carry other names, owners and hidden data.",
    )
    ENTRY_COMMENT = (
        "Z018",
        "The entry has a comment, which no commit can hold.",
        "Build the ZIP again from the commit.",
    )
    ODD_MODE = (
        "Z019",
        "The entry's permissions are none that git knows.",
        "Only plain files, executable files, links and their folders can be delivered. Use git archive.",
    )
    NAME_ENCODING = (
        "Z020",
        "The name is not declared as UTF-8, so it reads differently from program to program.",
        "Rename the file to valid UTF-8 and commit that.",
    )
    NAME_CONTROL = (
        "Z021",
        "The name holds a control character.",
        "Rename the file: such a name can end early or rewrite what a terminal shows.",
    )
    NAME_ESCAPES = (
        "Z022",
        "The name leads out of the folder that it is extracted into.",
        "Do not extract the ZIP. A name is relative, uses / only, and has no drive and no '..'.",
    )
    NAME_FORM = (
        "Z023",
        "The name is empty, or has an empty or '.' part.",
        "Build the ZIP from git, which cannot hold such a name.",
    )
    LONE_FOLDER = (
        "Z024",
        "A folder entry has no file in it: a submodule, or a folder that is in no commit.",
        "Take the submodule out or commit its files; git does not record empty folders.",
    )
    FILE_AND_FOLDER = (
        "Z025",
        "The name is a file and a folder at once.",
        "Do not extract the ZIP: a link of this name could redirect what is written below it.",
    )
    TOO_MANY = (
        "Z026",
        "The ZIP lists more entries than the limit.",
        "Raise the limit only for a ZIP that you expect to be this large.",
    )
    TOO_BIG = (
        "Z027",
        "The contents are larger than the limit.",
        "Raise the limit only for a ZIP that you expect to be this large.",
    )
    RATIO = (
        "Z028",
        "The entry claims to grow far more than files do.",
        "Treat it as a bomb, unless you know this file; then raise the limit.",
    )
    SIZE = (
        "Z029",
        "The contents are not as long as the listing says.",
        "The entry is damaged or lies. Fetch or build the ZIP again.",
    )
    CRC = (
        "Z030",
        "The contents do not have the listed checksum.",
        "The entry is damaged or was changed. Fetch or build the ZIP again.",
    )
    STREAM = (
        "Z031",
        "The compressed data is broken, or has bytes hidden after its end.",
        "The entry is damaged or was changed. Fetch or build the ZIP again.",
    )
    UNREADABLE = (
        "Z032",
        "The entry's data cannot be read, so nothing is known about it.",
        "Deliver it in the clear, stored or deflated.",
    )
    NOT_A_LINK = (
        "Z033",
        "The entry is marked as a link but holds what no link can hold.",
        "The mode was changed, or a file was stored as a link. Build the ZIP again from the commit.",
    )

    def __init__(self, code: str, sentence: str, remedy: str) -> None:
        self.code = code
        self.sentence = sentence
        self.remedy = remedy

    def at(self, path: str, detail: str = "") -> Finding:
        """The finding at `path`, which is made safe to print; `detail` follows the sentence."""
        said = f"{self.sentence} {printable(detail)}" if detail else self.sentence
        return Finding(code=self.code, path=printable(path), sentence=said)


def printable(text: str) -> str:
    """`text` with all escaped that drives a terminal, reorders a line or cannot be written as UTF-8."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c
        if c.isprintable() and unicodedata.category(c) != "Cf"
        else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


class Notes:
    """Findings as they are noted; of each code at most a hundred, then the number of the rest."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._seen: dict[str, int] = {}

    def add(self, code: Code, path: str, detail: str = "") -> None:
        if self._counts(code.code):
            self._kept.append(code.at(path, detail))

    def take(self, finding: Finding) -> None:
        """Note a finding that is made already."""
        if self._counts(finding.code):
            self._kept.append(finding)

    def findings(self) -> tuple[Finding, ...]:
        """What was noted, in the order of noting, the numbers of the unlisted last."""
        rest = ((code, count - MOST_PER_CODE) for code, count in self._seen.items())
        unlisted = (
            Finding(code=code, path="", sentence=f"And {more:,} more.") for code, more in rest if more > 0
        )
        return (*self._kept, *unlisted)

    def _counts(self, code: str) -> bool:
        count = self._seen[code] = self._seen.get(code, 0) + 1
        return count <= MOST_PER_CODE
