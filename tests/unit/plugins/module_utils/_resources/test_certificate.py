# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates: identified by what they are, replaced instead of changed, issued in the background, without secrets."""

from __future__ import annotations

import json

import pytest
from katapult_simulator.kinds.certificate import Certificate
from katapult_simulator.rendering import SECRET, pem
from katapult_simulator.world import Assumptions, Token

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused

from ...catalog import TASKS
from ..simulated import TaskRunner

ONE, LIST, ISSUE = (
    "/certificates/certificate",
    "/organizations/organization/certificates",
    "/certificates/certificate/issue",
)
SELF = {"issuer": "self_signed", "name": "www.example.com"}
LETS = {"issuer": "lets_encrypt", "name": "www.example.com", "authorization_method": "http"}
KEY = pem("RSA PRIVATE KEY", SECRET)
CUSTOM = {"issuer": "custom", "certificate": pem("CERTIFICATE", "bGVhZg=="), "private_key": KEY}


@pytest.fixture(name="runner")
def fixture_runner():
    """A task runner without certificates."""
    runner = TaskRunner()
    runner.simulator.world.certificates.clear()
    return runner


def run(runner, properties, **task):
    result = runner.run_task(TASKS["certificate"], properties=properties, **task)
    assert SECRET not in json.dumps([result.as_dict(), result.warnings])
    return result


def refused(runner, properties, **task):
    with pytest.raises(KatapultError) as failure:
        run(runner, properties, **task)
    assert SECRET not in json.dumps(failure.value.result())
    return failure.value


def certificates(runner):
    return list(runner.simulator.world.certificates.values())


def writes(runner):
    found = ["%s %s" % (one["method"], one["path"]) for one in runner.simulator.requests if one["method"] != "GET"]
    runner.simulator.requests.clear()
    return found


def existing(runner, **values):
    values = {"id": "cert_1", "name": "www.example.com", "organization": "org_acme", "issuer": "self_signed", **values}
    runner.simulator.world.certificates[values["id"]] = Certificate(**values)


# Created once


@pytest.mark.parametrize(
    "properties", [SELF, LETS, CUSTOM, {**SELF, "additional_names": ["example.com", "a.example.com"]}]
)
def test_a_certificate_is_created_once_and_waited_for(runner, properties):
    predicted = run(runner, properties, check=True)
    assert writes(runner) == [] and runner.time.naps == []
    result = run(runner, properties)
    assert writes(runner) == ["POST " + LIST] and predicted.changed and result.changed
    assert result.values["certificate"]["state"] == "issued" and result.values["superseded"] == []
    again = run(runner, {name: value for name, value in properties.items() if name != "private_key"})
    assert not again.changed and writes(runner) == [] and again.diff == []
    assert again.values["certificate"] == result.values["certificate"]


def test_names_are_compared_in_any_order_and_case(runner):
    run(runner, {**SELF, "additional_names": ["example.com", "a.example.com"]})
    assert not run(
        runner, {**SELF, "name": "WWW.example.com", "additional_names": ["A.example.com", "example.com"]}
    ).changed


def test_an_uploaded_certificate_is_compared_without_white_space(runner):
    run(runner, CUSTOM)
    other = "\r\n".join(["", *CUSTOM["certificate"].split("\n"), " "])
    assert not run(runner, {**CUSTOM, "certificate": other}).changed


def test_the_chain_of_an_uploaded_certificate_belongs_to_it_only_if_it_is_set(runner):
    run(runner, {**CUSTOM, "chain": pem("CERTIFICATE", "Y2hhaW4=")})
    assert not run(runner, CUSTOM).changed
    result = run(runner, {**CUSTOM, "chain": pem("CERTIFICATE", "b3RoZXI=")})
    assert result.changed and len(certificates(runner)) == 2 and len(result.values["superseded"]) == 1


def test_diffs_and_messages_contain_fingerprints_instead_of_certificates(runner):
    result = run(runner, CUSTOM)
    text = json.dumps(result.diff)
    assert "BEGIN" not in text and "SHA-256 " in text
    existing(runner, id="cert_9", issuer="custom", certificate="x" + CUSTOM["certificate"][1:])
    runner.simulator.world.certificates["cert_9"].certificate = CUSTOM["certificate"]
    error = refused(runner, CUSTOM, state="absent")
    assert "SHA-256" in error.message and "BEGIN" not in error.message and "cert_9" in error.message


