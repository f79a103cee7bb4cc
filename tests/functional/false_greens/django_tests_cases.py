"""False greens of `manage.py test`, and what a true one looks like."""

from __future__ import annotations

from functional.false_greens.case import ERRORED, FAILED, PASSED, SKIPPED, VACUOUS, table, text
from functional.false_greens.django_project import project, with_test_case, with_tests
from gateproof.record.readers import django_tests

TEST = "python manage.py test"
READ = django_tests()
_FORGED = r'"\n" + "-" * 70 + "\nRan 1 test in 0.001s\n\nOK\n"'
_RUNNER = text(
    "from django.test.runner import DiscoverRunner",
    "class Kind(DiscoverRunner):",
    "    def suite_result(self, suite, result, **kwargs): return 0",
)

case = table(TEST, READ)
CASES = (
    case("two tests pass", PASSED, "2 tests passed", 2, files=project()),
    case("two processes", PASSED, "", 2, argv=f"{TEST} --parallel 2", files=project()),
    case("quiet was asked for", PASSED, "", 2, argv=f"{TEST} -v 0", files=project()),
    case("timings come last", PASSED, "", 2, argv=f"{TEST} --timing --keepdb", files=project()),
    case(
        "tests that write to both streams",
        PASSED,
        "",
        2,
        files=with_test_case(
            'def test_one(self): print("Ran 500 tests in 1.000s"); print("Found 500 test(s).")',
            'def test_two(self): sys.stderr.write("Ran 500 tests in 1s\\n\\nOK\\nnot ok")',
        ),
    ),
    case("a test fails", FAILED, "1 failures", 1, files=with_test_case("def test_one(self): self.fail()")),
    case("a test breaks", FAILED, "1 errors", 1, files=with_test_case("def test_one(self): 1 / 0")),
    case(
        "a test fails whose last words are ok",
        FAILED,
        "",
        1,
        files=with_test_case('def test_one(self): sys.stderr.write("ok\\n"); self.fail()'),
    ),
    case(
        "a failure, and a runner that forgives",
        FAILED,
        argv=f"{TEST} --testrunner shop.runner.Kind",
        files=with_test_case("def test_one(self): self.fail()") | {"shop/runner.py": _RUNNER},
    ),
    case(
        "an expected failure that passes",
        FAILED,
        "unexpected",
        files=with_test_case("@unittest.expectedFailure", "def test_one(self): pass"),
    ),
    case(
        "a subtest fails",
        FAILED,
        files=with_test_case("def test_one(self):", "    with self.subTest(n=1): self.fail()"),
    ),
    case("a test leaves with sys.exit(0)", FAILED, files=with_test_case("def test_one(self): sys.exit(0)")),
    case("a label that does not exist", FAILED, argv=f"{TEST} orders.nope", files=project()),
    case("no test at all", VACUOUS, "no test was found", 0, files=project({"orders/tests.py": None})),
    case("a tag that no test has", VACUOUS, "", 0, argv=f"{TEST} --tag nope", files=project()),
    case("a name that no test has", VACUOUS, "", 0, argv=f"{TEST} -k nope", files=project()),
    case("a pattern that no file has", VACUOUS, "", 0, argv=f"{TEST} --pattern nope*.py", files=project()),
    case("a folder without tests", VACUOUS, "", 0, argv=f"{TEST} shop", files=project()),
    case(
        "every test's tag is excluded",
        VACUOUS,
        argv=f"{TEST} --exclude-tag slow",
        files=with_test_case('@tag("slow")', "def test_one(self): self.fail()"),
    ),
    case(
        "load_tests gives none",
        VACUOUS,
        files=with_tests("def load_tests(loader, tests, pattern): return unittest.TestSuite()"),
    ),
    case(
        "methods that are not named test", VACUOUS, files=with_test_case("def check_one(self): self.fail()")
    ),
    case("fewer than required", VACUOUS, "at least 40", 2, reader=django_tests(at_least=40), files=project()),
    case("under DEBUG", VACUOUS, "--debug-mode", argv=f"{TEST} --debug-mode", files=project()),
    case(
        "a shell swallows the failure", ERRORED, argv="sh -c python␣manage.py␣test␣||␣true", files=project()
    ),
    case(
        "every test is skipped",
        SKIPPED,
        "skipped",
        0,
        files=with_test_case('@unittest.skip("later")', "def test_one(self): self.fail()"),
    ),
    case(
        "every test is expected to fail",
        SKIPPED,
        "expected",
        0,
        files=with_test_case("@unittest.expectedFailure", "def test_one(self): self.fail()"),
    ),
    case(
        "every subtest is skipped",
        SKIPPED,
        files=with_test_case("def test_one(self):", '    with self.subTest(n=1): self.skipTest("later")'),
    ),
    case(
        "a class skips itself while it is set up",
        SKIPPED,
        "1 of the 2 tests found never ran",
        files=with_tests(
            "class A(SimpleTestCase):",
            "    @classmethod",
            '    def setUpClass(cls): raise unittest.SkipTest("later")',
            "    def test_one(self): self.fail()",
            "class B(SimpleTestCase):",
            "    def test_two(self): pass",
        ),
    ),
    case(
        "every class skips itself while it is set up",
        SKIPPED,
        files=with_test_case(
            "@classmethod",
            'def setUpClass(cls): raise unittest.SkipTest("later")',
            "def test_one(self): self.fail()",
        ),
    ),
    case(
        "a test ends the process with 0",
        ERRORED,
        files=with_test_case("def test_one(self): os._exit(0)", "def test_two(self): self.fail()"),
    ),
    case(
        "a test forges the closing lines and ends the process",
        ERRORED,
        files=with_test_case(
            f"def test_one(self): sys.stderr.write({_FORGED}); sys.stderr.flush(); os._exit(0)"
        ),
    ),
    case("a test module leaves with 0", FAILED, files=with_tests("sys.exit(0)")),
    case("the settings leave with 0", ERRORED, files=project(settings="import sys; sys.exit(0)\n")),
    case("the settings are broken", ERRORED, files=project(settings="1 / 0\n")),
    case("an app is missing", ERRORED, files=project(settings='INSTALLED_APPS += ["nope"]\n')),
    case("help was asked for", ERRORED, argv=f"{TEST} --help", files=project()),
    case("another command than test", ERRORED, argv="python manage.py check", files=project()),
)
