# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""What a load balancer is, and what has to be sent to make one as wanted: dicts in, dicts out, nothing else.

Source: the Katapult Core API's arguments for load balancers (its OpenAPI document) and its recorded answers.
"""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _fields
from ansible_collections.katapult.cloud.plugins.module_utils._errors import TaskRefused
from ansible_collections.katapult.cloud.plugins.module_utils._plan import Plan, Step
from ansible_collections.katapult.cloud.plugins.module_utils._fields import BESIDE, PROPERTIES, Field, Values
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import (
    FLAG,
    FREE_TEXT,
    ID_SET,
    TEXT,
    Kind,
    choice,
    id_fault,
    number,
    pairs,
    reference,
    text_fault,
)

# The type that the API gives to a member, for each resource_type
MEMBER_TYPES = {"virtual_machines": "VirtualMachine", "virtual_machine_groups": "VirtualMachineGroup", "tags": "Tag"}
DEFAULT_WEIGHT = 128  # that the API lists for every member by itself


def _read_resources(value: t.Any) -> list[Values]:
    """The members without what they carry along: a virtual machine comes with its root password and billing address."""
    return [
        {
            "type": item.get("type") if isinstance(item.get("type"), str) else None,
            "value": reference("id", "name").read(item.get("value")),
        }
        for item in (value if isinstance(value, list) else [])
        if isinstance(item, dict)
    ]


FIELDS = (
    Field("id", Kind(TEXT.read)),
    Field("name", TEXT, option=PROPERTIES),
    Field("api_reference", TEXT, option=PROPERTIES),
    Field("resource_type", choice(*MEMBER_TYPES), option=PROPERTIES),
    Field("resources", Kind(_read_resources, blank=[])),
    Field("resource_ids", ID_SET, option=PROPERTIES),
    Field("ip_address", reference("id", "address")),
    Field("data_center", reference("id", "name", "permalink", named_by="permalink"), option=PROPERTIES, fixed=True),
    Field("https_redirect", FLAG, option=PROPERTIES),
    Field("enable_weighting", FLAG, option=PROPERTIES),
    Field("weights", pairs("virtual_machine_id", id_fault, "weight", number()), option=BESIDE, argument=PROPERTIES),
    Field("standby_vms", ID_SET, option=PROPERTIES),
    Field("backend_certificate", Kind(TEXT.read)),
    Field("annotations", pairs("key", text_fault, "value", FREE_TEXT), option=BESIDE),
)

# Sent together when either changes: ids mean nothing without the type that they are of.
_TOGETHER = ("resource_type", "resource_ids")

ONE = "/load_balancers/load_balancer"
ALL = "/organizations/organization/load_balancers"


def read(answer: t.Mapping[str, t.Any]) -> Values:
    """The load balancer of an answer. Its annotations stand beside it there, and in it here."""
    thing = answer["load_balancer"]
    return _fields.read(FIELDS, {**thing, "annotations": answer.get("annotations")})


def read_row(row: t.Mapping[str, t.Any]) -> Values:
    """A load balancer as a list shows it: some of its fields are not there."""
    return _fields.read_part(FIELDS, row)


def read_with_key(answer: t.Mapping[str, t.Any]) -> Values:
    """The load balancer of an answer with the private key of its backend certificate, for who asks for that."""
    key = TEXT.read(answer["load_balancer"].get("backend_certificate_key"))
    return {**read(answer), "backend_certificate_key": key}


def called(thing: Values) -> str:
    """A load balancer by its name and its id, for a message."""
    return 'load balancer "%s" (%s)' % (thing["name"], thing["id"])


def plan_present(wanted: Values, found: Values | None, organization: Values | None) -> Plan:
    """How a load balancer comes to be, or comes to be as wanted.

    :param wanted: the fields that the task gives, and no others.
    :param found: the load balancer that is there, or None.
    :param organization: where to create one.
    :raises TaskRefused: that cannot be done by creating or changing one.
    """
    if found is None:
        return _plan_creation(wanted, organization)
    different = _fields.missing(FIELDS, wanted, found)
    for field in different:
        if field.fixed:
            raise _fixed(field, wanted, found)
    if wanted.get("resource_type") not in (None, found["resource_type"]) and "resource_ids" not in wanted:
        raise TaskRefused(
            "properties.resource_type is %s, and %s has %s. The members it has now are not of the new type: give"
            " properties.resource_ids too ([] for none). Nothing was changed."
            % (wanted["resource_type"], called(found), found["resource_type"]),
            "resource_ids_required",
        )
    if not different:
        return Plan(found, found)
    names = {field.name for field in different}
    if names.intersection(_TOGETHER):
        names.update(_TOGETHER)
    # What the task leaves out of them is sent as it is; an answer that does not show it leaves nothing to send.
    wanted = {**{name: found[name] for name in _TOGETHER if found[name] is not None}, **wanted}
    after = _after(different, wanted, found)
    body = {"load_balancer": {"id": found["id"]}, **_fields.arguments(FIELDS, names, wanted, found, after)}
    return Plan(found, _without_former_members(after, wanted, found), (Step("PATCH", ONE, body=body),))


def _plan_creation(wanted: Values, organization: Values | None) -> Plan:
    lacking = [option for option in ("name", "resource_type") if option not in wanted]
    lacking = ["organization"] * (not organization) + ["properties.%s" % option for option in lacking]
    if lacking:
        raise TaskRefused(
            'There is no load balancer with the api_reference "%s", and creating it takes %s too. Nothing was created.'
            % (wanted["api_reference"], " and ".join(lacking)),
            "missing_for_creation",
        )
    nothing = _fields.blank(FIELDS)
    after = _after([field for field in FIELDS if field.name in wanted], wanted, nothing)
    body = {"organization": organization, **_fields.arguments(FIELDS, wanted, wanted, nothing, after)}
    return Plan(None, after, (Step("POST", ALL, body=body),))


def plan_absent(found: Values | None) -> Plan:
    """How a load balancer comes to be gone."""
    if found is None:
        return Plan(None, None)
    # In the query: a proxy that drops the body of a DELETE would make the API look for another one, find none, and
    # what is still there would be taken for gone.
    return Plan(found, None, (Step("DELETE", ONE, query=(("load_balancer[id]", found["id"]),)),))


def warnings(wanted: Values, thing: Values) -> list[str]:
    """What a task asks for and will not get, or will get without effect."""
    found = _fields.not_shown(FIELDS, wanted, thing)
    if wanted.get("weights") and not thing["enable_weighting"]:
        found.append(
            "The weights of %s have no effect while weighting is off: set properties.enable_weighting." % called(thing)
        )
    named = [entry["virtual_machine_id"] for entry in wanted.get("weights", ())]
    strangers = sorted(set(named) - set(thing["resource_ids"]))
    if strangers and thing["resource_type"] == "virtual_machines":
        found.append(
            "weights names virtual machines that are no members: %s. Katapult lists the weights of members only, so every run"
            " will try to set these again." % ", ".join(strangers)
        )
    return found


def _fixed(field: Field, wanted: Values, found: Values) -> TaskRefused:
    there = " / ".join(value for value in found[field.name].values() if value)
    return TaskRefused(
        "%s of %s is %s and cannot be changed to %s: it is fixed at the creation. Nothing was changed. To move it, create"
        " another load balancer under another api_reference and remove this one; its IP address is lost with it."
        % (field.spelled, called(found), there, " / ".join(value for value in wanted[field.name].values() if value)),
        "%s_fixed" % field.name,
    )


def _after(changing: t.Iterable[Field], wanted: Values, found: Values) -> Values:
    """The load balancer once these fields are as wanted, as far as that can be known without asking the API."""
    after = dict(found)
    for field in changing:
        after[field.name] = field.kind.after(wanted[field.name], found[field.name])
    if after["resource_ids"] == found["resource_ids"] and after["resource_type"] == found["resource_type"]:
        return after
    shown = {member["value"]["id"]: member for member in found["resources"]}
    member_type = MEMBER_TYPES.get(after["resource_type"])
    after["resources"] = [
        shown.get(member, {"type": member_type, "value": {"id": member, "name": None}})
        for member in after["resource_ids"]
    ]
    if after["resource_type"] == "virtual_machines":
        after["weights"] = _weights_of(after["resource_ids"], wanted, after)
    return after


def _without_former_members(after: Values, wanted: Values, found: Values) -> Values:
    """A prediction without the weights of virtual machines that may have left with their group or tag.

    They are sent all the same: one that stays must keep its weight, and which ones stay only the API knows.
    """
    stays = after["resource_type"] == found["resource_type"] and set(found["resource_ids"]) <= set(
        after["resource_ids"]
    )
    if stays or after["resource_type"] == "virtual_machines":
        return after
    return {**after, "weights": wanted.get("weights", [])}


def _weights_of(members: list[str], wanted: Values, after: Values) -> list[Values]:
    """Which weights the API lists once these virtual machines are the members; of groups and tags nobody knows before."""
    weights = {entry["virtual_machine_id"]: entry["weight"] for entry in after["weights"]}
    named = [entry["virtual_machine_id"] for entry in wanted.get("weights", ())]
    return [
        {"virtual_machine_id": member, "weight": weights.get(member, DEFAULT_WEIGHT)}
        for member in dict.fromkeys([*members, *named])
    ]
