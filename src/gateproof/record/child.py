"""Find a program and start it, without a shell and without input."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows' flag that makes the child the first of a group of its own; elsewhere it starts a session."""

_BATCH = {".bat", ".cmd"}
_SPECIAL_IN_BATCH = frozenset('"%!^&|<>\r\n')


def start(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start `argv` in a session or group of its own, so that it can be ended with all that it starts.

    Raises OSError or ValueError when it cannot be started; the error says why.
    """
    program = find_program(argv[0], cwd, env)
    if Path(program).suffix.lower() in _BATCH and any(_SPECIAL_IN_BATCH & set(word) for word in argv[1:]):
        # cmd.exe reads a batch file's arguments a second time, and would run what is in them.
        raise ValueError('it is a batch file, and an argument has one of " % ! ^ & | < > in it')
    return subprocess.Popen(
        [program, *argv[1:]],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        creationflags=NEW_GROUP,
        start_new_session=not NEW_GROUP,
    )


def find_program(name: str, cwd: Path, env: Mapping[str, str]) -> str:
    """The file to run, found by the PATH that the child will have and from the folder that it will be in.

    Raises FileNotFoundError. On Windows PATHEXT counts: `npm` is found as `npm.cmd`.
    """
    if not cwd.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"the folder {cwd} does not exist")
    if os.path.dirname(name):  # noqa: PTH120 - a Path would lose a leading ./
        found = shutil.which(str(cwd.absolute() / name))
    else:
        path = next((value for key, value in env.items() if key.upper() == "PATH"), os.defpath)
        folders = (str(cwd.absolute() / folder) for folder in path.split(os.pathsep))
        found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        raise FileNotFoundError(errno.ENOENT, "there is no such program, or it may not be executed")
    return found
