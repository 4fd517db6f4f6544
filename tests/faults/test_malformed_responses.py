# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses with missing, additional, null or wrongly typed fields: a task accepts them or fails, and never raises another exception.

Every response also contains a secret in every field that is known to contain one, in every object, and no secret is in the output.
"""

from __future__ import annotations

import json
import typing as t

import pytest
from generated import OF_A_SCENARIO, WORDS
from hypothesis import given
from hypothesis import strategies as st
from katapult_simulator.rendering import SECRET
from scenarios import SCENARIOS, Scenario, shown, state, undisturbed

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result
from ansible_collections.katapult.cloud.plugins.module_utils._http.response import SECRET_KEYS
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response
from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import TaskRunner

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), WORDS)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(WORDS, inner, max_size=2)),
    max_leaves=4,
)

Change = t.Tuple[
    int, int, str, t.Any
]  # the number of the response, the number of its value, the kind of change, the new value
CHANGES = st.tuples(st.integers(0, 12), st.integers(0, 200), st.sampled_from(["drop", "put", "add"]), ANYTHING)


def _values(document: t.Any) -> t.Iterator[tuple[t.Any, t.Any]]:
    """Every value in a document, as its container and its key or index there."""
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in list(inner):
        yield document, key
        yield from _values(value)


def _changed(document: t.Any, changes: t.Iterable[Change]) -> t.Any:
    for _answer, number, deed, value in changes:
        places = list(_values(document))
        which = number % (len(places) + 1)
        if which == len(places):  # the document itself
            document = value
            continue
        within, key = places[which]
        if deed == "drop":
            del within[key]
        elif deed == "add" and isinstance(within, dict):
            within["also"] = value
        else:
            within[key] = value
    return document


def _with_secrets(document: t.Any) -> t.Any:
    """A document with a secret in every field that is known to contain one, in every object."""
    if isinstance(document, list):
        return [_with_secrets(item) for item in document]
    if isinstance(document, dict):
        return {**dict.fromkeys(SECRET_KEYS, SECRET), **{key: _with_secrets(item) for key, item in document.items()}}
    return document


def _change_responses(runner: TaskRunner, change: t.Callable[[int, t.Any], t.Any]) -> None:
    """Change every response with a function that receives its number and its document."""
    send, numbers = runner.send, iter(range(10**6))

    def changed(*request: t.Any) -> Response:
        answer = send(*request)
        document = change(next(numbers), json.loads(answer.body))
        return answer._replace(body=json.dumps(document).encode())

    runner.send = changed  # type: ignore[method-assign]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@given(st.lists(CHANGES, min_size=1, max_size=6))
@OF_A_SCENARIO
def test_a_malformed_response_is_accepted_or_rejected_without_another_exception(
    scenario: Scenario, changes: list[Change]
) -> None:
    runner = scenario.runner()
    before = state(runner)
    _change_responses(
        runner, lambda number, answer: _changed(answer, [change for change in changes if change[0] == number])
    )
    outcome = scenario.attempt(runner)
    if scenario.checks:
        assert not runner.written() and state(runner) == before
    if isinstance(outcome, Result) and outcome.changed and not scenario.checks:
        assert runner.written()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_secret_in_a_response_is_in_the_output(scenario: Scenario) -> None:
    expected, desired, _requests = undisturbed(scenario)
    runner = scenario.runner()
    _change_responses(runner, lambda _number, answer: _with_secrets(answer))
    outcome = scenario.attempt(runner)
    assert isinstance(outcome, Result)
    assert outcome.as_dict() == expected.as_dict()
    assert scenario.checks or state(runner) == desired
    shown(outcome)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("status", [400, 403, 404, 406, 409, 422, 429, 500, 503])
@pytest.mark.parametrize("failing", [0, 1, 2])
def test_no_secret_in_an_error_response_is_in_the_output(scenario: Scenario, status: int, failing: int) -> None:
    runner = scenario.runner()
    send, numbers = runner.send, iter(range(10**6))
    detail = _with_secrets(
        {"errors": ["it was planted"], "load_balancer": {"resources": [{"value": {"organization": {}}}]}}
    )
    key = "-----BEGIN RSA PRIVATE KEY-----\n%s\n-----END RSA PRIVATE KEY-----" % SECRET
    body = {"error": {"code": "validation_error", "description": "It was planted: %s" % key, "detail": detail}}

    def refusing(*request: t.Any) -> Response:
        if next(numbers) < failing:
            return send(*request)
        return Response(status, {"x-api-schema": "json-error"}, json.dumps(body).encode())

    runner.send = refusing  # type: ignore[method-assign]
    text = shown(scenario.attempt(runner))
    assert failing >= len(scenario.places()) or "was planted" in text


def test_the_examples_are_counted(record_property):
    record_property("examples", OF_A_SCENARIO.max_examples)
    assert OF_A_SCENARIO.derandomize  # otherwise, they would differ in the next run
