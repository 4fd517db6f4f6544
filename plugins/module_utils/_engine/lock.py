# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Advisory locks: of all tasks of one user on one machine, only one at a time writes to a resource.

A lock is a file. It contains the time at which its last holder released it, so that the next one knows whether the
resource may have changed since it was read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import time
import typing as t

from .._errors import ErrorDetails, KatapultError
from .._http.retry_budget import Clock

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]

LONGEST_WAIT = 900.0  # seconds
# Seconds between two attempts. There is no blocking call, because the timeout of a task could not end it.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.02, 0.1
_HELD = b"dirty"  # the content while the lock is held, and afterwards if its holder was killed
_LONGEST_CONTENT = 128  # bytes
_UNKNOWN = float("inf")


class Interruption(t.NamedTuple):
    """A task that held a lock, and did not end properly: it was killed, or something that it has started may still appear."""

    seconds: float  # since it got the lock
    started: str  # the ID of the background work that it has started; empty if that is not known


class Held:
    """The locks that a task holds."""

    def __init__(self) -> None:
        self.is_released = False
        self._files: list[int] = []
        self._last_write = 0.0  # in nanoseconds of the monotonic clock of the machine
        self.interruption: Interruption | None = None  # before this task

    def add(self, file: int, waited: bool) -> None:
        """Add a lock that was acquired."""
        content = os.pread(file, _LONGEST_CONTENT, 0)
        stamp = float(content) if content.isdigit() else _UNKNOWN if content else 0.0
        if content.startswith(_HELD):
            age = max(0.0, time.time() - os.fstat(file).st_mtime)
            self.interruption = Interruption(age, content[len(_HELD) :].decode("ascii", "replace").strip())
        else:
            _overwrite(file, _HELD)
        self._last_write = max(self._last_write, _UNKNOWN if waited else stamp)
        self._files.append(file)  # not if the disk is full: then the caller closes it

    def remember(self, started: str) -> None:
        """Let the next task know what this one has started, if this one is interrupted.

        :param started: an ID.
        """
        for file in self._files:
            with contextlib.suppress(OSError):  # without it, the next task only waits for less
                _overwrite(file, b"%s %s" % (_HELD, started.encode("ascii", "replace")[: _LONGEST_CONTENT - 8]))

    def is_current(self, read_at: int) -> bool:
        """Whether it is certain that no other task has written since a time, in nanoseconds of the monotonic clock."""
        return self._last_write < read_at

    def leave(self) -> None:
        """Release all of them, so that the next task knows that this one was interrupted."""
        while self._files:
            with contextlib.suppress(OSError):
                os.close(self._files.pop())

    def release(self) -> None:
        """Release all of them; does nothing if they are released already."""
        self.is_released = True
        while self._files:
            file = self._files.pop()
            with contextlib.suppress(OSError):  # the work is done; if "dirty" stays, the next task only reads once more
                _overwrite(file, b"%d" % time.monotonic_ns())
            with contextlib.suppress(OSError):
                os.close(file)


class Locking(t.NamedTuple):
    """What the tasks of one connection need to lock resources.

    :param scope: the URL of the API, to which the resources belong.
    :param log: called with a line if there can be no lock.
    :param is_abandoned: whether nobody waits for the result of the task any more.
    :param report_wait: called while the task waits, see :meth:`Client.report_wait`.
    """

    scope: str
    clock: Clock
    log: t.Callable[[str], None] = lambda line: None
    is_abandoned: t.Callable[[], bool] = lambda: False
    report_wait: t.Callable[[str, float, float], None] = lambda what, so_far, at_most: None

    @contextlib.contextmanager
    def hold(self, names: t.Iterable[str], what: str) -> t.Iterator[Held]:
        """Hold the locks with these names, acquired in this order, until they are released or the context ends.

        :param what: the resource, for messages.
        :raises KatapultError: another task holds one of them for too long, or nobody waits for this task any more.
        """
        held = Held()
        try:
            ends = self.clock.monotonic() + LONGEST_WAIT
            for name in names:
                self._acquire(held, name, what, ends)
            yield held
        except BaseException as error:
            # An interruption by the user, or an error while something may still appear
            if not isinstance(error, Exception) or getattr(error, "unfinished", False):
                held.leave()
            raise
        finally:
            held.release()

    def mark(self, name: str) -> None:
        """Record a fact that the tasks of this user on this machine may rely on, and that never changes."""
        with contextlib.suppress(OSError):  # without it, they only do more than necessary
            folder = next(_folders())
            _prepare(folder)
            flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            os.close(os.open(os.path.join(folder, self._digest(name)), flags, 0o600))

    def is_marked(self, name: str) -> bool:
        """Whether a fact was recorded."""
        folder = next(_folders())
        try:
            _prepare(folder)
            return os.path.isfile(os.path.join(folder, self._digest(name)))
        except OSError:
            return False

    def _digest(self, name: str) -> str:
        return hashlib.sha256(("%s\n%s" % (self.scope, name)).encode("utf-8", "surrogatepass")).hexdigest()

    def _acquire(self, held: Held, name: str, what: str, ends: float) -> None:
        digest = self._digest(name)
        failure: Exception = OSError("this system has no file locks")
        for folder in _folders() if fcntl else ():
            try:
                _prepare(folder)
                file = os.open(
                    os.path.join(folder, digest), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
                )
            except OSError as error:
                failure = error
                continue
            try:
                waited = self._wait(file, what, ends)
                held.add(file, waited)
                return
            except OSError as error:  # such as a network file system without locks
                os.close(file)
                failure = error
            except BaseException:
                os.close(file)
                raise
        self.log("no lock is possible, so other tasks may write to %s at the same time: %s" % (what, failure))

    def _wait(self, file: int, what: str, ends: float) -> bool:
        """Acquire a lock; whether another task held it before."""
        waited = False
        while not _try_lock(file):
            waited = True
            if self.clock.monotonic() >= ends:
                said = "For %.0f minutes, another task on this machine has been writing to %s."
                raise _not_locked("locked", said % (LONGEST_WAIT / 60, what))
            left = ends - self.clock.monotonic()
            self.report_wait("another task that writes to %s" % what, LONGEST_WAIT - left, left)
            self.clock.sleep(_SHORTEST_PAUSE + self.clock.jitter() * (_LONGEST_PAUSE - _SHORTEST_PAUSE))
            if self.is_abandoned():
                raise _not_locked("abandoned", "Nobody waits for the result of this task any more.")
        return waited


def _not_locked(code: str, said: str) -> KatapultError:
    text = "%s Nothing was changed. Running the task again is safe." % said
    return KatapultError(text, ErrorDetails(code))


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def _overwrite(file: int, content: bytes) -> None:
    os.pwrite(file, content, 0)
    os.ftruncate(file, len(content))


def _folders() -> t.Iterator[str]:
    """The folders for lock files, the preferred one first. All tasks of a user must use the same one."""
    home = os.environ.get("ANSIBLE_HOME") or os.path.join("~", ".ansible")
    yield os.path.join(os.path.expanduser(home), "katapult.cloud", "locks")
    yield os.path.join(tempfile.gettempdir(), "katapult.cloud-%d" % os.geteuid())


def _prepare(folder: str) -> None:
    """Create a folder; rejected if another user could put files or links into it."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OSError("%s is not a folder that only this user can write to" % folder)
