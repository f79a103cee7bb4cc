"""Parts of documents that are written by the code, between two marks, so that they cannot say anything else."""

from pathlib import Path


class OutOfStep(ValueError):
    """A document that does not say what the code says, or has no place for it."""


def rewritten(text: str, name: str, content: str) -> str:
    """Return the text with the content between the marks of that name, or raise OutOfStep without marks."""
    begin, end = f"<!-- {name}: begin, written by manage.py -->", f"<!-- {name}: end -->"
    head, found, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not (found and closed):
        raise OutOfStep(f"There is no place for it: the marks '{begin}' and '{end}' are missing.")
    return f"{head}{begin}\n\n{content}\n\n{end}{tail}"


def check(path: Path, name: str, content: str) -> None:
    """Raise OutOfStep unless the document holds exactly this content."""
    text = path.read_text(encoding="utf-8")
    if rewritten(text, name, content) != text:
        raise OutOfStep(f"{path.name} does not say what the code says.")


def write(path: Path, name: str, content: str) -> None:
    """Put the content into the document."""
    text = rewritten(path.read_text(encoding="utf-8"), name, content)
    path.write_text(text, encoding="utf-8", newline="\n")
