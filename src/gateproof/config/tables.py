"""The settings as frozen values: a class a table of `[tool.gateproof]`, a field a key, each with its default."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from gateproof.model import Accepted, Milestone

# Variables that a tool needs to run at all, and that cannot turn a gate into another one.
# PYTEST_ADDOPTS, PYTHONPATH, DJANGO_SETTINGS_MODULE and their like can, so they are not here.
PASSED_ON = (
    *(
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "LC_*",
        "TZ",
        "TERM",
        "COLUMNS",
        "LINES",
        "NO_COLOR",
    ),
    *("TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "CI", "GITHUB_ACTIONS"),
    *(
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "PIP_CERT",
        "NODE_EXTRA_CA_CERTS",
    ),
    *(
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "OS",
        "USERPROFILE",
        "USERNAME",
        "APPDATA",
    ),
    *(
        "LOCALAPPDATA",
        "PROGRAMDATA",
        "PROGRAMFILES*",
        "COMMONPROGRAM*",
        "PROCESSOR_*",
        "NUMBER_OF_PROCESSORS",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """Which variables of the caller a gate may see."""

    pass_on: tuple[str, ...] = ()
    """Names or `*` patterns, in addition to those that no tool can run without."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Redact:
    """What must never reach the disk, in addition to the values of variables named like secrets."""

    names: tuple[str, ...] = ()
    """Regular expressions for names of variables whose values are secret, in addition to the usual ones."""
    patterns: tuple[str, ...] = ()
    """Regular expressions; whatever they match is secret."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signing:
    """Who signs, and with which key."""

    principal: str = "release"
    """The name that a buyer finds in `allowed_signers`."""
    key: str | None = None
    """Path of an OpenSSH private key outside the repository; without it one is made and says so."""
    signers: str | None = None
    """The `allowed_signers` that you publish: who else signs proofs, and the spans of your keys. In the project, or
    elsewhere with `/` or `~`; a release is then made only with a key that it vouches for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveRule:
    """A kind of file that must not be delivered."""

    name: str
    patterns: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveException:
    """A file that may be delivered although a rule names it."""

    rule: str
    path: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveSettings:
    """The ZIP that is handed over."""

    name: str = "clean_share.zip"
    rules: tuple[ArchiveRule, ...] = ()
    exceptions: tuple[ArchiveException, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Deploy:
    """What a deployment proof runs; see `invoke prove.database`."""

    project: str = "."
    """The folder with manage.py."""
    lock: str = "store"
    """`requirements/<lock>.txt` is what the project needs to run."""
    production_settings: str = ""
    """The settings module that `check --deploy` is asked about."""
    made_up: tuple[str, ...] = ()
    """`NAME=value` that those settings need, with `{secret}` and `{hex}` made up for each run."""
    upgrade_changes: tuple[str, ...] = ()
    """Tables, and columns as `TABLE.COLUMN`, that a migration after a released milestone is meant to change."""
    test_processes: int = 1
    """How many processes run the project's tests; more than one where they can run beside each other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretAllowance:
    """What looks like a secret and is none."""

    path: str
    """A glob; below `evidence/` it is about what is sealed, elsewhere about the source."""
    rule: str
    """As the scan names it, such as `betterleaks.github-pat`."""
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """The secret scan."""

    allow: tuple[SecretAllowance, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class GateWaiver:
    """A named person's word that a gate which is flaky on a source may be released all the same, until a day."""

    gate: str
    by: str
    until: str
    """The last day on which it holds, such as `2026-12-31`."""
    reason: str

    @property
    def last_day(self) -> date:
        return date.fromisoformat(self.until)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pins:
    """How dependencies are pinned; see `invoke pin`."""

    folder: str = "requirements"
    """Where the `.in` files and their locks lie."""
    engine: str = "pip-tools"
    """Who resolves: `pip-tools` or `uv`."""
    universal: bool = False
    """Whether uv makes one lock with markers for every system."""
    pythons: tuple[str, ...] = ("3.11", "3.12", "3.13", "3.14")
    """The Pythons that every lock must install under, the lowest first."""
    platforms: tuple[str, ...] = ("linux", "windows", "macos")
    """The systems that every lock must install on."""
    cadence_days: int = 90
    """How many days may pass until everything is allowed to move to newer versions again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Runners:
    """Which of GitHub's machines stands for a system."""

    linux: str = "ubuntu-24.04"
    windows: str = "windows-2025"
    macos: str = "macos-15"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ci:
    """What CI runs where: every gate on Linux and the main Python, and some gates everywhere."""

    python: str = "3.11"
    """The main Python."""
    pythons: tuple[str, ...] = ()
    """Further Pythons, for the gates in `everywhere`."""
    systems: tuple[str, ...] = ("linux",)
    """Of linux, windows and macos, for the gates in `everywhere`."""
    everywhere: tuple[str, ...] = ()
    """The gates that run on each Python and each system."""
    runners: Runners = field(default_factory=Runners)
    documents: tuple[str, ...] = ()
    """Files with a part that `invoke ci.docs` makes and the gate `parity` checks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IgnoredAdvisory:
    """A known vulnerability that a person lets be for a while; what rests on it is waived."""

    id: str
    """Such as `PYSEC-2026-1`, or one of its aliases."""
    reason: str
    until: str
    """The last day on which it is ignored, as YYYY-MM-DD."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeterminedLicence:
    """What a person read, where a package does not say clearly what it is licensed under."""

    package: str
    of: str
    """SHA-256 of what was read, as the audit names it: the word holds for exactly those texts."""
    licence: str
    """An SPDX expression."""
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExceptedLicence:
    """A licence that is not allowed and is let be for a while; what rests on it is waived."""

    package: str
    licence: str
    """The SPDX expression that is let be, or `unknown`."""
    reason: str
    until: str
    """The last day on which it is let be, as YYYY-MM-DD."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """The audit of the pinned packages."""

    service: str = "pypi"
    """`pypi` or `osv`: who is asked, where no dump of advisories is given."""
    max_age_days: int = 7
    """How old the newest advisory of a dump may be."""
    override: str = ""
    """Why a dump's age is let be: then the audit is waived, and has not passed."""
    ignored: tuple[IgnoredAdvisory, ...] = ()
    licences: tuple[str, ...] = ()
    """The licences that a pin may be under, in SPDX's words; without any, none is judged."""
    determined: tuple[DeterminedLicence, ...] = ()
    excepted: tuple[ExceptedLicence, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All of `[tool.gateproof]`; every key has a default but `product`."""

    product: str
    """What is delivered; the resource of every verdict."""
    time_limit: float = 1800.0
    """Seconds that a single command may take before its process tree is ended."""
    jobs: int = 2
    """How many gates a release runs at once."""
    environment: Environment = field(default_factory=Environment)
    redact: Redact = field(default_factory=Redact)
    signing: Signing = field(default_factory=Signing)
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)
    deploy: Deploy = field(default_factory=Deploy)
    secrets: Secrets = field(default_factory=Secrets)
    audit: Audit = field(default_factory=Audit)
    pins: Pins = field(default_factory=Pins)
    ci: Ci = field(default_factory=Ci)
    checklist: str = "docs/07_sales_ready.md"
    """The requirements that a release is judged by; inside the repository, with `/`."""
    accepted: tuple[Accepted, ...] = ()
    """Findings that are let be open for a while; shown as WAIVED, never as green."""
    milestones: tuple[Milestone, ...] = ()
    """In the order in which they are released; and which items of the checklist each needs."""
    waivers: tuple[GateWaiver, ...] = ()
    """For gates that are flaky. Nothing waives a gate that is red or has no record."""