@pytest.mark.parametrize(
    "other",
    [
        {**SELF, "additional_names": ["example.com"]},
        {**LETS, "authorization_method": "dns"},
        {**LETS, "additional_names": ["example.com"]},
        {**CUSTOM, "certificate": pem("CERTIFICATE", "b3RoZXI=")},
    ],
)
def test_other_content_is_a_new_certificate_and_the_previous_one_is_superseded(runner, other):
    base = {"self_signed": SELF, "lets_encrypt": LETS, "custom": CUSTOM}[other["issuer"]]
    first = run(runner, base).values["certificate"]["id"]
    result = run(runner, other)
    assert result.changed and result.values["superseded"] == [first] and len(certificates(runner)) == 2
    again = run(runner, other)
    assert not again.changed and again.values["superseded"] == [first]
    writes(runner)
    assert run(runner, {}, id=first, state="absent").changed and run(runner, other).values["superseded"] == []


def test_other_versions_are_found_in_any_case(runner):
    first = run(runner, {**SELF, "name": "WWW.example.com"}).values["certificate"]["id"]
    assert run(runner, {**SELF, "additional_names": ["example.com"]}).values["superseded"] == [first]


def test_equivalent_certificates_are_no_error_and_the_best_one_is_used(runner):
    existing(runner, id="cert_a", state="pending")
    existing(runner, id="cert_b", last_issued_at=1_800_000_000)
    existing(runner, id="cert_c", last_issued_at=1_900_000_000)
    existing(runner, id="cert_d", last_issued_at=1_900_000_000)
    result = run(runner, SELF)
    assert not result.changed and result.values["certificate"]["id"] == "cert_c" and result.values["superseded"] == []
    (warning,) = result.warnings
    assert "cert_d, cert_b, cert_a" in warning
    error = refused(runner, SELF, state="absent")
    assert error.details.code == "several_certificates_found" and "cert_a" in error.message
    assert run(runner, {}, id="cert_a", state="absent").changed and writes(runner) == ["DELETE " + ONE]


def test_a_certificate_cannot_be_changed(runner):
    existing(runner)
    error = refused(runner, {**SELF, "name": "other.example.com"}, id="cert_1")
    assert error.details.code == "name_fixed" and writes(runner) == []


def test_properties_that_katapult_determines_have_no_effect(runner):
    result = run(runner, {**CUSTOM, "name": "other.example.com", "additional_names": ["x.example.com"]})
    assert result.changed and "no effect" in result.warnings[0] and "properties.name" in result.warnings[0]
    (body,) = runner.written()
    assert set(body["properties"]) == {"issuer", "certificate", "private_key"}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({}, "one of id and properties.issuer is required"),
        ({"issuer": "self_signed"}, "properties.name"),
        ({"issuer": "lets_encrypt", "name": "www.example.com"}, "properties.authorization_method"),
        ({"issuer": "custom", "private_key": KEY}, "properties.certificate"),
        ({**LETS, "name": "*.example.com"}, "no wildcard names"),
        ({**LETS, "additional_names": ["*.example.com"]}, "no wildcard names"),
        ({**SELF, "authorization_method": "dns"}, "for the issuer lets_encrypt only"),
        ({**SELF, "certificate": CUSTOM["certificate"]}, "for the issuer custom only"),
        ({**LETS, "private_key": KEY}, "for the issuer custom only"),
        ({**CUSTOM, "certificate": KEY}, "contains a private key, which would be shown"),
        ({**CUSTOM, "chain": CUSTOM["certificate"] + KEY}, "contains a private key, which would be shown"),
        ({**CUSTOM, "certificate": "www.pem"}, "no certificate in PEM format"),
        ({**CUSTOM, "private_key": "www.key"}, "no private key in PEM format"),
        ({**CUSTOM, "private_key": "['%s']" % KEY}, "no private key in PEM format"),
        ({**SELF, "additional_names": ["WWW.example.com"]}, "additional_names repeats www.example.com"),
        ({**SELF, "additional_names": ["a.example.com", "A.example.com"]}, "additional_names repeats a.example.com"),
        ({**SELF, "additional_names": [""]}, "which is empty"),
    ],
)
def test_invalid_options_are_rejected_before_a_request(runner, properties, said, check):
    error = refused(runner, properties, check=check)
    assert isinstance(error, TaskRefused) and said in error.message and runner.simulator.requests == []


