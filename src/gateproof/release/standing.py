"""Where the release stands right now, quickly: nothing is run, and nox is not asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gateproof.config import load_settings
from gateproof.errors import UnknownError
from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.noxfile import PATH, read_noxfile
from gateproof.judge.standing import stand
from gateproof.judge.status import Status, status_of
from gateproof.record.ledger import Record, ledger_folder, read_record, records
from gateproof.record.source import observe_source


def observe_status(root: Path) -> Status:
    """Look at the source that lies at `root`, at its records and at the gates that its noxfile says.

    Raises UnknownError where there is no git, no commit, or a noxfile that is not Python.
    """
    settings = load_settings(root)
    source = observe_source(root)
    tree = source.subject.git_tree
    names = _gates(root)
    standing = stand(names, [*records(root, git_tree=tree), *_elsewhere(root, tree, names)], tree)
    return status_of(
        standing,
        product=settings.product,
        commit=source.commit,
        uncommitted=len(source.changed),
        accepted=settings.accepted,
        today=datetime.now(UTC).date(),
    )


def _gates(root: Path) -> tuple[str, ...]:
    """The gates by the noxfile's text: nox itself takes longer to say it than a person waits gladly."""
    try:
        content = (root / PATH).read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UnknownError(f"{PATH} could not be read: {error.strerror}.") from None
    noxfile = read_noxfile(Bundle(name=root.name, sizes={PATH: len(content)}, read=lambda _: content))
    if noxfile is None:
        raise UnknownError(f"{PATH} is not Python; run `nox -l` to see what is wrong with it.")
    return noxfile.gates


def _elsewhere(root: Path, tree: str, names: tuple[str, ...]) -> Iterator[Record]:
    """The latest record of each gate that has none about this source, to tell stale from missing."""
    for name in names:
        if any((ledger_folder(root) / tree / name).glob("*/*/statements.jsonl")):
            continue
        found = ledger_folder(root).glob(f"*/{name}/*/*/statements.jsonl")
        last = max(found, key=lambda path: path.parent.name, default=None)
        if last is not None:
            yield read_record(last.parent)
