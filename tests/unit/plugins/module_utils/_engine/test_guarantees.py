# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guarantees for every kind, one test for each guarantee and kind: a new kind is tested with its sample."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace

import pytest
from katapult_simulator import endpoints
from katapult_simulator import simulator as simulators
from katapult_simulator.kinds import KINDS
from katapult_simulator.rendering import SECRET
from katapult_simulator.world import Assumptions, Token

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused
from ansible_collections.katapult.cloud.plugins.module_utils._http.response import SECRET_KEYS
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import PROPERTIES, Field, Fixed

from ...catalog import MANAGED
from ..simulated import TaskRunner
from .samples import INVENTED, OF_THE_COLLECTION, SAMPLES, Sample

every_kind = pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))


def each(choose: t.Callable[[Sample], t.Iterable[str]]) -> t.Any:
    """One test for some of the fields of every kind."""
    chosen = [(sample, name) for sample in SAMPLES.values() for name in choose(sample)]
    return pytest.mark.parametrize(("sample", "name"), chosen, ids=["%s-%s" % (a.resource.name, b) for a, b in chosen])


def some(condition: t.Callable[[Sample], bool]) -> t.Any:
    """One test for each kind that meets a condition."""
    chosen = [sample for sample in SAMPLES.values() if condition(sample)]
    return pytest.mark.parametrize("sample", chosen, ids=[sample.resource.name for sample in chosen])


class KindUnderTest:
    """Runs tasks for one kind, with the resources that it refers to."""

    def __init__(self, sample: Sample, monkeypatch: pytest.MonkeyPatch, **assumptions: t.Any) -> None:
        kinds = (*(one.kind for one in INVENTED if one.kind), *KINDS)
        monkeypatch.setattr(endpoints, "KINDS", kinds)
        monkeypatch.setattr(simulators, "ENDPOINTS", [one for kind in kinds for one in endpoints.endpoints_of(kind)])
        self.sample = sample
        self.runner = TaskRunner(assumptions=Assumptions(**assumptions))
        for plural in (sample.resource.plural, *(t.cast(t.Any, one.kind).plural for one in INVENTED)):
            self.runner.simulator.world.objects[plural] = {}
        sample.prepare(self.runner)

    @property
    def objects(self) -> dict[str, t.Any]:
        """All objects of the kind, without those in the trash."""
        everything = self.runner.simulator.world.objects[self.sample.resource.plural]
        return {key: one for key, one in everything.items() if not getattr(one, "trashed", False)}

    def state(self) -> str:
        """The state of the simulator."""
        return repr(self.runner.simulator.world.objects)

    def run(self, fields: t.Any = None, **more: t.Any) -> t.Any:
        """A task that sets these fields, or all fields of the creation."""
        return self.runner.run_task(
            self.sample.task, **self.sample.options(self.sample.fields if fields is None else fields, **more)
        )

    def refused(self, fields: t.Any = None, **more: t.Any) -> KatapultError:
        """The failure of such a task."""
        with pytest.raises(KatapultError) as failure:
            self.run(fields, **more)
        return failure.value

    def create(self) -> t.Any:
        """The resource of the sample, which exists from now on."""
        shown = self.run().values[self.sample.resource.name]
        self.runner.simulator.requests.clear()
        return shown

    def writes(self) -> list[str]:
        """The methods of all writes since the last call."""
        return [method for method in self.runner.sent() if method != "GET"]

    def change(self, name: str) -> dict[str, t.Any]:
        """The fields of a task that changes one, and what must be set together with it."""
        return {**self.sample.identity, **self.sample.needs.get(name, {}), name: self.sample.others[name]}


