"""Every finding about a ZIP or the commit behind it: its code, its sentence, and what to do about it.

The text is data: the sentence is also the heading in the docs and the line in a report.
Ranges: Z the ZIP's structure, A the archive against its commit, C what must not be delivered, N names,
G what only git can say, K secrets, R the rules themselves.
"""

from __future__ import annotations

import enum
import re
import unicodedata

from gateproof.model import Finding

MOST_PER_CODE = 100
"""A hostile ZIP has a million wrong things; a person reads a hundred of a kind and the number of the rest."""


class FindingKind(enum.Enum):
    """What every table of findings is: a kind has a code, a sentence and a remedy, and makes the finding itself."""

    def __init__(self, code: str, sentence: str, remedy: str) -> None:
        self.code = code
        self.sentence = sentence
        self.remedy = remedy

    def at(self, path: str, detail: str = "") -> Finding:
        """The finding at `path`, which is made safe to print; `detail` follows the sentence."""
        said = f"{self.sentence} {printable(detail)}" if detail else self.sentence
        return Finding(code=self.code, path=printable(path), sentence=said)


class Code(FindingKind):
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

    MISSING = (
        "A001",
        "A file of the commit is not in the ZIP.",
        "Do not deliver the ZIP; build it with `invoke archive`, which packs the commit as it is.",
    )
    FOREIGN = (
        "A002",
        "A packed file is not in the commit.",
        "Do not deliver the ZIP; build it with `invoke archive`, which packs the commit as it is.",
    )
    CONTENT = (
        "A003",
        "A packed file is not what the commit has under this name.",
        "Do not deliver the ZIP; build it with `invoke archive`, which packs the commit as it is.",
    )
    MODE = (
        "A004",
        "A packed file has another mode than in the commit: plain, executable or link.",
        "Do not deliver the ZIP; build it with `invoke archive`, which packs the commit as it is.",
    )
    OTHER_COMMIT = (
        "A005",
        "The ZIP names another commit than the one that it is compared with.",
        "Compare it with the commit in its comment, or build it again from this one.",
    )

    ENV_FILE = (
        "C001",
        "A file with settings of one machine, and often its secrets, would be delivered.",
        "git rm --cached it, ignore it, change what was secret in it, and commit an .env.example instead.",
    )
    DATABASE = (
        "C002",
        "A database, or a dump of one, would be delivered.",
        "git rm --cached it and ignore it; deliver migrations and a seed command instead.",
    )
    VIRTUALENV = (
        "C003",
        "A virtual environment would be delivered.",
        "git rm -r --cached the folder and ignore it; deliver the requirements instead.",
    )
    IDE = (
        "C004",
        "Somebody's editor settings would be delivered.",
        "git rm -r --cached them and ignore them, or state in an exception why they belong to the project.",
    )
    CACHE = (
        "C005",
        "What a tool can make again would be delivered: caches, compiled files, installed packages.",
        "git rm -r --cached it and ignore it.",
    )
    LITTER = (
        "C006",
        "What an operating system or a merge left behind would be delivered.",
        "git rm --cached it and ignore it.",
    )
    KEY_STORE = (
        "C007",
        "A file that exists to hold keys or passwords would be delivered.",
        "git rm --cached it, ignore it, and replace what it held: history keeps it.",
    )
    PRIVATE_KEY = (
        "C008",
        "The file holds a private key.",
        "Take it out and replace the key: history keeps it. If it is a test key, say so in an exception.",
    )
    OWN_STORE = (
        "C009",
        "The working store of a version control system, or of gateproof, would be delivered.",
        "Build the ZIP from a commit, not from a folder.",
    )
    LFS_POINTER = (
        "C010",
        "The file is a Git LFS pointer; its contents would not be delivered.",
        "git lfs migrate export the file, or deliver it beside the ZIP and state that in an exception.",
    )
    FORBIDDEN = (
        "C011",
        "The project's own rules keep this file out of a delivery.",
        "git rm --cached it, or state in an exception why it belongs there.",
    )

    UNSEEN_ARCHIVE = (
        "C012",
        "An archive lies in the delivery that could not be looked into.",
        "Deliver what it holds instead, or say in an exception what that is and who looked.",
    )

    CASE_COLLISION = (
        "N001",
        "Two names differ only in upper and lower case.",
        "Rename one: on Windows and macOS the second overwrites the first.",
    )
    UNICODE_COLLISION = (
        "N002",
        "Two names look the same and differ only in their Unicode form.",
        "Rename one to NFC: on macOS the second overwrites the first.",
    )
    RESERVED_NAME = (
        "N003",
        "Windows reserves this name for a device.",
        "Rename it: on Windows it can be neither extracted nor checked out.",
    )
    ILLEGAL_NAME = (
        "N004",
        "Windows allows none of < > : | ? * and quotes in a name, and no part that ends in a dot or a space.",
        "Rename it: on Windows it can be neither extracted nor checked out.",
    )
    LONG_PATH = (
        "N005",
        "The path is too long to extract on Windows.",
        "Shorten it; Windows allows 259 characters, those of the folder that is extracted into included.",
    )
    INVISIBLE = (
        "N006",
        "The name holds characters that are invisible or turn the direction of writing.",
        "Rename it: it is not what it looks like.",
    )
    LINK_ABSOLUTE = (
        "N007",
        "The link points to an absolute place.",
        "Make it relative, or deliver the file itself.",
    )
    LINK_ESCAPES = (
        "N008",
        "The link leads out of the delivery.",
        "Point it to something delivered, or deliver the file itself.",
    )
    LINK_DANGLES = (
        "N009",
        "The link leads to nothing that is delivered.",
        "Point it to something delivered, or remove it.",
    )

    NO_FILES = (
        "G001",
        "The commit holds no file, so nothing in it was looked at.",
        "Name the commit that is to be delivered.",
    )
    SUBMODULE = (
        "G002",
        "The path is a submodule; only an empty folder would be delivered.",
        "Commit its files (git subtree add), or deliver it as a package that the requirements pin.",
    )
    REPLACED = (
        "G003",
        "A replace ref, or a graft, shows other history here than others see.",
        "The archive ignores it. Delete it: git replace -d, or remove the grafts file.",
    )
    ASSUME_UNCHANGED = (
        "G004",
        "Changes to this file do not show: git was told to assume that there are none.",
        "git update-index --no-assume-unchanged it, look at git diff, and commit or drop what it shows.",
    )
    SKIP_WORKTREE = (
        "G005",
        "Changes to this file do not show: git was told to leave it out of the work tree.",
        "git update-index --no-skip-worktree it (or git sparse-checkout disable), and look at git diff.",
    )
    LOCAL_ATTRIBUTES = (
        "G006",
        "Attributes that no commit records apply in this clone.",
        "The archive ignores them. Move them to .gitattributes, or remove them from the clone.",
    )
    EXPORT_IGNORE = (
        "G007",
        "The attribute export-ignore would leave this out of a plain git archive; here it is packed.",
        "Remove the attribute, or state in an exception that it is to be delivered.",
    )
    EXPORT_SUBST = (
        "G008",
        "The attribute export-subst would rewrite this in a plain git archive; here it is as committed.",
        "Remove the attribute and write the version at prepare time.",
    )
    IDENT = (
        "G009",
        "The attribute ident would rewrite this in a plain git archive; here it is as committed.",
        "Remove the attribute.",
    )
    EOL = (
        "G010",
        "An attribute would give this other line ends or another encoding in a plain git archive.",
        "The delivery has what is committed: commit it in the form that it is needed in, with -text.",
    )
    FILTER = (
        "G011",
        "A filter rewrites this file; here it is as committed, which may be no more than a pointer.",
        "Commit the real contents without the filter.",
    )

    SECRET = (
        "K001",
        "The file holds a secret.",
        "Take it out and replace it: history keeps it. If it is none, say why in [[tool.gateproof.secrets.allow]].",
    )
    NOT_LOOKED_AT = (
        "K002",
        "The file could not be looked into for secrets.",
        "Deliver it unpacked, or say in [[tool.gateproof.secrets.allow]] why it holds none.",
    )
    UNUSED_ALLOWANCE = (
        "K003",
        "An entry of the allow-list for secrets allows nothing.",
        "Remove it: it would let the next secret of its kind pass without anyone deciding so.",
    )

    UNUSED_EXCEPTION = (
        "R001",
        "An exception applies to nothing.",
        "Remove it: it would silence the next finding of its kind without anyone deciding so.",
    )

    @property
    def rule(self) -> str:
        """The name by which a configuration speaks of this kind: ENV_FILE is env-file."""
        return self.name.lower().replace("_", "-")


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


_DRIVES = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)


def printable_text(text: str) -> str:
    """Lines of a document with all escaped that drives a terminal or reorders a line; the rest as it was."""
    return _DRIVES.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


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
