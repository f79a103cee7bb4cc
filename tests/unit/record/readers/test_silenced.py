"""Which system checks a project silences is read from its own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateproof.record.readers import decide, django_check, silenced
from gateproof.record.readers.silenced import silenced_checks
from unit.record.readers.builder import ended

SETTINGS = "shop/settings.py"


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ('SILENCED_SYSTEM_CHECKS = ["security.W004", "fields.E121"]', ["fields.E121", "security.W004"]),
        ('SILENCED_SYSTEM_CHECKS: list[str] = ("security.W004",)', ["security.W004"]),
        ('SILENCED_SYSTEM_CHECKS += ["security.W004"]', ["security.W004"]),
        ('SILENCED_SYSTEM_CHECKS.append("security.W004")', ["security.W004"]),
        ('if True:\n    SILENCED_SYSTEM_CHECKS = ["a.W1", "a.W1"]', ["a.W1"]),
        ('SILENCED_SYSTEM_CHECKS = ["a word", 1]', []),
        ('# SILENCED_SYSTEM_CHECKS = ["security.W004"]', []),
        ('OTHERS = ["security.W004"]', []),
        ('SILENCED_SYSTEM_CHECKS = OTHERS\nOTHERS = ["security.W004"]', []),
        ('SILENCED_SYSTEM_CHECKS = ["security.W004"', []),
        ("", []),
    ],
)
def test_each_check_is_named_with_the_file_that_silences_it(
    tmp_path: Path, written: str, codes: list[str]
) -> None:
    path = tmp_path / SETTINGS
    path.parent.mkdir()
    path.write_text(written, encoding="utf-8")
    assert silenced_checks(tmp_path) == tuple(f"{code} (silenced in {SETTINGS})" for code in codes)


def test_every_file_of_the_project_is_asked_and_no_others(tmp_path: Path) -> None:
    for name in ("b.py", "a/x.py", ".venv/x.py", "node_modules/x.py", "lib/site-packages/x.py", "a/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('SILENCED_SYSTEM_CHECKS = ["a.W1"]', encoding="utf-8")
    assert silenced_checks(tmp_path) == ("a.W1 (silenced in a/x.py)", "a.W1 (silenced in b.py)")


def test_a_huge_or_hostile_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b'SILENCED_SYSTEM_CHECKS = ["a.W1"]\n' + b"#" * 1024 * 1024)
    (tmp_path / "b.py").write_bytes(b"SILENCED_SYSTEM_CHECKS = " + b"(" * 100_000)
    (tmp_path / "c.py").write_bytes(b"SILENCED_SYSTEM_CHECKS = 1\0")
    assert silenced_checks(tmp_path) == ()


def test_the_record_names_them(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text('SILENCED_SYSTEM_CHECKS = ["a.W1"]\n', encoding="utf-8")
    said = "System check identified no issues ({} silenced).\n"
    reader = django_check(silenced=1)

    one = decide(reader, ended(tmp_path, argv="manage.py check", stdout=said.format(1)))
    none = decide(reader, ended(tmp_path, argv="manage.py check", stdout=said.format(0)))

    assert one.skipped == ("a.W1 (silenced in settings.py)",)
    assert dict(one.counts)["silenced checks"] == 1
    assert none.skipped == ()


def test_no_more_files_are_read_than_a_project_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silenced, "_MOST_FILES", 2)
    for name in ("a.txt", "a.py", "b.py", "c.py", "d.py"):
        (tmp_path / name).write_text('SILENCED_SYSTEM_CHECKS = ["a.W1"]', encoding="utf-8")
    assert len(silenced_checks(tmp_path)) == 2


def test_the_largest_file_is_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = b'SILENCED_SYSTEM_CHECKS = ["a.W1"]'
    (tmp_path / "a.py").write_bytes(written)
    monkeypatch.setattr(silenced, "_LARGEST", len(written))
    assert silenced_checks(tmp_path) == ("a.W1 (silenced in a.py)",)
    monkeypatch.setattr(silenced, "_LARGEST", len(written) - 1)
    assert silenced_checks(tmp_path) == ()
