# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests: what is tried again, how long is waited, and what ends within the budget."""

from __future__ import annotations

import json

import pytest
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, UnexpectedResponse
from ansible_collections.katapult.cloud.plugins.module_utils._http import pagination as _pagination
from ansible_collections.katapult.cloud.plugins.module_utils._http.pagination import list_rows
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response

from ..simulated import ALL, ONE, Desk

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


@pytest.fixture(name="desk")
def fixture_desk():
    desk = Desk()
    desk.existing()
    return desk


def patch(client):
    return client.request(
        "PATCH", ONE, body={"load_balancer": {"id": "lb_1"}, "properties": {"name": "New"}}, expect="load_balancer"
    )


@pytest.mark.parametrize("fault", PASSING)
def test_a_read_is_tried_again_until_the_trouble_has_passed(desk, fault):
    desk.fail(times=2, **fault)
    assert desk.client().request("GET", ONE, QUERY)["load_balancer"]["id"] == "lb_1"
    assert len(desk.sent()) == 3


@pytest.mark.parametrize("fault", PASSING)
def test_an_update_is_tried_again_until_the_trouble_has_passed(desk, fault):
    desk.fail(times=2, **fault)
    assert patch(desk.client())["load_balancer"]["name"] == "New"
    assert desk.sent() == ["PATCH"] * 3


@pytest.mark.parametrize("fault", PASSING)
def test_trouble_that_stays_ends_within_the_budget(desk, fault):
    desk.fail(times=None, **fault)
    with pytest.raises(KatapultError) as failure:
        patch(desk.client(budget=50))
    assert desk.time.passed <= 60 + 50 + 1
    assert "api_retry_timeout" in str(failure.value)
    assert "Running the task again is safe" in str(failure.value)
    assert (failure.value.details.method, failure.value.details.path) == ("PATCH", ONE)


@pytest.mark.parametrize("fault", PASSING)
def test_without_a_budget_nothing_is_tried_again(desk, fault):
    desk.fail(times=None, **fault)
    with pytest.raises(KatapultError):
        patch(desk.client(budget=0))
    assert desk.sent() == ["PATCH"] and desk.time.naps == []


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
def test_what_does_not_pass_is_not_tried_again(desk, status, body):
    desk.fail(times=None, answer="given", status=status, body=body)
    with pytest.raises(KatapultError):
        desk.client().request("GET", ONE, QUERY)
    assert desk.sent() == ["GET"]


def test_the_pauses_grow_and_are_bounded(desk):
    desk.fail(times=None, answer="lost")
    with pytest.raises(KatapultError):
        desk.client(budget=120).request("GET", ONE, QUERY)
    assert desk.time.naps == [1, 2, 4, 8, 16, 30, 30, 29]


def test_a_limit_without_retry_after_is_waited_for_until_the_next_clock_minute(desk):
    desk.simulator.permitted = 1
    client = desk.client()
    client.request("GET", ONE, QUERY)
    client.request("GET", ONE, QUERY)
    assert desk.time.naps == [55.0]  # it is five seconds past the minute


def test_a_limit_with_retry_after_is_waited_for_as_long_as_it_says(desk):
    desk.fail(answer="given", status=429, headers={"Retry-After": "17"}, body={"code": "rate_limit_reached"})
    desk.client().request("GET", ONE, QUERY)
    assert desk.time.naps == [17.0]


def test_a_retry_after_of_nothing_does_not_hammer(desk):
    desk.fail(times=None, answer="given", status=429, headers={"Retry-After": "0"}, body={"code": "rate_limit_reached"})
    with pytest.raises(KatapultError):
        desk.client(budget=10).request("GET", ONE, QUERY)
    assert desk.time.naps == [1, 2, 4, 3]


def test_a_wait_longer_than_the_budget_is_not_begun(desk):
    desk.fail(
        times=None, answer="given", status=429, headers={"Retry-After": "500"}, body={"code": "rate_limit_reached"}
    )
    with pytest.raises(KatapultError, match="would have to wait 500 seconds, but only 120 are left"):
        desk.client().request("GET", ONE, QUERY)
    assert desk.time.naps == []


def test_all_requests_of_a_task_share_one_budget(desk):
    client = desk.client(budget=10)
    desk.fail(times=3, answer="lost")
    client.request("GET", ONE, QUERY)
    assert client.budget.remaining() == 3
    desk.fail(times=None, answer="lost")
    with pytest.raises(KatapultError):
        client.request("GET", ONE, QUERY)
    assert desk.time.passed == 10


