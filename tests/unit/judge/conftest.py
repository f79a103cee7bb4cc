"""Whatever the judge answers in a test of this folder is held against what was recorded."""

from __future__ import annotations

from pathlib import Path

from said import listening

to_the_word = listening(
    Path(__file__).with_name("said.json"), "gateproof.judge.", "bundles.judged", "bundles.complaint"
)
