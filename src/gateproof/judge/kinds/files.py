"""Proofs that the files themselves give: a document with its sections, a link that leads somewhere, a lock."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from gateproof.judge import markdown
from gateproof.judge.bundle import Bundle
from gateproof.judge.case import Case
from gateproof.judge.kinds.contract import Kind
from gateproof.judge.project import repositories
from gateproof.judge.verdict import Judgement, met, unmet, worst
from gateproof.judge.yamltext import Table, YamlError, listed, read_yaml, table, text_of

ARROW = "->"
ENOUGH = 8
"""Words below a heading; fewer say nothing."""

_PATH = re.compile(r"[^\s*?\"<>|]+")
_PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|FIXME|lorem ipsum|coming soon|to be written)\b", re.IGNORECASE)
_PIN = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*==\s*[^\s;*]+")


def _file(argument: str, case: Case) -> Judgement:
    return worst(_present(path, case.bundle) for path in paths_of(argument))


def _present(path: str, bundle: Bundle) -> Judgement:
    if path not in bundle.sizes:
        return unmet(f"there is no {path}{_near(path, bundle)}")
    if path in bundle.links:
        return unmet(f"{path} is a link, not a file", path)
    if not bundle.sizes[path]:
        return unmet(f"{path} is empty", path)
    return met(f"{path} is there, {bundle.sizes[path]:,} bytes", path)


def _near(path: str, bundle: Bundle) -> str:
    """Where a file of that name lies instead."""
    other = next(bundle.named(path.rpartition("/")[2]), None)
    if other is None:
        other = next((name for name in bundle.sizes if name.lower() == path.lower()), None)
    return f"; there is {other}" if other else ""


def _doc(argument: str, case: Case) -> Judgement:
    path, _, asked = argument.partition(ARROW)
    path = path.strip()
    there = _present(path, case.bundle)
    if not there.is_met:
        return there
    text = case.bundle.text(path)
    if text is None:
        return unmet(f"{path} is not readable UTF-8 text", path)
    found = {markdown.plain(section.words).lower(): section for section in markdown.sections(text)}
    wanted = [words.strip() for words in asked.split(";") if words.strip()]
    missing = [words for words in wanted if not _section(words, found)]
    if missing:
        return unmet(f"{path} has no section {' and none '.join(repr(words) for words in missing)}", path)
    for words in wanted:
        section = _section(words, found)
        if section and (thin := _thin(section.body)):
            return unmet(f"the section {words!r} of {path} {thin}", path)
    if not wanted and (thin := _thin(text)):
        return unmet(f"{path} {thin}", path)
    said = ", ".join(repr(words) for words in wanted)
    return met(f"{path} has {said}" if said else f"{path} says something", path)


def _section(words: str, found: dict[str, markdown.Section]) -> markdown.Section | None:
    asked = markdown.plain(words).lower()
    return found.get(asked) or next((section for name, section in found.items() if asked in name), None)


def _thin(body: str) -> str:
    words = re.findall(r"\w+", body)
    if len(words) < ENOUGH:
        return f"says next to nothing ({len(words)} words)"
    if _PLACEHOLDER.search(body) and len(words) < 10 * ENOUGH:
        return "holds a placeholder"
    return ""


def _link(argument: str, case: Case) -> Judgement:
    source, _, target = (part.strip() for part in argument.partition(ARROW))
    bundle = case.bundle
    text = bundle.text(source)
    if text is None:
        return unmet(f"{source} cannot be read as text" if bundle.has(source) else f"there is no {source}")
    if not bundle.has(target):
        return unmet(f"there is no {target} to link to{_near(target, bundle)}")
    own = repositories(bundle)
    for link in markdown.links(text):
        if leads_to(source, link.target, target, own):
            return met(f"{source} links to {target} on line {link.line}", source, target)
    mentioned = next((n for n, line in enumerate(text.split("\n"), 1) if target in line), None)
    hint = f"; line {mentioned} names it without a link" if mentioned else ""
    return unmet(f"{source} does not link to {target}{hint}", source)


def leads_to(source: str, written: str, path: str, own: frozenset[str]) -> bool:
    """Whether a link written in `source` leads to `path`, relative or into the project's own repository."""
    if markdown.resolved(source, written) == path:
        return True
    rest = markdown.own_path(written, own)
    return rest is not None and (rest == path or rest.endswith(f"/{path}"))


def _compose(argument: str, case: Case) -> Judgement:
    return worst(_one_compose(path, case.bundle) for path in paths_of(argument))