def test_the_first_try_of_a_request_is_work_and_later_ones_are_waiting(desk):
    client = desk.client(timeout=20, budget=100)
    desk.fail(times=2, answer="real", after=21.0)
    client.request("GET", ONE, QUERY)
    assert desk.time.passed == 20 + 1 + 20 + 2
    assert client.budget.remaining() == 100 - 1 - 20 - 2


@pytest.mark.parametrize("fault", PASSING)
def test_a_request_to_be_sent_once_is_sent_once(desk, fault):
    desk.fail(times=None, **fault)
    with pytest.raises(KatapultError):
        desk.client().request("POST", ALL, body={}, retry=False)
    assert desk.sent() == ["POST"] and desk.time.naps == []


def test_a_later_try_gets_what_is_left_of_the_budget_and_never_less_than_a_second(desk):
    given = []
    send = desk.send

    def noting(method, path, query, body, seconds):
        given.append(seconds)
        return send(method, path, query, body, seconds)

    desk.send = noting
    desk.fail(times=None, answer="lost")
    with pytest.raises(KatapultError):
        desk.client(timeout=60, budget=5).request("GET", ONE, QUERY)
    assert given == [60, 4, 2, 1]


@pytest.mark.parametrize(("method", "told"), [("GET", False), ("PATCH", True)])
def test_whether_a_write_took_effect_is_told_and_of_a_read_is_not(desk, method, told):
    desk.fail(times=None, answer="lost")
    with pytest.raises(KatapultError) as failure:
        desk.client(budget=1).request(method, ONE, QUERY)
    assert ("Whether the request took effect is not known" in str(failure.value)) is told
    assert "Gave up: 2 attempts failed (api_retry_timeout is 1)" in str(failure.value)


def test_a_budget_of_hours_is_spent_in_pauses_of_half_a_minute(desk):
    desk.fail(times=None, answer="given", status=503, body={"error": {"code": "service_unavailable"}})
    with pytest.raises(KatapultError):
        desk.client(budget=86400).request("GET", ONE, QUERY)
    assert desk.time.passed == 86400 and max(desk.time.naps) == 30


def test_check_mode_cannot_write(desk):
    client = desk.client(read_only=True)
    client.request("GET", ONE, QUERY)
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        with pytest.raises(KatapultError, match="check mode"):
            client.request(method, ONE, QUERY)
    assert desk.sent() == ["GET"]


@pytest.mark.parametrize(
    "body", [{}, {"load_balancer": None}, {"load_balancer": []}, {"load_balancer": {}}, {"load_balancer": {"id": 7}}]
)
def test_an_answer_without_what_it_must_hold_is_a_failure(desk, body):
    desk.fail(answer="given", body=body)
    with pytest.raises(UnexpectedResponse, match='a "load_balancer" with an id') as failure:
        desk.client().request("GET", ONE, QUERY, expect="load_balancer")
    assert failure.value.details.code == "unreadable_answer" and failure.value.may_have_taken_effect


# Lists

LIST = [("organization[sub_domain]", "acme")]


