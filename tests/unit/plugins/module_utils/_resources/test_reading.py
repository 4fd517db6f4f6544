# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading resources of all kinds but load balancers: the results and the number of requests."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from katapult_simulator.populate import grow, put
from katapult_simulator.rendering import SECRET
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response

from ...catalog import TASKS, WITH_INFO
from ..simulated import TaskRunner

# One of each kind: its ID, its name, if it has one, and how many the organization acme (or the account) has
THERE = {
    "virtual_machine": ("vm_a", "web-a", 6),
    "virtual_machine_group": ("vmgrp_web", "web", 2),
    "tag": ("tag_web", "web", 2),
    "certificate": ("cert_www", "www.example.com", 2),
    "security_group": ("sg_web", "web", 2),
    "address_list": ("adlst_office", "office", 2),
    "data_center": ("loc_london", "London", 4),
    "organization": ("org_acme", "Acme", 5),
    "virtual_machine_package": ("vmpkg_rock3", "ROCK-3", 21),
    "disk_template": ("dtpl_ubuntu2204", "Ubuntu 22.04", 13),
    "network": ("netw_loc_london", "Public Network", 4),
    "ip_address": ("ip_192_0_2_11", None, 17),
}
KINDS = {kind.name: kind for kind in WITH_INFO}
OTHER_LOOK_UPS = {
    "virtual_machine": ("fqdn", "web-a.acme.katapult.cloud"),
    "data_center": ("permalink", "uk-lon-01"),
    "organization": ("sub_domain", "acme"),
    "virtual_machine_package": ("permalink", "rock-3"),
    "disk_template": ("permalink", "templates/ubuntu-22-04"),
    "network": ("permalink", "uk-lon-01-public"),
    "ip_address": ("address", "192.0.2.11"),
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
# One of very many, for the kinds that the simulator does not multiply itself
OF_MANY = {
    "virtual_machine_package": lambda number: {"id": "vmpkg_%d" % number, "permalink": "size-%d" % number},
    "disk_template": lambda number: {
        "id": "dtpl_%d" % number,
        "name": "Template %d" % number,
        "permalink": "templates/%d" % number,
        "operating_system": "os_debian",
    },
    "ip_address": lambda number: {
        "id": "ip_%d" % number,
        "address": "2001:db8:5::%x" % number,
        "network": "netw_loc_london",
    },
}
NAMED = [kind for kind in KINDS.values() if THERE[kind.name][1] is not None]


@pytest.fixture(name="runner")
def fixture_runner():
    return TaskRunner()


def module(kind):
    return TASKS[kind.name + "_info"]


def read(runner, kind, **task):
    """The resources that a task finds."""
    result = runner.run_task(module(kind), **task)
    assert result.changed is False and result.diff is None and set(result.values) == {kind.plural, *kind.listed_too}
    assert SECRET not in json.dumps(result.values)
    return result.values[kind.plural]


def identifiers(kind):
    return (*kind.keys, "name") if kind in NAMED else kind.keys


def paths(runner):
    """The paths of all requests so far; clears them."""
    found = [request["path"] for request in runner.simulator.requests]
    assert {request["method"] for request in runner.simulator.requests} <= {"GET"}
    runner.simulator.requests.clear()
    return found


def ids(found):
    return [resource["id"] for resource in found]


def answer(runner, document, path=None):
    """Let all requests, or the requests to a path, return a document."""
    send = runner.send

    def answering(method, at, *request):
        if path in (None, at):
            return Response(200, {}, json.dumps(document).encode())
        return send(method, at, *request)

    runner.send = answering


@every_kind
def test_every_module_has_a_task(kind):
    assert set(identifiers(kind)) <= set(module(kind).argument_spec)
    assert ("name" in module(kind).argument_spec) == (kind in NAMED)
    assert set(THERE) == set(KINDS)


@every_kind
@pytest.mark.parametrize("check", [True, False])
def test_one_is_read_by_its_id_with_one_request_regardless_of_the_organization(runner, kind, check):
    identifier, name, _count = THERE[kind.name]
    (found,) = read(runner, kind, id=identifier, organization="globex", check=check)
    assert (found["id"], found.get("name")) == (identifier, name)
    assert list(found) == [field.name for field in kind.fields if field.shown]
    assert paths(runner) == [kind.path]


@pytest.mark.parametrize("kind", OTHER_LOOK_UPS)
def test_one_is_read_by_another_identifier(runner, kind):
    by, value = OTHER_LOOK_UPS[kind]
    assert ids(read(runner, KINDS[kind], organization=None, **{by: value})) == [THERE[kind][0]]
    assert paths(runner) == [KINDS[kind].path]
    assert read(runner, KINDS[kind], **{by: "192.0.2.99" if by == "address" else "no-such-thing"}) == []


@every_kind
def test_an_unknown_resource_is_an_empty_list(runner, kind):
    assert read(runner, kind, id="nobody") == []
    if kind in NAMED:
        assert read(runner, kind, name="nobody") == []
        assert read(runner, kind, id=THERE[kind.name][0], name="nobody") == []


@every_kind
def test_all_are_listed_with_one_request(runner, kind):
    found = read(runner, kind)
    assert len(found) == THERE[kind.name][2]
    assert paths(runner) == [kind.list_path]
    lacking = {field.name for field in kind.fields} - set(found[0])
    assert bool(lacking) == kind.partial_rows


@pytest.mark.parametrize("kind", NAMED, ids=lambda kind: kind.name)
def test_a_list_is_filtered_by_the_exact_name(runner, kind):
    identifier, name, _count = THERE[kind.name]
    assert ids(read(runner, kind, name=name)) == [identifier]
    assert read(runner, kind, name=name.swapcase()) == []
    assert read(runner, kind, name=name[:-1]) == []


@pytest.mark.parametrize("kind", ["virtual_machine", "virtual_machine_group", "certificate"])
def test_all_resources_with_one_name_are_found(runner, kind):
    name = {"virtual_machine": "Twin", "virtual_machine_group": "twin", "certificate": "twin.example.com"}[kind]
    assert len(read(runner, KINDS[kind], name=name, organization="globex")) == 2


@pytest.mark.parametrize("kind", [kind for kind in WITH_INFO if kind.paginated], ids=lambda kind: kind.name)
def test_all_pages_are_listed(runner, kind):
    if kind.name in OF_MANY:
        rows = [OF_MANY[kind.name](number) for number in range(401)]
        put(runner.simulator.world, kind.plural, [{"organization": "org_acme", **row} for row in rows])
    else:
        grow(runner.simulator.world, **{kind.plural: 401})
    assert len(read(runner, kind)) == 401 + THERE[kind.name][2]
    assert paths(runner) == [kind.list_path] * 3


def test_a_resource_on_two_pages_is_returned_once(runner):
    def page(number, *numbers):
        rows = [{"id": "tag_%d" % one, "name": "web"} for one in numbers]
        return {"pagination": {"current_page": number, "total_pages": 2}, "tags": rows}

    pages = iter([page(1, 1, 2), page(2, 2, 3)])
    runner.send = lambda *request: Response(200, {}, json.dumps(next(pages)).encode())
    assert ids(read(runner, KINDS["tag"], name="web")) == ["tag_1", "tag_2", "tag_3"]


def test_a_list_with_smaller_pages_is_read_completely():
    runner = TaskRunner(assumptions=Assumptions(largest_page=100))
    grow(runner.simulator.world, tags=150)
    assert len(read(runner, KINDS["tag"])) == 152


@pytest.mark.parametrize("kind", [kind for kind in WITH_INFO if kind.partial_rows], ids=lambda kind: kind.name)
def test_full_reads_each_individually(runner, kind):
    found = read(runner, kind, full=True)
    assert paths(runner) == [kind.list_path, *[kind.path] * len(found)]
    for resource in found:
        assert [resource] == read(runner, kind, id=resource["id"])


def test_full_reads_only_those_with_the_name(runner):
    assert ids(read(runner, KINDS["tag"], full=True, name="api")) == ["tag_api"]
    assert paths(runner) == ["/organizations/organization/tags", "/tags/tag"]


@pytest.mark.parametrize("code", ["virtual_machine_not_found", "object_in_trash"])
def test_a_resource_deleted_before_it_is_read_is_omitted(runner, code):
    status = 406 if code == "object_in_trash" else 404
    body = {"error": {"code": code, "description": None, "detail": {}}}
    runner.fail(path="/virtual_machines/virtual_machine", answer="given", status=status, body=body, skip=1)
    assert ids(read(runner, KINDS["virtual_machine"], full=True)) == ["vm_a", "vm_c", "vm_d", "vm_e", "vm_f"]


def test_any_other_failure_of_one_is_a_failure_of_the_list(runner):
    body = {"error": {"code": "permission_denied", "description": None, "detail": {}}}
    runner.fail(path="/virtual_machines/virtual_machine", answer="given", status=403, body=body, skip=2)
    assert refused(runner, KINDS["virtual_machine"], full=True).details.code == "permission_denied"


def test_the_fields_of_a_virtual_machine(runner):
    (machine,) = read(runner, KINDS["virtual_machine"], id="vm_f")
    assert (machine["state"], machine["hostname"], machine["fqdn"]) == ("stopped", "web-f", "web-f.acme.katapult.cloud")
    assert machine["group"] is None and machine["tags"] == [] and machine["annotations"] == []
    assert machine["organization"] == {"id": "org_acme", "name": "Acme", "sub_domain": "acme"}
    assert [address["address"] for address in machine["ip_addresses"]] == ["198.51.100.15", "2001:db8::15"]
    (machine,) = read(runner, KINDS["virtual_machine"], id="vm_a")
    assert machine["group"] == {"id": "vmgrp_web", "name": "web"}
    assert machine["tags"] == [{"id": "tag_web", "name": "web"}] and machine["tag_names"] == ["web"]


def annotate(runner, **annotations):
    machines = runner.simulator.world.virtual_machines
    for identifier, pairs in annotations.items():
        machines[identifier] = replace(machines[identifier], annotations=pairs)


def test_virtual_machines_are_filtered_by_all_of_several_annotations(runner):
    annotate(runner, vm_a={"team": "web", "tier": "front"}, vm_b={"team": "web", "tier": "back"}, vm_c={"team": "db"})
    wanted = [{"key": "team", "value": "web"}, {"key": "tier"}]
    found = read(runner, KINDS["virtual_machine"], annotations=wanted)
    assert ids(found) == ["vm_a", "vm_b"]
    assert found[0]["annotations"] == [{"key": "team", "value": "web"}, {"key": "tier", "value": "front"}]
    paths(runner)
    assert ids(read(runner, KINDS["virtual_machine"], annotations=wanted, name="web-b")) == ["vm_b"]
    assert len(paths(runner)) == 2
    assert read(runner, KINDS["virtual_machine"], id="vm_c", annotations=wanted) == []


def test_a_list_that_the_api_filters_by_any_annotation_is_filtered_again(runner):
    annotate(runner, vm_a={"team": "web"}, vm_b={"tier": "front"})
    rows = [{"id": "vm_a", "name": "web-a"}, {"id": "vm_b", "name": "web-b"}]
    answer(runner, {"virtual_machines": rows}, "/organizations/organization/virtual_machines")
    assert ids(read(runner, KINDS["virtual_machine"], annotations=[{"key": "team"}])) == ["vm_a"]


def test_a_certificate_may_be_in_a_list_of_one(runner):
    answer(runner, {"certificate": [{"id": "cert_www", "name": "www", "private_key": SECRET}]})
    assert ids(read(runner, KINDS["certificate"], id="cert_www")) == ["cert_www"]


def refused(runner, kind, **task):
    with pytest.raises(KatapultError) as caught:
        read(runner, kind, **task)
    return caught.value


@pytest.mark.parametrize("kind", ["virtual_machine", "certificate"])
def test_a_resource_in_the_trash_is_reported(runner, kind):
    identifier = {"virtual_machine": "vm_trashed", "certificate": "cert_trashed"}[kind]
    error = refused(runner, KINDS[kind], id=identifier)
    assert error.details.code == "object_in_trash" and identifier in error.message


@every_kind
def test_an_unknown_organization_is_not_an_empty_list(runner, kind):
    if kind.of_organization:
        assert refused(runner, kind, organization="nobody").details.code == "organization_not_found"
        assert refused(runner, kind, organization="suspended").details.code == "organization_suspended"
    else:
        assert read(runner, kind, organization="nobody")


@every_kind
def test_a_missing_scope_is_reported(runner, kind):
    runner.token = "balancers-token"
    if kind.name in ("data_center", "network"):
        assert read(runner, kind)
        return
    for task in ({}, {"id": THERE[kind.name][0]}):
        error = refused(runner, kind, **task)
        assert error.details.code == "scope_not_granted" and kind.plural + ":read" in error.message


@every_kind
@pytest.mark.parametrize("shown", [{}, {"id": None}, [], "text", None])
def test_a_response_without_the_resource_is_rejected(runner, kind, shown):
    answer(runner, {kind.name: shown})
    error = refused(runner, kind, id="x")
    assert (error.details.code, error.details.method, error.details.path) == ("unreadable_answer", "GET", kind.path)


@every_kind
@pytest.mark.parametrize("shown", [{}, [{}], ["text"], None])
def test_a_response_without_the_list_is_rejected(runner, kind, shown):
    answer(runner, {kind.plural: shown})
    assert refused(runner, kind).details.code == "unreadable_answer"


@every_kind
def test_another_resource_than_requested_is_rejected(runner, kind):
    answer(runner, {kind.name: {"id": "another"}})
    error = refused(runner, kind, id="x")
    assert error.details.code == "other_%s_found" % kind.name and 'whose id is "another"' in error.message


def test_domain_names_are_case_insensitive(runner):
    answer(runner, {"virtual_machine": {"id": "vm_a", "fqdn": "web-a.acme.katapult.cloud"}})
    assert ids(read(runner, KINDS["virtual_machine"], fqdn="Web-A.acme.katapult.cloud")) == ["vm_a"]
    error = refused(runner, KINDS["virtual_machine"], fqdn="web-b.acme.katapult.cloud")
    assert error.details.code == "other_virtual_machine_found"


@every_kind
def test_invalid_tasks_are_rejected_before_a_request_is_sent(runner, kind):
    wrong = [
        ({"id": "a b"}, 'id "a b" contains characters that are invalid in an ID'),
        *([({"name": " "}, "name is empty")] if kind in NAMED else []),
    ]
    if kind.needs_organization:
        wrong.append(({"organization": None}, "one of %s and organization" % ", ".join(kind.keys)))
    for other in kind.keys[1:]:
        wrong.append(({other: " "}, "%s is empty" % other))
        wrong.append(({"id": "x", other: "x"}, "id and %s are mutually exclusive" % other))
    if kind.annotated:
        wrong.append(({"annotations": [{"key": ""}]}, "annotations has a key that is empty"))
    for task, said in wrong:
        error = refused(runner, kind, **task)
        assert isinstance(error, TaskRefused) and said in error.message
    assert paths(runner) == []


@every_kind
@pytest.mark.parametrize("empty", [None, ""])
def test_an_identifier_that_is_null_finds_nothing_and_one_that_is_omitted_finds_all(runner, kind, empty):
    for name in identifiers(kind):
        for more in ({}, {"organization": None}, *({other: "x"} for other in identifiers(kind) if other != name)):
            result = runner.run_task(TASKS["%s_info" % kind.name], **{name: empty, **more})
            assert result.values == {kind.plural: [], **{key: [] for key in kind.listed_too}} and not result.changed
            (warning,) = result.warnings
            assert warning.startswith("%s is null or empty" % name) and "omit it" in warning
    assert paths(runner) == []
    assert read(runner, kind)


@every_kind
def test_a_list_with_duplicates_is_returned_without_duplicates(runner, kind):
    send = runner.send

    def repeating(*request):
        raw = send(*request)
        document = json.loads(raw.body)
        document[kind.plural] += document[kind.plural]
        return raw._replace(body=json.dumps(document).encode())

    runner.send = repeating
    found = ids(read(runner, kind))
    assert len(found) == len(set(found)) == THERE[kind.name][2]


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ({"tags": ["web"]}, ["vm_a", "vm_b", "vm_c"]),
        ({"tags": ["tag_api", " web "]}, ["vm_a", "vm_b", "vm_c", "vm_d"]),
        ({"groups": ["web"]}, ["vm_a", "vm_b"]),
        ({"tags": ["web"], "groups": ["vmgrp_web"], "name": "web-b"}, ["vm_b"]),
        ({"tags": ["api"], "groups": ["web"]}, []),
        ({"id": "vm_a", "tags": ["api"]}, []),
        ({"fqdn": "web-d.acme.katapult.cloud", "tags": "api,web"}, ["vm_d"]),
    ],
)
def test_virtual_machines_are_selected_by_tag_and_group(runner, task, expected):
    assert ids(read(runner, KINDS["virtual_machine"], **task)) == expected


def test_a_value_of_a_filter_that_no_resource_has_causes_a_warning(runner):
    result = runner.run_task(TASKS["virtual_machine_info"], tags=["web", "wbe"], groups=["vmgrp_web"])
    assert len(result.values["virtual_machines"]) == 2
    (warning,) = result.warnings
    assert warning.startswith('tags contains "wbe"')


@pytest.mark.parametrize("kind", [kind for kind in WITH_INFO if kind.filters], ids=lambda kind: kind.name)
@pytest.mark.parametrize("value", [[], [""], ["web", " "]])
def test_an_empty_filter_is_rejected_before_a_request_is_sent(runner, kind, value):
    for option in kind.filters:
        error = refused(runner, kind, **{option: value})
        assert isinstance(error, TaskRefused) and error.message.startswith("%s is empty" % option)
    assert paths(runner) == []
