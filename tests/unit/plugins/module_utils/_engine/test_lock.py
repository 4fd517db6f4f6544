# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks: one task at a time writes to a resource, and knows whether another one wrote after it had read."""

from __future__ import annotations

import errno
import fcntl
import os
import time

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._engine import lock
from ansible_collections.katapult.cloud.plugins.module_utils._engine.lock import LONGEST_WAIT, Locking
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError

from ..simulated import TaskRunner, Time

NAME = "load_balancer api_reference=web"


@pytest.fixture(autouse=True)
def fixture_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ANSIBLE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(lock.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))


def locking(clock=None, **more):
    return Locking("https://a.example", (clock or Time()).clock(), **more)


def files(folder):
    return sorted(os.path.join(top, name) for top, _folders, names in os.walk(folder) for name in names)


def held_by_another(path):
    """Lock a file as another process does: with an open file of its own."""
    other = os.open(path, os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_EX)
    return other


def test_nobody_wrote_since(tmp_path):
    with locking().hold([NAME], "web") as held:
        assert held.is_current(time.monotonic_ns())
    read_at = time.monotonic_ns()
    with locking().hold([NAME], "web") as held:
        assert held.is_current(read_at)
        (path,) = files(tmp_path)
        assert open(path).read() == "dirty"
    assert read_at < int(open(path).read()) <= time.monotonic_ns()
    assert path.startswith(str(tmp_path / "home" / "katapult.cloud" / "locks"))


def test_another_task_wrote_after_the_resource_was_read():
    read_at = time.monotonic_ns()
    with locking().hold([NAME], "web"):
        pass
    with locking().hold([NAME], "web") as held:
        assert not held.is_current(read_at)


@pytest.mark.parametrize("content", ["dirty", "x", "-1", "1e3", "\x00"])
def test_what_a_killed_holder_leaves_is_never_certain(tmp_path, content):
    with locking().hold([NAME], "web"):
        pass
    (path,) = files(tmp_path)
    with open(path, "w") as file:
        file.write(content)
    with locking().hold([NAME], "web") as held:
        assert not held.is_current(time.monotonic_ns() + 10**12)


def test_a_task_that_waited_reads_again(tmp_path):
    with locking().hold([NAME], "web"):
        pass
    (path,) = files(tmp_path)
    other = held_by_another(path)
    clock = Time()

    def sleep(seconds):
        Time.sleep(clock, seconds)
        if len(clock.naps) == 3:
            os.close(other)

    clock.sleep = sleep
    with locking(clock).hold([NAME], "web") as held:
        assert not held.is_current(time.monotonic_ns() + 10**12)
    assert len(clock.naps) == 3 and all(0.02 <= nap <= 0.1 for nap in clock.naps)


def test_after_a_quarter_of_an_hour_the_task_fails_without_a_change(tmp_path):
    with locking().hold([NAME], "web"):
        pass
    (path,) = files(tmp_path)
    before = open(path).read()
    other = held_by_another(path)
    clock = Time()
    with pytest.raises(
        KatapultError, match=r"15 minutes.*the load balancer web.*Running the task again is safe"
    ) as failure:
        with locking(clock).hold([NAME, "other"], "the load balancer web"):
            raise AssertionError
    assert failure.value.details.code == "locked" and not failure.value.changed
    assert clock.passed == pytest.approx(LONGEST_WAIT, abs=1)
    os.close(other)
    assert open(path).read() == before  # the lock of the other task was not touched


def test_a_task_that_nobody_waits_for_gives_up(tmp_path):
    with locking().hold([NAME], "web"):
        pass
    other = held_by_another(files(tmp_path)[0])
    with pytest.raises(KatapultError) as failure:
        with locking(is_abandoned=lambda: True).hold([NAME], "web"):
            raise AssertionError
    assert failure.value.details.code == "abandoned"
    os.close(other)


def test_locks_end_with_the_task_or_before(tmp_path):
    with pytest.raises(ZeroDivisionError):
        with locking().hold(["a", "b"], "web"):
            raise ZeroDivisionError
    with locking().hold(["a", "b"], "web") as held:
        held.release()
        clock = Time()
        with locking(clock).hold(["b", "a"], "web"):
            assert not clock.naps
    assert len(files(tmp_path)) == 2


def test_resources_of_another_api_have_other_locks(tmp_path):
    with locking().hold([NAME], "web"), Locking("https://b.example", Time().clock()).hold([NAME], "web"):
        assert len(files(tmp_path)) == 2