@pytest.fixture(name="tested")
def fixture_tested(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> KindUnderTest:
    return KindUnderTest(sample, monkeypatch)


def changeable(sample: Sample) -> list[str]:
    """The fields that a task can change when it identifies the resource by its identity."""
    if not sample.resource.can_update:
        return []
    return [
        field.name
        for field in sample.managed()
        if field.name not in sample.resource.identity and not isinstance(field.change, Fixed) and is_compared(field)
    ]


def is_compared(field: Field) -> bool:
    """Whether an existing resource can differ from a task in a field."""
    return field.shown and field.name != "zone"


def fixed(sample: Sample) -> list[str]:
    """The fields that a task can set, but not change."""
    return [
        field.name
        for field in sample.managed()
        if is_compared(field)
        and field.name not in sample.resource.identity
        and (isinstance(field.change, Fixed) or not sample.resource.can_update)
    ]


def listed(sample: Sample) -> bool:
    """Whether the kind is searched in a list, which can contain several with one identity."""
    return sample.resource.lookup_key is None


def test_every_managed_kind_has_a_sample_with_another_value_for_each_option():
    assert {sample.resource.name for sample in OF_THE_COLLECTION} == {resource.name for resource in MANAGED}
    for sample in SAMPLES.values():
        assert set(sample.others) == {field.name for field in sample.managed()}
        assert set(sample.identity) == set(sample.resource.identity)


# Created once, changed to the desired state, and then not changed again


@every_kind
def test_it_is_created_once_and_the_second_run_changes_nothing(tested, sample):
    result = tested.run()
    assert result.changed and tested.writes() == ["POST"] and len(tested.objects) == 1
    shown = result.values[sample.resource.name]
    assert list(shown) == [field.name for field in sample.resource.fields if field.shown]
    again = tested.run()
    assert not again.changed and tested.writes() == []
    assert again.values[sample.resource.name]["id"] == shown["id"] and again.diff == []


@every_kind
def test_check_mode_predicts_the_creation_and_writes_nothing(tested, sample):
    before = tested.state()
    predicted = tested.run(check=True)
    assert tested.writes() == [] and tested.state() == before
    result = tested.run()
    assert predicted.changed and result.changed
    ((expected,), (entry,)) = predicted.diff, result.diff
    assert expected["before"] is None and entry["before"] is None
    assert entry["after_header"].startswith(
        "%s %s, " % (sample.resource.noun, result.values[sample.resource.name]["id"])
    )
    assert set(predicted.values[sample.resource.name]) == set(result.values[sample.resource.name])
    given = [name for name in sample.fields if name in entry["after"] and name not in ("data_center", "weights")]
    assert given and {name: expected["after"][name] for name in given} == {name: entry["after"][name] for name in given}


@each(changeable)
def test_one_changed_option_is_one_predicted_write_that_changes_nothing_else_and_is_idempotent(tested, sample, name):
    before = tested.create()
    task = tested.change(name)
    predicted = tested.run(task, check=True)
    assert tested.writes() == []
    result = tested.run(task)
    (body,) = tested.runner.written()
    method = sample.methods.get(name, "PATCH")
    assert tested.writes() == [method] and predicted.changed and result.changed and predicted.diff == result.diff
    (entry,) = result.diff
    assert name in entry["before"] and all(entry["before"][one] != entry["after"][one] for one in entry["before"])
    argument = getattr(sample.resource.field(name).change, "argument", None)
    body = {name if key == argument else key: value for key, value in body.items()}
    carried = {*body.get(PROPERTIES, {}), *body} - {PROPERTIES, sample.resource.name}
    together = set(sample.resource.together) if name in sample.resource.together else set()
    assert carried == {name, *sample.needs.get(name, {}), *together} and body[sample.resource.name] == {
        "id": before["id"]
    }
    after = result.values[sample.resource.name]
    follow = ("weights", "resources", "tags", "cpu_cores", "memory_in_gb")  # the fields that follow from others
    touched = {name, *sample.needs.get(name, {}), *sample.resource.together, *follow}
    assert {key: value for key, value in after.items() if key not in touched} == {
        key: value for key, value in before.items() if key not in touched
    }
    assert not tested.run(task).changed and tested.writes() == []


@each(fixed)
def test_a_change_of_a_fixed_field_is_rejected_before_any_write(tested, name):
    tested.create()
    for check in (True, False):
        error = tested.refused(tested.change(name), check=check)
        assert error.details.code == "%s_fixed" % name and "Nothing was changed" in error.message
    assert tested.writes() == []


@each(lambda sample: [field.name for field in sample.resource.fields if field.required])
def test_a_creation_without_required_options_reports_them_and_writes_nothing(tested, sample, name):
    if name in sample.resource.identity:
        assert (
            "is required" in tested.refused({key: value for key, value in sample.fields.items() if key != name}).message
        )
        return
    task = {key: value for key, value in sample.fields.items() if key != name}
    for check in (True, False):
        error = tested.refused(task, check=check)
        assert error.details.code == "missing_for_creation" and sample.resource.options([name]) in error.message
    assert tested.writes() == []


@some(lambda sample: sample.resource.annotated)
def test_annotations_of_other_clients_are_kept(tested, sample):
    tested.create()
    theirs, ours = [{"key": "theirs", "value": "1"}], [{"key": "ours", "value": "2"}]
    assert tested.run({**sample.identity, "annotations": theirs}).changed
    shown = tested.run({**sample.identity, "annotations": ours}).values[sample.resource.name]["annotations"]
    assert theirs[0] in shown and ours[0] in shown
    assert not tested.run({**sample.identity, "annotations": []}).changed


# Identities


@some(lambda sample: sample.resource.can_update)
def test_an_id_with_another_identity_renames_once(tested, sample):
    shown = tested.create()
    other = {name: sample.others[name] for name in sample.resource.identity}
    predicted = tested.run(other, id=shown["id"], check=True)
    assert tested.writes() == []
    result = tested.run(other, id=shown["id"])
    assert tested.writes() == ["PATCH"] and predicted.diff == result.diff and len(tested.objects) == 1
    assert not tested.run(other, id=shown["id"]).changed and not tested.run(other).changed and tested.writes() == []


@some(lambda sample: sample.resource.can_update)
@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("unique", [True, False])
def test_an_identity_of_another_resource_is_rejected(sample, monkeypatch, check, unique):
    tested = KindUnderTest(sample, monkeypatch, unique_references=unique, unique_ports=unique)
    shown = tested.create()
    other = {name: sample.others[name] for name in sample.resource.identity}
    tested.run({**sample.fields, **other})
    tested.runner.simulator.requests.clear()
    error = tested.refused(other, id=shown["id"], check=check)
    assert error.details.code == "%s_taken" % "_".join(sample.resource.identity) and tested.writes() == []


@every_kind
@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("exists", [True, False])
def test_an_id_and_an_identity_that_do_not_belong_together_delete_nothing(tested, sample, check, exists):
    shown = tested.create()
    other = {name: sample.others[name] for name in sample.resource.identity}
    if exists:
        tested.run({**sample.fields, **other})
        tested.runner.simulator.requests.clear()
    error = tested.refused(other, id=shown["id"], state="absent", check=check)
    assert error.details.code == "other_%s_found" % sample.resource.name and "Nothing was removed" in error.message
    assert tested.writes() == [] and len(tested.objects) == 1 + exists
    assert tested.run({}, id=shown["id"], state="absent", check=check).changed


@every_kind
def test_an_unknown_id_is_rejected_and_absent_is_satisfied(tested, sample):
    error = tested.refused(sample.fields, id="nobody")
    assert error.details.code == "%s_not_found" % sample.resource.name and tested.writes() == []
    absent = tested.run({}, id="nobody", state="absent")
    assert not absent.changed and absent.values[sample.resource.name] is None


@some(lambda sample: listed(sample) and not sample.resource.twins)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_several_with_one_identity_are_rejected_with_their_ids_and_an_id_selects_one(sample, monkeypatch, state):
    tested = KindUnderTest(sample, monkeypatch, unique_ports=False)
    shown = tested.create()
    tested.runner.simulator.world.objects[sample.resource.plural]["twin"] = replace(
        tested.objects[shown["id"]], id="twin"
    )
    error = tested.refused(sample.identity, state=state)
    assert error.details.code.startswith("several_") and "twin" in error.message and shown["id"] in error.message
    assert tested.writes() == [] and len(tested.objects) == 2
    assert tested.run(sample.identity, id="twin", state="absent").changed and list(tested.objects) == [shown["id"]]


@some(listed)
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("by_id", [True, False])
@pytest.mark.parametrize("change", [lambda row, name: row.pop(name), lambda row, name: row.update({name: None})])
def test_a_list_without_the_identity_causes_no_write(tested, sample, state, by_id, change):
    shown = tested.create()
    send = tested.runner.send
    (name, *_others) = [one for one in sample.resource.identity if one not in sample.resource.unlisted]

    def hiding(*request):
        raw = send(*request)
        document = json.loads(raw.body)
        for row in document.get(sample.resource.plural, ()):
            change(row, name)
        return raw._replace(body=json.dumps(document).encode())

    tested.runner.send = hiding
    error = tested.refused(sample.fields, state=state, **({"id": shown["id"]} if by_id else {}))
    assert error.details.code == "unreadable_answer" and name in error.message and tested.writes() == []


@some(lambda sample: not listed(sample))
@pytest.mark.parametrize("state", ["present", "absent"])
def test_another_spelling_that_the_api_finds_is_rejected(tested, sample, state):
    tested.create()
    find_any_case(tested)
    (name,) = sample.identity
    other = {name: sample.identity[name].upper()}
    if sample.resource.field(name).type.matches(other[name], sample.identity[name]):
        assert not tested.run(other).changed  # which is equivalent here
        return
    error = tested.refused({**sample.fields, **other}, state=state)
    assert error.details.code == "other_%s_found" % sample.resource.name and tested.writes() == []


@some(lambda sample: bool(sample.beside) and sample.resource.name == "load_balancer_rule")
@pytest.mark.parametrize("organization", ["acme", None])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_another_spelling_of_the_parent_is_rejected_before_a_write(tested, organization, state):
    tested.create()
    find_any_case(tested)
    task = {**tested.sample.identity, "destination_port": 1}
    error = tested.refused(task, load_balancer={"api_reference": "WEB"}, organization=organization, state=state)
    assert error.details.code == "other_load_balancer_found" and tested.writes() == []


def find_any_case(tested):
    """Make the API look up keys case-insensitively."""
    send = tested.runner.send
    tested.runner.send = lambda method, path, query, *more: send(
        method, path, [(name, value if "[id]" in name else str(value).lower()) for name, value in query or []], *more
    )


# Resources of other organizations


@every_kind
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("check", [True, False])
def test_a_resource_of_another_organization_is_not_changed(tested, sample, state, check):
    shown = tested.create()
    before = tested.state()
    fields = {**sample.fields, **{name: sample.others[name] for name in changeable(sample)[:1]}}
    task = {"organization": "globex", "state": state, "id": shown["id"], "check": check}
    if sample.resource.can_get or state == "present":
        codes = ["other_organization" if sample.resource.can_get else "%s_not_found" % sample.resource.name]
        assert tested.refused(fields, **task).details.code in codes
    else:  # what cannot be read individually does not exist
        assert not tested.run(fields, **task).changed
    assert tested.writes() == [] and tested.state() == before


# Deleted


def without_trash_object(result):
    """A result without what Katapult assigns in a deletion."""
    return result._replace(values={**result.values, "trash_object": None})


@every_kind
def test_absent_deletes_once_as_predicted_and_returns_the_deleted_resource(tested, sample):
    shown = tested.create()
    predicted = tested.run(sample.fields, state="absent", check=True)
    assert tested.writes() == [] and len(tested.objects) == 1
    result = tested.run(sample.fields, state="absent")
    assert tested.writes() == [*sample.deletion] and tested.objects == {} and result.changed
    assert without_trash_object(predicted) == without_trash_object(result)
    assert result.values[sample.resource.name]["id"] == shown["id"]
    (entry,) = result.diff
    assert entry["after"] is None and set(entry["before"]) <= {
        field.name for field in sample.resource.fields if field.managed
    }.union(["state", "allocation_id"])
    again = tested.run(sample.fields, state="absent")
    assert not again.changed and again.values[sample.resource.name] is None and tested.writes() == []


@every_kind
def test_a_resource_deleted_by_another_client_is_no_change_but_a_lost_response_is(tested, sample):
    tested.create()
    deleted = {"error": {"code": "%s_not_found" % sample.resource.name, "description": None, "detail": {}}}
    tested.runner.fail(method="DELETE", carried_out=False, answer="given", status=404, body=deleted)
    assert tested.run(state="absent").changed == (len(sample.deletion) > 1)  # it may have been stopped before
    tested.runner.fail(method="DELETE", answer="lost")
    assert tested.run(state="absent").changed and tested.objects == {}


# Unreliable networks, and an API that rejects requests


# Responses that leave unknown whether a create request took effect
LOST = [
    {"answer": "lost"},
    {"answer": "lost", "after": 1e6},
    {"answer": "cut"},
    *({"answer": "given", "status": status, "body": "<html></html>"} for status in (500, 502, 503, 504)),
    {"answer": "given", "status": 500, "body": {"error": {"code": "unhandled_exception"}}},
    {"answer": "given", "status": 200, "body": ""},
    {"answer": "given", "status": 200, "body": {"invalid": {}}},
    {"answer": "given", "status": 302, "body": "", "headers": {"Location": "https://elsewhere.example/"}},
]


@every_kind
@pytest.mark.parametrize("fault", LOST)
def test_a_lost_response_to_a_create_request_leads_to_one_resource_and_one_post(tested, sample, fault):
    tested.runner.fail(method="POST", **fault)
    result = tested.run()
    assert tested.writes() == ["POST"] and len(tested.objects) == 1 and result.changed
    assert list(result.values[sample.resource.name]) == [field.name for field in sample.resource.fields if field.shown]
    assert not tested.run().changed


@every_kind
@pytest.mark.parametrize("fault", [fault for fault in LOST if fault["answer"] != "cut"])
def test_a_create_request_that_was_lost_is_not_sent_twice(tested, fault):
    tested.runner.fail(method="POST", carried_out=False, **fault)
    error = tested.refused()
    assert "Running the task again is safe" in error.message and tested.writes() == ["POST"] and tested.objects == {}
    assert tested.run().changed and len(tested.objects) == 1


@every_kind
def test_a_create_request_that_is_executed_late_is_found(tested):
    tested.runner.fail(method="POST", answer="lost", carried_out=3.0)
    assert tested.run().changed and tested.writes() == ["POST"] and len(tested.objects) == 1


@some(lambda sample: sample.resource.appears_late)
def test_a_resource_of_another_client_that_does_not_appear_yet_is_adopted_by_the_next_run(tested, sample):
    tested.runner.fail(method="POST", answer="given", status=422, body={"code": "validation_error"})
    error = tested.refused()
    assert error.details.code == "validation_error" and tested.writes() == ["POST"]
    for _look in range(4):
        tested.runner.run_task(sample.info)
    tested.runner.simulator.requests.clear()
    assert not tested.run().changed and tested.writes() == [] and len(tested.objects) == 1


@some(lambda sample: not sample.resource.appears_late)
def test_a_resource_created_by_another_client_is_adopted(tested, sample):
    tested.runner.fail(method="POST", answer="given", status=422, body={"code": "validation_error"})
    assert not tested.run().changed and tested.writes() == ["POST"] and len(tested.objects) == 1


@each(lambda sample: ["POST", "DELETE", *(["PATCH"] if sample.resource.can_update else [])])
def test_a_rejected_write_is_a_failure_without_a_change(tested, sample, name):
    if name != "POST":
        tested.create()
    before = tested.state()
    denied = {"error": {"code": "permission_denied", "description": None, "detail": {}}}
    tested.runner.fail(method=name, carried_out=False, answer="given", status=403, body=denied)
    task = tested.change(changeable(sample)[0]) if name == "PATCH" else sample.fields
    result = tested.refused(task, state="absent" if name == "DELETE" else "present").result()
    stopped = name == "DELETE" and len(sample.deletion) > 1
    assert (result["changed"], result["error"]["code"]) == (stopped, "permission_denied")
    assert stopped or (sample.resource.name not in result and tested.state() == before)


@each(changeable)
@pytest.mark.parametrize("carried_out", [True, False])
def test_after_a_lost_response_a_change_is_sent_again_with_the_same_result(tested, name, carried_out):
    tested.create()
    method = tested.sample.methods.get(name, "PATCH")
    tested.runner.fail(method=method, answer="lost", carried_out=carried_out)
    assert tested.run(tested.change(name)).changed and set(tested.writes()) == {method}
    assert not tested.run(tested.change(name)).changed


@some(lambda sample: sample.resource.delete is None)
@pytest.mark.parametrize("body", [{}, {"error": "invalid"}, {"KIND": {}}, {"KIND": {"id": "another"}}])
def test_an_unconfirmed_deletion_is_a_failure(tested, sample, body):
    tested.create()
    body = {key.replace("KIND", sample.resource.name): value for key, value in body.items()}
    tested.runner.fail(method="DELETE", answer="given", body=body, times=None)
    assert tested.refused(state="absent", budget=0).details.code in ("unreadable_answer", "unexpected_answer")


@every_kind
@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_no_other_lookup_failure_is_treated_as_absent(tested, status):
    tested.create()
    tested.runner.fail(method="GET", answer="given", status=status, body={"error": {"code": "data_center_not_found"}})
    assert tested.refused(state="absent").details.code == "data_center_not_found"
    assert tested.writes() == [] and len(tested.objects) == 1


@some(lambda sample: not listed(sample))
def test_a_response_with_another_id_than_requested_is_rejected(tested, sample):
    shown = tested.create()
    tested.runner.fail(method="GET", answer="given", body={sample.resource.name: {**shown, "id": "another"}})
    send, renewed = tested.runner.send, []

    class Connection:
        """The transport of the task runner, with a connection that can be renewed."""

        __call__ = staticmethod(send)
        renew = staticmethod(lambda: renewed.append(True))

    tested.runner.send = Connection()
    assert (
        tested.refused(id=shown["id"]).details.code == "other_%s_found" % sample.resource.name and tested.writes() == []
    )
    assert renewed  # the response may belong to another request


@every_kind
def test_a_missing_scope_is_reported(tested, sample):
    tested.runner.simulator.world.tokens["bare"] = Token(scopes=())
    tested.runner.token = "bare"
    error = tested.refused()
    assert error.details.code == "scope_not_granted" and error.details.detail["scopes"][0] in error.message
    assert tested.objects == {}


@every_kind
def test_the_task_waits_for_the_rate_limit_and_sends_nothing_twice(tested):
    tested.runner.fail(
        method="POST", carried_out=False, answer="given", status=429, body="", headers={"Retry-After": "7"}
    )
    assert tested.run().changed and len(tested.objects) == 1 and 7.0 in tested.runner.time.naps


@each(lambda sample: ["POST", "DELETE", *(["PATCH"] if sample.resource.can_update else [])])
def test_a_response_with_another_resource_is_not_accepted(tested, sample, name):
    if name != "POST":
        tested.create()
    another = {sample.resource.name: {"id": "another", **{key: sample.others[key] for key in sample.resource.identity}}}
    tested.runner.fail(method=name, answer="given", body=another)
    task = tested.change(changeable(sample)[0]) if name == "PATCH" else sample.fields
    if name == "POST":  # the result of the request is looked up
        assert tested.run().values[sample.resource.name]["id"] in tested.objects
    elif name == "DELETE" and sample.resource.delete_call.answer is None:
        assert tested.run(state="absent").changed  # its response does not contain it
    else:
        error = tested.refused(task, state="absent" if name == "DELETE" else "present")
        assert error.details.code == "unreadable_answer" and "another" in error.message


# Secrets


def planted(value):
    """The same response with a secret under every key that is known to contain one, in every object."""
    if isinstance(value, dict):
        return {**{key: planted(item) for key, item in value.items()}, **dict.fromkeys(SECRET_KEYS, SECRET)}
    return [planted(item) for item in value] if isinstance(value, list) else value


@every_kind
def test_no_secret_in_responses_or_options_is_shown(tested, sample):
    send = tested.runner.send

    def with_secrets(*request):
        raw = send(*request)
        return raw._replace(body=json.dumps(planted(json.loads(raw.body))).encode())

    tested.runner.send = with_secrets
    results = [tested.run(check=True), tested.run(), tested.run()]
    for name in changeable(sample):
        results += [tested.run(tested.change(name)), tested.run(state="absent", **sample.final), tested.run()]
    if sample.info:
        results += [
            tested.runner.run_task(sample.info),
            tested.runner.run_task(sample.info, id=next(iter(tested.objects))),
        ]
    results.append(tested.run(state="absent"))
    assert all(SECRET not in repr(result) for result in results)
    denied = {"error": {"code": "permission_denied", "description": "x", "detail": {"private_key": SECRET}}}
    tested.runner.fail(method="POST", carried_out=False, answer="given", status=403, body=denied)
    assert SECRET not in repr(tested.refused().result())


# Invalid input, and reading


def takes_a_text(field: Field) -> bool:
    """Whether a field is a text of one line, which must not be empty."""
    return field.type.spec == {"type": "str"} and not field.secret and field.type.validate("") is not None


@every_kind
@pytest.mark.parametrize("identifier", ["", "a b", "../x", "x?y"])
def test_an_invalid_id_is_rejected_before_a_request_is_sent(tested, identifier):
    error = tested.refused(id=identifier)
    assert isinstance(error, TaskRefused) and error.details.code == "invalid_task" and tested.runner.sent() == []


@each(lambda sample: [f.name for f in sample.managed() if takes_a_text(f)])
@pytest.mark.parametrize("invalid", ["", " ", "x ", "x\n", "x\u200b", "\ud800"])
def test_an_invalid_string_is_rejected_before_a_request_is_sent(tested, sample, name, invalid):
    error = tested.refused({**sample.fields, name: invalid})
    assert sample.resource.options([name]) in error.message and tested.runner.sent() == []


@some(lambda sample: sample.info is not None)
def test_the_written_values_are_read_back(tested, sample):
    shown = tested.create()
    (read,) = tested.runner.run_task(sample.info, id=shown["id"]).values[sample.resource.plural]
    assert read == shown
    (row,) = tested.runner.run_task(sample.info).values[sample.resource.plural]
    assert (row["id"] == shown["id"] and set(row) < set(shown)) or not sample.resource.partial_rows
