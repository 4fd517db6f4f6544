# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Address lists: entries that are compared as networks, and the lists of Katapult."""

from __future__ import annotations

import pytest
from katapult_simulator.kinds.address_list import Entry

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused

from ...catalog import TASKS
from ..simulated import TaskRunner

OFFICE = [{"address": "198.51.100.0/24", "name": "first floor"}, {"address": "2001:db8::/32"}]


@pytest.fixture(name="runner")
def fixture_runner():
    return TaskRunner()


def run(runner, entries=None, name="office", **task):
    given = {} if entries is None else {"entries": entries}
    return runner.run_task(TASKS["address_list"], properties={"name": name}, **given, **task)


def entries(runner, of="adlst_office"):
    there = runner.simulator.world.address_list_entries.values()
    return {one.address: one.name for one in there if one.address_list == of}


def test_a_list_is_created_with_its_entries_once(runner):
    wanted = [{"address": "192.0.2.7", "name": "a"}, {"address": "192.0.2.8"}]
    predicted = run(runner, wanted, name="new", check=True)
    assert runner.written() == []
    result = run(runner, wanted, name="new")
    assert predicted.changed and result.changed
    assert [one["address"] for one in result.values["address_list"]["entries"]] == ["192.0.2.7", "192.0.2.8"]
    again = run(runner, wanted[::-1], name="new")
    assert not again.changed and again.values["address_list"]["entries"] == result.values["address_list"]["entries"]


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("192.0.2.0/24", "192.0.2.9/24"),
        ("2001:DB8::1", "2001:db8:0::1"),
        ("2001:db8::/64", "2001:db8::5/64"),
    ],
)
def test_addresses_are_compared_as_networks(runner, there, wanted):
    runner.simulator.world.address_list_entries["adlste_9"] = Entry("adlste_9", "adlst_empty", there)
    assert not run(runner, [{"address": wanted}], name="empty").changed
    assert not run(runner, [{"address": there}], name="empty").changed


def test_entries_are_added_before_others_are_deleted_and_names_are_changed_in_place(runner):
    task = [{"address": "198.51.100.0/24", "name": "ground floor"}, {"address": "192.0.2.7", "name": "home"}]
    predicted = run(runner, task, check=True)
    result = run(runner, task)
    assert predicted.diff == [
        {**one, "after_header": expected["after_header"], "before_header": expected["before_header"]}
        for one, expected in zip(result.diff, predicted.diff)
    ]
    written = [one["method"] for one in runner.simulator.requests if one["method"] != "GET"]
    assert written == ["PATCH", "POST", "DELETE"]
    assert entries(runner) == {"198.51.100.0/24": "ground floor", "192.0.2.7": "home"}


def test_entries_that_are_not_listed_are_kept_on_request(runner):
    assert run(runner, [{"address": "192.0.2.7"}], purge_entries=False).changed and len(entries(runner)) == 3
    assert not run(runner).changed and len(entries(runner)) == 3


def test_the_last_entries_are_deleted_only_if_the_task_permits_it(runner):
    for check in (True, False):
        with pytest.raises(TaskRefused, match="allow_no_entries: true") as failure:
            run(runner, [], check=check)
        assert failure.value.details.code == "entries_emptied"
    assert run(runner, [], allow_no_entries=True).changed and entries(runner) == {}
    assert not run(runner, []).changed


def test_a_second_entry_with_one_address_is_deleted_with_the_others(runner):
    runner.simulator.world.address_list_entries["adlste_9"] = Entry("adlste_9", "adlst_office", "198.51.100.0/24")
    assert not run(runner, OFFICE, purge_entries=False).changed
    assert run(runner, OFFICE).changed and not run(runner, OFFICE).changed
    assert len(runner.simulator.world.address_list_entries) == 3  # with that of another list


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([{"address": "office"}], "neither an IP address nor a network"),
        ([{"address": "192.0.2.0/33"}], "neither an IP address nor a network"),
        ([{"address": "10.0.0.0/255.0.0.0"}], "neither an IP address nor a network"),
        ([{"address": "10.0.0.1/0"}], "neither an IP address nor a network"),
        ([{"address": ""}], "address is empty"),
        ([{"address": "192.0.2.1"}, {"address": "192.0.2.1/32"}], "more than one entry"),
    ],
)
def test_invalid_entries_are_rejected_before_a_request(runner, given, said):
    with pytest.raises(TaskRefused) as failure:
        run(runner, given)
    assert said in failure.value.message and runner.simulator.requests == []


# The lists of Katapult


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("check", [True, False])
def test_a_list_of_katapult_is_only_read(runner, state, check):
    with pytest.raises(KatapultError, match="can only be read") as failure:
        runner.run_task(TASKS["address_list"], id="adlst_balancers", state=state, check=check)
    assert failure.value.details.code == "read_only_address_list" and runner.written() == []


def test_a_list_with_the_name_of_one_of_katapult_is_another_list(runner):
    result = run(runner, name="Content delivery network")
    assert result.changed and result.values["address_list"]["id"] != "adlst_cdn"
    assert not run(runner, name="Content delivery network").changed


def test_lists_of_katapult_are_read_on_request(runner):
    def names(**task):
        found = runner.run_task(TASKS["address_list_info"], **task).values["address_lists"]
        return [(one["name"], one["global"]) for one in found]

    assert names() == [("office", False), ("empty", False)]
    assert ("Content delivery network", True) in names(include_global=True)
    (found,) = runner.run_task(
        TASKS["address_list_info"], name="Katapult Load Balancers (London)", include_global=True, include_entries=True
    ).values["address_lists"]
    assert [one["address"] for one in found["entries"]] == ["203.0.113.0/24"]
    assert names(id="adlst_cdn") == [("Content delivery network", True)]
