"""Earlier milestones in `evidence/tags/`: signed tags, and the commits from this release down to each."""

from __future__ import annotations

from collections.abc import Callable

from gateproof.evidence.gitobjects import Tag, read_commit, read_objects, read_tag

MOST_COMMITS = 100_000


def earlier_tag(raw: bytes, *, name: str, commit: str, knows: Callable[[Tag], bool]) -> Tag:
    """The signed tag in a file of `evidence/tags/`, proven to lie below `commit`, the proven commit of this release.

    The file is what `git cat-file --batch` prints for the tag, the commit that it marks, and every commit on one
    way from `commit` down to the marked one or, where that one only added evidence, to its parent.
    `knows` says whether a tag's key is one to go by.
    Raises ValueError, with a sentence, when it is another tag, signed by another key, or the way has a hole.
    """
    first, *rest = read_objects(raw)
    tag = read_tag(first)
    if tag.name != name:
        raise ValueError(f"it holds the tag {tag.name}")
    if not tag.is_signed() or not knows(tag):
        raise ValueError("it was not signed by a key that is known here")
    commits = {item.id: read_commit(item) for item in rest}
    if tag.commit not in commits:
        raise ValueError("the commit that it marks is not there")
    goals = {tag.commit, *commits[tag.commit].parents}
    ahead, seen = [commit], set[str]()
    while ahead and len(seen) < MOST_COMMITS:
        here = ahead.pop()
        if here in goals:
            return tag
        if here not in seen and here in commits:
            seen.add(here)
            ahead += commits[here].parents
    raise ValueError("no way leads from this release down to it")
