# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers with missing, extra, null or wrongly typed fields: a task makes do with them or fails, and never breaks.

Every answer also holds a secret in every field that is known for holding one, in every object of it, and none gets out.
"""

from __future__ import annotations

import json
import typing as t

import pytest
from generated import SETTINGS, WORDS
from hypothesis import given
from hypothesis import strategies as st
from katapult_simulator.rendering import SECRET
from scenarios import SCENARIOS, Scenario, shown, state, undisturbed

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result
from ansible_collections.katapult.cloud.plugins.module_utils._http.response import SECRET_KEYS
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response
from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import Desk

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), WORDS)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(WORDS, inner, max_size=2)),
    max_leaves=4,
)

Change = t.Tuple[int, int, str, t.Any]  # which answer, which of its values, what happens to it, the new value
CHANGES = st.tuples(st.integers(0, 12), st.integers(0, 200), st.sampled_from(["drop", "put", "add"]), ANYTHING)


def _values(document: t.Any) -> t.Iterator[tuple[t.Any, t.Any]]:
    """Every place in a document that holds a value, as what it is in and its key or index there."""
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


def _planted(document: t.Any) -> t.Any:
    """A document with a secret in every field that is known for holding one, in every object of it."""
    if isinstance(document, list):
        return [_planted(item) for item in document]
    if isinstance(document, dict):
        return {**dict.fromkeys(SECRET_KEYS, SECRET), **{key: _planted(item) for key, item in document.items()}}
    return document


def _through(desk: Desk, change: t.Callable[[int, t.Any], t.Any]) -> None:
    """Let every answer pass through a change, which is given its number and its document."""
    send, numbers = desk.send, iter(range(10**6))

    def changed(*request: t.Any) -> Response:
        answer = send(*request)
        document = change(next(numbers), json.loads(answer.body))
        return answer._replace(body=json.dumps(document).encode())

    desk.send = changed  # type: ignore[method-assign]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@given(st.lists(CHANGES, min_size=1, max_size=6))
@SETTINGS
def test_an_odd_answer_is_read_or_refused_and_breaks_nothing(scenario: Scenario, changes: list[Change]) -> None:
    desk = scenario.desk()
    before = state(desk)
    _through(desk, lambda number, answer: _changed(answer, [change for change in changes if change[0] == number]))
    outcome = scenario.attempt(desk)
    if scenario.checks:
        assert not desk.written() and state(desk) == before
    if isinstance(outcome, Result) and outcome.changed and not scenario.checks:
        assert desk.written()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_secret_of_any_field_of_an_answer_gets_out(scenario: Scenario) -> None:
    expected, asked_for, _requests = undisturbed(scenario)
    desk = scenario.desk()
    _through(desk, lambda _number, answer: _planted(answer))
    outcome = scenario.attempt(desk)
    assert isinstance(outcome, Result)
    assert outcome.as_dict() == expected.as_dict()
    assert scenario.checks or state(desk) == asked_for
    shown(outcome)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("status", [400, 403, 404, 406, 409, 422, 429, 500, 503])
@pytest.mark.parametrize("failing", [0, 1, 2])
def test_no_secret_of_any_field_of_a_failure_gets_out(scenario: Scenario, status: int, failing: int) -> None:
    desk = scenario.desk()
    send, numbers = desk.send, iter(range(10**6))
    detail = _planted({"errors": ["it was planted"], "load_balancer": {"resources": [{"value": {"organization": {}}}]}})
    key = "-----BEGIN RSA PRIVATE KEY-----\n%s\n-----END RSA PRIVATE KEY-----" % SECRET
    body = {"error": {"code": "validation_error", "description": "It was planted: %s" % key, "detail": detail}}

    def refusing(*request: t.Any) -> Response:
        if next(numbers) < failing:
            return send(*request)
        return Response(status, {"x-api-schema": "json-error"}, json.dumps(body).encode())

    desk.send = refusing  # type: ignore[method-assign]
    text = shown(scenario.attempt(desk))
    assert failing >= len(scenario.places()) or "was planted" in text


def test_the_examples_are_counted(record_property):
    record_property("examples", SETTINGS.max_examples)
    assert SETTINGS.derandomize  # or they would not be the same ones next time
