"""Reports that tools write themselves go past the recorder's pipes; secrets in them do not stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateproof.errors import UnknownError
from gateproof.record.redact import redactor
from gateproof.record.reports import redact_reports

TOKEN = redactor({"SHOP_TOKEN": "tok-7f3a9c1e5b"})


@pytest.mark.parametrize(
    "text",
    ["<case>tok-7f3a9c1e5b</case>\r\n", "x" * 65_530 + "tok-7f3a9c1e5b", "é tok-7f3a9c1e5b tok-7f3a9c1e5b"],
    ids=["a line", "over a seam", "twice"],
)
def test_a_secret_in_a_report_is_taken_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "deep").mkdir()
    report = tmp_path / "deep" / "junit.xml"
    report.write_bytes(text.encode())

    taken = redact_reports(tmp_path, TOKEN)

    assert taken == text.count("tok-")
    assert report.read_bytes() == text.replace("tok-7f3a9c1e5b", "[redacted:SHOP_TOKEN]").encode()
    assert list(tmp_path.rglob("*.xml*")) == [report]


def test_a_report_without_secrets_is_not_touched(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_bytes(b"<case>fine</case>\r\n")
    before = report.stat().st_mtime_ns

    assert redact_reports(tmp_path, TOKEN) == 0
    assert (report.read_bytes(), report.stat().st_mtime_ns) == (b"<case>fine</case>\r\n", before)


def test_a_picture_stays_as_it_is(tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")

    assert redact_reports(tmp_path, TOKEN) == 0
    assert picture.read_bytes() == b"\x89PNG\r\n\x1a\n\xff\xfe"
    assert [path.name for path in tmp_path.iterdir()] == ["page.png"]


def test_a_report_that_cannot_be_rewritten_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    report = tmp_path / "junit.xml"
    report.write_text("tok-7f3a9c1e5b", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(UnknownError, match="could not be redacted"):
        redact_reports(tmp_path, TOKEN)
    assert list(tmp_path.iterdir()) == []
