"""The customer's project as their own checklist describes it: partly there, partly contradicted, never executed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from functional.project import PEOPLE

CHECKLIST = Path(__file__).parents[1] / "customer" / "07_sales_ready.md"

WORKFLOW = """name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  gates:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - run: pip install -r requirements.txt
      - run: python manage.py check
      - run: python manage.py makemigrations --check --dry-run
      - run: python manage.py test
      - run: |
          python manage.py migrate
          python manage.py run_checks --fail-on-issues
      - run: ruff check .
      - run: ruff format --check .
      - run: pip-audit -r requirements.txt
"""
COMPOSE = """services:
  db:
    image: postgres:17
  web:
    build: .
    depends_on: [db]
"""
FILES = {
    ".env": "SECRET_KEY=a-value-that-only-this-machine-has\nDEBUG=1\n",
    ".github/workflows/ci.yml": WORKFLOW,
    ".idea/workspace.xml": "<project/>\n",
    ".venv/pyvenv.cfg": "home = /usr/bin\n",
    "Dockerfile": "FROM python:3.12\n",
    "README.md": "# Purelaka\n\nEverything is done; see docs/acceptance_matrix.md.\n\n- AC-04: Done\n",
    "STATUS.md": "# Status\n\n- AC-01: Done\n- AC-02: Not Done\n- AC-04: in progress\n",
    "analyticsapp/__init__.py": "",
    "core/__pycache__/models.cpython-312.pyc": "x",
    "core/management/commands/seed_demo.py": "# Makes customers and pending orders; more is to come.\n",
    "db.sqlite3": "SQLite format 3\0",
    "docker-compose.prod.yml": COMPOSE,
    "docker-compose.yml": COMPOSE,
    "docs/acceptance_matrix.md": "# Acceptance\n\n| id | what | status |\n| --- | --- | --- |\n"
    "| AC-01 | checks pass | Done |\n| AC-02 | webhooks are replayed safely | Done |\n| AC-03 | demo data | Done |\n",
    "docs/deployment.md": "# Deployment\n\n## Commands\n\nTODO\n",
    "docs/security.md": "# Security\n\n## Secrets\n\nSecrets are read from the environment and never from a file.\n",
    "manage.py": "#!/usr/bin/env python\n",
    "requirements.txt": "django==5.2\n",
}
PROOFS = {
    "docs/proof/check.txt": "System check identified no issues (0 silenced).\n".encode("utf-16"),
    "docs/proof/migrate.txt": b"",
    "docs/proof/test.txt": b"Ran 41 tests in 2.1s\n\nOK\n",
}


def customer_zip(folder: Path) -> Path:
    """The ZIP that they would upload: `git archive` of everything that lies there."""
    root = folder / "purelaka"
    content = {name: text.encode() for name, text in FILES.items()} | PROOFS
    content["docs/07_sales_ready.md"] = CHECKLIST.read_bytes()
    for name, raw in content.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    environment = os.environ | PEOPLE | {"TZ": "UTC"}
    target = folder / "purelaka_clean_share.zip"
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all", "--force"),
        ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message", "All"),
        ("archive", "--format=zip", "-o", str(target), "HEAD"),
    ):
        subprocess.run(["git", *command], cwd=root, env=environment, check=True)
    return target