def test_an_upload_without_a_key_is_rejected_before_a_write(runner):
    error = refused(runner, {name: value for name, value in CUSTOM.items() if name != "private_key"})
    assert error.details.code == "missing_for_creation" and "properties.private_key" in error.message
    assert writes(runner) == []


def test_a_certificate_that_another_controller_creates_at_the_same_moment_causes_a_warning(runner):
    send = runner.send

    def racing(method, path, *request):
        if method == "POST":
            existing(runner, id="cert_theirs")
        return send(method, path, *request)

    runner.send = racing
    result = run(runner, SELF)
    (warning,) = result.warnings
    assert result.changed and "cert_theirs" in warning and result.values["certificate"]["id"] in warning


# Issued in the background


@pytest.mark.parametrize(
    "properties", [{**LETS, "name": "unresolved.example.com"}, {**SELF, "name": "unresolved.example.com"}]
)
@pytest.mark.parametrize("scopes", [None, ("certificates",)])
def test_a_failed_issue_is_a_failure_with_its_reason_after_a_change(runner, properties, scopes):
    runner.simulator.world.tokens["simulator-token"] = Token(scopes=scopes)
    error = refused(runner, properties)
    result = error.result()
    assert result["changed"] and result["certificate"]["id"] == certificates(runner)[0].id
    assert "NXDOMAIN" in error.message and "port 80" in error.message and error.details.code == "certificate_failed"
    assert writes(runner) == ["POST " + LIST]
    for check in (True, False):  # the next run finds it
        error = refused(runner, properties, check=check)
        assert "NXDOMAIN" in error.message and not error.changed and writes(runner) == []
    assert not run(runner, properties, wait=False).changed and len(certificates(runner)) == 1


@pytest.mark.parametrize("scopes", [None, ("certificates",)])
def test_a_token_that_may_not_read_tasks_waits_for_the_state(runner, scopes):
    runner.simulator.world.tokens["simulator-token"] = Token(scopes=scopes)
    runner.simulator.world.assumptions = Assumptions(looks=5)
    assert run(runner, SELF).values["certificate"]["state"] == "issued"
    assert len(runner.time.naps) >= 4


def test_without_waiting_the_certificate_is_returned_as_it_is(runner):
    result = run(runner, SELF, wait=False)
    assert result.changed and result.values["certificate"]["state"] in ("pending", "issuing") and runner.time.naps == []


@pytest.mark.parametrize("check", [True, False])
def test_a_later_run_waits_for_a_certificate_that_is_being_issued_but_check_mode_does_not(runner, check):
    runner.simulator.world.assumptions = Assumptions(looks=9)
    run(runner, SELF, wait=False)
    writes(runner)
    result = run(runner, SELF, check=check)
    assert not result.changed and writes(runner) == [] and bool(runner.time.naps) != check
    assert (result.values["certificate"]["state"] == "issued") != check


def test_waiting_ends_with_the_timeout_and_running_again_waits_again(runner):
    runner.simulator.world.assumptions = Assumptions(looks=10)
    error = refused(runner, SELF, wait_timeout=9)
    assert error.changed and error.details.code == "wait_timed_out" and "unning the task again is safe" in error.message
    assert 9 <= runner.time.passed < 20
    writes(runner)
    assert not run(runner, SELF).changed and writes(runner) == []


def test_an_end_at_the_last_moment_is_no_timeout(runner):
    for seconds in (3, 4, 5):
        assert run(runner, {**SELF, "name": "at-%d.example.com" % seconds}, wait_timeout=seconds).changed


@pytest.mark.parametrize(
    ("status", "code"), [(404, "task_not_found"), (403, "scope_not_granted"), (500, "unhandled_exception")]
)
def test_if_the_task_cannot_be_read_the_state_is(runner, status, code):
    body = {"error": {"code": code}}
    runner.fail(method="GET", path="/tasks/task", status=status, answer="given", body=body, times=None)
    assert run(runner, SELF, wait_timeout=60).values["certificate"]["state"] == "issued"


def test_failing_polls_are_not_a_failed_creation_and_do_not_use_the_retry_budget(runner):
    runner.fail(method="GET", path="/tasks/task", status=503, answer="given", body="", times=10)
    assert run(runner, SELF, budget=0).changed and len(certificates(runner)) == 1
    assert runner.time.passed > 40


# Issued again


