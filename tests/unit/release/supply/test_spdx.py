"""Which licence follows from what a package says, and what of an expression is allowed."""

from __future__ import annotations

import pytest

from gateproof.release.supply.spdx import Declared, read, refused

MIT = (
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software … all\n"
    "copies or substantial portions of the Software. … WITHOUT WARRANTY OF ANY KIND"
)
BSD2 = (
    "Redistributions of source code must retain the above copyright notice, … Redistributions in binary form must\n"
    "reproduce the above copyright notice"
)
BSD3 = f"{BSD2} … * Neither the name of the copyright holder nor …"
BSD4 = f"{BSD3} … All advertising materials mentioning features"
APACHE = (
    "Apache License\nVersion 2.0, January 2004 … TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"
)
NOTICE = 'Licensed under the Apache License, Version 2.0 (the "License");'
OSI = "OSI Approved :: "


def declared(expression: str = "", licence: str = "", *classifiers: str) -> Declared:
    return Declared(expression=expression, licence=licence, classifiers=classifiers)


@pytest.mark.parametrize(
    ("said", "texts", "expression"),
    [
        (declared("MIT"), [], "MIT"),
        (declared("mit or apache-2.0"), [], "MIT OR Apache-2.0"),
        (declared("MIT", "BSD", f"{OSI}ISC License (ISCL)"), [], "MIT"),
        (declared("", "BSD-3-Clause"), [], "BSD-3-Clause"),
        (declared("", "", f"{OSI}MIT License"), [], "MIT"),
        (declared("", "Expat license", f"{OSI}MIT License"), [], "MIT"),
        (
            declared("", "MPL-2.0", f"{OSI}Mozilla Public License 2.0 (MPL 2.0)", "OSI Approved"),
            [],
            "MPL-2.0",
        ),
        (declared("", "BSD", f"{OSI}BSD License"), [BSD3], "BSD-3-Clause"),
        (declared("", "BSD"), [BSD2], "BSD-2-Clause"),
        (declared("", "Apache 2.0", f"{OSI}Apache Software License"), [APACHE, MIT], "Apache-2.0"),
        (declared("", "Apache 2.0"), [NOTICE], "Apache-2.0"),
        (declared(), [MIT], "MIT"),
    ],
)
def test_a_licence_is_read(said: Declared, texts: list[str], expression: str) -> None:
    assert read(said, texts).expression == expression


@pytest.mark.parametrize(
    ("said", "texts", "why"),
    [
        (declared(), [], "declares nothing"),
        (declared(), [MIT, BSD2], "declares nothing"),
        (declared(), ["All rights reserved."], "declares nothing"),
        (declared("MIT OR"), [MIT], "not SPDX"),
        (declared("Freeware", "MIT"), [MIT], "not SPDX"),
        (declared("", "Dual License", f"{OSI}MIT License"), [MIT], "'Dual License'"),
        (
            declared("", "", "Other/Proprietary License", f"{OSI}MIT License"),
            [MIT],
            "'Other/Proprietary License'",
        ),
        (declared("", "", f"{OSI}GNU General Public License (GPL)"), [MIT], "names no one licence"),
        (declared("", "MIT", f"{OSI}ISC License (ISCL)"), [MIT], "ISC and MIT, and not how"),
        (declared("", "MIT", f"{OSI}BSD License"), [MIT], "BSD and MIT, and not how"),
        (declared("", "", f"{OSI}BSD License", f"{OSI}Apache Software License"), [BSD3], "Apache and BSD"),
        (declared("", "BSD"), [], "no text in it says which"),
        (declared("", "BSD"), [MIT], "no text in it says which"),
        (declared("", "BSD"), [BSD2, BSD3], "no text in it says which"),
        (declared("", "BSD"), [BSD4], "no text in it says which"),
        (declared("", "Apache 2.0"), [f"{NOTICE} with the Commons Clause"], "no text in it says which"),
    ],
)
def test_what_does_not_follow_is_unknown(said: Declared, texts: list[str], why: str) -> None:
    reading = read(said, texts)

    assert reading.expression == ""
    assert why in reading.basis


@pytest.mark.parametrize(
    ("expression", "strange"),
    [
        ("MIT", ()),
        ("GPL-3.0-only", ("GPL-3.0-only",)),
        ("MIT AND ISC", ("ISC",)),
        ("ISC AND MIT AND GPL-3.0-only", ("ISC", "GPL-3.0-only")),
        ("MIT OR GPL-3.0-only", ()),
        ("ISC OR GPL-3.0-only", ("ISC", "GPL-3.0-only")),
        ("(MIT OR ISC) AND BSD-2-Clause", ()),
        ("MIT OR ISC AND BSD-2-Clause", ()),
        ("(MIT OR BSD-2-Clause) AND ISC", ("ISC",)),
        ("Apache-2.0 WITH LLVM-exception", ()),
        ("GPL-2.0-only WITH Classpath-exception-2.0", ("GPL-2.0-only WITH Classpath-exception-2.0",)),
        ("LGPL-2.1-only WITH GCC-exception-3.1", ()),
        ("GPL-2.0+", ("GPL-2.0+",)),
        ("LicenseRef-Ours", ("LicenseRef-Ours",)),
    ],
)
def test_of_or_one_is_enough_and_of_and_all_are_needed(expression: str, strange: tuple[str, ...]) -> None:
    allowed = (
        "MIT",
        "BSD-2-Clause",
        "Apache-2.0",
        "LGPL-2.1-only WITH GCC-exception-3.1",
        "GPL-2.0-or-later",
    )

    assert refused(expression, allowed) == strange


@pytest.mark.parametrize("expression", ["", "MIT OR", "Freeware", "MIT BSD-2-Clause", "(MIT"])
def test_what_is_no_expression_is_not_judged(expression: str) -> None:
    with pytest.raises(ValueError, match="not an SPDX expression"):
        refused(expression, ["MIT"])
