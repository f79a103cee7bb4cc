"""The settings of `[tool.gateproof]` in pyproject.toml, checked whole before anything begins."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_origin

from gateproof.errors import UsageError
from gateproof.evidence.layout import NAME
from gateproof.model import Accepted, Milestone

_PYTHON = re.compile(r"3\.[0-9]{1,2}t?")

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


def load_settings(root: Path) -> Settings:
    """Read the settings of the project at `root`.

    Raises UsageError, naming every mistake at once, when pyproject.toml is missing, broken or says something unknown.
    """
    path = root / "pyproject.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist; run this in the project's folder.") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}. Mend that line.") from None
    except OSError as error:
        raise UsageError(f"{path} could not be read: {error.strerror}.") from None
    table = document.get("tool", {}).get("gateproof")
    if table is None:
        raise UsageError(f'{path} has no [tool.gateproof]; add it with product = "NAME".')
    return parse_settings(table, path.name)


def parse_settings(table: object, where: str) -> Settings:
    """Turn the table into settings, or raise one UsageError that names every mistake in it."""
    # Imported here: whoever only verifies a delivery never pays for it.
    from cattrs import BaseValidationError, transform_error

    try:
        settings: Settings = _converter().structure({"settings": table}, _Document).settings
    except BaseValidationError as error:
        mistakes = "; ".join(map(_in_the_file, transform_error(error)))
        raise UsageError(
            f"{where} says something in [tool.gateproof] that is not understood: {mistakes}."
        ) from None
    return _sensible(settings, where)


def _in_the_file(mistake: str) -> str:
    words, at, path = mistake.partition(" @ $.settings")
    return words + (f" at tool.gateproof{path.replace('_', '-')}" if at else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Document:
    settings: Settings


def _converter() -> Any:
    """A converter that takes kebab-case keys, and refuses unknown keys and wrong types instead of bending them."""
    from cattrs import Converter
    from cattrs.gen import make_dict_structure_fn, override

    converter = Converter(forbid_extra_keys=True)
    for type_, accepted in ((str, (str,)), (float, (float, int)), (int, (int,))):
        converter.register_structure_hook(type_, _only(*accepted))
    converter.register_structure_hook(bool, _true_or_false)
    converter.register_structure_hook_factory(
        _is_tuple, lambda type_: _only(list, then=_from_list(converter, type_))
    )
    for table in (
        Environment,
        Redact,
        Signing,
        ArchiveRule,
        ArchiveException,
        ArchiveSettings,
        Deploy,
        SecretAllowance,
        Secrets,
        GateWaiver,
        Pins,
        Runners,
        Ci,
        IgnoredAdvisory,
        DeterminedLicence,
        ExceptedLicence,
        Audit,
        Accepted,
        Milestone,
        Settings,
        _Document,
    ):
        renamed: Any = {item.name: override(rename=item.name.replace("_", "-")) for item in fields(table)}
        hook = make_dict_structure_fn(table, converter, **renamed)
        converter.register_structure_hook(table, _only(dict, then=hook))
    return converter


def _is_tuple(type_: Any) -> bool:
    return get_origin(type_) is tuple


def _from_list(converter: Any, type_: Any) -> Callable[[Any, Any], object]:
    items: Any = list[get_args(type_)[0]]  # type: ignore[misc]
    return lambda value, _: tuple(converter.structure(value, items))


def _only(*types: type, then: Callable[[Any, Any], object] | None = None) -> Callable[[Any, Any], object]:
    """Accept just these types: a converter that turns 7 into "7", or "ab" into ("a", "b"), hides a mistake."""

    def structure(value: object, wanted: object) -> object:
        if not isinstance(value, types) or isinstance(value, bool):
            raise ValueError(f"{value!r} is not a {types[0].__name__}")
        return then(value, wanted) if then else value

    return structure


def _true_or_false(value: object, _: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _sensible_pins(pins: Pins) -> list[str]:
    mistakes = []
    if pins.engine not in {"pip-tools", "uv"}:
        mistakes.append(f"pins.engine must be pip-tools or uv, not {pins.engine!r}")
    if pins.universal and pins.engine != "uv":
        mistakes.append("pins.universal needs the engine uv")
    if not pins.pythons or not all(re.fullmatch(r"3\.\d+", one) for one in pins.pythons):
        mistakes.append('pins.pythons must name Pythons such as "3.11"')
    if not pins.platforms or not set(pins.platforms) <= {"linux", "windows", "macos"}:
        mistakes.append("pins.platforms must be some of linux, windows and macos")
    if pins.cadence_days < 1:
        mistakes.append("pins.cadence-days must be at least 1")
    return mistakes


def _sensible(settings: Settings, where: str) -> Settings:
    mistakes = []
    if settings.time_limit <= 0:
        mistakes.append("time-limit must be more than 0 seconds")
    if settings.jobs < 1:
        mistakes.append("jobs must be at least 1")
    name = settings.archive.name
    if not name.endswith(".zip") or len(name) < 5 or any(sign in name for sign in '/\\:*?"<>|'):
        mistakes.append(f"archive.name must be a plain file name that ends with .zip, not {name!r}")
    if not settings.product.strip() or not settings.signing.principal.strip():
        mistakes.append("product and signing.principal must not be empty")
    mistakes += [
        f"the archive exception for {e.path} needs a reason"
        for e in settings.archive.exceptions
        if not e.reason.strip()
    ]
    mistakes += [
        f"deploy.made-up must be NAME=value, not {line!r}"
        for line in settings.deploy.made_up
        if not line.partition("=")[0].isidentifier() or not line.partition("=")[2]
    ]
    mistakes += [
        f"the secrets that are allowed in {one.path!r} need a path that is not everything, a rule and a reason"
        for one in settings.secrets.allow
        if not (one.path.strip("/* ") and one.rule.strip() and one.reason.strip())
    ]
    mistakes += _sensible_pins(settings.pins)
    mistakes += _in_ci(settings.ci)
    mistakes += _mistakes_of_audit(settings.audit)
    names = [milestone.name for milestone in settings.milestones]
    mistakes += [
        f"the milestone {name} is there twice" for name in sorted(set(names)) if names.count(name) > 1
    ]
    mistakes += [
        f"the milestone {one.name!r} needs a name, and a version and a tag or neither"
        for one in settings.milestones
        if not one.name.strip() or bool(one.version) != bool(one.tag)
    ]
    mistakes += [
        f"the tag {one.tag!r} of the milestone {one.name} is not a plain name such as v0.2-m2"
        for one in settings.milestones
        if one.tag and not NAME.fullmatch(one.tag)
    ]
    mistakes += [
        f"the waiver for the gate {one.gate} needs who (by), a day (until, such as 2026-12-31) and a reason"
        for one in settings.waivers
        if not _is_whole(one)
    ]
    mistakes += [
        f"the accepted finding {one.finding!r} needs a gate, a finding, a reason, and a day such as 2026-12-31"
        for one in settings.accepted
        if not (one.gate.strip() and one.finding.strip() and one.reason.strip() and _is_day(one.until))
    ]
    if mistakes:
        raise UsageError(f"{where}: {'; '.join(mistakes)}.")
    return settings


def _is_whole(waiver: GateWaiver) -> bool:
    try:
        return bool(waiver.by.strip() and waiver.reason.strip() and waiver.last_day)
    except ValueError:
        return False


def _in_ci(ci: Ci) -> list[str]:
    pythons = (ci.python, *ci.pythons)
    mistakes = [f"ci: {one!r} is no Python such as 3.12" for one in pythons if not _PYTHON.fullmatch(one)]
    known = {item.name for item in fields(Runners)}
    mistakes += [
        f"ci.systems: {one!r} is none of {', '.join(sorted(known))}" for one in ci.systems if one not in known
    ]
    if ci.everywhere and not ci.systems:
        mistakes.append("ci.systems must name a system, or the gates in ci.everywhere run nowhere")
    return mistakes


def _mistakes_of_audit(audit: Audit) -> Iterator[str]:
    if audit.service not in ("pypi", "osv"):
        yield f"audit.service must be pypi or osv, not {audit.service!r}"
    if audit.max_age_days < 0:
        yield "audit.max-age-days must not be less than 0"
    for one in audit.ignored:
        if not one.id.strip() or not one.reason.strip() or not _is_day(one.until):
            yield f"the ignored advisory {one.id!r} needs an id, a reason, and a day such as 2026-12-31"
    for said in audit.determined:
        if not all(text.strip() for text in (said.package, said.of, said.licence, said.reason)):
            yield f"the licence determined for {said.package!r} needs package, of, licence and a reason"
    for let in audit.excepted:
        if not (let.package.strip() and let.licence.strip() and let.reason.strip() and _is_day(let.until)):
            yield f"the licence excepted for {let.package!r} needs a licence, a reason, and a day such as 2026-12-31"


def _is_day(text: str) -> bool:
    try:
        return len(text) == len("2026-12-31") and bool(date.fromisoformat(text))
    except ValueError:
        return False
