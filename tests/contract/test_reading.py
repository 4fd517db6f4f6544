# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded responses of the real API are read into results completely, unchanged, and without secrets.

The keys are listed here and not taken from the tested code: the keys of results are part of the public interface.
"""

from __future__ import annotations

import json
import os
import typing as t

import pytest
from exchanges import Exchange, recordings
from known import OPERATIONS, TASKS_PATH, paths_of
from state import is_partial, lookups, texts

from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._http.retry_budget import Clock, RetryBudget
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response
from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import RESOURCES, TASKS
from ansible_collections.katapult.cloud.tests.unit.plugins.module_utils.simulated import options as checked

LOAD_BALANCER = (
    "annotations api_reference backend_certificate data_center enable_weighting https_redirect id ip_address name"
    " resource_ids resource_type resources standby_vms weights"
).split()
LOAD_BALANCER_ROW = "api_reference data_center id ip_address name resource_ids resource_type resources".split()
RULE = (
    "algorithm backend_ssl certificates check_enabled check_fall check_http_statuses check_interval check_path"
    " check_protocol check_rise check_timeout destination_port id listen_port load_balancer passthrough_ssl protocol"
    " proxy_protocol"
).split()
RULE_ROW = "algorithm certificates check_enabled destination_port id listen_port protocol".split()
SECURITY_GROUP = "allow_all_inbound allow_all_outbound annotations associations id name".split()
SECURITY_GROUP_ROW = "allow_all_inbound allow_all_outbound associations id name".split()
SECURITY_GROUP_RULE = "action direction id notes ports protocol security_group targets".split()
SECURITY_GROUP_RULE_ROW = "action direction id notes ports protocol targets".split()
ADDRESS_LIST, ADDRESS_LIST_ROW = "annotations global id name".split(), "global id name".split()
ADDRESS_LIST_ENTRY = "address id name".split()
CERTIFICATE = (
    "additional_names authorization_method certificate chain created_at expires_at id issue_error issuer last_issued_at name"
    " state"
).split()
CERTIFICATE_ROW = "expires_at id issuer last_issued_at name state".split()
TAG, TAG_ROW = "color created_at id name".split(), "color id name".split()
VIRTUAL_MACHINE_GROUP = "auto_segregate created_at id name segregate".split()
VIRTUAL_MACHINE = (
    "annotations attached_iso cpu_cores created_at description fqdn gpu_type group hostname id ip_addresses memory_in_gb name"
    " organization package state tag_names tags use_dedicated_cpus zone"
).split()
# The keys of nested objects in results
INNER = {
    "resources": {"type", "value"},
    "resources.value": {"id", "name"},
    "ip_address": {"id", "address"},
    "data_center": {"id", "name", "permalink"},
    "weights": {"virtual_machine_id", "weight"},
    "certificates": {"id", "name"},
    "load_balancer": {"id", "name"},
    "security_group": {"id", "name"},
    "annotations": {"key", "value"},
    "zone": {"id", "name", "permalink", "data_center"},
    "zone.data_center": {"id", "name", "permalink"},
    "organization": {"id", "name", "sub_domain"},
    "group": {"id", "name"},
    "package": {"id", "name", "permalink"},
    "tags": {"id", "name"},
    "ip_addresses": {"id", "address", "address_with_mask", "reverse_dns", "vip", "label"},
}
# The placeholder for secrets in recordings
REDACTED = "[REDACTED]"
# Keys of recorded responses whose values must not be in results
SECRET_KEYS = "address1 address2 address3 address4 billing_name postcode uuid vat_number phone_number".split()

CHILDREN = [kind for kind in RESOURCES.values() if kind.child_of]

# The function that reads the objects under each key of a response, and the keys of its result
READERS: dict[str, tuple[t.Callable[..., t.Any], list[str]]] = {
    key: reader
    for kind in RESOURCES.values()
    for key, reader in (
        (kind.name, (kind.parse, sorted(field.name for field in kind.fields if field.shown))),
        (kind.plural, (kind.parse_row, [])),
    )
}
# Explicit keys for written resources and virtual machines; unit tests check those of other resources.
READERS.update(
    {
        "load_balancer": (RESOURCES["load_balancer"].parse, LOAD_BALANCER),
        "load_balancers": (RESOURCES["load_balancer"].parse_row, LOAD_BALANCER_ROW),
        "load_balancer_rule": (RESOURCES["load_balancer_rule"].parse, RULE),
        "load_balancer_rules": (RESOURCES["load_balancer_rule"].parse_row, RULE_ROW),
        "security_group": (RESOURCES["security_group"].parse, SECURITY_GROUP),
        "security_groups": (RESOURCES["security_group"].parse_row, SECURITY_GROUP_ROW),
        "security_group_rule": (RESOURCES["security_group_rule"].parse, SECURITY_GROUP_RULE),
        "security_group_rules": (RESOURCES["security_group_rule"].parse_row, SECURITY_GROUP_RULE_ROW),
        "address_list": (RESOURCES["address_list"].parse, ADDRESS_LIST),
        "address_lists": (RESOURCES["address_list"].parse_row, ADDRESS_LIST_ROW),
        "address_list_entry": (RESOURCES["address_list_entry"].parse, ADDRESS_LIST_ENTRY),
        "address_list_entries": (RESOURCES["address_list_entry"].parse_row, ADDRESS_LIST_ENTRY),
        "certificate": (RESOURCES["certificate"].parse, CERTIFICATE),
        "certificates": (RESOURCES["certificate"].parse_row, CERTIFICATE_ROW),
        "tag": (RESOURCES["tag"].parse, TAG),
        "tags": (RESOURCES["tag"].parse_row, TAG_ROW),
        "virtual_machine_group": (RESOURCES["virtual_machine_group"].parse, VIRTUAL_MACHINE_GROUP),
        "virtual_machine_groups": (RESOURCES["virtual_machine_group"].parse_row, VIRTUAL_MACHINE_GROUP),
        "virtual_machine": (RESOURCES["virtual_machine"].parse, VIRTUAL_MACHINE),
    }
)


def recorded_responses() -> list[tuple[str, Exchange]]:
    """All recorded responses that modules read into results, each with a unique name."""
    found = recordings(os.environ.get("KATAPULT_RECORDINGS", ""))
    return [
        ("%s %d: %s %s" % (name, number, one.method, one.path), one)
        for name, exchanges in found.items()
        for number, one in enumerate(exchanges)
        if one.operation in OPERATIONS and one.operation[1] != TASKS_PATH and one.succeeded and one.method != "DELETE"
        if any(key in READERS for key in one.answer)  # the response to some actions is another one
    ]


RESPONSES = recorded_responses()


def read(exchange: Exchange) -> list[tuple[dict[str, t.Any], dict[str, t.Any], list[str]]]:
    """The objects in a response, each with its result and the required keys; no keys if any are permitted."""
    answer, (_method, path) = exchange.answer, exchange.operation or ("", "")
    (kind,) = [one for one in RESOURCES.values() if path in paths_of(one)]
    key = kind.name if kind.name in answer else kind.plural
    how, keys = READERS[key]
    if key == kind.plural:
        return [(row, how(row), [name for name in keys if name in row]) for row in answer[key]]
    shown = answer[key][0] if isinstance(answer[key], list) else answer[key]
    beside = {name: of for name, of in answer.items() if name != key}
    beside.update({"annotations": answer.get("annotations", [])} if kind.annotated else {})
    if isinstance(beside.get("allocation"), dict):  # a result has it in one object
        beside["allocation"] = {"type": beside["allocation"]["type"], **beside["allocation"]["value"]}
    return [({**shown, **beside}, how({**answer, key: shown}), keys)]


def check_same(shown: t.Any, recorded: t.Any, path: str = "") -> None:
    """Check that all values of a result are as recorded, or null if they were not recorded."""
    if isinstance(shown, dict):
        assert not path or set(shown) == INNER.get(path, set(shown)), path
        for name, value in shown.items():
            at = "%s.%s" % (path, name) if path else name
            check_same(value, recorded.get(name) if isinstance(recorded, dict) else None, at)
    elif isinstance(shown, list):
        assert len(shown) == len(recorded or ()), path  # an older recording may lack it
        for pair in zip(shown, recorded or ()):
            check_same(*pair, path)
    else:
        assert shown == recorded and type(shown) is type(recorded), path


def secrets_of(value: t.Any) -> set[str]:
    """The texts in a response that must not be in a result."""
    if isinstance(value, list):
        return {text for item in value for text in secrets_of(item)}
    if not isinstance(value, dict):
        return {value} if value == REDACTED else set()
    # Whoever is billed may be called as the organization is, which is no secret.
    known = (None, "", value.get("name"), value.get("sub_domain"))
    own = {of for name, of in value.items() if name in SECRET_KEYS and of not in known}
    return own | {text for of in value.values() for text in secrets_of(of)}


@pytest.mark.parametrize("exchange", [one for _name, one in RESPONSES], ids=[name for name, _one in RESPONSES])
def test_a_recorded_response_is_read(exchange):
    for recorded, shown, keys in read(exchange):
        assert not keys or sorted(shown) == keys
        check_same(shown, recorded)
        secrets = secrets_of(exchange.answer)
        # A short secret, such as a postcode, may be a part of any text.
        assert not [
            text for text in texts(shown) if any(text == one or (len(one) > 8 and one in text) for one in secrets)
        ]


def test_the_checks_find_wrong_values_and_secrets():
    """The checks of the test above are not trivial."""
    machine = {"name": "web", "address1": "1 Street", "inner": [{"postcode": "AB1"}, {"key": REDACTED}]}
    assert secrets_of({"virtual_machine": machine}) == {"1 Street", "AB1", REDACTED}
    for shown, recorded in (({"name": "a"}, {"name": "b"}), ({"size": 1}, {"size": True}), ({"a": 1}, {}), ([1], [])):
        with pytest.raises(AssertionError):
            check_same(shown, recorded)
    with pytest.raises(AssertionError):
        check_same({"zone": {"id": "zone_1", "secret": 1}}, {"zone": {"id": "zone_1", "secret": 1}})


class Player:
    """A transport that answers every GET with what was last recorded of a resource, however the recording identified it."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        self._answers: dict[tuple[t.Any, str], t.Any] = {}
        for one in exchanges:
            kind = next((kind for kind in RESOURCES.values() if one.operation == ("GET", kind.path)), None)
            child = next((kind for kind in CHILDREN if one.operation == ("GET", kind.list_path)), None)
            if one.succeeded and kind and kind.name in one.answer:
                shown = one.answer[kind.name]
                self._answers[kind.path, (shown[0] if isinstance(shown, list) else shown)["id"]] = one.answer
            elif one.succeeded and child and child.parent and not is_partial(one.answer):
                self._answers[child.list_path, lookups(one)[child.parent.name].get("id", "")] = one.answer

    def __call__(self, method: str, path: str, query: t.Any, body: t.Any, seconds: float) -> Response:
        assert method == "GET" and body is None
        (asked,) = [str(value) for name, value in query if name.endswith("[id]")]
        return Response(200, {"content-type": "application/json"}, json.dumps(self._answers[path, asked]).encode())

    def read(self, kind: str) -> list[str]:
        """The IDs of what was read on its own."""
        return [key for path, key in self._answers if path == RESOURCES[kind].path]

    def children(self, name: str) -> dict[str, bool]:
        """The IDs of parents whose children were listed, and whether each of these was read on its own too."""
        kind = RESOURCES[name]
        return {
            key: all(rule["id"] in self.read(kind.name) for rule in answer[kind.plural])
            for (path, key), answer in self._answers.items()
            if path == kind.list_path
        }

    def result(self, module: str, identifier: str, **options: t.Any) -> dict[str, t.Any]:
        """What a module returns for one resource."""
        task = checked(TASKS[module], **{"id": identifier, **options})
        client = Client(self, 60, RetryBudget(0, Clock()), True)
        ((found,),) = TASKS[module].run(task, None, client, False).values.values()
        assert found["id"] == identifier and REDACTED not in json.dumps(found)
        return found


