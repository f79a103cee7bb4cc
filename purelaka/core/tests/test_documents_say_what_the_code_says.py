"""Tables in documents are written by the code, and a difference is found."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import SimpleTestCase

from core import checks, generated
from core.management.commands import write_tables

MARKS = "Before.\n<!-- kpis: begin, written by manage.py -->\nold\n<!-- kpis: end -->\nAfter.\n"


class DocumentsSayWhatTheCodeSays(SimpleTestCase):
    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.document = Path(folder.name) / "README.md"
        self.document.write_text(MARKS, encoding="utf-8")
        tables = mock.patch.dict(
            write_tables.TABLES, {"kpis": (self.document, lambda: "| new |")}, clear=True
        )
        tables.start()
        self.addCleanup(tables.stop)

    def test_a_difference_is_found_by_the_command_and_by_check(self):
        with self.assertRaisesMessage(CommandError, "README.md does not say what the code says."):
            call_command("write_tables", "--check")
        self.assertEqual([one.id for one in checks.documents_say_what_the_code_says(None)], ["core.E002"])
        self.assertEqual(self.document.read_text(encoding="utf-8"), MARKS)

    def test_writing_mends_it_and_touches_nothing_else(self):
        call_command("write_tables", stdout=mock.Mock())
        call_command("write_tables", "--check", stdout=mock.Mock())
        text = self.document.read_text(encoding="utf-8")
        self.assertTrue(text.startswith("Before.") and text.endswith("After.\n") and "| new |" in text)
        self.assertEqual(checks.documents_say_what_the_code_says(None), [])

    def test_a_document_without_a_place_for_it_is_refused(self):
        self.document.write_text("Nothing.", encoding="utf-8")
        with self.assertRaisesMessage(CommandError, "There is no place for it"):
            call_command("write_tables")
        with self.assertRaises(generated.OutOfStep):
            generated.check(self.document, "kpis", "| new |")
