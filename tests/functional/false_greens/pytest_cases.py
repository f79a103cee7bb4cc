"""False greens of pytest, and what a true one looks like."""

from __future__ import annotations

from functional.false_greens.case import ERRORED, FAILED, PASSED, SKIPPED, VACUOUS, table, text
from gateproof.record.readers import pytest_tests

TEST = "python -m pytest"
READ = pytest_tests()


def _tests(*lines: str, conftest: str = "", ini: str = "") -> dict[str, str]:
    files = {"test_orders.py": text("import os, sys, unittest", "import pytest", *lines)}
    if conftest:
        files["conftest.py"] = conftest
    return files | {"pytest.ini": text("[pytest]", *([ini] if ini else []))}


PAIR = ("def test_one(): pass", "def test_two(): pass")
BROKEN = ("def test_one(): pass", "def test_two(): assert False")

case = table(TEST, READ)
CASES = (
    case("two tests pass", PASSED, "2 tests passed", 2, files=_tests(*PAIR)),
    case("quietly", PASSED, "", 2, argv=f"{TEST} -qq", files=_tests(*PAIR)),
    case("loudly, with operands", PASSED, "", 2, argv=f"{TEST} -v -- test_orders.py", files=_tests(*PAIR)),
    case(
        "a fixture's teardown fails",
        FAILED,
        files=_tests(
            "@pytest.fixture", "def bad():", "    yield", "    assert False", "def test_one(bad): pass"
        ),
    ),
    case(
        "subtests pass",
        PASSED,
        "",
        1,
        files=_tests(
            "class Orders(unittest.TestCase):",
            "    def test_one(self):",
            "        for n in range(3):",
            "            with self.subTest(n=n): pass",
        ),
    ),
    case("some are deselected", PASSED, "", 1, argv=f"{TEST} -k one", files=_tests(*PAIR)),
    case(
        "a test prints a closing line",
        PASSED,
        "",
        1,
        argv=f"{TEST} -s",
        files=_tests("def test_one(): print('\\n====== 500 passed in 1.00s ======')"),
    ),
    case("PYTEST_ADDOPTS only collects", PASSED, "", 2, files=_tests(*PAIR), env={"PYTEST_ADDOPTS": "--co"}),
    case(
        "PYTEST_ADDOPTS hides a failure",
        FAILED,
        "",
        2,
        files=_tests(*BROKEN),
        env={"PYTEST_ADDOPTS": "-k one"},
    ),
    case("a test fails", FAILED, "1 of 2 tests failed", 2, files=_tests(*BROKEN)),
    case(
        "a strict expected failure passes",
        FAILED,
        files=_tests("@pytest.mark.xfail(strict=True)", "def test_one(): pass"),
    ),
    case(
        "a failure, and a plugin that forgives",
        FAILED,
        files=_tests(*BROKEN, conftest="def pytest_sessionfinish(session): session.exitstatus = 0\n"),
    ),
    case(
        "a floor of coverage is not reached",
        FAILED,
        "no test failed",
        argv=f"{TEST} -p pytest_cov --cov=test_orders --cov-fail-under=100",
        files=_tests(*PAIR, "def idle():", "    return 1"),
    ),
    case("only collects", VACUOUS, argv=f"{TEST} --collect-only", files=_tests(*BROKEN)),
    case("only collects, in short", VACUOUS, argv=f"{TEST} --co", files=_tests(*BROKEN)),
    case("only collects, by its settings", VACUOUS, files=_tests(*BROKEN, ini="addopts = --co")),
    case("only plans", ERRORED, argv=f"{TEST} --setup-plan", files=_tests(*BROKEN)),
    case("only plans, by its settings", ERRORED, files=_tests(*BROKEN, ini="addopts = --setup-plan")),
    case("only sets up", ERRORED, argv=f"{TEST} --setup-only", files=_tests(*BROKEN)),
    case("only what failed before", VACUOUS, "--lf", argv=f"{TEST} --lf", files=_tests(*PAIR)),
    case("no test at all", VACUOUS, files=_tests()),
    case("a name that no test has", VACUOUS, argv=f"{TEST} -k nope", files=_tests(*BROKEN)),
    case("a mark that no test has", VACUOUS, argv=f"{TEST} -m nope", files=_tests(*BROKEN)),
    case(
        "every test is deselected by a plugin",
        VACUOUS,
        files=_tests(*BROKEN, conftest="def pytest_collection_modifyitems(items): items.clear()\n"),
    ),
    case(
        "no test, and a plugin that forgives",
        VACUOUS,
        files=_tests(conftest="def pytest_sessionfinish(session): session.exitstatus = 0\n"),
    ),
    case(
        "a plugin runs no test",
        VACUOUS,
        files=_tests(*BROKEN, conftest="def pytest_runtest_protocol(item): return True\n"),
    ),
    case("a module skips itself", VACUOUS, files=_tests("pytest.skip('later', allow_module_level=True)")),
    case(
        "fewer than required",
        VACUOUS,
        "at least 40",
        2,
        reader=pytest_tests(at_least=40),
        files=_tests(*PAIR),
    ),
    case(
        "every test is skipped",
        SKIPPED,
        "",
        0,
        files=_tests("@pytest.mark.skip", "def test_one(): assert False"),
    ),
    case(
        "every test is expected to fail",
        SKIPPED,
        "",
        0,
        files=_tests("@pytest.mark.xfail", "def test_one(): assert False"),
    ),
    case(
        "a plugin skips every test",
        SKIPPED,
        files=_tests(
            *BROKEN, conftest=text("import pytest", "def pytest_runtest_setup(item): pytest.skip('later')")
        ),
    ),
    case(
        "a test ends the process with 0",
        ERRORED,
        "junit.xml",
        files=_tests("def test_one(): os._exit(0)", "def test_two(): assert False"),
    ),
    case(
        "a plugin ends the process with 0",
        ERRORED,
        files=_tests(*BROKEN, conftest="import os; os._exit(0)\n"),
    ),
    case(
        "a test stops the run with 0",
        ERRORED,
        files=_tests(
            "def test_one(): pass",
            "def test_two(): pytest.exit('enough', returncode=0)",
            "def test_three(): assert False",
        ),
    ),
    case(
        "a hook stops the run with 0",
        ERRORED,
        files=_tests(
            *BROKEN,
            conftest=text(
                "import pytest", "def pytest_runtest_logfinish(): pytest.exit('enough', returncode=0)"
            ),
        ),
    ),
    case("without a terminal", ERRORED, files=_tests(*PAIR, ini="addopts = -p no:terminal")),
    case("without a report", ERRORED, files=_tests(*PAIR, ini="addopts = -p no:junitxml")),
    case("a file that does not exist", ERRORED, argv=f"{TEST} nope.py", files=_tests(*PAIR)),
    case("a broken test module", ERRORED, files=_tests("1 / 0")),
    case("a test module leaves with 0", ERRORED, files=_tests("sys.exit(0)")),
    case("a broken plugin", ERRORED, files=_tests(*PAIR, conftest="1 / 0\n")),
    case("help was asked for", ERRORED, argv=f"{TEST} --help", files=_tests(*PAIR)),
    case("the version was asked for", ERRORED, argv=f"{TEST} --version", files=_tests(*PAIR)),
    case(
        "a shell swallows the failure", ERRORED, argv="sh -c python␣-m␣pytest␣||␣true", files=_tests(*BROKEN)
    ),
    case("Python without the tests", ERRORED, argv="python -c pass", files=_tests(*BROKEN)),
)
