"""Write an export as CSV."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analyticsapp.exports import EXPORTS
from core.logs import traced


class Command(BaseCommand):
    """Writes the same file as the page for staff does."""

    help = "Write an export as CSV, to standard output or to a file. It names no person."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which export and where to."""
        parser.add_argument("export", choices=sorted(EXPORTS))
        parser.add_argument("--output", type=Path, help="the file (default: standard output)")

    def handle(self, **options) -> None:
        """Write within one request id, so that the log tells of one run."""
        with traced(command="export_csv"):
            self.write(**options)

    def write(self, **options) -> None:
        """Write line by line. A file appears whole or not at all."""
        lines = EXPORTS[options["export"]].lines()
        target = options["output"]
        if target is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        unfinished = target.with_name(target.name + ".part")
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
            unfinished.replace(target)
        except OSError as error:
            raise CommandError(f"Cannot write {target}: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
        self.stdout.write(f"Wrote {target}.")
