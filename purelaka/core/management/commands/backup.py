"""Back the database up."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.backups import BackupError, make, prune


class Command(BaseCommand):
    """Writes a dump with its checksum, and deletes the oldest beyond those that are kept."""

    help = "Dump the whole database with a checksum into a folder, and keep the newest dumps."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to, and how many to keep."""
        parser.add_argument("--folder", default=settings.BACKUP_FOLDER, help="default: BACKUP_FOLDER")
        parser.add_argument("--keep", type=int, default=settings.BACKUP_KEEP, help="default: BACKUP_KEEP")

    def handle(self, **options) -> None:
        """Make one, delete the old ones, say both."""
        if not options["folder"]:
            raise CommandError("Name a --folder, or set BACKUP_FOLDER.", returncode=2)
        folder = Path(options["folder"])
        try:
            made = make(folder, now=timezone.now())
            gone = prune(folder, keep=options["keep"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made} ({made.stat().st_size} bytes), with its checksum beside it")
        for path in gone:
            self.stdout.write(f"deleted {path.name}")
