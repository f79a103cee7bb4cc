"""False greens of pip-audit, asking a loopback stand-in for the advisory service."""

from __future__ import annotations

from functional.false_greens.case import ERRORED, FAILED, PASSED, VACUOUS, table
from gateproof.record.readers import pip_audit

ASK = "pip-audit -s osv --osv-url {osv} --disable-pip --no-deps"
AUDIT = f"{ASK} -r lock.txt"
PIN = "click==8.1.0\n"
VULNERABLE = "idna==3.1\n"
"""The stand-in has an advisory for every version of idna."""
ON_ANOTHER_SYSTEM = 'idna==3.1 ; sys_platform == "nowhere"\n'
_ODD = {
    "site/bar-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: bar\nVersion: 1.0\n",
    "site/foo-2004d.dist-info/METADATA": "Metadata-Version: 2.1\nName: foo\nVersion: 2004d\n",
}
_ALL_ODD = {name: content for name, content in _ODD.items() if "foo" in name}

case = table(AUDIT, pip_audit())
CASES = (
    case("no vulnerability", PASSED, "2 packages", 2, files={"lock.txt": PIN + "Foo.Bar[x]==1.0.0\n"}),
    case(
        "pinned by the caller",
        PASSED,
        "",
        1,
        reader=pip_audit(pinned=("Click==8.1",)),
        files={"lock.txt": PIN},
    ),
    case("a vulnerability", FAILED, "idna 3.1", 2, files={"lock.txt": PIN + VULNERABLE}),
    case(
        "another format by the environment",
        PASSED,
        files={"lock.txt": PIN},
        env={"PIP_AUDIT_FORMAT": "columns", "PIP_AUDIT_OUTPUT": "elsewhere"},
    ),
    case("an empty file", VACUOUS, "no packages", 0, files={"lock.txt": ""}),
    case("an empty file, strictly", VACUOUS, argv=f"{AUDIT} --strict", files={"lock.txt": ""}),
    case("comments only", VACUOUS, files={"lock.txt": "# idna==3.1\n"}),
    case("pins for another system only", VACUOUS, files={"lock.txt": ON_ANOTHER_SYSTEM}),
    case("some pins for another system", ERRORED, "idna==3.1", files={"lock.txt": PIN + ON_ANOTHER_SYSTEM}),
    case(
        "the pins lie in an included file",
        VACUOUS,
        files={"lock.txt": "-r base.txt\n", "base.txt": VULNERABLE},
    ),
    case(
        "some pins lie in an included file",
        ERRORED,
        "idna",
        files={"lock.txt": PIN + "-r base.txt  # more\n", "base.txt": VULNERABLE},
    ),
    case(
        "a folder without packages",
        VACUOUS,
        argv="pip-audit -s osv --osv-url {osv} --path site",
        files={"site/notes": ""},
    ),
    case(
        "a package that is passed over",
        ERRORED,
        "were not audited: foo",
        argv="pip-audit -s osv --osv-url {osv} --path site",
        files=_ODD,
    ),
    case(
        "every package is passed over",
        ERRORED,
        "were not audited: foo",
        0,
        argv="pip-audit -s osv --osv-url {osv} --path site",
        files=_ALL_ODD,
    ),
    case(
        "every package is passed over, strictly",
        ERRORED,
        argv="pip-audit -s osv --osv-url {osv} --path site --strict",
        files=_ALL_ODD,
    ),
    case("only collects", VACUOUS, argv=f"{AUDIT} --dry-run", files={"lock.txt": VULNERABLE}),
    case(
        "the advisory is ignored",
        VACUOUS,
        "ignored",
        argv=f"{AUDIT} --ignore-vuln PYSEC-1",
        files={"lock.txt": VULNERABLE},
    ),
    case(
        "one ignored is accepted",
        PASSED,
        argv=f"{AUDIT} --ignore-vuln PYSEC-1",
        reader=pip_audit(ignored=1),
        files={"lock.txt": VULNERABLE},
    ),
    case(
        "a pin that was not audited",
        ERRORED,
        "idna",
        reader=pip_audit(pinned=("click==8.1.0", "idna==3.1")),
        files={"lock.txt": PIN},
    ),
    case(
        "another version than pinned",
        ERRORED,
        reader=pip_audit(pinned=("click==8.2",)),
        files={"lock.txt": PIN},
    ),
    case(
        "more than is pinned",
        ERRORED,
        "not pinned",
        reader=pip_audit(pinned=("click==8.1.0",)),
        files={"lock.txt": PIN + "attrs==25.1\n"},
    ),
    case("nothing is pinned exactly", ERRORED, files={"lock.txt": "click>=8\n"}),
    case("the service is broken", ERRORED, files={"lock.txt": "boom==1\n"}),
    case(
        "the service is away",
        ERRORED,
        argv="pip-audit -s osv --osv-url http://127.0.0.1:1/ --disable-pip --no-deps -r lock.txt",
        files={"lock.txt": PIN},
    ),
    case("a file that does not exist", ERRORED, argv=f"{ASK} -r nope.txt", files={"lock.txt": PIN}),
    case(
        "fewer than required", VACUOUS, "at least 40", reader=pip_audit(at_least=40), files={"lock.txt": PIN}
    ),
)
