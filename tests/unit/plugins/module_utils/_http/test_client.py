# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests: which are retried, how long the pauses are, and the limits of the budget."""

from __future__ import annotations

import json

import pytest
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, UnexpectedResponse
from ansible_collections.katapult.cloud.plugins.module_utils._http import pagination as _pagination
from ansible_collections.katapult.cloud.plugins.module_utils._http.pagination import list_rows
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response

from ..simulated import ALL, ONE, TaskRunner

QUERY = [("load_balancer[id]", "lb_1")]
PASSING = [
    {"answer": "lost"},
    {"answer": "cut"},
    {"answer": "real", "after": 61.0},
    {"answer": "given", "status": 200, "body": ""},
    {"answer": "given", "status": 500, "body": {"error": {"code": "unhandled_exception"}}},
    {"answer": "given", "status": 502, "body": "<html>"},
    {"answer": "given", "status": 503, "body": {"error": {"code": "service_unavailable"}}},
    {"answer": "given", "status": 503, "body": "<html>"},
    {"answer": "given", "status": 504, "body": ""},
    {
        "answer": "given",
        "status": 429,
        "headers": {"Retry-After": "2"},
        "body": {"error": {"code": "rate_limit_reached"}},
    },
]


@pytest.fixture(name="runner")
def fixture_runner():
    runner = TaskRunner()
    runner.existing()
    return runner


def patch(client):
    return client.request(
        "PATCH", ONE, body={"load_balancer": {"id": "lb_1"}, "properties": {"name": "New"}}, expect="load_balancer"
    )


@pytest.mark.parametrize("fault", PASSING)
def test_a_read_is_retried_until_the_fault_ends(runner, fault):
    runner.fail(times=2, **fault)
    assert runner.client().request("GET", ONE, QUERY)["load_balancer"]["id"] == "lb_1"
    assert len(runner.sent()) == 3


@pytest.mark.parametrize("fault", PASSING)
def test_an_update_is_retried_until_the_fault_ends(runner, fault):
    runner.fail(times=2, **fault)
    assert patch(runner.client())["load_balancer"]["name"] == "New"
    assert runner.sent() == ["PATCH"] * 3


@pytest.mark.parametrize("fault", PASSING)
def test_a_permanent_fault_ends_the_task_within_the_budget(runner, fault):
    runner.fail(times=None, **fault)
    with pytest.raises(KatapultError) as failure:
        patch(runner.client(budget=50))
    assert runner.time.passed <= 60 + 50 + 1
    assert "api_retry_timeout" in str(failure.value)
    assert "Running the task again is safe" in str(failure.value)
    assert (failure.value.details.method, failure.value.details.path) == ("PATCH", ONE)


@pytest.mark.parametrize("fault", PASSING)
def test_without_a_budget_nothing_is_retried(runner, fault):
    runner.fail(times=None, **fault)
    with pytest.raises(KatapultError):
        patch(runner.client(budget=0))
    assert runner.sent() == ["PATCH"] and runner.time.naps == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"code": "invalid_argument"}),
        (403, {"code": "invalid_api_token"}),
        (404, {"code": "load_balancer_not_found"}),
        (422, {"code": "validation_error"}),
        (501, ""),
        (301, ""),
    ],
)
def test_a_permanent_error_is_not_retried(runner, status, body):
    runner.fail(times=None, answer="given", status=status, body=body)
    with pytest.raises(KatapultError):
        runner.client().request("GET", ONE, QUERY)
    assert runner.sent() == ["GET"]


def test_the_pauses_increase_up_to_a_limit(runner):
    runner.fail(times=None, answer="lost")
    with pytest.raises(KatapultError):
        runner.client(budget=120).request("GET", ONE, QUERY)
    assert runner.time.naps == [1, 2, 4, 8, 16, 30, 30, 29]


def test_a_rate_limit_without_retry_after_is_waited_for_until_the_next_clock_minute(runner):
    runner.simulator.permitted = 1
    client = runner.client()
    client.request("GET", ONE, QUERY)
    client.request("GET", ONE, QUERY)
    assert runner.time.naps == [55.0]  # it is five seconds past the minute


def test_retry_after_determines_the_pause(runner):
    runner.fail(answer="given", status=429, headers={"Retry-After": "17"}, body={"code": "rate_limit_reached"})
    runner.client().request("GET", ONE, QUERY)
    assert runner.time.naps == [17.0]


def test_a_retry_after_of_zero_has_a_minimum_pause(runner):
    runner.fail(
        times=None, answer="given", status=429, headers={"Retry-After": "0"}, body={"code": "rate_limit_reached"}
    )
    with pytest.raises(KatapultError):
        runner.client(budget=10).request("GET", ONE, QUERY)
    assert runner.time.naps == [1, 2, 4, 3]


