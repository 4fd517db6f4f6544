# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Background work after creations, changes and deletions, and fields that are changed by a separate request."""

from __future__ import annotations

import json

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._engine.manage import manage
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import PROPERTIES, Call, Field, Wait
from ansible_collections.katapult.cloud.plugins.module_utils._schema.types import STRING, choice

from ..simulated import TaskRunner

ENGINES, ENGINE = "/organizations/organization/engines", "/engines/engine"
BUILD = Wait("engine_build", "/engine_builds/engine_build", "state", ("complete",), ("failed",))
TASK = Wait("task", "/tasks/task", "status", ("completed",), ("failed",))
RESOURCE = Resource(
    "engine",
    path=ENGINE,
    list_path=ENGINES,
    identity=("name",),
    paginated=False,
    create=Call("POST", ENGINES, "engine_build", (BUILD,)),
    delete=Call("DELETE", ENGINE, "task", (TASK,)),
    fields=(
        Field("id", STRING),
        Field("name", STRING, PROPERTIES, required=True),
        Field("note", STRING, PROPERTIES),
        Field("label", STRING, PROPERTIES, created=False),
        Field(
            "power",
            choice("on", "off"),
            PROPERTIES,
            created=False,
            change=Call("POST", ENGINE + "/power", "task", (TASK,)),
        ),
    ),
)
ENGINE_TASK = manage(RESOURCE)
WANTED = {"name": "v8", "note": "loud", "label": "L", "power": "off"}


class BackgroundApi:
    """An API with one kind, whose background work takes several polls."""

    def __init__(self, looks: int = 3, outcome: str = "") -> None:
        self.engines: dict[str, dict[str, str]] = {}
        self.running: dict[str, tuple[int, object]] = {}
        self.looks = looks
        self.outcome = outcome
        self.requests: list[str] = []
        self.failing: dict[tuple[str, str], list[int]] = {}

    def start(self, kind: str, field: str, done) -> dict:
        identifier = "%s_%d" % (kind, len(self.requests))
        self.running[identifier] = (self.looks, done)
        return {kind: {"id": identifier, field: "pending"}}

    def look(self, kind: str, field: str, identifier: str) -> dict:
        left, done = self.running[identifier]
        self.running[identifier] = (left - 1, done)
        if left > 1:
            return {kind: {"id": identifier, field: "running"}}
        if self.outcome:
            return {kind: {"id": identifier, field: self.outcome}}
        done()
        self.running[identifier] = (0, lambda: None)
        return {kind: {"id": identifier, field: "complete" if kind == "engine_build" else "completed"}}

    def __call__(self, method, path, query, body, seconds) -> Response:
        self.requests.append("%s %s" % (method, path))
        statuses = self.failing.get((method, path))
        if statuses:
            return Response(
                statuses.pop(0), {"x-api-schema": "json-error"}, b'{"error": {"code": "service_unavailable"}}'
            )
        status, document = self.answer(method, path, dict(query or []), body or {})
        return Response(status, {"x-api-schema": "json-error"}, json.dumps(document).encode())

    def answer(self, method, path, query, body):
        identifier = query.get("engine[id]") or body.get("engine", {}).get("id")
        if path in (BUILD.path, TASK.path):
            work = BUILD if path == BUILD.path else TASK
            return 200, self.look(work.of, work.field, query["%s[id]" % work.of])
        if (method, path) == ("POST", ENGINES):
            new = {
                "id": "engine_%d" % len(self.requests),
                "power": "on",
                "label": None,
                "note": None,
                **body["properties"],
            }
            return 200, self.start("engine_build", "state", lambda: self.engines.update({new["id"]: new}))
        if path == ENGINES:
            return 200, {"engines": list(self.engines.values())}
        if identifier not in self.engines:
            return 404, {"error": {"code": "engine_not_found"}}
        if path == ENGINE + "/power":
            return 200, self.start("task", "status", lambda: self.engines[identifier].update(power=body["power"]))
        if method == "DELETE":
            return 200, self.start("task", "status", lambda: self.engines.pop(identifier))
        self.engines[identifier].update(body.get("properties", {}))
        return 200, {"engine": self.engines[identifier]}

    def writes(self) -> list[str]:
        found = [request for request in self.requests if not request.startswith("GET")]
        self.requests.clear()
        return found


@pytest.fixture(name="api")
def fixture_api():
    return BackgroundApi()


def run(api, runner=None, properties=None, **more):
    runner = runner or TaskRunner()
    runner.send = api
    return runner.run_task(ENGINE_TASK, properties=WANTED if properties is None else properties, **more)


def refused(api, **more):
    with pytest.raises(KatapultError) as failure:
        run(api, **more)
    return failure.value


def test_a_kind_with_background_work_has_options_for_waiting():
    assert (
        ENGINE_TASK.argument_spec["wait"]["default"] is True
        and ENGINE_TASK.argument_spec["wait_timeout"]["type"] == "int"
    )


def test_the_task_waits_for_a_creation_and_then_applies_the_other_fields(api):
    predicted = run(api, check=True)
    assert api.writes() == []
    result = run(api)
    assert api.writes() == ["POST " + ENGINES, "PATCH " + ENGINE, "POST %s/power" % ENGINE]
    assert predicted.changed and result.changed and len(api.engines) == 1
    assert [entry["after"] for entry in predicted.diff] == [entry["after"] for entry in result.diff]
    assert {**result.values["engine"], "id": None} == predicted.values["engine"] == {"id": None, **WANTED}
    assert not run(api).changed and api.writes() == []