@pytest.mark.parametrize("unusable", ["a file", "a link", "writable for others", "of another user"])
def test_a_folder_that_is_not_safe_is_not_used(tmp_path, monkeypatch, unusable):
    folder = tmp_path / "home" / "katapult.cloud" / "locks"
    folder.parent.mkdir(parents=True)
    if unusable == "a file":
        folder.write_text("")
    elif unusable == "a link":
        (tmp_path / "elsewhere").mkdir()
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        folder.chmod(0o777 if unusable == "writable for others" else 0o700)
    lines = []
    if unusable == "of another user":
        monkeypatch.setattr(lock.os, "geteuid", lambda: os.getuid() + 1)
    with locking(log=lines.append).hold([NAME], "web") as held:
        assert held.is_current(time.monotonic_ns())
    there = [path for path in files(tmp_path) if path != str(folder)]
    if unusable == "of another user":  # the other folder is not of that user either
        assert not there and "no lock" in lines[0] and len(lines) == 1
    else:
        assert not lines and [os.path.dirname(path) for path in there] == [
            str(tmp_path / "tmp" / ("katapult.cloud-%d" % os.getuid()))
        ]


def test_a_link_in_place_of_a_lock_is_not_followed(tmp_path):
    with locking().hold([NAME], "web"):
        pass
    (path,) = files(tmp_path)
    target = tmp_path / "target"
    target.write_text("precious")
    os.unlink(path)
    os.symlink(target, path)
    with locking().hold([NAME], "web"):
        pass
    assert target.read_text() == "precious"


# Tasks

WEB = {
    "api_reference": "web",
    "name": "Web",
    "resource_type": "virtual_machines",
    "resource_ids": ["vm_a", "vm_b"],
    "data_center": {"permalink": "uk-lon-01"},
}


def weight(machine, value):
    return {"properties": {"api_reference": "web"}, "weights": [{"virtual_machine_id": machine, "weight": value}]}


def interrupted(runner, others):
    """Let another task run to its end after the first response to this one."""
    original, runs = runner.send, iter(others)

    def send(method, path, *more):
        response = original(method, path, *more)
        other = next(runs, None)
        if other is not None:
            other()
        return response

    runner.send = send
    return original


def test_a_change_that_another_task_makes_in_between_is_not_lost():
    runner = TaskRunner()
    runner.run(properties=WEB)
    runner.sent()
    original = interrupted(
        runner, [lambda: TaskRunner(runner.simulator, api_url=runner.api_url).run(**weight("vm_a", 9))]
    )
    assert runner.run(**weight("vm_b", 7)).changed
    (balancer,) = runner.balancers()
    assert dict(balancer.weights) == {"vm_a": 9, "vm_b": 7}
    # its GET, the other task, and again from the start under the lock
    assert runner.sent() == ["GET", "GET", "GET", "PATCH", "GET", "GET", "GET", "PATCH"]
    runner.send = original
    assert not runner.run(**weight("vm_b", 7)).changed


def test_without_another_task_there_is_no_request_more():
    runner = TaskRunner()
    runner.run(properties=WEB)
    runner.sent()
    runner.run(**weight("vm_b", 7))
    assert runner.sent() == ["GET", "GET", "PATCH"]
    runner.run(**weight("vm_b", 8), check=True)
    runner.run(**weight("vm_b", 7))
    assert runner.sent() == ["GET", "GET", "GET"] and len(files(os.environ["ANSIBLE_HOME"])) == 2


def test_what_another_task_made_so_is_no_change():
    runner = TaskRunner()
    runner.run(properties=WEB)
    interrupted(runner, [lambda: TaskRunner(runner.simulator, api_url=runner.api_url).run(**weight("vm_b", 7))])
    assert not runner.run(**weight("vm_b", 7)).changed


def test_a_creation_between_the_look_and_the_lock_is_adopted():
    runner = TaskRunner(assumptions=TaskRunner().assumptions)
    interrupted(runner, [lambda: TaskRunner(runner.simulator, api_url=runner.api_url).run(properties=WEB)])
    result = runner.run(properties={**WEB, "name": "New"})
    (balancer,) = runner.balancers()
    assert result.changed and balancer.name == "New" and runner.sent().count("POST") == 1


def test_a_full_disk_is_no_failure_and_every_lock_is_released():
    def failing(file, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    def locks():
        return Locking("https://api.example", Time().clock()).hold(["a", "b"], "x")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock, "_overwrite", failing)
        with locks() as held:  # none is possible
            assert held.is_current(1)
    with pytest.MonkeyPatch.context() as patch, locks():
        patch.setattr(lock, "_overwrite", failing)
    with locks() as held:
        assert not held.is_current(time.monotonic_ns())  # the content is still that of a held lock
    with locks() as held:
        assert held.is_current(time.monotonic_ns())