def test_a_pause_longer_than_the_budget_is_not_started(runner):
    runner.fail(
        times=None, answer="given", status=429, headers={"Retry-After": "500"}, body={"code": "rate_limit_reached"}
    )
    with pytest.raises(KatapultError, match="would have to wait 500 seconds, but only 120 are left"):
        runner.client().request("GET", ONE, QUERY)
    assert runner.time.naps == []


def test_all_requests_of_a_task_share_one_budget(runner):
    client = runner.client(budget=10)
    runner.fail(times=3, answer="lost")
    client.request("GET", ONE, QUERY)
    assert client.budget.remaining() == 3
    runner.fail(times=None, answer="lost")
    with pytest.raises(KatapultError):
        client.request("GET", ONE, QUERY)
    assert runner.time.passed == 10


def test_the_first_attempt_is_not_counted_as_waiting_but_later_ones_are(runner):
    client = runner.client(timeout=20, budget=100)
    runner.fail(times=2, answer="real", after=21.0)
    client.request("GET", ONE, QUERY)
    assert runner.time.passed == 20 + 1 + 20 + 2
    assert client.budget.remaining() == 100 - 1 - 20 - 2


@pytest.mark.parametrize("fault", PASSING)
def test_a_request_without_retries_is_sent_once(runner, fault):
    runner.fail(times=None, **fault)
    with pytest.raises(KatapultError):
        runner.client().request("POST", ALL, body={}, retry=False)
    assert runner.sent() == ["POST"] and runner.time.naps == []


def test_a_retry_is_limited_to_the_remaining_budget_but_has_at_least_a_second(runner):
    given = []
    send = runner.send

    def noting(method, path, query, body, seconds):
        given.append(seconds)
        return send(method, path, query, body, seconds)

    runner.send = noting
    runner.fail(times=None, answer="lost")
    with pytest.raises(KatapultError):
        runner.client(timeout=60, budget=5).request("GET", ONE, QUERY)
    assert given == [60, 4, 2, 1]


@pytest.mark.parametrize(("method", "reported"), [("GET", False), ("PATCH", True)])
def test_an_unknown_effect_is_reported_for_a_write_but_not_for_a_read(runner, method, reported):
    runner.fail(times=None, answer="lost")
    with pytest.raises(KatapultError) as failure:
        runner.client(budget=1).request(method, ONE, QUERY)
    assert ("Whether the request took effect is not known" in str(failure.value)) is reported
    assert "Gave up: 2 attempts failed (api_retry_timeout is 1)" in str(failure.value)


def test_a_budget_of_hours_is_spent_in_pauses_of_half_a_minute(runner):
    runner.fail(times=None, answer="given", status=503, body={"error": {"code": "service_unavailable"}})
    with pytest.raises(KatapultError):
        runner.client(budget=86400).request("GET", ONE, QUERY)
    assert runner.time.passed == 86400 and max(runner.time.naps) == 30


def test_check_mode_cannot_write(runner):
    client = runner.client(read_only=True)
    client.request("GET", ONE, QUERY)
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        with pytest.raises(KatapultError, match="check mode"):
            client.request(method, ONE, QUERY)
    assert runner.sent() == ["GET"]


@pytest.mark.parametrize(
    "body", [{}, {"load_balancer": None}, {"load_balancer": []}, {"load_balancer": {}}, {"load_balancer": {"id": 7}}]
)
def test_a_response_without_required_content_is_a_failure(runner, body):
    runner.fail(answer="given", body=body)
    with pytest.raises(UnexpectedResponse, match='a "load_balancer" with an id') as failure:
        runner.client().request("GET", ONE, QUERY, expect="load_balancer")
    assert failure.value.details.code == "unreadable_answer" and failure.value.may_have_taken_effect


# Lists

LIST = [("organization[sub_domain]", "acme")]


