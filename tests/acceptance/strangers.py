"""Django projects as somebody else might have them, made by Django's own commands."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from functional.project import Project

DJANGO = "django==5.2.*\n"
TEST = (
    "from django.test import SimpleTestCase\n\n\nclass FirstTest(SimpleTestCase):\n"
    "    def test_it_adds(self):\n        self.assertEqual(1 + 1, 2)\n"
)
BY_PYTEST = "def test_it_adds():\n    assert 1 + 1 == 2\n"
SAFE = """

# Production.
import os
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["shop.example"]
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_SSL_REDIRECT = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
"""
LIVE = "from .settings import *\n" + SAFE.replace("import os\n", "import os\n", 1)
POSTGRES = """
import os
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("DB_NAME", "shop"),
        "USER": os.environ.get("DB_USER", "shop"),
        "PASSWORD": os.environ["DB_PASSWORD"],
        "HOST": os.environ.get("DB_HOST", "localhost"),
        "PORT": os.environ.get("DB_PORT", "5432"),
    }
}
"""
VARIABLES = """
import os
from pathlib import Path
SECRET_KEY = os.environ["SECRET_KEY"]
DATA = Path(os.environ["DATA_DIR"])
(DATA / "started").touch()
MEDIA_ROOT = DATA / "media"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA / "db.sqlite3"}}
"""
IN_DATABASE = (
    "from django.contrib.auth.models import User\nfrom django.db import connection\n"
    "from django.test import TestCase\n\n\n"
    "class StoredTest(TestCase):\n    def test_a_person_is_stored(self):\n"
    '        User.objects.create(username="ada")\n        self.assertEqual(connection.vendor, "postgresql")\n'
)

Edit = tuple[str, Callable[[Project], None]]


def adds(name: str, text: str) -> Edit:
    """A hand edit that makes a file."""
    return f"write {name}", lambda project: project.write(name, text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stranger:
    """One project, and what its people do by hand after `gateproof init`."""

    name: str
    files: Mapping[str, str]
    folder: str = ""
    settings: str = ""
    """Added to the generated settings."""
    prepare: Callable[[Project], None] = lambda project: None
    edits: tuple[Edit, ...] = ()
    finds: tuple[str, ...] = ()
    """What `init` must say."""
    at_first: Mapping[str, str] = field(default_factory=dict)
    """Outcomes of gates before the edits."""

    def __str__(self) -> str:
        return self.name

    def make(self, root: Path) -> Project:
        """A repository of one commit, with the suite's marks nowhere."""
        project = Project.make(root)
        for name in ("noxfile.py", "pyproject.toml", ".gitignore", "good.py"):
            (root / name).unlink()
        place = root / self.folder
        place.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "django", "startproject", "shop", "."]
        subprocess.run(command, cwd=place, check=True, env=project.environment())
        if self.settings:
            path = place / "shop" / "settings.py"
            path.write_text(path.read_text(encoding="utf-8") + self.settings, encoding="utf-8", newline="\n")
        for name, text in self.files.items():
            project.write(name, text)
        project.write(".gitignore", "*.pyc\n__pycache__/\n")
        self.prepare(project)
        project.commit()
        return project


def _submodule(project: Project) -> None:
    """A submodule, as git itself makes one."""
    other = Project.make(project.root.parent / "library", files={"library.py": "x = 1\n"})
    project.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "library")


def _vendor(project: Project) -> None:
    project.git("rm", "--quiet", "--cached", "library")
    (project.root / "library" / ".git").unlink()
    (project.root / ".gitmodules").unlink()


def _untrack(project: Project) -> None:
    project.git("rm", "--quiet", "--force", ".env")


def rename(project: Project) -> None:
    """One word of the noxfile: which settings are production's."""
    path = project.root / "noxfile.py"
    text = path.read_text(encoding="utf-8")
    text = text.replace('settings="shop.settings"', 'settings="shop.live"')
    secret = 'PRODUCTION = {"SECRET_KEY": "x" * 10 + "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL"}'
    path.write_text(text.replace("PRODUCTION: dict[str, str] = {}", secret), encoding="utf-8", newline="\n")


STRANGERS = (
    Stranger(
        name="startproject",
        files={"requirements.txt": DJANGO},
        edits=(adds("shop/tests.py", TEST), adds("shop/live.py", LIVE), ("name live in the noxfile", rename)),
        finds=("No production settings were found", "not pinned by hash"),
        at_first={"check": "PASSED", "deploy-check": "FAILED", "test": "VACUOUS"},
    ),
    Stranger(
        name="pytest and black in a subfolder",
        folder="src",
        files={
            "requirements/base.txt": DJANGO,
            "requirements/dev.txt": "-r base.txt\nblack\npytest\npytest-django\n",
            "pyproject.toml": '# ours\n[tool.black]\nextend-exclude = "settings"\n',
            "src/pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop.settings\npython_files = test_*.py\n",
            "src/test_first.py": BY_PYTEST,
            "src/shop/settings_production.py": LIVE,
        },
        finds=("src/manage.py", "pytest", "black", "for production shop.settings_production"),
        at_first={"check": "PASSED", "deploy-check": "PASSED", "test": "PASSED"},
    ),
    Stranger(
        name="Pipfile with tox",
        files={
            "Pipfile": '[packages]\ndjango = "==5.2.*"\n[dev-packages]\npytest = "*"\n',
            "tox.ini": "[tox]\nenvlist = py\n[testenv]\ncommands =\n    pytest\n",
            "test_first.py": BY_PYTEST,
            "shop/settings_live.py": LIVE,
        },
        finds=("Pipfile has no Pipfile.lock", "pytest"),
        at_first={"check": "PASSED", "deploy-check": "PASSED", "test": "PASSED"},
    ),
    Stranger(
        name="variables and a data folder",
        settings=VARIABLES,
        files={"requirements.txt": DJANGO, "shop/tests.py": TEST, "shop/settings_production.py": LIVE},
        finds=("variables without a default", "DATA_DIR, SECRET_KEY"),
        at_first={"check": "PASSED", "deploy-check": "PASSED", "test": "PASSED"},
    ),
    Stranger(
        name="PostgreSQL",
        settings=POSTGRES,
        files={
            "requirements.txt": DJANGO + "psycopg[binary]\n",
            "shop/tests.py": IN_DATABASE,
            "shop/settings_production.py": LIVE,
        },
        finds=("PostgreSQL",),
        at_first={"check": "PASSED", "deploy-check": "PASSED", "test": "PASSED"},
    ),
    Stranger(
        name="a submodule and a tracked .env",
        files={
            "requirements.txt": DJANGO,
            "shop/tests.py": TEST,
            "shop/settings_production.py": LIVE,
            ".env": "API_TOKEN=not-to-be-shipped\n",
        },
        prepare=_submodule,
        edits=(("vendor the submodule", _vendor), ("untrack .env", _untrack)),
        finds=("library is a submodule", ".env: "),
    ),
    Stranger(
        name="no test at all",
        files={"requirements.txt": DJANGO, "shop/settings_production.py": LIVE},
        edits=(adds("shop/tests.py", TEST),),
        at_first={"check": "PASSED", "deploy-check": "PASSED", "test": "VACUOUS"},
    ),
)
