# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invalid tasks, each with its error message, and unusual tasks that are valid."""

from __future__ import annotations

import pytest

from ansible_collections.katapult.cloud.plugins.modules import (
    certificate_info,
    data_center_info,
    disk_template_info,
    ip_address,
    ip_address_info,
    load_balancer,
    load_balancer_info,
    load_balancer_rule,
    network_info,
    organization_info,
    tag_info,
    virtual_machine_group_info,
    virtual_machine_info,
    virtual_machine_package_info,
)

WEB = {
    "api_reference": "web",
    "name": "Web",
    "resource_type": "virtual_machines",
    "resource_ids": ["vm_a"],
    "data_center": {"permalink": "uk-lon-01"},
}
HTTP = {"listen_port": 80, "destination_port": 8080, "protocol": "HTTP"}


def web(**properties):
    return {"properties": {**WEB, **properties}}


def rules(*wanted, **more):
    return {**web(), "rules": [{**HTTP, **rule} for rule in wanted], **more}


def of_web(**more):
    return {"load_balancer": {"api_reference": "web"}, **more}


BALANCER = [
    # Wrong types
    ({"properties": "web"}, "dictionary requested"),
    ({"properties": []}, "unable to convert to dict"),
    (web(resource_ids={"a": 1}), "unable to convert to list"),
    (web(https_redirect="perhaps"), "unable to convert to bool"),
    (web(resource_type="VirtualMachine"), "value of resource_type must be one of: virtual_machines,"),
    (web(data_center="uk-lon-01"), "dictionary requested"),
    ({**web(), "weights": {"vm_a": 9}}, "unable to convert to list"),
    ({**web(), "weights": [{"virtual_machine_id": "vm_a", "weight": "heavy"}]}, "unable to convert to int"),
    ({**web(), "weights": [{"virtual_machine_id": "vm_a", "weight": 1.5}]}, "unable to convert to int"),
    ({**web(), "weights": [{"virtual_machine_id": "vm_a"}]}, "missing required arguments: weight"),
    ({**web(), "annotations": [{"value": "web"}]}, "missing required arguments: key"),
    ({**web(), "state": "gone"}, "value of state must be one of: present, absent"),
    ({**web(), "rules": [80]}, "sub parameter field 'rules' must be a list"),
    (rules({"listen_port": "http"}), "unable to convert to int"),
    ({**web(), "rules": [{"protocol": "HTTP"}]}, "missing required arguments: listen_port"),
    (rules({"protocol": "http"}), "value of protocol must be one of: HTTP, HTTPS, TCP"),
    (rules({"check_http_statuses": 3}), "value of check_http_statuses must be one of: 2, 23, 234"),
    # Misspelled names
    (web(api_refrence="web"), "Unsupported parameters"),
    ({**web(), "weight": []}, "Unsupported parameters"),
    (rules({"port": 80}), "Unsupported parameters"),
    # Mutually exclusive options: both or none of them
    (web(data_center={"id": "loc_london", "permalink": "uk-lon-01"}), "mutually exclusive: id|permalink"),
    (web(data_center={}), "one of the following is required: id, permalink"),
    (web(data_center={"permalink": None}), "properties.data_center identifies nothing: give one of id, permalink"),
    ({"organization": {"id": "org_acme", "sub_domain": "acme"}}, "mutually exclusive: id|sub_domain"),
    ({}, "one of id and properties.api_reference is required"),
    ({"properties": {}}, "one of id and properties.api_reference is required"),
    # Empty or almost empty values
    (web(api_reference=""), "properties.api_reference is empty"),
    (web(api_reference="  "), "properties.api_reference is empty"),
    (web(api_reference="web "), "properties.api_reference begins or ends with white space"),
    (web(api_reference="web\n"), "properties.api_reference begins or ends with white space"),
    (web(api_reference="web\tone"), "properties.api_reference contains a line break or another control character"),
    (web(api_reference="web\u200b"), "properties.api_reference contains an invisible character"),
    (web(name=""), "properties.name is empty"),
    (web(name="Web\nbalancer"), "properties.name contains a line break or another control character"),
    (web(name="W\u202eeb"), "properties.name contains an invisible character"),
    (web(data_center={"permalink": ""}), "properties.data_center contains permalink, which is empty"),
    (web(standby_vms=["vm_a", " "]), 'properties.standby_vms contains " ", which is empty'),
    ({**web(), "annotations": [{"key": "", "value": "x"}]}, 'annotations has a key "", which is empty'),
    (
        {**web(), "organization": {"sub_domain": ""}},
        "organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION) contains sub_domain, which",
    ),
    ({**web(), "id": ""}, 'id "" is empty'),
    (rules({"check_path": ""}), "in rules, for the rule on port 80: check_path is empty"),
    # Invalid IDs
    ({**web(), "id": "lb 1"}, 'id "lb 1" contains characters that are invalid in an ID'),
    ({**web(), "id": "lb/1"}, 'id "lb/1" contains characters that are invalid in an ID'),
    ({**web(), "id": "../virtual_machines/vm_a"}, "contains characters that are invalid in an ID"),
    ({**web(), "id": "lb_1?x=1"}, 'id "lb_1?x=1" contains characters that are invalid in an ID'),
    ({**web(), "id": "lb_é"}, 'id "lb_é" contains characters that are invalid in an ID'),
    (
        web(resource_ids=["vm_ a"]),
        'properties.resource_ids contains "vm_ a", which contains characters that are invalid in an ID',
    ),
    (
        web(standby_vms=["vm_/a"]),
        'properties.standby_vms contains "vm_/a", which contains characters that are invalid in an ID',
    ),
    (
        web(resource_ids=["web-1\n"]),
        'properties.resource_ids contains "web-1\\n", which begins or ends with white space',
    ),
    (
        {**web(resource_ids=["web-a"]), "organization": None},
        'properties.resource_ids contains "web-a", which is looked up as the name of a virtual machine, because IDs begin'
        ' with "vm_": this requires organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION)',
    ),
    (
        rules({"protocol": "HTTPS", "certificates": ["cert_/"]}),
        'in rules, for the rule on port 80: certificates contains "cert_/", which contains characters that are invalid',
    ),
    # Duplicates
    (
        {
            **web(),
            "weights": [{"virtual_machine_id": "vm_a", "weight": 1}, {"virtual_machine_id": "vm_a", "weight": 2}],
        },
        'weights contains the virtual_machine_id "vm_a" more than once',
    ),
    (
        {**web(), "annotations": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        'annotations contains the key "a" more than once',
    ),
    (rules({}, {}), "rules has more than one rule on port 80"),
    # Out of range, and invalid combinations
    (rules({"listen_port": 0}), "in rules, for the rule on port 0: listen_port is 0, but must be from 1 to 65535"),
    (rules({"listen_port": 65536}), "listen_port is 65536, but must be from 1 to 65535"),
    (rules({"destination_port": -1}), "destination_port is -1, but must be from 1 to 65535"),
    (rules({"check_interval": 0}), "check_interval is 0, but must be at least 1"),
    (rules({"certificates": ["cert_www"]}), "certificates needs the protocol HTTPS, but it is HTTP"),
    (rules({"protocol": "TCP", "passthrough_ssl": True}), "passthrough_ssl needs the protocol HTTPS, but it is TCP"),
    (rules({"check_protocol": "TCP", "check_path": "/up"}), "check_path needs the check_protocol HTTP, but it is TCP"),
    # Very large values
    (web(resource_ids=["vm_ a"] * 10000), "contains characters that are invalid in an ID"),
    ({**web(), "id": "x" * 100000 + " "}, "contains characters that are invalid in an ID"),
    (rules(*[{"listen_port": 0, "destination_port": port} for port in range(2000)]), " more faults. Nothing was sent."),
]

RULE = [
    ({"properties": HTTP}, "missing required arguments: load_balancer"),
    ({"load_balancer": "web", "properties": HTTP}, "dictionary requested"),
    ({"load_balancer": {}, "properties": HTTP}, "one of the following is required: id, api_reference"),
    (
        {"load_balancer": {"id": "lb_1", "api_reference": "web"}, "properties": HTTP},
        "mutually exclusive: id|api_reference",
    ),
    (
        {"load_balancer": {"api_reference": ""}, "properties": HTTP},
        "load_balancer contains api_reference, which is empty",
    ),
    (of_web(), "one of id and properties.listen_port is required"),
    (of_web(properties={"destination_port": 1}), "one of id and properties.listen_port is required"),
    (of_web(id="lbrule/1"), 'id "lbrule/1" contains characters that are invalid in an ID'),
    (of_web(id=""), 'id "" is empty'),
    (of_web(properties={**HTTP, "listen_port": 70000}), "properties.listen_port is 70000, but must be from 1 to 65535"),
    (of_web(properties={**HTTP, "algorithm": "random"}), "value of algorithm must be one of"),
    (of_web(properties={**HTTP, "certificates": ["cert_www"]}), "properties.certificates needs the protocol HTTPS"),
]

INFO = [
    ({"id": "lb_1", "api_reference": "web"}, "id and api_reference are mutually exclusive"),
    ({"id": "lb/1"}, 'id "lb/1" contains characters that are invalid in an ID'),
    ({"api_reference": " "}, "api_reference is empty"),
    ({"name": " "}, "name is empty"),
    ({"annotations": [{"value": "web"}]}, "missing required arguments: key"),
    ({"annotations": [{"key": " team"}]}, "annotations has a key that begins or ends with white space"),
    ({"full": "perhaps"}, "unable to convert to bool"),
    (
        {"organization": None},
        "one of id, api_reference and organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION) is required",
    ),
]

# Modules that read other resources, each with the options that only some of them have
READING = [
    (certificate_info, {"id": "cert/1"}, 'id "cert/1" contains characters that are invalid in an ID'),
    (certificate_info, {"full": "perhaps"}, "unable to convert to bool"),
    (data_center_info, {"id": "loc_london", "permalink": "uk-lon-01"}, "id and permalink are mutually exclusive"),
    (data_center_info, {"permalink": " "}, "permalink is empty"),
    (data_center_info, {"full": True}, "Unsupported parameters"),
    (disk_template_info, {"id": "templates/ubuntu-22-04"}, "contains characters that are invalid in an ID"),
    (disk_template_info, {"permalink": "\t"}, "permalink is empty"),
    (
        disk_template_info,
        {"organization": None},
        "one of id, permalink and organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION) is",
    ),
    (network_info, {"permalink": "a", "id": "netw_a"}, "id and permalink are mutually exclusive"),
    (network_info, {"full": True}, "Unsupported parameters"),
    (virtual_machine_package_info, {"permalink": "rock-3 "}, "permalink begins or ends with white space"),
    (virtual_machine_package_info, {"labels": ["web"]}, "Unsupported parameters"),
    (ip_address, {"address": "198.51.100.10/24"}, "which is not an IP address such as 192.0.2.1"),
    (ip_address, {"address": "web-a"}, 'address is "web-a", which is not an IP address'),
    (
        ip_address,
        {"properties": {"vip": True, "label": "a\u200bb"}},
        "properties.label contains an invisible character",
    ),
    (ip_address, {"properties": {"vip": True, "label": ["db"]}, "id": "a b"}, 'id "a b" contains characters'),
    (ip_address, {"id": "ip_a", "properties": {"network": {}}}, "one of the following is required: id, permalink"),
    (ip_address, {"id": "ip_a", "properties": {"version": "4"}}, "value of version must be one of: ipv4, ipv6"),
    (ip_address, {"id": "ip_a", "allocated": "perhaps"}, "unable to convert to bool"),
    (ip_address, {"id": "ip_a", "virtual_machine": "vm_"}, "is only the beginning of an ID"),
    (ip_address, {"id": "ip_a", "network": {"id": "netw_a"}}, "Unsupported parameters"),
    (ip_address_info, {"name": "web"}, "Unsupported parameters"),
    (ip_address_info, {"allocated": "perhaps"}, "unable to convert to bool"),
    (ip_address_info, {"labels": []}, "labels is empty, which would select all"),
    (ip_address_info, {"labels": ["web", "a\u200bb"]}, "labels contains a value that contains an invisible character"),
    (ip_address_info, {"address": "198.51.100.10/24"}, "which is not an IP address such as 192.0.2.1"),
    (ip_address_info, {"address": "198.51.100.256"}, 'address is "198.51.100.256", which is not an IP address'),
    (ip_address_info, {"address": "web-a"}, 'address is "web-a", which is not an IP address'),
    (ip_address_info, {"address": "192.0.2.1", "id": "ip_a"}, "id and address are mutually exclusive"),
    (organization_info, {"id": "org_acme", "sub_domain": "acme"}, "id and sub_domain are mutually exclusive"),
    (organization_info, {"sub_domain": "acme\n"}, "sub_domain begins or ends with white space"),
    (
        tag_info,
        {"organization": None},
        "one of id and organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION) is required",
    ),
    (tag_info, {"name": ["web"], "id": " "}, 'id " " is empty'),
    (virtual_machine_group_info, {"name": " "}, "name is empty"),
    (virtual_machine_group_info, {"annotations": []}, "Unsupported parameters"),
    (virtual_machine_info, {"id": "vm_a", "fqdn": "web-a.acme.katapult.cloud"}, "id and fqdn are mutually exclusive"),
    (virtual_machine_info, {"fqdn": "web\u200b.acme.katapult.cloud"}, "fqdn contains an invisible character"),
    (virtual_machine_info, {"annotations": [{"value": "web"}]}, "missing required arguments: key"),
    (virtual_machine_info, {"annotations": [{"key": ""}]}, "annotations has a key that is empty"),
    (
        virtual_machine_info,
        {"organization": None},
        "one of id, fqdn and organization (or the variable katapult_organization, or KATAPULT_ORGANIZATION) is",
    ),
]

CONNECTION = [
    ({"api_url": "api.katapult.io/core/v1"}, "needs a scheme and a host"),
    ({"api_url": "//api.katapult.io/core/v1"}, "needs a scheme and a host"),
    ({"api_url": "ftp://api.katapult.io/core/v1"}, "needs a scheme and a host"),
    ({"api_url": "https://"}, "needs a scheme and a host"),
    ({"api_url": ""}, "needs a scheme and a host"),
    ({"api_url": "https://api.katapult.io/core/v1?token=x"}, "must not contain a user name, a query or a fragment"),
    ({"api_url": "https://api.katapult.io/core/v1#x"}, "must not contain a user name, a query or a fragment"),
    ({"api_url": "https://me:pass@api.katapult.io/core/v1"}, 'api_url is "***@api.katapult.io/core/v1"'),
    ({"api_url": "https://api.katapult.io /core/v1"}, "not an address of the form https://host/path"),
    ({"api_url": "https://api.katapult.io:0/core/v1"}, "whose port is not between 1 and 65535"),
    ({"api_url": "https://api.katapult.io:99999/core/v1"}, "whose port is not between 1 and 65535"),
    ({"api_url": "http://192.0.2.1/core/v1"}, "use https"),
    ({"api_token": ""}, "there is no API token"),
    ({"api_token": "two words"}, "contains a space, a line break or another character"),
    ({"api_timeout": "soon"}, "unable to convert to float"),
    ({"api_timeout": 0}, "api_timeout is 0, but must be a number of seconds above 0"),
    ({"api_retry_timeout": -1}, "api_retry_timeout is -1, but must be a number of seconds"),
    ({"validate_certs": "perhaps"}, "unable to convert to bool"),
]

WRONG = [
    *((load_balancer, *row) for row in BALANCER),
    *((load_balancer_rule, *row) for row in RULE),
    *((load_balancer_info, *row) for row in INFO),
    *READING,
    *((load_balancer, {**web(), **options}, message) for options, message in CONNECTION),
]
LONGEST_MESSAGE = 4000  # characters; longer messages are not readable


@pytest.mark.parametrize(("module", "options", "message"), WRONG)
@pytest.mark.parametrize("check", [False, True])
def test_an_invalid_task_is_rejected_with_a_reason_before_a_request_is_sent(
    task, server, module, options, message, check
):
    result = task(module=module, check=check, **options)
    assert result["failed"] and not result.get("changed")
    assert message in result["msg"]
    assert len(result["msg"]) <= LONGEST_MESSAGE
    assert server.simulator.requests == []


# Unusual, but valid


@pytest.mark.parametrize("name", ["Wéb 🚀", "ウェブ", "شبكة", "a/b?c#d&e=f", "{{ web }}", "%41", "x" * 1000])
def test_a_name_and_a_reference_in_any_script_are_created_and_found_again(task, name):
    created = task(**web(name=name, api_reference=name))
    assert created["changed"] and created["load_balancer"]["name"] == created["load_balancer"]["api_reference"] == name
    assert not task(**web(name=name, api_reference=name))["changed"]
    assert task(**web(api_reference=name), state="absent")["changed"]


def test_a_very_long_list_is_sent_without_duplicates(task, server):
    assert task(**web(resource_ids=["vm_a", "vm_b"] * 10000))["changed"]
    (created,) = [request["body"] for request in server.simulator.requests if request["method"] == "POST"]
    assert created["properties"]["resource_ids"] == ["vm_a", "vm_b"]


def test_a_trailing_slash_of_the_address_is_removed(task, server):
    assert task(**web(), api_url=server.api_url + "/")["changed"]
    assert task(**web(), api_url=server.api_url + "///")["changed"] is False