@pytest.mark.parametrize("scopes", [None, ("certificates",)])
def test_a_certificate_is_issued_again_on_request(runner, scopes):
    runner.simulator.world.tokens["simulator-token"] = Token(scopes=scopes)
    existing(runner)
    before = run(runner, SELF).values["certificate"]
    predicted = run(runner, SELF, reissue="always", check=True)
    assert predicted.changed and writes(runner) == []
    result = run(runner, SELF, reissue="always")
    assert [set(one["after"]) for one in predicted.diff] == [set(one["after"]) for one in result.diff]
    assert "BEGIN" not in json.dumps([predicted.diff, result.diff])
    after = result.values["certificate"]
    assert writes(runner) == ["POST " + ISSUE] and result.changed
    assert after["last_issued_at"] > before["last_issued_at"] and after["certificate"] != before["certificate"]
    (entry,) = result.diff
    assert entry["before"]["last_issued_at"] < entry["after"]["last_issued_at"]
    for reissue in ("never", "failed"):
        assert not run(runner, SELF, reissue=reissue).changed and writes(runner) == []


@pytest.mark.parametrize("scopes", [None, ("certificates",)])
def test_a_failed_certificate_is_issued_again_on_request(runner, scopes):
    runner.simulator.world.tokens["simulator-token"] = Token(scopes=scopes)
    existing(runner, state="issue_failed", issue_error="NXDOMAIN", last_issued_at=None)
    result = run(runner, SELF, reissue="failed")
    assert result.changed and writes(runner) == ["POST " + ISSUE] and result.values["certificate"]["state"] == "issued"
    assert not run(runner, SELF, reissue="failed").changed


def test_a_reissue_that_takes_too_long_says_how_to_wait_only(runner):
    existing(runner)
    runner.simulator.world.assumptions = Assumptions(looks=9)
    error = refused(runner, SELF, reissue="always", wait_timeout=3)
    assert error.changed and "With reissue: never, running the task again only waits" in error.message


def test_a_new_certificate_is_not_issued_twice(runner):
    assert run(runner, SELF, reissue="always").changed and writes(runner) == ["POST " + LIST]


def test_a_lost_response_to_a_reissue_is_waited_for_and_not_sent_again(runner):
    existing(runner)
    runner.fail(method="POST", path=ISSUE, answer="lost")
    result = run(runner, SELF, reissue="always")
    assert result.changed and writes(runner) == ["POST " + ISSUE]
    runner.fail(method="POST", path=ISSUE, answer="lost", carried_out=False)
    error = refused(runner, SELF, reissue="always", wait_timeout=30)
    assert writes(runner) == ["POST " + ISSUE] and error.message.count("is not known") == 1
    assert "With reissue: never, running the task again only waits" in error.message
    runner.fail(method="POST", path=ISSUE, answer="lost")
    error = refused(runner, SELF, reissue="always", wait=False)
    assert writes(runner) == ["POST " + ISSUE] and "is not known" in error.message


def test_an_uploaded_certificate_cannot_be_issued_again(runner):
    identifier = run(runner, CUSTOM).values["certificate"]["id"]
    runner.simulator.requests.clear()
    for check in (True, False):
        error = refused(runner, CUSTOM, reissue="always", check=check)
        assert "not supported for the issuer custom" in error.message and runner.simulator.requests == []
        error = refused(runner, {}, id=identifier, reissue="always", check=check)
        assert "not supported for the issuer custom" in error.message and writes(runner) == []


# Deleted, and an old API


def test_a_certificate_that_a_rule_uses_is_not_deleted(runner):
    existing(runner)
    runner.existing()
    runner.rule(443, protocol="HTTPS", certificates=["cert_1"])
    error = refused(runner, SELF, state="absent")
    assert error.details.code == "deletion_restricted" and "lbrule_443" in error.message
    runner.simulator.world.load_balancer_rules.clear()
    assert run(runner, SELF, state="absent").changed and certificates(runner) == []
    assert not run(runner, SELF, state="absent").changed


@pytest.mark.parametrize("task", [{}, {"id": "cert_1", "state": "absent"}, {"id": "cert_1", "reissue": "always"}])
def test_an_old_api_is_explained(runner, task):
    runner.simulator.world.assumptions = Assumptions(newer_api=False)
    existing(runner, name="old.example.com")
    properties = {} if "id" in task else SELF
    error = refused(runner, properties, **task)
    assert error.details.code == "route_not_found" and "version 3.17" in error.message
