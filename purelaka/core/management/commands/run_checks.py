"""Check the store's business invariants."""

import json
import sys
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from core.invariants import Report, check

NOTHING = "Nothing was looked at: the tables are empty, so this says nothing. Is it the right database?"


class Command(BaseCommand):
    """Prints what was looked at and what is wrong. 1: there are issues. 2: the database could not be read."""

    help = "Check the business invariants. With --fail-on-issues, end with 1 when there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two options."""
        parser.add_argument("--fail-on-issues", action="store_true", help="end with 1 when there are issues")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, **options) -> None:
        """Check everything within one transaction."""
        try:
            with transaction.atomic():
                report = check()
        except DatabaseError as error:
            text = f"The database could not be read: {error}. Is it migrated?"
            raise CommandError(text, returncode=2) from error
        if options["format"] == "json":
            self.stdout.write(as_json(report))
        else:
            for line in as_text(report):
                self.stdout.write(line)
        if report.issues and options["fail_on_issues"]:
            sys.exit(1)


def as_text(report: Report) -> Iterator[str]:
    """Yield a line an invariant, a line an issue, and the sum last."""
    for finding in report.findings:
        verdict = (
            f"{len(finding.issues)} issues"
            if finding.issues
            else "ok"
            if finding.looked_at
            else "nothing to look at"
        )
        yield f"{finding.name}: {verdict} ({finding.looked_at} rows)"
        yield from (f"  - {issue}" for issue in finding.issues)
    if not report.looked_at:
        yield NOTHING
    yield f"Checked {len(report.findings)} invariants over {report.looked_at} rows: {report.issues} issues."


def as_json(report: Report) -> str:
    """Return the report for machines."""
    invariants = [
        {"name": finding.name, "looked_at": finding.looked_at, "issues": list(finding.issues)}
        for finding in report.findings
    ]
    content = {"invariants": invariants, "looked_at": report.looked_at, "issues": report.issues}
    return json.dumps(content, indent=2, ensure_ascii=False)
