"""A backup is whole and has its checksum; what is damaged, and a database in use, are refused."""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.test import TestCase, override_settings

from core.backups import CHECKSUM, BackupError, make, newest, prune, restore, verify
from jobs.models import JobRun, RunStatus
from jobs.tasks import backup

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Backups(TestCase):
    """A folder for each test."""

    def setUp(self) -> None:
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = Path(held.name)

    def test_it_has_its_checksum_and_only_its_owner_may_read_it(self) -> None:
        made = make(self.folder, now=NOON)

        self.assertEqual(made.name, "purelaka-20261124T120000Z.dump")
        self.assertEqual(
            made.with_name(made.name + CHECKSUM).read_text(encoding="utf-8"), f"{verify(made)}  {made.name}\n"
        )
        self.assertIn(made.read_bytes()[:5], {b"PGDMP", b"SQLit"})
        if os.name == "posix":
            self.assertEqual(made.stat().st_mode & 0o077, 0)

    def test_one_of_the_same_second_is_not_overwritten(self) -> None:
        make(self.folder, now=NOON)

        with self.assertRaisesMessage(BackupError, "never overwritten"):
            make(self.folder, now=NOON)

    def test_the_newest_are_kept_and_other_files_left_alone(self) -> None:
        made = [make(self.folder, now=NOON + timedelta(days=day)) for day in range(4)]
        (self.folder / "notes.txt").touch()

        gone = prune(self.folder, keep=2)

        self.assertEqual(gone, made[:2])
        self.assertEqual(len(list(self.folder.iterdir())), 2 * 2 + 1)
        self.assertEqual(newest(self.folder), made[-1])

    def test_none_at_all_is_never_kept(self) -> None:
        with self.assertRaisesMessage(BackupError, "One backup at least"):
            prune(self.folder, keep=0)

    def test_a_damaged_one_is_refused(self) -> None:
        for damage in (lambda raw: raw[:-1], lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]), lambda raw: b""):
            made = make(self.folder, now=NOON)
            made.write_bytes(damage(made.read_bytes()))
            with self.assertRaisesMessage(BackupError, "checksum differs"):
                restore(made)
            made.unlink()

    def test_one_without_its_checksum_is_refused(self) -> None:
        made = make(self.folder, now=NOON)
        made.with_name(made.name + CHECKSUM).unlink()

        with self.assertRaisesMessage(BackupError, "cannot be read"):
            restore(made)

    def test_a_database_in_use_is_refused(self) -> None:
        with self.assertRaisesMessage(BackupError, "This database is not empty"):
            restore(make(self.folder, now=NOON))

    def test_the_job_makes_one_and_is_seen(self) -> None:
        with override_settings(BACKUP_FOLDER=str(self.folder), BACKUP_KEEP=2):
            backup.apply().get()

        self.assertIsNotNone(newest(self.folder))
        self.assertEqual(JobRun.objects.get(job="backup").status, RunStatus.SUCCEEDED)

    def test_without_a_folder_the_job_fails_and_is_seen(self) -> None:
        with override_settings(BACKUP_FOLDER="", JOB_RETRIES=0), self.assertRaises(BackupError):
            backup.apply().get()

        self.assertIn("BACKUP_FOLDER", JobRun.objects.get(job="backup").error)

    def test_the_timetable_has_it_each_night(self) -> None:
        self.assertEqual(settings.CELERY_BEAT_SCHEDULE["backup"]["task"], "jobs.backup")

    def test_the_commands_bring_a_database_into_another_one(self) -> None:
        kept = str(self.folder / "kept")

        def manage(database: str, *commands: tuple[str, ...]) -> str:
            """Run commands one after the other, in a process that knows this database alone."""
            code = (
                f"from django.core.management import call_command as c; [c(*words) for words in {commands!r}]"
            )
            ended = subprocess.run(
                [sys.executable, str(settings.BASE_DIR / "manage.py"), "shell", "--no-imports", "-c", code],
                env={**os.environ, "DATABASE_URL": f"sqlite:///{(self.folder / database).as_posix()}"},
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            return ended.stdout + ended.stderr

        seed = ("seed_demo", "--orders", "5")
        manage("one.sqlite3", ("migrate", "-v", "0"), seed, ("backup", "--folder", kept))

        brought = manage("two.sqlite3", ("restore", kept), seed, ("restore", kept))

        self.assertIn("is restored", brought)
        self.assertIn("0 new", brought)
        self.assertIn("This database is not empty", brought)
