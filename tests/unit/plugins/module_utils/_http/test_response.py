# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The meaning of a response: every error code in plain language, in both formats, and all responses that are not from the API."""

from __future__ import annotations

import json

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._errors import ApiError, KatapultError, UnexpectedResponse
from ansible_collections.katapult.cloud.plugins.module_utils._http.error_catalog import ERROR_CATALOG
from ansible_collections.katapult.cloud.plugins.module_utils._http.response import SECRET_KEYS, parse_response
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response

NOW = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT


def failure_of(status, body="", **headers):
    """The failure that a response leads to."""
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(KatapultError) as failure:
        parse_response(Response(status, headers, raw), NOW)
    return failure.value


# status, code, detail, what the message must contain
CODES = [
    (400, "missing_api_token", {}, ["KATAPULT_API_TOKEN", "no API token"]),
    (403, "invalid_api_token", {"details": None}, ["expired", "KATAPULT_API_KEY"]),
    (403, "unauthorized_network_for_api_token", {"ip_address": "198.51.100.7"}, ["198.51.100.7"]),
    (403, "invalid_capabilities_token", {}, ["capabilities token"]),
    (
        403,
        "scope_not_granted",
        {"scopes": ["load_balancers", "load_balancers:read"]},
        ["load_balancers, load_balancers:read"],
    ),
    (429, "rate_limit_reached", {"total_permitted": 1000}, ["1000 requests a minute", "api_retry_timeout"]),
    (503, "service_unavailable", {}, ["unavailable"]),
    (404, "organization_not_found", {}, ["no such organization", "KATAPULT_ORGANIZATION"]),
    (403, "organization_suspended", {}, ["suspended"]),
    (403, "organization_not_activated", {}, ["not activated"]),
    (404, "load_balancer_not_found", {}, ["no such load balancer"]),
    (404, "load_balancer_rule_not_found", {}, ["no such load balancer rule"]),
    (404, "data_center_not_found", {}, ["no such data center", "properties.data_center"]),
    (404, "certificate_not_found", {}, ["no such certificate"]),
    (404, "virtual_machine_not_found", {}, ["no such virtual machine"]),
    (404, "virtual_machine_group_not_found", {}, ["no such virtual machine group"]),
    (404, "tag_not_found", {}, ["no such tag"]),
    (404, "security_group_not_found", {}, ["no such security group"]),
    (404, "security_group_rule_not_found", {}, ["no such rule of a security group"]),
    (404, "address_list_not_found", {}, ["no such address list"]),
    (404, "address_list_entry_not_found", {}, ["no such entry"]),
    (404, "package_not_found", {}, ["no such package", "virtual_machine_package_info"]),
    (404, "disk_template_not_found", {}, ["no such disk template", "disk_template_info"]),
    (404, "network_not_found", {}, ["no such network", "network_info"]),
    (404, "ip_address_not_found", {}, ["no such IP address", "ip_address_info"]),
    (404, "task_not_found", {}, ["no such background task"]),
    (404, "zone_not_found", {}, ["no such zone"]),
    (404, "virtual_machine_build_not_found", {}, ["no such build"]),
    (404, "build_not_found", {}, ["no such build"]),
    (404, "trash_object_not_found", {}, ["no such object in the trash"]),
    (404, "virtual_machine_network_interface_not_found", {}, ["no such network interface"]),
    (400, "invalid_spec_xml", {"errors": "Package is unknown"}, ["Package is unknown", "specification"]),
    (406, "task_queueing_error", {"details": "Another task is running"}, ["Another task is running", "busy"]),
    (503, "no_available_addresses", {}, ["no free IP address"]),
    (422, "no_allocation", {}, ["not allocated"]),
    (422, "ip_already_allocated", {}, ["already allocated"]),
    (422, "no_interface_available", {}, ["no network interface"]),
    (422, "invalid_ip", {}, ["cannot be used on this network interface"]),
    (409, "resource_does_not_support_unallocation", {}, ["cannot be removed"]),
    (422, "operation_not_supported", {}, ["does not support this operation"]),
    (406, "object_in_trash", {"trash_object": {"object_id": "vm_a"}}, ["in the trash", "vm_a"]),
    (403, "permission_denied", {"details": "You are not an admin"}, ["You are not an admin", "administrator"]),
    (403, "resource_creation_restricted", {"errors": ["Limit reached"]}, ["Limit reached"]),
    (
        422,
        "validation_error",
        {"errors": ["Name can't be blank", "Port is taken"]},
        ["Name can't be blank; Port is taken"],
    ),
    (409, "deletion_restricted", {"errors": ["It is in use"]}, ["It is in use"]),
    (400, "invalid_json_body", {"details": "unexpected token"}, ["unexpected token"]),
    (400, "missing_required_argument", {"path": ["properties"], "argument": {"name": "properties"}}, ['"properties"']),
    (
        400,
        "invalid_argument",
        {"path": ["properties", "weights"], "issue": "array_expected", "issue_description": None, "errors": []},
        ['"properties.weights"', "array_expected"],
    ),
    (400, "generic_runtime_error", {"class": "Apia::Thing"}, ["Apia::Thing"]),
    (404, "route_not_found", {}, ["api_url"]),
    (500, "unhandled_exception", {}, ["internal error", "request ID"]),
    (500, "null_value_for_non_null_field", {"field": {"id": "f", "name": "weights"}}, ["field weights"]),
]


