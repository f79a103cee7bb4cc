"""Bring a backup back."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.backups import BackupError, newest, restore


class Command(BaseCommand):
    """Restores a dump into an empty database, after comparing its checksum."""

    help = "Restore a backup, or the newest of a folder, into an empty database."
    # The database is empty.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to restore."""
        parser.add_argument("backup", type=Path, help="a dump, or a folder whose newest one is taken")

    def handle(self, **options) -> None:
        """Restore it and say which, or refuse and say why."""
        path = options["backup"]
        if path.is_dir() and (path := newest(path)) is None:
            raise CommandError(f"{options['backup']} holds no backup.", returncode=2)
        try:
            restore(path)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path.name} is restored. Next: migrate, which brings an older one up to date.")
