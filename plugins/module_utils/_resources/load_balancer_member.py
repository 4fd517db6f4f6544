# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of one member of a load balancer, which is written with the load balancer.

Source: the Katapult Core API's arguments for load balancers (its OpenAPI document) and its recorded responses.
"""

from __future__ import annotations

from .._engine.resource import Fault, Part
from .._schema.fields import TOP_LEVEL, Field, Values
from .._schema.types import BOOLEAN, REFERENCE, integer


def _find(identifier: str, balancer: Values) -> Values | None:
    if identifier not in balancer["resource_ids"] + balancer["standby_vms"]:
        return None
    weights = {entry["virtual_machine_id"]: entry["weight"] for entry in balancer["weights"]}
    return {
        "resource_id": identifier,
        "weight": weights.get(identifier),
        "standby": identifier in balancer["standby_vms"],
    }


def _faults(wanted: Values, balancer: Values) -> list[Fault]:
    kind = balancer["resource_type"]
    apply = [name for name in ("weight", "standby") if name in wanted]
    faults = {
        "%s can be set for virtual machines only, but the members are %s"
        % (" and ".join(apply), str(kind).replace("_", " ")): apply and kind != "virtual_machines",
        "weight has no effect while weighting is disabled: set properties.enable_weighting to true with"
        " katapult.cloud.load_balancer first": "weight" in wanted and not balancer["enable_weighting"],
    }
    return [Fault(fault) for fault, applies in faults.items() if applies]


def _settings(wanted: Values, balancer: Values, absent: bool) -> Values:
    identifier = wanted["resource_id"]
    ids, standby = ([one for one in balancer[name] if one != identifier] for name in ("resource_ids", "standby_vms"))
    if absent:
        return {"resource_ids": ids, "standby_vms": standby}
    settings: Values = {"resource_ids": [*ids, identifier]}
    if "weight" in wanted:
        settings["weights"] = [{"virtual_machine_id": identifier, "weight": wanted["weight"]}]
    if "standby" in wanted:
        settings["standby_vms"] = [*standby, *([identifier] if wanted["standby"] else [])]
    return settings


LOAD_BALANCER_MEMBER = Part(
    "load_balancer_member",
    key="resource_id",
    listed_in="resource_ids",
    fields=(
        Field("resource_id", REFERENCE, TOP_LEVEL, required=True),
        Field("weight", integer(), TOP_LEVEL),
        Field("standby", BOOLEAN, TOP_LEVEL),
    ),
    find=_find,
    faults=_faults,
    settings=_settings,
)