def test_load_balancer_info_reads_recordings(recordings, record_property):
    """The whole task of katapult.cloud.load_balancer_info, with a transport that plays a recording."""
    read_with_rules = 0
    for exchanges in recordings.values():
        player = Player(exchanges)
        rules = player.children("load_balancer_rule")
        for identifier in player.read("load_balancer"):
            full, include = rules.get(identifier, False), identifier in rules
            options = {"full": full, "include_rules": include, "include_backend_certificate_key": False}
            found = player.result("load_balancer_info", identifier, **options)
            assert sorted(found) == sorted([*LOAD_BALANCER, *(["rules"] if include else [])])
            # Within its load balancer, a rule has no load_balancer key. Older lists of rules may lack more.
            permitted = {key for key in RULE if key != "load_balancer"} if full else set(RULE_ROW)
            for rule in found.get("rules", ()):
                assert set(rule) == permitted or (not full and set(rule) < permitted)
            read_with_rules += bool(found.get("rules"))
    record_property("load_balancers_with_rules", read_with_rules)


@pytest.mark.parametrize(
    ("kind", "keys", "child", "option", "row"),
    [
        ("security_group", SECURITY_GROUP, "security_group_rule", "rules", SECURITY_GROUP_RULE_ROW),
        ("address_list", ADDRESS_LIST, "address_list_entry", "entries", ADDRESS_LIST_ENTRY),
    ],
)
def test_info_modules_read_children_in_recordings(recordings, record_property, kind, keys, child, option, row):
    """The whole task of an info module that includes children, with a transport that plays a recording."""
    with_children = 0
    path = RESOURCES[child].list_path
    # A list may be empty at the end of a recording, so that each moment after a list is played.
    for exchanges in recordings.values():
        ends = [number for number, one in enumerate(exchanges, 1) if one.operation == ("GET", path)]
        for player in (Player(exchanges[:end]) for end in [*ends, len(exchanges)]):
            listed = player.children(child)
            for identifier in player.read(kind):
                include = identifier in listed
                found = player.result(kind + "_info", identifier, full=False, **{"include_" + option: include})
                assert sorted(found) == sorted([*keys, *([option] if include else [])])
                # Older recordings of rules may lack the action.
                assert all(set(one) <= set(row) and set(row) - set(one) <= {"action"} for one in found.get(option, ()))
                with_children += bool(found.get(option))
    record_property("with_children", with_children)


def test_virtual_machine_info_reads_recordings(recordings, record_property):
    """The whole task of katapult.cloud.virtual_machine_info, with a transport that plays a recording."""
    found = 0
    for exchanges in recordings.values():
        player = Player(exchanges)
        for identifier in player.read("virtual_machine"):
            assert sorted(player.result("virtual_machine_info", identifier)) == VIRTUAL_MACHINE
            found += 1
    record_property("virtual_machines", found)