def test_the_table_has_every_code_of_the_catalog():
    assert {code for _status, code, _detail, _named in CODES} == set(ERROR_CATALOG)


@pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped", "bare"])
@pytest.mark.parametrize(("status", "code", "detail", "named"), CODES, ids=[row[1] for row in CODES])
def test_every_code_has_a_message_with_the_description_of_the_api(status, code, detail, named, wrapped):
    error = {"code": code, "description": "As the API puts it.", "detail": detail}
    failure = failure_of(status, {"error": error} if wrapped else error, x_request_id="r-1", x_api_schema="json-error")
    assert isinstance(failure, ApiError)
    for text in [*named, 'Katapult says: "As the API puts it".']:
        assert text in str(failure)
    details = failure.details
    assert (details.code, details.description, details.http_status, details.request_id) == (
        code,
        "As the API puts it.",
        status,
        "r-1",
    )
    assert details.detail == detail


@pytest.mark.parametrize(("status", "code", "_detail", "_named"), CODES, ids=[row[1] for row in CODES])
@pytest.mark.parametrize(
    "detail", [{}, None, [], "invalid", {"scopes": 1, "errors": {}, "trash_object": 1, "field": [], "path": 3}]
)
def test_every_code_has_a_message_without_detail(status, code, _detail, _named, detail):
    failure = failure_of(status, {"error": {"code": code, "description": None, "detail": detail}})
    assert failure.details.code == code and failure.details.description is None
    assert "Katapult says" not in str(failure) and "{" not in str(failure)


def test_an_unknown_code_is_in_the_message():
    failure = failure_of(418, {"error": {"code": "teapot", "description": "Short and stout", "detail": {}}})
    assert "teapot" in str(failure) and "Short and stout" in str(failure)
    assert failure.details.code == "teapot"


@pytest.mark.parametrize(
    "invalid", [{"error": {"code": 7}}, {"error": "no"}, {"code": ""}, [], "null", {"message": "not ours"}]
)
def test_an_error_without_a_code_is_not_from_the_api(invalid):
    assert failure_of(400, invalid).details.code == "unexpected_answer"


# Whether the request took effect, and whether a retry is useful


@pytest.mark.parametrize(
    ("status", "body", "headers", "may_have_taken_effect", "passing"),
    [
        (400, {"code": "invalid_argument"}, {}, False, False),
        (403, "<html>blocked</html>", {}, False, False),
        (408, "", {}, True, True),
        (422, {"code": "validation_error"}, {}, False, False),
        (429, {"error": {"code": "rate_limit_reached"}}, {}, False, True),
        (429, "<html>slow down</html>", {}, False, True),
        (500, {"error": {"code": "unhandled_exception"}}, {"x_api_schema": "json-error"}, True, True),
        (501, "", {}, True, False),
        (502, "<html></html>", {}, True, True),
        (503, {"error": {"code": "service_unavailable"}}, {}, False, True),
        (503, {"error": {"code": "brand_new"}}, {"x_api_schema": "json-error"}, False, True),
        (503, {"code": "SomeGateway"}, {}, True, True),
        (503, "<html>maintenance</html>", {}, True, True),
        (504, "", {}, True, True),
        (200, "", {}, True, True),
        (200, '{"load_balancer": {"id"', {}, True, True),
        (201, "[]", {}, True, True),
        (200, "<html>log in</html>", {"content_type": "text/html; charset=utf-8"}, True, False),
        (302, "", {"location": "https://elsewhere.example/"}, True, False),
        (103, "", {}, True, False),
    ],
)
def test_a_failure_determines_whether_to_retry(status, body, headers, may_have_taken_effect, passing):
    failure = failure_of(status, body, **headers)
    assert (failure.may_have_taken_effect, failure.transient) == (may_have_taken_effect, passing)


