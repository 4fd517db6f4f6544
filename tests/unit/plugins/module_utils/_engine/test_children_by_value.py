# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Children that are identified by their values only: a multiset, in which equal children are counted."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from katapult_simulator import endpoints, table
from katapult_simulator import simulator as simulators
from katapult_simulator.arguments import enum, string
from katapult_simulator.kinds import KINDS

from ansible_collections.katapult.cloud.plugins.module_utils._engine.collection import Collection
from ansible_collections.katapult.cloud.plugins.module_utils._engine.manage import manage
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Parent, Resource
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import PROPERTIES, Field
from ansible_collections.katapult.cloud.plugins.module_utils._schema.types import STRING, choice

from ..simulated import TaskRunner
from .samples import SHELF, Shelf


@dataclass
class Note:
    id: str
    shelf: str
    side: str
    text: str = ""


NOTE = Resource(
    "note",
    path="/notes/note",
    list_path="/shelfs/shelf/notes",
    parent=Parent("shelf", ("id", "name"), option="notes"),
    names=(),
    fields=(
        Field("id", STRING),
        Field("side", choice("left", "right"), PROPERTIES, required=True),
        Field("text", STRING, PROPERTIES),
    ),
    describe=lambda note: "note %s %s" % (note.get("side"), note.get("text")),
)
NOTE_KIND = table.Kind(
    name="note",
    model=Note,
    prefix="note",
    parent=SHELF.kind,
    list_path="/shelfs/*/notes",
    writes=("POST", "PATCH", "DELETE"),
    arguments={"side": enum("left", "right"), "text": string},
    required=("side",),
    list_fields="id,side,text",
    fields="id,side,text",
)
TASK = manage(SHELF.resource, children=NOTE)


def left(text):
    return {"side": "left", "text": text}


def right(text):
    return {"side": "right", "text": text}


@pytest.fixture(name="runner")
def fixture_runner(monkeypatch):
    kinds = (NOTE_KIND, SHELF.kind, *KINDS)
    monkeypatch.setattr(endpoints, "KINDS", kinds)
    monkeypatch.setattr(simulators, "ENDPOINTS", [one for kind in kinds for one in endpoints.endpoints_of(kind)])
    runner = TaskRunner()
    runner.simulator.world.objects.update(shelfs={"shelf_1": Shelf("shelf_1", "org_acme", "tall")}, notes={})
    return runner


def put(runner, *notes):
    for number, note in enumerate(notes):
        runner.simulator.world.notes["note_%d" % number] = Note("note_%d" % number, "shelf_1", **note)


def run(runner, *notes, purge=False, **more):
    return runner.run_task(TASK, properties={"name": "tall"}, notes=list(notes), purge_notes=purge, **more)


def there(runner):
    return sorted((note.side, note.text) for note in runner.simulator.world.notes.values())


def writes(runner):
    return [method for method in runner.sent() if method != "GET"]


@pytest.mark.parametrize(
    ("before", "wanted", "purge", "sent", "after"),
    [
        ([], [left("a"), left("a")], False, ["POST", "POST"], [left("a"), left("a")]),  # equal children are counted
        ([left("a")], [left("a"), left("a")], False, ["POST"], [left("a"), left("a")]),
        ([left("a"), left("a")], [left("a"), left("a")], True, [], [left("a"), left("a")]),
        ([left("a"), left("a")], [left("a")], True, ["DELETE"], [left("a")]),
        (
            [left("a"), right("b")],
            [right("b"), left("a")],
            True,
            [],
            [left("a"), right("b")],
        ),  # the order is irrelevant
        ([left("a")], [left("b")], True, ["PATCH"], [left("b")]),  # instead of an unwanted one
        ([left("a")], [left("b")], False, ["POST"], [left("a"), left("b")]),  # omitted children are not managed
        (
            [left("a"), right("a")],
            [right("b")],
            True,
            ["PATCH", "DELETE"],
            [right("b")],
        ),  # of the child with more values in common
        ([left("a"), left("b")], [left("b"), left("c")], True, ["PATCH"], [left("b"), left("c")]),
        ([left("a"), left("b")], [], True, ["DELETE", "DELETE"], []),
        ([left("a")], [], False, [], [left("a")]),
        ([left("a")], [{"side": "left"}], True, [], [left("a")]),  # an omitted value may be anything
    ],
)
def test_children_are_matched_by_value_and_the_second_run_changes_nothing(runner, before, wanted, purge, sent, after):
    put(runner, *before)
    predicted = run(runner, *wanted, purge=purge, check=True)
    assert writes(runner) == []
    result = run(runner, *wanted, purge=purge)
    assert writes(runner) == sent and predicted.changed is result.changed is bool(sent)
    assert there(runner) == sorted((note["side"], note["text"]) for note in after)
    assert not run(runner, *wanted, purge=purge).changed and writes(runner) == []


@pytest.mark.parametrize("before", [[], [left("a")], [left("a"), left("a")]])
@pytest.mark.parametrize("fault", [{"answer": "lost"}, {"answer": "cut"}, {"answer": "lost", "carried_out": 3.0}])
def test_a_lost_response_never_creates_a_duplicate_and_never_adopts_an_existing_equal_child(runner, before, fault):
    put(runner, *before)
    runner.fail(method="POST", **fault)
    wanted = [*before, left("a"), left("a")]
    assert run(runner, *wanted).changed and writes(runner) == ["POST", "POST"]
    assert there(runner) == [("left", "a")] * len(wanted)


def test_a_lost_request_to_create_is_a_failure_and_no_existing_equal_child_is_adopted(runner):
    put(runner, left("a"))
    runner.fail(method="POST", answer="lost", carried_out=False)
    with pytest.raises(Exception, match="did not appear"):
        run(runner, left("a"), left("a"))
    assert (
        there(runner) == [("left", "a")]
        and run(runner, left("a"), left("a")).changed
        and there(runner) == [("left", "a")] * 2
    )


def test_a_parent_is_created_with_its_children(runner):
    runner.simulator.world.shelfs.clear()
    task = {"properties": {"name": "low", "size": 2}, "notes": [left("a"), left("a")]}
    predicted = runner.run_task(TASK, check=True, **task)
    result = runner.run_task(TASK, **task)
    assert len(predicted.values["shelf"]["notes"]) == len(result.values["shelf"]["notes"]) == 2
    assert writes(runner) == ["POST", "POST", "POST"] and not runner.run_task(TASK, **task).changed


def test_matching_a_hundred_children_is_fast():
    found = [{"id": "note_%d" % number, **left(str(number))} for number in range(100)]
    plans = Collection(NOTE).plan_all([left(str(number)) for number in reversed(range(100))], True, found, {"id": "x"})
    assert not any(plan.steps for plan in plans)


@pytest.mark.parametrize("purge", [True, False])
def test_children_with_fewer_values_leave_the_matches_to_those_with_more(runner, purge):
    put(runner, left("b"), left("a"))
    wanted = [{"side": "left"}, left("b")]
    assert not run(runner, *wanted, purge=purge).changed and writes(runner) == []


def test_a_child_deleted_before_it_is_read_does_not_exist(runner):
    put(runner, left("a"))
    runner.fail(method="DELETE", answer="given", status=404, body={"error": {"code": "note_not_found"}})
    assert not run(runner, purge=True).changed
