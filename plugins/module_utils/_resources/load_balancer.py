# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a load balancer.

Source: the Katapult Core API's arguments for load balancers (its OpenAPI document) and its recorded responses.
"""

from __future__ import annotations

from .._engine.resource import Fault, Resource
from .._schema.fields import PROPERTIES, TOP_LEVEL, Field, Fixed, KindBy, Values, nested_list
from .._schema.types import ANNOTATIONS, BOOLEAN, ID_SET, STRING, choice, integer, key_values, object_ref

# The type of a member in the API, for each resource_type
_MEMBER_TYPES = {"virtual_machines": "VirtualMachine", "virtual_machine_groups": "VirtualMachineGroup", "tags": "Tag"}
# The kind of the members, for each resource_type
_MEMBER_KINDS = KindBy(
    "resource_type",
    {"virtual_machines": "virtual_machine", "virtual_machine_groups": "virtual_machine_group", "tags": "tag"},
)
_DEFAULT_WEIGHT = 128  # the weight that the API lists for a member until another one is set; predicted, never sent


def _describe(shown: Values) -> str:
    if shown.get("id"):
        return 'load balancer "%s" (%s)' % (shown.get("name"), shown["id"])
    return 'load balancer with the api_reference "%s"' % shown.get("api_reference")


def _faults(wanted: Values, found: Values | None) -> list[Fault]:
    if found is None or wanted.get("resource_type") in (None, found["resource_type"]) or "resource_ids" in wanted:
        return []
    said = "properties.resource_type %s also requires properties.resource_ids ([] for none): the current members are %s"
    return [Fault(said % (wanted["resource_type"], found["resource_type"]), "resource_ids_required")]


def _derive(wanted: Values, found: Values, after: Values) -> Values:
    """Derive the members from their IDs, and the weights of virtual machines from the members."""
    if after["resource_ids"] == found["resource_ids"] and after["resource_type"] == found["resource_type"]:
        return after
    known = {member["value"]["id"]: member for member in found["resources"]}
    member_type = _MEMBER_TYPES.get(after["resource_type"])
    names = {member: {"type": member_type, "value": {"id": member, "name": None}} for member in after["resource_ids"]}
    after = {**after, "resources": list({**names, **{key: known[key] for key in names if key in known}}.values())}
    if after["resource_type"] != "virtual_machines":  # those of groups and tags are unknown before
        return after
    weights = {entry["virtual_machine_id"]: entry["weight"] for entry in after["weights"]}
    named = [entry["virtual_machine_id"] for entry in wanted.get("weights", ())]
    listed = {member: weights.get(member, _DEFAULT_WEIGHT) for member in [*after["resource_ids"], *named]}
    return {**after, "weights": [{"virtual_machine_id": one, "weight": weight} for one, weight in listed.items()]}


def _forecast(wanted: Values, found: Values, after: Values) -> Values:
    """Without the weights of virtual machines that may be removed with their group or tag.

    They are still sent: a remaining virtual machine must keep its weight, and only the API can determine which ones remain.
    """
    same_type = after["resource_type"] == found["resource_type"]
    stays = same_type and set(found["resource_ids"]) <= set(after["resource_ids"])
    if stays or after["resource_type"] == "virtual_machines":
        return after
    return {**after, "weights": wanted.get("weights", [])}


def _warnings(wanted: Values, found: Values | None, shown: Values, rules: list[Values] | None) -> list[str]:
    named = [entry["virtual_machine_id"] for entry in wanted.get("weights", ())]
    others = sorted(set(named) - set(shown["resource_ids"])) if shown["resource_type"] == "virtual_machines" else []
    weights = [entry["weight"] for entry in shown["weights"]]
    drained = shown["enable_weighting"] and weights and not any(weight is None or weight > 0 for weight in weights)
    members = set(shown["resource_ids"])
    strangers = (
        sorted(set(wanted.get("standby_vms", ())) - members) if shown["resource_type"] == "virtual_machines" else []
    )
    warnings = {
        "standby_vms contains virtual machines that are not members, so they receive no traffic: %s."
        % ", ".join(strangers): strangers,
        "No member of the %s has a weight above 0, so none of them may receive traffic." % _describe(shown): drained
        and {"weights", "resource_ids", "enable_weighting"}.intersection(wanted),
        "All members of the %s are standby virtual machines." % _describe(shown): members
        and members.issubset(shown["standby_vms"])
        and {"standby_vms", "resource_ids"}.intersection(wanted),
        "The weights of the %s have no effect while weighting is disabled: set properties.enable_weighting to true."
        % _describe(shown): named and not shown["enable_weighting"],
        "weights contains virtual machines that are not members: %s. Katapult only returns the weights of members, so every"
        " run will try to set these again." % ", ".join(others): others,
        "https_redirect itself listens on port 80, and there is also a rule for port 80. It is not documented which of them"
        " takes precedence: remove one of them.": shown["https_redirect"]
        and any(rule.get("listen_port") == 80 for rule in rules or ()),
    }
    return [warning for warning, applies in warnings.items() if applies]


_WEIGHTS = key_values("virtual_machine_id", "weight", integer())

LOAD_BALANCER = Resource(
    "load_balancer",
    path="/load_balancers/load_balancer",
    list_path="/organizations/organization/load_balancers",
    keys=("id", "api_reference"),
    removes_duplicates=True,
    identity=("api_reference",),
    names=("api_reference", "name"),
    partial_rows=True,
    annotated=True,
    together=("resource_type", "resource_ids"),  # IDs have no meaning without their type
    fields=(
        Field("id", STRING),
        Field("name", STRING, PROPERTIES, required=True),
        Field("api_reference", STRING, PROPERTIES),
        Field("resource_type", choice(*_MEMBER_TYPES), PROPERTIES, required=True),
        # Without the other fields of members: a virtual machine has its root password and billing address.
        Field("resources", nested_list(Field("type", STRING), Field("value", object_ref("id", "name")))),
        Field("resource_ids", ID_SET, PROPERTIES, emptied_by="allow_no_members", refers_to=_MEMBER_KINDS),
        Field("ip_address", object_ref("id", "address")),
        Field(
            "data_center",
            object_ref("id", "name", "permalink", named_by="permalink"),
            PROPERTIES,
            change=Fixed("its IP address will be lost"),
            default_option=("default_data_center", "permalink"),
        ),
        Field("https_redirect", BOOLEAN, PROPERTIES),
        Field("enable_weighting", BOOLEAN, PROPERTIES),
        Field("weights", _WEIGHTS, TOP_LEVEL, argument=PROPERTIES, refers_to="virtual_machine"),
        Field("standby_vms", ID_SET, PROPERTIES, refers_to="virtual_machine"),
        Field("backend_certificate", STRING),
        Field("backend_certificate_key", STRING, secret=True),
        Field("annotations", ANNOTATIONS, TOP_LEVEL),
    ),
    describe=_describe,
    faults=_faults,
    derive=_derive,
    forecast=_forecast,
    warnings=_warnings,
)
