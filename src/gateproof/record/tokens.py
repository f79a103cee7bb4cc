"""Tokens that are secrets by their form, whoever prints them: what begins as GitHub's and Stripe's tokens do."""

from __future__ import annotations

import re

LABEL = "[redacted:token]"

LONGEST_RUN = 4 * 1024
"""Characters without a break in which a token is found for sure, however the text came in blocks."""

_HEX, _WORD, _TEXT = "[0-9a-f]", "[A-Za-z0-9]", "[A-Za-z0-9_-]"
_FORMS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), rf"{_WORD}{{36,}}"),
    (("github_pat_",), r"[A-Za-z0-9_]{60,}"),
    (("glpat-", "gldt-", "glrt-"), rf"{_TEXT}{{20,}}"),
    (("xoxb-", "xoxp-", "xoxa-", "xoxe-", "xapp-"), rf"{_TEXT}{{24,}}"),
    (("sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"), rf"{_WORD}{{24,}}"),
    (("SG.",), rf"{_TEXT}{{16,32}}\.{_TEXT}{{16,}}"),
    (("npm_",), rf"{_WORD}{{36,}}"),
    (("pypi-AgE",), rf"{_TEXT}{{50,}}"),
    (("hf_",), r"[A-Za-z]{34,}"),
    (("dop_v1_", "doo_v1_", "dor_v1_"), rf"{_HEX}{{64,}}"),
    (("shpat_", "shpss_", "shpca_", "shppa_"), rf"{_HEX}{{32,}}"),
    (("dapi",), rf"{_HEX}{{32,}}"),
    (("dp.pt.", "dp.st.", "dp.ct."), rf"{_WORD}{{40,}}"),
    (("glsa_",), rf"{_WORD}{{32}}_{_HEX}{{8,}}"),
    (("glc_",), rf"{_WORD}{{32,}}"),
    (("PMAK-",), rf"{_HEX}{{24}}-{_HEX}{{34,}}"),
    (("pul-",), rf"{_HEX}{{40,}}"),
    (("NRAK-",), r"[A-Z0-9]{27,}"),
    (("AIzaSy",), rf"{_TEXT}{{33,}}"),
    (("hvs.", "hvb."), rf"{_TEXT}{{24,}}"),
    (("AGE-SECRET-KEY-1",), r"[A-Z0-9]{58,}"),
    (("ntn_",), rf"{_WORD}{{46,}}"),
    (("rubygems_",), rf"{_HEX}{{48,}}"),
    (("dckr_pat_",), rf"{_TEXT}{{27,}}"),
    (("AKIA", "ASIA", "ABIA", "ACCA"), r"[A-Z2-7]{16,}"),
    (("LTAI",), rf"{_WORD}{{16,24}}"),
    (("AKCp",), rf"{_WORD}{{60,}}"),
    (("ATATT3", "ATCTT3"), r"[A-Za-z0-9_=-]{60,}"),
    (("lin_api_", "lin_oauth_"), rf"{_WORD}{{32,}}"),
    (("pscale_tkn_", "pscale_pw_", "pscale_oauth_"), r"[A-Za-z0-9_.=-]{32,}"),
    (("squ_", "sqp_", "sqa_"), rf"{_HEX}{{40,}}"),
    (("EAAA",), rf"{_TEXT}{{60,}}"),
    (("sq0atp-", "sq0csp-"), rf"{_TEXT}{{22,}}"),
    (("ATTA",), rf"{_HEX}{{72,}}"),
    (("eyJ",), rf"{_TEXT}{{10,}}\.eyJ{_TEXT}{{10,}}\.{_TEXT}{{10,}}"),
)
_BEGINNINGS = tuple(beginning for beginnings, _ in _FORMS for beginning in beginnings)
_TOKEN = re.compile("|".join(rf"(?:{'|'.join(map(re.escape, those))}){body}" for those, body in _FORMS))
_MAY_GO_ON = re.compile(r"[A-Za-z0-9_.=-]+\Z")
_PARTS = frozenset(beginning[:end] for beginning in _BEGINNINGS for end in range(1, len(beginning)))
_LONGEST_PART = max(map(len, _PARTS))


class Tokens:
    """One stream without its tokens. What comes out is the same wherever its blocks were cut.

    Held back is only what may be a token, or the beginning of one.
    """

    def __init__(self) -> None:
        self.held = ""
        self.count = 0
        """How many were replaced."""

    def feed(self, text: str, *, final: bool = False) -> str:
        """The text that is certain by now."""
        text = self.held + text
        end = len(text) if final else _unfinished(text)
        text, self.held = text[:end], text[end:]
        if not any(beginning in text for beginning in _BEGINNINGS):
            return text
        text, count = _TOKEN.subn(LABEL, text)
        self.count += count
        return text


def _unfinished(text: str) -> int:
    """Where that begins which may be a token, or become one, when more text comes."""
    run = _MAY_GO_ON.search(text, max(0, len(text) - LONGEST_RUN))
    if run is None:
        return len(text)
    places = [place for beginning in _BEGINNINGS if (place := text.find(beginning, run.start())) >= 0]
    if places:
        return min(places)
    tail = text[max(run.start(), len(text) - _LONGEST_PART) :]
    part = next((tail[start:] for start in range(len(tail)) if tail[start:] in _PARTS), "")
    return len(text) - len(part)