def _one_compose(path: str, bundle: Bundle) -> Judgement:
    there = _present(path, bundle)
    text = bundle.text(path)
    if not there.is_met or text is None:
        return there if not there.is_met else unmet(f"{path} is not readable UTF-8 text", path)
    try:
        document = table(read_yaml(text))
    except YamlError as error:
        return unmet(f"{path} is not YAML: {error}", path)
    services = table(document.get("services"))
    if not services:
        return unmet(f"{path} names no service", path)
    wrong = [words for name in services for words in _service(path, name, services, bundle)]
    if wrong:
        return unmet(f"{path}: {wrong[0]}", path)
    return met(f"{path} parses and has the services {', '.join(services)}", path)


def _service(path: str, name: str, services: Table, bundle: Bundle) -> Iterator[str]:
    service = table(services[name])
    depends = service.get("depends_on")
    for other in depends if isinstance(depends, Table) else listed(depends):
        if other not in services:
            yield f"{name} depends on {other}, which is no service"
    build = service.get("build")
    if build is None:
        return
    context = text_of(build if isinstance(build, str) else table(build).get("context")) or "."
    dockerfile = text_of(table(build).get("dockerfile")) or "Dockerfile"
    if "://" in context or "$" in context + dockerfile or table(build).get("dockerfile_inline"):
        return
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path), context, dockerfile))
    if not bundle.has(place):
        yield f"{name} is built from {place}, which is not there"


def _pinned(argument: str, case: Case) -> Judgement:
    return worst(_one_lock(path, case.bundle) for path in paths_of(argument))


def _one_lock(path: str, bundle: Bundle) -> Judgement:
    there = _present(path, bundle)
    text = bundle.text(path)
    if not there.is_met or text is None:
        return there if not there.is_met else unmet(f"{path} is not readable UTF-8 text", path)
    pins = pins_of(text)
    if not pins:
        return unmet(f"{path} pins nothing", path)
    loose = [line for line in pins if not _PIN.match(line)]
    if loose:
        return unmet(f"{path} does not pin {loose[0].split()[0]}", path)
    bare = [line for line in pins if "--hash=" not in line]
    if bare:
        return unmet(f"{path} pins {bare[0].split()[0]} without a hash", path)
    return met(f"{path} pins {len(pins)} packages, each by hash", path)


def pins_of(text: str) -> list[str]:
    """The lines of a lock that pin something, joined as pip joins them."""
    lines = [line.strip() for line in re.sub(r"\\\r?\n", " ", text).splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def paths_of(argument: str) -> list[str]:
    """The paths that an argument lists."""
    return [part.strip() for part in argument.split(",") if part.strip()]


def check_paths(argument: str) -> str | None:
    """What is wrong with an argument that lists paths."""
    paths = paths_of(argument)
    wrong = [path for path in paths if not _PATH.fullmatch(path) or path.startswith(("/", "../"))]
    if not paths or wrong:
        return f"{(wrong or [argument])[0]!r} is not a path inside the ZIP; write `docs/x.md`, several with commas"
    return None


def _check_doc(argument: str) -> str | None:
    return check_paths(argument.partition(ARROW)[0].strip())


def _check_link(argument: str) -> str | None:
    source, arrow, target = argument.partition(ARROW)
    if not arrow or check_paths(source.strip()) or check_paths(target.strip()):
        return "a link is written `link: README.md -> docs/x.md`"
    return None


FILE = Kind(
    name="file",
    sentence="These files are there and not empty.",
    example="file: LICENSE, docs/acceptance_matrix.md",
    judge=_file,
    check=check_paths,
)
DOC = Kind(
    name="doc",
    sentence="The document is there, and has these sections, each with something in it.",
    example="doc: docs/security.md -> Remediation policy; Secrets",
    judge=_doc,
    check=_check_doc,
)
LINK = Kind(
    name="link",
    sentence="The document links to the file, and the file is there.",
    example="link: README.md -> docs/acceptance_matrix.md",
    judge=_link,
    check=_check_link,
)
COMPOSE = Kind(
    name="compose",
    sentence="The Compose files parse, and name services that exist.",
    example="compose: docker-compose.yml, docker-compose.prod.yml",
    judge=_compose,
    check=check_paths,
)
PINNED = Kind(
    name="pinned",
    sentence="The lock pins every package by version and hash.",
    example="pinned: requirements/store.txt",
    judge=_pinned,
    check=check_paths,
)