@pytest.mark.parametrize("there", [0, 1, 199, 200, 201, 400, 401])
def test_a_list_is_read_to_its_end(there):
    desk = Desk()
    for number in range(there):
        desk.existing(id="lb_%d" % number, api_reference=None)
    found = [row["id"] for row in list_rows(desk.client(), ALL, LIST, "load_balancers")]
    assert found == ["lb_%d" % number for number in range(there)]
    assert len(desk.sent()) == max(1, -(-there // 200))


@pytest.mark.parametrize(
    ("largest", "there", "sent"),
    [
        (200, 1000, 5),
        (100, 1000, 1 + 10),  # one refused, then ten of a hundred
        (50, 95, 2 + 4),  # two refused, then four of thirty, as the list likes best
    ],
)
def test_a_list_is_read_in_pages_as_large_as_it_allows(largest, there, sent):
    desk = Desk(assumptions=Assumptions(largest_page=largest))
    for number in range(there):
        desk.existing(id="lb_%d" % number, api_reference=None)
    client = desk.client()
    assert len(list(list_rows(client, ALL, LIST, "load_balancers"))) == there
    assert len(desk.sent()) == sent
    assert len(list(list_rows(client, ALL, LIST, "load_balancers"))) == there
    assert len(desk.sent()) == -(-there // {200: 200, 100: 100, 50: 30}[largest])  # what was refused is not tried again


def test_a_page_size_that_is_refused_only_later_is_a_failure(desk):
    body = {"pagination": {"total_pages": 2}, "load_balancers": [{"id": "lb"}]}
    desk.fail(answer="given", body=body)
    desk.fail(answer="given", status=400, body={"code": "invalid_argument", "detail": {"path": ["per_page"]}})
    with pytest.raises(KatapultError):
        list(list_rows(desk.client(), ALL, LIST, "load_balancers"))
    assert len(desk.sent()) == 2


def test_a_list_so_large_that_it_does_not_say_how_many_pages_it_has_ends_with_a_short_one(desk):
    for rows in (["lb_1", "lb_2"], ["lb_3"]):
        body = {"pagination": {"per_page": 2, "large_set": True}, "load_balancers": [{"id": row} for row in rows]}
        desk.fail(answer="given", body=body)
    assert len(list(list_rows(desk.client(), ALL, LIST, "load_balancers"))) == 3
    assert len(desk.sent()) == 2


@pytest.mark.parametrize("pagination", [None, "odd", {}, {"total_pages": None, "per_page": None}, {"total_pages": "9"}])
def test_an_odd_pagination_ends_the_list(desk, pagination):
    desk.fail(answer="given", body={"pagination": pagination, "load_balancers": [{"id": "lb"}]})
    assert list(list_rows(desk.client(), ALL, LIST, "load_balancers")) == [{"id": "lb"}]
    assert len(desk.sent()) == 1


def test_a_pagination_that_promises_pages_which_are_empty_ends_too(desk):
    desk.fail(times=None, answer="given", body={"pagination": {"total_pages": 9**9}, "load_balancers": []})
    assert not list(list_rows(desk.client(), ALL, LIST, "load_balancers"))
    assert len(desk.sent()) == 1


def test_a_list_that_repeats_itself_for_ever_is_a_failure(desk):
    body = {"pagination": {"per_page": 1}, "load_balancers": [{"id": "lb"}]}
    desk.fail(times=None, answer="given", body=body)
    with pytest.raises(UnexpectedResponse, match="new entries on page 2"):
        list(list_rows(desk.client(), ALL, LIST, "load_balancers"))
    assert len(desk.sent()) == 2


class Shelf:
    """A list of which things are removed, and to which some are added, between its pages.

    :param before: what happens before each request, by its number: takes the rows.
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

    def read(self, desk, **more):
        desk.send = self.send
        return [row["id"] for row in list_rows(desk.client(), ALL, LIST, "load_balancers", **more)]


def between(deeds):
    return lambda number, rows: deeds.get(number, lambda rows: None)(rows)


@pytest.mark.parametrize("removed", range(6))
@pytest.mark.parametrize("when", [1, 2])
def test_a_list_from_which_something_is_removed_while_it_is_read_loses_nothing_that_stays(desk, removed, when):
    shelf = Shelf(6, between({when: lambda rows: rows.pop(removed)}))
    assert shelf.read(desk) == ["lb_%02d" % number for number in range(6) if number != removed]
    assert shelf.asked == [*range(1, when + 2), 1, 2, 3]


def test_a_list_whose_last_page_is_removed_while_it_is_read_is_read_again(desk):
    shelf = Shelf(3, between({1: lambda rows: rows.pop(0)}))
    assert shelf.read(desk) == ["lb_01", "lb_02"]


@pytest.mark.parametrize("at", [0, 1, 3, 6])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_list_to_which_something_is_added_while_it_is_read_is_shown_once_and_whole(desk, at, count):
    shelf = Shelf(6, between({1: lambda rows: rows.__setitem__(slice(at, at), ["new_%d" % n for n in range(count)])}))
    found = shelf.read(desk)
    assert len(found) == len(set(found)) and set(found) >= {"lb_%02d" % number for number in range(6)}


def test_a_list_that_gets_shorter_each_time_is_a_failure(desk):
    shelf = Shelf(100, lambda number, rows: rows.pop(0))
    with pytest.raises(KatapultError, match="became shorter each of the 5 times") as failure:
        shelf.read(desk)
    assert failure.value.details.code == "list_keeps_changing" and shelf.asked == [1, 2] * 5


@pytest.mark.parametrize(
    "pagination",
    [
        lambda said: {**said, "total_pages": said["current_page"] + 1},  # always one more
        lambda said: {**said, "total_pages": 10**9},
        lambda said: {**said, "total": said["current_page"] * 100, "total_pages": 10**9},
        lambda said: {"total_pages": 10**9},
        lambda said: {"total_pages": said["current_page"] + 1},
        lambda said: {"per_page": 2},
    ],
)
@pytest.mark.parametrize("endless", [True, False])
def test_a_list_ends_whatever_it_says_of_its_end(monkeypatch, desk, pagination, endless):
    monkeypatch.setattr(_pagination, "_MOST_PAGES", 50)

    def grow(number, rows):
        if endless:
            rows += ["more_%d_%d" % (number, one) for one in range(2)]

    shelf = Shelf(4, grow, pagination=pagination)
    try:
        found = shelf.read(desk)
    except UnexpectedResponse as error:
        assert "an end" in str(error)
    else:
        assert len(found) >= 4
    assert len(shelf.asked) <= 50


def test_a_list_ends_with_the_pages_that_it_announced_and_those_of_what_was_added(desk):
    shelf = Shelf(6, between({1: lambda rows: rows.extend(["new_1", "new_2", "new_3"])}))
    shelf.pagination = lambda said: {**said, "total_pages": 3 if said["current_page"] == 1 else 99}
    assert len(shelf.read(desk)) == 9 and shelf.asked == [1, 2, 3, 4, 5]


def test_a_list_is_read_no_further_than_needed(desk):
    shelf = Shelf(10, between({}))
    assert "lb_03" in shelf.read(desk, until=lambda row: row["id"] == "lb_03")
    assert shelf.asked == [1, 2]


@pytest.mark.parametrize("shown", [1, 3])
def test_a_page_that_is_another_one_is_no_answer(desk, shown):
    shelf = Shelf(
        6, between({}), pagination=lambda said: {**said, "current_page": shown} if said["current_page"] == 2 else said
    )
    with pytest.raises(UnexpectedResponse, match="page 2: it contains page %d" % shown):
        shelf.read(desk)


class Kept:
    """A transport that keeps a connection, and answers as it is told."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.renewed = []

    def __call__(self, *request):
        answer = self.answers.pop(0)
        return Response(200, {}, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def renew(self):
        self.renewed.append(len(self.answers))


@pytest.mark.parametrize(
    "odd", [b"oops", b"", {"load_balancers": []}, {"load_balancer": {"id": 7}}, b'{"load_balancer": {']
)
def test_after_an_answer_that_cannot_be_to_its_request_another_connection_is_used(desk, odd):
    kept = Kept(odd, {"load_balancer": {"id": "lb_1"}})
    desk.send = kept
    client = desk.client()
    try:
        client.request("GET", ONE, QUERY, expect="load_balancer")
    except UnexpectedResponse:
        pass
    assert kept.renewed == [1]


@pytest.mark.parametrize("row", [None, "odd", {}, {"id": None}, {"id": 7}, {"id": ""}])
def test_something_without_an_id_in_a_list_is_a_failure(desk, row):
    desk.fail(answer="given", body={"load_balancers": [{"id": "lb"}, row]})
    with pytest.raises(UnexpectedResponse, match="the id of one of its"):
        list(list_rows(desk.client(), ALL, LIST, "load_balancers"))


def test_a_list_that_is_none_is_a_failure(desk):
    desk.fail(answer="given", body={"load_balancers": None})
    with pytest.raises(UnexpectedResponse, match='a list "load_balancers"'):
        list(list_rows(desk.client(), ALL, LIST, "load_balancers"))


@pytest.mark.parametrize(
    "body",
    [
        {"code": "invalid_argument", "detail": {"path": ["organization"]}},
        {"code": "missing_required_argument", "detail": {"path": ["per_page"]}},
    ],
)
def test_another_invalid_argument_of_a_list_is_a_failure(desk, body):
    desk.fail(answer="given", status=400, body=body)
    with pytest.raises(KatapultError):
        list(list_rows(desk.client(), ALL, LIST, "load_balancers"))
    assert len(desk.sent()) == 1