# Responses that are not from the API


@pytest.mark.parametrize(
    ("status", "body", "code", "named"),
    [
        (
            502,
            "<html><head><title> Bad Gateway </title></head>",
            "unexpected_answer",
            'an HTML page titled "Bad Gateway"',
        ),
        (404, "<!doctype html>", "unexpected_answer", "an HTML page"),
        (500, "", "unexpected_answer", "an empty body"),
        (500, "oops", "unexpected_answer", "text that is not JSON"),
        (200, "", "unreadable_answer", "an empty body"),
        (200, '{"load_balancer":', "unreadable_answer", "JSON that is truncated"),
        (200, "[1, 2]", "unreadable_answer", "instead of a complete JSON object"),
        (200, b"\xff\xfe", "unreadable_answer", "text that is not JSON"),
        (200, "[" * 100000, "unreadable_answer", "JSON that is truncated"),
    ],
)
def test_the_response_of_another_server_is_described_and_not_shown(status, body, code, named):
    failure = failure_of(status, body)
    assert isinstance(failure, UnexpectedResponse)
    assert failure.details.code == code and named in str(failure) and "api_url" in str(failure)


def test_a_redirect_is_reported_without_its_query():
    failure = failure_of(301, "", location="https://elsewhere.example/core/v1/x?token=abc")
    assert failure.details.code == "unexpected_redirect"
    assert "https://elsewhere.example/core/v1/x" in str(failure) and "abc" not in str(failure)


@pytest.mark.parametrize("location", ["", "/only/a/path", "https://[::1/x", "//["])
def test_a_redirect_without_target_is_reported(location):
    assert "another address" in str(failure_of(304, "", location=location))


# Retry-After


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30.0),
        ({"retry_after": "Fri, 15 Jan 2027 07:00:00 GMT"}, 0.0),
        ({"retry_after": "Fri, 15 Jan 2027 09:00:30 GMT", "date": "Fri, 15 Jan 2027 09:00:10 GMT"}, 20.0),
        ({"retry_after": "Fri, 15 Jan 2027 08:00:30 GMT", "date": "rubbish"}, 30.0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-5"}, None),
        ({"retry_after": "1e9"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "Fri, 15 Jan 99999 08:00:30 GMT"}, None),
        ({"retry_after": "Mon, 01 Jan 0001 00:00:00 +2359"}, 0.0),
    ],
)
def test_the_time_in_retry_after(headers, seconds):
    assert failure_of(429, {"code": "rate_limit_reached"}, **headers).retry_after == seconds


# Secrets


@pytest.mark.parametrize("key", sorted(SECRET_KEYS))
def test_a_secret_in_the_detail_of_an_error_is_removed(key):
    detail = {"errors": ["no"], "seen": [{"deep": {key: "planted", "id": "x"}}], key: "planted"}
    failure = failure_of(422, {"error": {"code": "validation_error", "description": None, "detail": detail}})
    assert "planted" not in repr(failure.result())
    assert failure.details.detail == {"errors": ["no"], "seen": [{"deep": {"id": "x"}}]}


@pytest.mark.parametrize("cut", [True, False])
def test_a_private_key_in_a_text_is_not_shown(cut):
    key = "-----BEGIN RSA PRIVATE KEY-----\nplanted" + ("" if cut else "\n-----END RSA PRIVATE KEY-----\nafter")
    failure = failure_of(422, {"error": {"code": "validation_error", "description": key, "detail": {"errors": [key]}}})
    assert "planted" not in repr(failure.result())
    assert ("after" in str(failure)) is not cut


def test_an_endless_detail_is_truncated():
    detail = {}
    for _level in range(100):
        detail = {"deeper": [detail]}
    shown = failure_of(422, b'{"error": {"code": "odd", "detail": %s}}' % json.dumps(detail).encode()).details.detail
    assert len(repr(shown)) < 200


def test_a_rate_limit_without_an_error_of_the_api_has_the_code_of_the_api():
    failure = failure_of(429, "<html>slow down</html>")
    assert failure.details.code == "rate_limit_reached" and "Too many requests" in str(failure)


def test_a_long_text_is_truncated():
    failure = failure_of(422, {"error": {"code": "validation_error", "description": "x" * 9999, "detail": {}}})
    assert len(str(failure)) < 3000


def test_a_successful_response_is_returned_unchanged():
    assert parse_response(Response(201, {}, b'{"a": [1]}'), NOW) == {"a": [1]}
