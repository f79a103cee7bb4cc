"""The rules of what must not be delivered, as data: a table that a configuration extends by a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateproof.errors import UsageError
from gateproof.findings import Code, printable
from gateproof.model import Finding
from gateproof.pack.inspect.globs import matches_any


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Names that must not be delivered."""

    name: str
    """By which an exception speaks of it."""
    code: str
    patterns: tuple[str, ...]
    """Globs; see gateproof.pack.inspect.globs."""
    allowed: tuple[str, ...] = ()
    """Globs of names that `patterns` catch though they are meant to be delivered."""
    sentence: str
    remedy: str = ""

    def catches(self, path: str) -> bool:
        return matches_any(path, self.patterns) and not matches_any(path, self.allowed)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleException:
    """Silences one rule for the paths that a glob matches, for a reason that a reviewer can read.

    Raises UsageError when the reason or the path is empty.
    """

    rule: str
    path: str
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise UsageError(
                f"The exception from {self.rule} for {self.path} gives no reason; say why it may stay."
            )
        if not self.path.strip("/* "):
            raise UsageError(
                f"The exception from {self.rule} covers everything; name the files that it is about."
            )


def _rule(code: Code, *patterns: str, allowed: tuple[str, ...] = ()) -> Rule:
    return Rule(
        name=code.rule,
        code=code.code,
        patterns=patterns,
        allowed=allowed,
        sentence=code.sentence,
        remedy=code.remedy,
    )


EXAMPLES = (
    "*.example",
    "*.sample",
    "*.template",
    "*.dist",
    "*.tmpl",
    "example.env",
    "sample.env",
    "template.env",
)

DEFAULT_RULES: tuple[Rule, ...] = (
    _rule(Code.ENV_FILE, ".env", ".env.*", "*.env", ".envrc", allowed=EXAMPLES),
    # By name only what is called so for no other reason: search.db may be anything. Contents tell the rest.
    _rule(
        Code.DATABASE,
        "*.sqlite3",
        "*.sqlite",
        "*.sqlite3-journal",
        "*.sqlite3-wal",
        "*.sqlite3-shm",
        "*.pgdump",
    ),
    _rule(Code.VIRTUALENV, ".venv/", "venv/", "pyvenv.cfg"),
    _rule(
        Code.IDE,
        *(".idea/", ".vscode/", ".vs/", ".fleet/", ".settings/", ".spyproject/"),
        *(".project", ".pydevproject", "*.iml", "*.sublime-workspace", "*.swp", "*.swo", "*~"),
    ),
    _rule(
        Code.CACHE,
        *("__pycache__/", "*.pyc", "*.pyo", ".mypy_cache/", ".ruff_cache/", ".pytest_cache/", ".hypothesis/"),
        *(".cache/", ".tox/", ".nox/", ".eggs/", "*.egg-info/", ".ipynb_checkpoints/", "node_modules/"),
        *(".coverage", ".coverage.*", "htmlcov/", ".terraform/"),
        *("celerybeat-schedule", "celerybeat-schedule.*", "celerybeat.pid", "nohup.out"),
    ),
    _rule(
        Code.LITTER,
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "__MACOSX/",
        "._*",
        *("*.orig", "*.rej", ".#*", "#*#", "~$*"),
    ),
    _rule(
        Code.KEY_STORE,
        *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx"),
        *(".netrc", "_netrc", ".pgpass", ".pypirc", ".git-credentials", ".htpasswd", ".dockercfg"),
        *(".aws/", ".docker/config.json", "*.tfstate", "*.tfstate.backup", "*.ppk"),
    ),
    _rule(Code.OWN_STORE, ".git", ".hg/", ".svn/", ".gateproof/"),
)

COMMIT_RULES = frozenset(code.rule for code in Code if code.code.startswith("G"))
"""What only git can say; `inspect_commit` answers for these and `inspect_zip` for all others."""
ZIP_RULES = frozenset(code.rule for code in Code if code.code[0] in "CN")


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSet:
    """All that inspection is to look for, and what it is to let pass.

    Raises UsageError when two rules share a name, or an exception names a rule that there is none of.
    The structure of a ZIP (Z), its equality with the commit (A) and unused exceptions (R) cannot be excepted.
    """

    rules: tuple[Rule, ...] = DEFAULT_RULES
    exceptions: tuple[RuleException, ...] = ()
    longest_path: int = 240
    """UTF-16 units, as Windows counts; the rest of its 259 is for the folder that is extracted into."""

    def __post_init__(self) -> None:
        names = [rule.name for rule in self.rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise UsageError(f"Two rules are called {', '.join(twice)}; give each a name of its own.")
        known = {*names, *ZIP_RULES, *COMMIT_RULES}
        if unknown := sorted({exception.rule for exception in self.exceptions} - known):
            raise UsageError(
                f"There is no rule {', '.join(unknown)}; the rules are {', '.join(sorted(known))}."
            )


DEFAULT = RuleSet()

Caught = tuple[str, str, Finding]
"""The rule's name, the exact path, and the finding."""


def caught(code: Code, path: str, detail: str = "") -> Caught:
    """What a check that is no table of names has caught."""
    return code.rule, path, code.at(path, detail)


def caught_by_name(rules: Iterable[Rule], path: str) -> Iterable[Caught]:
    """What the tables of names say of one path."""
    for rule in rules:
        if rule.catches(path):
            yield rule.name, path, Finding(code=rule.code, path=printable(path), sentence=rule.sentence)
