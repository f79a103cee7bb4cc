"""Make locks anew where they are due, show that they install everywhere, then put them into their places."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from gateproof.config import Pins
from gateproof.errors import NothingRanError, RefusedError, UnknownError, UsageError
from gateproof.release.pinning.checking import Policy
from gateproof.release.pinning.engines import ENGINES, Order, compile_lock, refused_by
from gateproof.release.pinning.inputs import in_order, inputs_digest, lock_of, read_input
from gateproof.release.pinning.locks import Lock, read_lock, stamped
from gateproof.release.progress import Bar


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What may move to a newer version."""

    everything: bool = False
    packages: tuple[str, ...] = ()
    engine: str | None = None
    """Instead of the configured one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One package whose pin is another than before."""

    lock: str
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pinned:
    """What was made, and where it was shown to install."""

    made: tuple[str, ...]
    kept: tuple[str, ...]
    changes: tuple[Change, ...]
    shown: int
    """Dry runs that installed: locks times systems times Pythons."""
    policy: Policy

    def as_mapping(self) -> dict[str, Any]:
        """For `--as-json`."""
        return {
            "made": list(self.made),
            "kept": list(self.kept),
            "changes": [
                {"lock": one.lock, "name": one.name, "before": one.before, "after": one.after}
                for one in self.changes
            ],
            "installs_on": {
                "dry_runs": self.shown,
                "platforms": list(self.policy.platforms),
                "pythons": list(self.policy.pythons),
            },
        }

    def lines(self) -> list[str]:
        """For a person."""
        if not self.made:
            return [f"All {len(self.kept)} locks follow from their inputs already; nothing was changed."]
        where = f"under Python {', '.join(self.policy.pythons)} on {', '.join(self.policy.platforms)}"
        return [
            *(f"made  {path}" for path in self.made),
            *(_change_line(one) for one in self.changes),
            *(() if self.changes else ("No pin changed.",)),
            f"Each of the {len(self.made)} installs {where} ({self.shown} dry runs).",
            "Next: run the gates, and commit.",
        ]


def policy_of(settings: Pins) -> Policy:
    """What the settings ask of every lock."""
    return Policy(pythons=settings.pythons, platforms=settings.platforms, cadence_days=settings.cadence_days)


def read_texts(root: Path, settings: Pins) -> dict[str, str]:
    """Every `.in` and `.txt` of the folder, by path. Raises UnknownError for one that cannot be read."""
    try:
        return {
            path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted((root / settings.folder).iterdir())
            if path.suffix in {".in", ".txt"} and path.is_file()
        }
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownError(
            f"{settings.folder}/ could not be read: {error}; mend that and try again."
        ) from error


def pin(root: Path, settings: Pins, asked: Asked, *, today: date, bar: Bar) -> Pinned:
    """Compile the locks that are due; all of them are replaced at the end, or none is.

    Raises UsageError for inputs that cannot be understood, NothingRanError where there are none, UnknownError when an
    engine cannot resolve, and RefusedError for a lock that does not install on every configured system.
    """
    before = read_texts(root, settings)
    _refuse_inputs(before, asked)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        work = _Work(folder=Path(scratch), texts=dict(before), settings=settings, asked=asked, today=today)
        work.write_all()
        order = in_order(before)
        bar.expect(len(order) + 1)
        made = []
        for source in order:
            bar.step(f"compile {source}")
            if work.is_due(source):
                work.compile(source)
                made.append(lock_of(source))
        bar.step("see that they install everywhere")
        shown = _show(work, made)
    _place(root, {path: work.texts[path] for path in made})
    return Pinned(
        made=tuple(made),
        kept=tuple(path for source in order if (path := lock_of(source)) not in made),
        changes=tuple(
            change for path in made for change in changes(path, before.get(path, ""), work.texts[path])
        ),
        shown=shown,
        policy=policy_of(settings),
    )


def changes(path: str, before: str, after: str) -> Iterator[Change]:
    """What was added, removed or changed between two texts of a lock, by name."""
    old, new = (_versions(read_lock(path, text)) for text in (before, after))
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield Change(lock=path, name=name, before=old.get(name), after=new.get(name))


def _versions(lock: Lock) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for one in lock.pins:
        found.setdefault(one.name, []).append(str(one.version))
    return {name: " / ".join(sorted(versions)) for name, versions in found.items()}


def _change_line(one: Change) -> str:
    if one.before is None:
        return f"  added    {one.name} {one.after}  ({one.lock})"
    if one.after is None:
        return f"  removed  {one.name} {one.before}  ({one.lock})"
    return f"  changed  {one.name} {one.before} -> {one.after}  ({one.lock})"


