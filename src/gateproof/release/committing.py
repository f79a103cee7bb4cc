"""Make a planned commit in the person's own checkout, or leave the checkout as it was."""

from __future__ import annotations

import os

from gateproof.errors import GateproofError, InterruptedRunError, UnknownError
from gateproof.git import git, personal_environment
from gateproof.record.source import head_commit
from gateproof.record.stops import Stops
from gateproof.release.preparing import Plan
from gateproof.release.repository import observe, refuse_change

# Whoever commits may name themselves and sign as their environment says.
OF_THE_PERSON = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG", "GIT_SSH")


def commit_plan(plan: Plan) -> str:
    """Make the commit with the person's own git, so that their hooks, identity and signature apply; its full id.

    Raises UnknownError when git or a hook refuses, and InterruptedRunError when a person stopped it: then index and
    work tree are as they were. Raises UnknownError too when the checkout changed since it was looked at, and when
    what was committed is not what was shown.
    """
    refuse_change(plan.before, observe(plan.root))
    env = _environment()
    with Stops() as stops:
        try:
            # apply compares times, which differ in a copy of a checkout, and after a tool rewrote the same bytes.
            git("update-index", "-q", "--refresh", cwd=plan.root, env=env)
            git("apply", "--index", "--whitespace=nowarn", "-", cwd=plan.root, env=env, stdin=plan.patch)
            git("commit", "--quiet", "--file=-", cwd=plan.root, env=env, stdin=plan.message.encode("utf-8"))
        except GateproofError as error:
            if head_commit(plan.root) != plan.before.commit:
                return _committed(plan)  # The commit was made, and only what git does afterwards was stopped.
            _restore(plan, env)
            if stops.count:
                raise InterruptedRunError(f"{stops.name} stopped it; nothing was changed.") from None
            raise UnknownError(f"Nothing was committed, and the checkout is as it was: {error}") from None
    return _committed(plan)


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name.startswith(OF_THE_PERSON)}
    return personal_environment() | own


def _restore(plan: Plan, env: dict[str, str]) -> None:
    """The files of the plan as the commit has them; the tree was clean, so nothing else can be lost."""
    before = plan.before.commit
    kept = git("ls-tree", "-r", "-z", "--name-only", "--full-tree", before, cwd=plan.root).split(b"\0")
    old = [path for path in map(os.fsencode, plan.paths) if path in kept]
    git("reset", "--quiet", cwd=plan.root, env=env)
    for path in plan.paths:
        if os.fsencode(path) not in old:
            (plan.root / path).unlink(missing_ok=True)
    if old:  # Without any path this would check out the commit itself.
        paths = ("--pathspec-from-file=-", "--pathspec-file-nul")
        git("checkout", "--quiet", before, *paths, cwd=plan.root, env=env, stdin=b"\0".join(old))
    refuse_change(plan.before, observe(plan.root))


def _committed(plan: Plan) -> str:
    told = git("log", "-1", "--format=%H %T %P", cwd=plan.root).decode().split()
    commit, tree, parents = told[0], told[1], told[2:]
    if parents != [plan.before.commit] or tree != plan.tree:
        raise UnknownError(
            f"Commit {commit[:12]} is not what was shown: a hook changed it. Look at `git show`; "
            f"`git reset --keep {plan.before.commit[:12]}` takes it back."
        )
    return commit


def next_steps(plan: Plan, commit: str) -> list[str]:
    """What a person does with the commit."""
    return [
        f"Prepared {plan.following.version} as commit {commit[:12]} on {plan.branch}.",
        f"Have it reviewed, push it, let CI prove it; then `invoke release` cuts {plan.following.tag} from it.",
    ]