def test_waiting_for_work_does_not_use_the_retry_budget(api):
    api.looks = 200
    assert run(api, budget=1).changed


def test_a_poll_that_fails_once_is_retried(api):
    api.failing[("GET", BUILD.path)] = [503]
    assert run(api).changed and len(api.engines) == 1


def test_a_permanently_failing_poll_is_not_a_failed_creation(api):
    api.failing[("GET", BUILD.path)] = [503] * 1000
    error = refused(api)
    assert error.changed and error.details.code == "service_unavailable"
    assert api.writes() == ["POST " + ENGINES]


@pytest.mark.parametrize(
    ("outcome", "looks", "code"), [("failed", 2, "engine_build_failed"), ("", 10**6, "wait_timed_out")]
)
def test_work_that_fails_or_takes_too_long_is_a_failure_after_a_change(outcome, looks, code):
    api = BackgroundApi(looks, outcome)
    error = refused(api, wait_timeout=30)
    assert error.changed and error.details.code == code and "engine_build_" in error.message
    assert api.writes() == ["POST " + ENGINES]


@pytest.mark.parametrize("shows_up", [True, False])
def test_without_waiting_the_resource_is_returned_as_soon_as_it_can_be_found(api, shows_up):
    def answering(method, path, *more):
        if (method, path) == ("GET", ENGINES) and api.requests.count("GET " + ENGINES) == 3 and shows_up:
            for _left, finish in api.running.values():
                finish()
        return api(method, path, *more)

    runner = TaskRunner()
    runner.send = answering
    if shows_up:
        result = runner.run_task(ENGINE_TASK, properties={"name": "v8"}, wait=False)
        assert result.changed and result.values["engine"]["id"] in api.engines
    else:
        with pytest.raises(KatapultError, match=r"the API does not return it yet.*within 10 seconds") as failure:
            runner.run_task(ENGINE_TASK, properties={"name": "v8"}, wait=False)
        assert failure.value.changed and failure.value.details.code == "creation_not_visible"
    assert "GET " + BUILD.path not in api.requests and api.writes() == ["POST " + ENGINES]


def test_a_field_with_a_separate_request_is_waited_for_and_read_again(api):
    run(api)
    api.writes()
    predicted = run(api, properties={**WANTED, "power": "on"}, check=True)
    result = run(api, properties={**WANTED, "power": "on"})
    assert api.writes() == ["POST %s/power" % ENGINE] and predicted.diff == result.diff
    assert result.values["engine"]["power"] == "on" and not run(api, properties={**WANTED, "power": "on"}).changed


def test_a_failure_after_the_first_of_several_changes_reports_the_change(api):
    run(api)
    api.outcome = "failed"
    api.writes()
    error = refused(api, properties={**WANTED, "note": "quiet", "power": "on"})
    assert api.writes() == ["PATCH " + ENGINE, "POST %s/power" % ENGINE]
    assert error.changed and error.partial_result["engine"]["note"] == "quiet" and error.details.code == "task_failed"


def test_the_task_waits_for_a_deletion(api):
    run(api)
    api.writes()
    assert run(api, state="absent").changed and api.engines == {} and api.writes() == ["DELETE " + ENGINE]
    assert not run(api, state="absent").changed


def test_a_deletion_that_fails_later_is_a_failure_after_a_change(api):
    run(api)
    api.outcome = "failed"
    error = refused(api, state="absent")
    assert error.changed and error.details.code == "task_failed" and error.partial_result["engine"]["name"] == "v8"


def test_check_mode_never_waits(api):
    runner = TaskRunner()
    run(api, runner)
    runner.time.naps.clear()
    run(api, runner, properties={**WANTED, "power": "on"}, check=True)
    run(api, runner, state="absent", check=True)
    assert runner.time.naps == []


def test_a_change_by_post_whose_response_is_lost_is_not_sent_twice(api):
    run(api)
    api.writes()
    api.failing[("POST", ENGINE + "/power")] = [500]
    error = refused(api, properties={**WANTED, "power": "on"})
    assert (
        api.writes() == ["POST %s/power" % ENGINE] and "Whether the request took effect is not known" in error.message
    )


def test_an_accepted_change_that_cannot_be_read_again_is_a_change(api):
    run(api)
    api.failing[("GET", ENGINE)] = [403]
    error = refused(api, properties={**WANTED, "power": "on"})
    assert error.changed and error.partial_result["engine"]["power"] == "off"


@pytest.mark.parametrize("document", [{}, {"task": {}}, {"task": {"id": None}}])
def test_a_response_without_the_expected_work_is_a_failure_after_a_change(api, document):
    run(api)
    answer = api.answer
    api.answer = lambda method, path, *more: (200, document) if path.endswith("power") else answer(method, path, *more)
    error = refused(api, properties={**WANTED, "power": "on"})
    assert error.details.code == "unreadable_answer"


@pytest.mark.parametrize("seconds", [0, -5])
def test_wait_timeout_must_be_positive(api, seconds):
    assert "wait_timeout is %d" % seconds in refused(api, wait_timeout=seconds).message and api.requests == []


def test_a_listed_kind_requires_an_organization(api):
    assert "organization" in refused(api, organization=None).message and api.requests == []