@pytest.mark.parametrize("there", [0, 1, 199, 200, 201, 400, 401])
def test_a_list_is_read_completely(there):
    runner = TaskRunner()
    for number in range(there):
        runner.existing(id="lb_%d" % number, api_reference=None)
    found = [row["id"] for row in list_rows(runner.client(), ALL, LIST, "load_balancers")]
    assert found == ["lb_%d" % number for number in range(there)]
    assert len(runner.sent()) == max(1, -(-there // 200))


@pytest.mark.parametrize(
    ("largest", "there", "sent"),
    [
        (200, 1000, 5),
        (100, 1000, 1 + 10),  # one rejected request, then ten pages of a hundred
        (50, 95, 2 + 4),  # two rejected requests, then four pages of thirty, the default of the list
    ],
)
def test_a_list_is_read_in_pages_of_the_largest_permitted_size(largest, there, sent):
    runner = TaskRunner(assumptions=Assumptions(largest_page=largest))
    for number in range(there):
        runner.existing(id="lb_%d" % number, api_reference=None)
    client = runner.client()
    assert len(list(list_rows(client, ALL, LIST, "load_balancers"))) == there
    assert len(runner.sent()) == sent
    assert len(list(list_rows(client, ALL, LIST, "load_balancers"))) == there
    assert len(runner.sent()) == -(
        -there // {200: 200, 100: 100, 50: 30}[largest]
    )  # a rejected size is not tried again


def test_a_page_size_that_is_rejected_later_is_a_failure(runner):
    body = {"pagination": {"total_pages": 2}, "load_balancers": [{"id": "lb"}]}
    runner.fail(answer="given", body=body)
    runner.fail(answer="given", status=400, body={"code": "invalid_argument", "detail": {"path": ["per_page"]}})
    with pytest.raises(KatapultError):
        list(list_rows(runner.client(), ALL, LIST, "load_balancers"))
    assert len(runner.sent()) == 2


def test_a_list_without_a_number_of_pages_ends_with_a_page_that_is_not_full(runner):
    for rows in (["lb_1", "lb_2"], ["lb_3"]):
        body = {"pagination": {"per_page": 2, "large_set": True}, "load_balancers": [{"id": row} for row in rows]}
        runner.fail(answer="given", body=body)
    assert len(list(list_rows(runner.client(), ALL, LIST, "load_balancers"))) == 3
    assert len(runner.sent()) == 2


@pytest.mark.parametrize(
    "pagination", [None, "invalid", {}, {"total_pages": None, "per_page": None}, {"total_pages": "9"}]
)
def test_an_unusable_pagination_ends_the_list(runner, pagination):
    runner.fail(answer="given", body={"pagination": pagination, "load_balancers": [{"id": "lb"}]})
    assert list(list_rows(runner.client(), ALL, LIST, "load_balancers")) == [{"id": "lb"}]
    assert len(runner.sent()) == 1


def test_a_pagination_that_announces_empty_pages_ends_too(runner):
    runner.fail(times=None, answer="given", body={"pagination": {"total_pages": 9**9}, "load_balancers": []})
    assert not list(list_rows(runner.client(), ALL, LIST, "load_balancers"))
    assert len(runner.sent()) == 1


def test_a_list_that_repeats_itself_permanently_is_a_failure(runner):
    body = {"pagination": {"per_page": 1}, "load_balancers": [{"id": "lb"}]}
    runner.fail(times=None, answer="given", body=body)
    with pytest.raises(UnexpectedResponse, match="new entries on page 2"):
        list(list_rows(runner.client(), ALL, LIST, "load_balancers"))
    assert len(runner.sent()) == 2


class ChangingList:
    """A list from which objects are removed, and to which some are added, between its pages.

    :param before: the change before each request, by its number: receives the rows.
    """

    def __init__(self, rows, before, per_page=2, pagination=lambda described: described):
        self.rows = ["lb_%02d" % number for number in range(rows)]
        self.before = before
        self.per_page = per_page
        self.pagination = pagination
        self.asked = []

    def send(self, method, path, query, body, seconds):
        self.before(len(self.asked), self.rows)
        page = dict(query)["page"]
        self.asked.append(page)
        rows = self.rows[(page - 1) * self.per_page : page * self.per_page]
        described = {
            "current_page": page,
            "total": len(self.rows),
            "total_pages": -(-len(self.rows) // self.per_page),
            "per_page": self.per_page,
        }
        document = {"pagination": self.pagination(described), "load_balancers": [{"id": row} for row in rows]}
        return Response(200, {}, json.dumps(document).encode())

    def read(self, runner, **more):
        runner.send = self.send
        return [row["id"] for row in list_rows(runner.client(), ALL, LIST, "load_balancers", **more)]


def between(deeds):
    return lambda number, rows: deeds.get(number, lambda rows: None)(rows)


@pytest.mark.parametrize("removed", range(6))
@pytest.mark.parametrize("when", [1, 2])
def test_a_list_from_which_objects_are_removed_while_it_is_read_omits_no_remaining_object(runner, removed, when):
    shelf = ChangingList(6, between({when: lambda rows: rows.pop(removed)}))
    assert shelf.read(runner) == ["lb_%02d" % number for number in range(6) if number != removed]
    assert shelf.asked == [*range(1, when + 2), 1, 2, 3]


def test_a_list_whose_last_page_is_removed_while_it_is_read_is_read_again(runner):
    shelf = ChangingList(3, between({1: lambda rows: rows.pop(0)}))
    assert shelf.read(runner) == ["lb_01", "lb_02"]


@pytest.mark.parametrize("at", [0, 1, 3, 6])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_list_to_which_objects_are_added_while_it_is_read_is_complete_without_duplicates(runner, at, count):
    shelf = ChangingList(
        6, between({1: lambda rows: rows.__setitem__(slice(at, at), ["new_%d" % n for n in range(count)])})
    )
    found = shelf.read(runner)
    assert len(found) == len(set(found)) and set(found) >= {"lb_%02d" % number for number in range(6)}


def test_a_list_that_becomes_shorter_each_time_is_a_failure(runner):
    shelf = ChangingList(100, lambda number, rows: rows.pop(0))
    with pytest.raises(KatapultError, match="became shorter each of the 5 times") as failure:
        shelf.read(runner)
    assert failure.value.details.code == "list_keeps_changing" and shelf.asked == [1, 2] * 5


@pytest.mark.parametrize(
    "pagination",
    [
        lambda message: {**message, "total_pages": message["current_page"] + 1},  # always one more
        lambda message: {**message, "total_pages": 10**9},
        lambda message: {**message, "total": message["current_page"] * 100, "total_pages": 10**9},
        lambda message: {"total_pages": 10**9},
        lambda message: {"total_pages": message["current_page"] + 1},
        lambda message: {"per_page": 2},
    ],
)
@pytest.mark.parametrize("endless", [True, False])
def test_reading_a_list_always_ends(monkeypatch, runner, pagination, endless):
    monkeypatch.setattr(_pagination, "_MOST_PAGES", 50)

    def grow(number, rows):
        if endless:
            rows += ["more_%d_%d" % (number, one) for one in range(2)]

    shelf = ChangingList(4, grow, pagination=pagination)
    try:
        found = shelf.read(runner)
    except UnexpectedResponse as error:
        assert "an end" in str(error)
    else:
        assert len(found) >= 4
    assert len(shelf.asked) <= 50


def test_a_list_ends_with_the_announced_pages_and_those_of_added_objects(runner):
    shelf = ChangingList(6, between({1: lambda rows: rows.extend(["new_1", "new_2", "new_3"])}))
    shelf.pagination = lambda message: {**message, "total_pages": 3 if message["current_page"] == 1 else 99}
    assert len(shelf.read(runner)) == 9 and shelf.asked == [1, 2, 3, 4, 5]


def test_a_list_is_read_only_as_far_as_needed(runner):
    shelf = ChangingList(10, between({}))
    assert "lb_03" in shelf.read(runner, until=lambda row: row["id"] == "lb_03")
    assert shelf.asked == [1, 2]


@pytest.mark.parametrize("shown", [1, 3])
def test_another_page_than_requested_is_rejected(runner, shown):
    shelf = ChangingList(
        6,
        between({}),
        pagination=lambda message: {**message, "current_page": shown} if message["current_page"] == 2 else message,
    )
    with pytest.raises(UnexpectedResponse, match="page 2: it contains page %d" % shown):
        shelf.read(runner)


class ReusedConnection:
    """A transport that reuses a connection, with given responses."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.renewed = []

    def __call__(self, *request):
        answer = self.answers.pop(0)
        return Response(200, {}, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def renew(self):
        self.renewed.append(len(self.answers))


@pytest.mark.parametrize(
    "invalid", [b"oops", b"", {"load_balancers": []}, {"load_balancer": {"id": 7}}, b'{"load_balancer": {']
)
def test_after_a_response_that_does_not_match_its_request_another_connection_is_used(runner, invalid):
    kept = ReusedConnection(invalid, {"load_balancer": {"id": "lb_1"}})
    runner.send = kept
    client = runner.client()
    try:
        client.request("GET", ONE, QUERY, expect="load_balancer")
    except UnexpectedResponse:
        pass
    assert kept.renewed == [1]


@pytest.mark.parametrize("row", [None, "invalid", {}, {"id": None}, {"id": 7}, {"id": ""}])
def test_a_list_entry_without_an_id_is_a_failure(runner, row):
    runner.fail(answer="given", body={"load_balancers": [{"id": "lb"}, row]})
    with pytest.raises(UnexpectedResponse, match="the id of one of its"):
        list(list_rows(runner.client(), ALL, LIST, "load_balancers"))


def test_a_list_of_another_type_is_a_failure(runner):
    runner.fail(answer="given", body={"load_balancers": None})
    with pytest.raises(UnexpectedResponse, match='a list "load_balancers"'):
        list(list_rows(runner.client(), ALL, LIST, "load_balancers"))


@pytest.mark.parametrize(
    "body",
    [
        {"code": "invalid_argument", "detail": {"path": ["organization"]}},
        {"code": "missing_required_argument", "detail": {"path": ["per_page"]}},
    ],
)
def test_another_invalid_argument_of_a_list_is_a_failure(runner, body):
    runner.fail(answer="given", status=400, body=body)
    with pytest.raises(KatapultError):
        list(list_rows(runner.client(), ALL, LIST, "load_balancers"))
    assert len(runner.sent()) == 1