def _refuse_inputs(texts: dict[str, str], asked: Asked) -> None:
    sources = in_order(texts)
    if not sources:
        raise NothingRanError("There is no .in file, so there is nothing to pin; write requirements/NAME.in.")
    wrong = [
        f"{one.path}: {one.sentence}"
        for source in sources
        for one in read_input(source, texts).findings
        # A lock that another one is held to may be missing still: it is made first.
        if not one.sentence.endswith(".txt is not there.")
    ]
    if wrong:
        raise UsageError(f"The inputs are not understood: {'; '.join(wrong)}")
    if asked.engine is not None and asked.engine not in ENGINES:
        raise UsageError(f"There is no engine {asked.engine}; there is {' and '.join(ENGINES)}.")
    pinned = {
        one.name for path in texts if path.endswith(".txt") for one in read_lock(path, texts[path]).pins
    }
    unknown = [name for name in asked.packages if canonicalize_name(name) not in pinned]
    if unknown:
        raise UsageError(f"No lock pins {', '.join(unknown)}; write it into an .in file to have it pinned.")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """The scratch copy in which locks are made."""

    folder: Path
    texts: dict[str, str]
    settings: Pins
    asked: Asked
    today: date

    def write_all(self) -> None:
        for path, text in self.texts.items():
            _write(self.folder / path, text)

    def is_due(self, source: str) -> bool:
        lock = self._lock(source)
        if self.asked.everything or lock is None or lock.stamp is None or lock.findings:
            return True
        if lock.stamp.inputs != inputs_digest(source, self.texts) or lock.stamp.pins != lock.digest:
            return True
        return bool(self._asked_of(lock))

    def compile(self, source: str) -> None:
        before, path = self._lock(source), lock_of(source)
        # Nobody knows how old the pins of a lock without a stamp are, so all of them may move.
        is_renewed = self.asked.everything or before is None or before.stamp is None
        order = Order(
            source=source,
            lock=path,
            python=self.settings.pythons[0],
            upgrade=is_renewed,
            packages=self._asked_of(before) if before else (),
            universal=self.settings.universal,
        )
        compile_lock(self.asked.engine or self.settings.engine, order, self.folder)
        body = (self.folder / path).read_text(encoding="utf-8")
        renewed = self.today if is_renewed or before is None or before.stamp is None else before.stamp.renewed
        text = stamped(
            body,
            source=source,
            inputs=inputs_digest(source, self.texts),
            renewed=renewed,
            resolved=self.today,
        )
        findings = read_lock(path, text).findings
        if findings:
            raise UnknownError(
                f"The engine wrote a lock that is none: {findings[0].path} {findings[0].sentence}"
            )
        self.texts[path] = text
        _write(self.folder / path, text)

    def _lock(self, source: str) -> Lock | None:
        path = lock_of(source)
        return read_lock(path, self.texts[path]) if path in self.texts else None

    def _asked_of(self, lock: Lock) -> tuple[str, ...]:
        names = {canonicalize_name(name) for name in self.asked.packages}
        return tuple(sorted(names & {one.name for one in lock.pins}))


def _show(work: _Work, made: Sequence[str]) -> int:
    runs = [
        (path, platform, python)
        for path in made
        for platform in work.settings.platforms
        for python in work.settings.pythons
    ]
    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = list(
            pool.map(
                lambda run: refused_by(work.folder / run[0], platform=run[1], python=run[2]),
                runs,
            )
        )
    wrong = [
        f"{path} on {platform} under Python {python}: {why}"
        for (path, platform, python), why in zip(runs, answers, strict=True)
        if why
    ]
    if wrong:
        raise RefusedError(
            f"{len(wrong)} of {len(runs)} dry runs do not install, so no lock was changed; name what is missing in the"
            f" .in file without a condition. First: {wrong[0]}"
        )
    return len(runs)


def _place(root: Path, texts: dict[str, str]) -> None:
    ready: list[tuple[Path, Path]] = []
    mark = secrets.token_hex(4)
    try:
        for path, text in texts.items():
            target = root / path
            fresh = target.with_name(f".{target.name}-{mark}")
            ready.append((fresh, target))
            _write(fresh, text)
        for fresh, target in ready:
            fresh.replace(target)
    except OSError as error:
        raise UnknownError(
            f"The locks could not be written: {error}; make room and run `invoke pin` again."
        ) from error
    finally:
        for fresh, _ in ready:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
