"""Make locks anew where they are due, show that they install everywhere, then put them into their places."""

from __future__ import annotations

import contextlib
import functools
import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from gateproof.config import Pins
from gateproof.errors import NothingRanError, RefusedError, UnknownError, UsageError
from gateproof.release.pinning.changes import UNKNOWN, Change, State, changes
from gateproof.release.pinning.checking import Policy
from gateproof.release.pinning.engines import ENGINES, Order, compile_lock, refused_by
from gateproof.release.pinning.inputs import in_order, inputs_digest, lock_of, read_input
from gateproof.release.pinning.locks import Lock, read_lock, stamped
from gateproof.release.progress import Bar
from gateproof.release.supply import licences
from gateproof.release.supply.asking import Answers
from gateproof.release.supply.collecting import Collected, collect
from gateproof.release.supply.keys import Key, key_of
from gateproof.release.supply.licences import Licences
from gateproof.release.supply.locks import Pin, parse_lock


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What may move to a newer version."""

    everything: bool = False
    packages: tuple[str, ...] = ()
    engine: str | None = None
    """Instead of the configured one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pinned:
    """What was made, and where it was shown to install."""

    made: tuple[str, ...]
    kept: tuple[str, ...]
    changes: tuple[Change, ...]
    shown: int
    """Dry runs that installed: locks times systems times Pythons."""
    policy: Policy
    looked_into: int = 0
    """Packages whose licence was read from the package itself; that of the others was recorded already."""
    unread: tuple[str, ...] = ()
    """Pins whose licence could not be read, a sentence each; the gate `audit` does not pass them."""
    advisories: str = ""
    """Who was asked what is known against the pins that changed, or why nobody was."""

    def as_mapping(self) -> dict[str, Any]:
        """For `--as-json`."""
        return {
            "made": list(self.made),
            "kept": list(self.kept),
            "changes": [one.as_mapping() for one in self.changes],
            "advisories": self.advisories,
            "licences": {"looked_into": self.looked_into, "unread": list(self.unread)},
            "installs_on": {
                "dry_runs": self.shown,
                "platforms": list(self.policy.platforms),
                "pythons": list(self.policy.pythons),
            },
        }

    def lines(self) -> list[str]:
        """For a person."""
        licences = [f"Read the licences of {self.looked_into} packages."] if self.looked_into else []
        licences += [f"  licence not read: {sentence}" for sentence in self.unread]
        if not self.made:
            said = "" if licences else "; nothing was changed"
            return [f"All {len(self.kept)} locks follow from their inputs already{said}.", *licences]
        where = f"under Python {', '.join(self.policy.pythons)} on {', '.join(self.policy.platforms)}"
        return [
            *(f"made  {path}" for path in self.made),
            *(one.line() for one in self.changes),
            f"Advisories: {self.advisories}." if self.changes else "No pin changed.",
            *licences,
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


def pin(
    root: Path,
    settings: Pins,
    asked: Asked,
    *,
    today: date,
    bar: Bar,
    ask: Callable[[Sequence[Pin]], Answers] | None = None,
) -> Pinned:
    """Compile the locks that are due, and record the licence of every pin; all is replaced at the end, or nothing is.

    `ask` is asked what is known against the pins that changed.
    Raises UsageError for inputs that cannot be understood, NothingRanError where there are none, UnknownError when an
    engine cannot resolve, and RefusedError for a lock that does not install on every configured system.
    """
    before = read_texts(root, settings)
    _refuse_inputs(before, asked)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        work = _Work(folder=Path(scratch), texts=dict(before), settings=settings, asked=asked, today=today)
        work.write_all()
        order = in_order(before)
        bar.expect(len(order) + 2)
        made = []
        for source in order:
            bar.step(f"compile {source}")
            if work.is_due(source):
                work.compile(source)
                made.append(lock_of(source))
        bar.step("see that they install everywhere")
        shown = _show(work, made)
    bar.step("read the licences of what is new")
    old, collected = _licences(root, settings, work.texts)
    found = [change for path in made for change in changes(path, before.get(path, ""), work.texts[path])]
    answers = ask(_changed(found)) if ask and found else Answers(why_not="nobody was asked")
    known = (*collected.record.packages, *old.packages)
    state = functools.partial(_state, {one.key: one.licence for one in reversed(known)}, answers)
    contents = {path: work.texts[path].encode("utf-8") for path in made}
    if collected.record != old:
        contents[f"{settings.folder}/{licences.FILE}"] = licences.write(collected.record).encode("utf-8")
        contents[f"{settings.folder}/{licences.TEXTS}"] = licences.write_texts(collected.record)
    _place(root, contents)
    return Pinned(
        made=tuple(made),
        kept=tuple(path for source in order if (path := lock_of(source)) not in made),
        changes=tuple(
            change for path in made for change in changes(path, before.get(path, ""), work.texts[path], state)
        ),
        shown=shown,
        policy=policy_of(settings),
        looked_into=collected.read,
        unread=tuple(f"{pin}: {why}" for pin, why in collected.unread),
        advisories=answers.source or answers.why_not,
    )


def _licences(root: Path, settings: Pins, texts: Mapping[str, str]) -> tuple[Licences, Collected]:
    """What was recorded, and what is to be: a record that is broken is made anew."""
    pins = [
        pin for path in sorted(texts) if path.endswith(".txt") for pin in parse_lock(path, texts[path]).pins
    ]
    try:
        before = licences.load(root, settings.folder) or licences.NONE
    except UnknownError:
        before = licences.NONE
    return before, collect(pins, before, platforms=settings.platforms, python=settings.pythons[0])


def _changed(found: Iterable[Change]) -> list[Pin]:
    versions = {(one.name, state.version) for one in found for state in (*one.was, *one.now)}
    return [Pin(name=name, version=version) for name, version in sorted(versions)]


def _state(licence: Mapping[Key, str], answers: Answers, name: str, version: str) -> State:
    return State(
        version=version,
        licence=licence.get(key_of(name, version)) or UNKNOWN,
        advisories=answers.about(name, version),
    )


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
            _write(self.folder / path, text.encode("utf-8"))

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
        _write(self.folder / path, text.encode("utf-8"))

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


def _place(root: Path, contents: Mapping[str, bytes]) -> None:
    ready: list[tuple[Path, Path]] = []
    mark = secrets.token_hex(4)
    try:
        for path, content in contents.items():
            target = root / path
            fresh = target.with_name(f".{target.name}-{mark}")
            ready.append((fresh, target))
            _write(fresh, content)
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


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
