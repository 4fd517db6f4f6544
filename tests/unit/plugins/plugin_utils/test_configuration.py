# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of a task: null values are omitted, variables set what the task omits, and a text is not a dictionary."""

from __future__ import annotations

import pytest

from ansible_collections.katapult.cloud.plugins.module_utils._connection_options import CONNECTION_SPEC
from ansible_collections.katapult.cloud.plugins.plugin_utils._arguments import InvalidArguments, validate_arguments
from ansible_collections.katapult.cloud.plugins.plugin_utils._configuration import CONFIGURED, complete, without_nulls
from ansible_collections.katapult.cloud.plugins.plugin_utils._hosts import host_variables

from ..catalog import TASKS

SPECS = {module: {**CONNECTION_SPEC, **task.argument_spec} for module, task in TASKS.items()}


@pytest.mark.parametrize(
    ("module", "given", "expected"),
    [
        ("load_balancer", {"id": None, "state": None, "rules": None, "purge_rules": None}, {}),
        ("load_balancer", {"state": "", "rules": "", "purge_rules": "", "properties": "", "api_timeout": ""}, {}),
        (
            "load_balancer",
            {"properties": {"data_center": {"permalink": None}, "name": "x"}},
            {"properties": {"name": "x"}},
        ),
        ("load_balancer", {"properties": {"https_redirect": "", "name": ""}}, {"properties": {"name": ""}}),
        ("load_balancer", {"properties": {}, "rules": []}, {"properties": {}, "rules": []}),
        ("load_balancer", {"organization": {"id": None, "sub_domain": None}}, {}),
        (
            "load_balancer",
            {"rules": [{"listen_port": 80, "check_path": None, "protocol": ""}]},
            {"rules": [{"listen_port": 80}]},
        ),
        # A blank annotation value is an empty text on every ansible-core.
        ("load_balancer", {"annotations": [{"key": "a", "value": None}]}, {"annotations": [{"key": "a", "value": ""}]}),
        # No member of a list is dropped: it would be removed from the load balancer.
        ("load_balancer", {"properties": {"resource_ids": [None, "x"]}}, {"properties": {"resource_ids": ["", "x"]}}),
        ("load_balancer_rule", {"load_balancer": {"id": None}}, {"load_balancer": {"id": None}}),
        ("load_balancer_rule", {"load_balancer": None}, {"load_balancer": None}),
        ("load_balancer_info", {"id": None, "name": "", "full": None}, {"id": None, "name": ""}),
        ("load_balancer_info", {"unknown": None}, {}),
    ],
)
def test_null_values_are_the_same_as_omitted_ones(module, given, expected):
    assert without_nulls(given, SPECS[module]) == expected


@pytest.mark.parametrize("module", sorted(SPECS))
def test_variables_set_what_a_task_omits(module):
    spec = SPECS[module]
    variables = {"katapult_" + name: "of a variable" for name in spec}
    found = complete({"api_token": "of the task", "organization": None}, spec, variables.get)
    assert found.pop("api_token") == "of the task"
    assert set(found) == {name for name in CONFIGURED if name in spec} - {"api_token"}
    assert set(found.values()) == {"of a variable"}
    assert complete({"validate_certs": False}, spec, {"katapult_validate_certs": True}.get)["validate_certs"] is False


def test_no_variable_of_the_configuration_has_the_name_of_a_host_variable():
    whole = {"id": "vm_1", "state": "x", "group": None, "tags": [], "annotations": []}
    assert not set(host_variables(whole, "none")).intersection("katapult_" + name for name in CONFIGURED)
    assert set(CONNECTION_SPEC) <= set(CONFIGURED)


@pytest.mark.parametrize(
    ("module", "given", "said"),
    [
        ("load_balancer", {"organization": "acme"}, "organization: {sub_domain: acme}"),
        ("load_balancer", {"properties": {"data_center": "uk-lon-01"}}, "data_center: {permalink: uk-lon-01}"),
        ("load_balancer", {"properties": "web"}, "properties: {name: ...}"),
        ("load_balancer_rule", {"load_balancer": "web"}, "load_balancer: {api_reference: web}"),
    ],
)
def test_a_text_instead_of_a_dictionary_is_rejected_with_the_dictionary(module, given, said):
    with pytest.raises(InvalidArguments) as failure:
        validate_arguments(given, SPECS[module])
    assert said in str(failure.value) and "must be a dictionary" in str(failure.value)
    validate_arguments({"organization": "sub_domain=acme"}, SPECS[module])
    validate_arguments({"organization": '{"sub_domain": "acme"}'}, SPECS[module])


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"properties": {"resource_ids": [["vm_a"]]}}, "properties.resource_ids"),
        ({"properties": {"standby_vms": [{"id": "vm_a"}]}}, "properties.standby_vms"),
        ({"rules": [{"listen_port": 80, "certificates": ["cert_a", ["cert_b"]]}]}, "rules.certificates"),
    ],
)
def test_a_list_inside_of_a_list_of_texts_is_rejected(given, path):
    with pytest.raises(InvalidArguments) as failure:
        validate_arguments(given, SPECS["load_balancer"])
    assert str(failure.value).startswith("%s contains a list or a dictionary" % path)


KEY = "-----BEGIN RSA PRIVATE KEY-----\nplanted\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "given",
    [
        {"properties": {"certificate": "-----BEGIN CERTIFICATE-----\n" + KEY}},
        {"properties": {"chain": KEY}},
        {"properties": {"additional_names": [KEY]}},
        {"properties": "issuer=custom private_key='%s'" % KEY},
        {"private_key": KEY},
        {"properties": {"private_key": [KEY]}},
        {"properties": {"private_key": {"content": KEY}}},
    ],
)
def test_a_private_key_that_ansible_would_show_is_rejected_without_showing_it(given):
    with pytest.raises(InvalidArguments) as failure:
        validate_arguments(given, SPECS["certificate"])
    assert "planted" not in str(failure.value) and "Nothing was sent" in str(failure.value)
    validate_arguments({"properties": {"private_key": KEY}}, SPECS["certificate"])


@pytest.mark.parametrize("module", sorted(SPECS))
def test_a_list_instead_of_a_text_is_rejected(module):
    def texts(spec, path):
        for name, option in spec.items():
            if option.get("options") and option["type"] == "dict":
                yield from texts(option["options"], (*path, name))
            elif option["type"] == "str":
                yield (*path, name)

    found = list(texts(SPECS[module], ()))
    assert found
    for path in found:
        for value in (["x"], {"id": "x"}):
            given = value
            for name in reversed(path):
                given = {name: given}
            with pytest.raises(InvalidArguments) as failure:
                validate_arguments(given, SPECS[module])
            assert str(failure.value).startswith("%s must be a string, but is a " % ".".join(path))


@pytest.mark.parametrize(("odd", "said"), [(None, "null"), ([{"listen_port": 80}], "a list")])
def test_something_else_in_a_list_of_dictionaries_is_rejected(odd, said):
    with pytest.raises(InvalidArguments, match="rules contains %s, but must be a list of dictionaries" % said):
        validate_arguments({"rules": [{"listen_port": 80}, odd]}, SPECS["load_balancer"])
