"""What can be told of a project from its files alone: where its repository is, its manage.py, its tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateproof.judge import markdown
from gateproof.judge.bundle import Bundle

_REPOSITORY = re.compile(
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/([\w.-]+/[\w.-]+)"
)
_METADATA = ("pyproject.toml", "setup.cfg", "setup.py", "package.json")
_TEST_FOLDERS = re.compile(
    r"(?:^|/)(?:tests?|testing|docs?|examples?|fixtures?|node_modules)/|(?:^|/)(?:test_|conftest)"
)
LONG_ENOUGH = 20
"""Letters of a default that looks like a key; `---` and `changeme` are none."""
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_TEMPLATE = re.compile(r"\{\{|\{%|\$\{|%\(")
_SECRETS = frozenset({"SECRET_KEY", "SECRET_KEY_FALLBACKS"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A secret that stands in the source as it is."""

    path: str
    line: int
    name: str


def repositories(bundle: Bundle) -> frozenset[str]:
    """`owner/name` of the project's own repository, as its metadata and badges say; empty where nothing does."""
    texts = [bundle.text(name) or "" for name in _METADATA]
    found = {name for text in texts for name in _REPOSITORY.findall(text)}
    if not found:
        readme = bundle.text("README.md") or ""
        badges = [link.target for link in markdown.links(readme) if "/actions/workflows/" in link.target]
        found = {name for target in badges for name in _REPOSITORY.findall(target)}
    return frozenset(name.removesuffix(".git").lower() for name in found)


def manage_files(bundle: Bundle) -> tuple[str, ...]:
    """Every manage.py, the one nearest the top first."""
    found = [path for path in bundle.named("manage.py") if not _TEST_FOLDERS.search(path)]
    return tuple(found)


def literal_secrets(bundle: Bundle) -> Iterator[Literal]:
    """Every SECRET_KEY that is written out in settings; never the value."""
    for path in sorted(bundle.sizes):
        name = path.rpartition("/")[2]
        is_settings = "settings" in path or name in {
            "base.py",
            "local.py",
            "production.py",
            "dev.py",
            "conf.py",
        }
        if not path.endswith(".py") or not is_settings or _TEST_FOLDERS.search(path):
            continue
        text = bundle.text(path)
        if text is None or "SECRET_KEY" not in text:
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        yield from (
            Literal(path=path, line=node.lineno, name="SECRET_KEY")
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and _is_literal(node)
        )


def _is_literal(node: ast.Assign | ast.AnnAssign) -> bool:
    """Whether a secret is written out, be it as the default for when the environment has none."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    if not names & _SECRETS:
        return False
    if isinstance(node.value, ast.Call):
        given = [*node.value.args, *(word.value for word in node.value.keywords)]
        # The name of a variable may be as long as a key.
        texts = [text for one in given if not _NAME.fullmatch(text := _text(one))]
        return any(len(text) >= LONG_ENOUGH for text in texts)
    return bool(_text(node.value))


def _text(node: ast.expr | None) -> str:
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    # A project template has a place for a key, and no key.
    return "" if _TEMPLATE.search(text) else text


def explained_env(bundle: Bundle, path: str) -> str | None:
    """Why a tracked `.env` may be meant to be there, or None: its own comment, or a document that names it.

    A file with a value that looks like a secret is never explained.
    """
    text = bundle.text(path)
    if text is None:
        return None
    if any(_looks_secret(line) for line in text.splitlines()):
        return None
    names = [line.partition("=")[0].strip() for line in text.splitlines() if "=" in line and line[:1] != "#"]
    if text.lstrip().startswith("#"):
        return f"its own comment explains it, and none of its {len(names)} values looks secret"
    folder = path.rpartition("/")[0]
    for document in (*_EXPLAINING, *(f"{folder}/{name}" for name in _EXPLAINING if folder)):
        if path.rpartition("/")[2] in (bundle.text(document) or ""):
            return f"{document} names it, and none of its {len(names)} values looks secret"
    return None


_COMPOSE = ("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml")
_EXPLAINING = ("README.md", "CONTRIBUTING.md", "docs/README.md", "README.rst", *_COMPOSE)
_SECRET_NAME = re.compile(r"SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE|CREDENTIAL|DSN", re.IGNORECASE)
_HARMLESS = re.compile(
    r"|change-?me|example|dummy|fake|todo|none|false|true|0|1|your[-_ ].*|<.*>|\$\{.*\}|x+", re.IGNORECASE
)
_WITH_PASSWORD = re.compile(r"://[^:/\s]+:[^@/\s]{3,}@(?!(?:localhost|127\.0\.0\.1|db|postgres)(?:[:/\s]|$))")


def _looks_secret(line: str) -> bool:
    name, sign, value = line.partition("=")
    if not sign or line.lstrip().startswith("#"):
        return False
    bare = value.strip().strip("\"'")
    named = bool(_SECRET_NAME.search(name)) and not _HARMLESS.fullmatch(bare) and len(bare) >= 8
    return named or bool(_WITH_PASSWORD.search(value))
