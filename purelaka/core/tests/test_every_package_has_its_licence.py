"""What the store runs with is named, with its licence."""

from email.message import Message
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import SimpleTestCase

from core.generated import OutOfStep
from core.licences import licence_of, licences


class EveryPackageHasItsLicence(SimpleTestCase):
    def declared(self, *headers: tuple[str, str]) -> str:
        message = Message()
        for name, value in headers:
            message[name] = value
        return licence_of(message)

    def of_lock(self, text: str) -> list[str]:
        with TemporaryDirectory() as folder:
            lock = Path(folder) / "store.txt"
            lock.write_text(text, encoding="utf-8")
            return [f"{one.name} {one.version}: {one.licence}" for one in licences(lock)]

    def test_it_is_read_where_packages_declare_it(self):
        classifier = ("Classifier", "License :: OSI Approved :: BSD License")
        self.assertEqual(self.declared(("License-Expression", "MIT"), classifier), "MIT")
        self.assertEqual(self.declared(classifier, ("License", "long " * 50)), "BSD License")
        self.assertEqual(self.declared(("License", "Apache-2.0")), "Apache-2.0")

    def test_a_package_that_declares_none_is_refused(self):
        self.assertEqual(self.declared(("Name", "x")), "")
        self.assertEqual(self.declared(("License", "Permission is hereby granted, free of charge, " * 3)), "")

    def test_the_version_is_the_locks(self):
        self.assertEqual(
            self.of_lock("django==5.2.1 \\\n    --hash=sha256:0\n"), ["django 5.2.1: BSD-3-Clause"]
        )

    def test_a_package_that_is_not_installed_is_refused(self):
        with self.assertRaisesMessage(OutOfStep, "no-such-package is in the lock and not installed"):
            self.of_lock("no-such-package==1.0 \\\n    --hash=sha256:0\n")
