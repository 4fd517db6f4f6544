# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The task of M(katapult.cloud.load_balancer_info): it only looks."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _load_balancer as lb
from ansible_collections.katapult.cloud.plugins.module_utils import _load_balancer_look as look
from ansible_collections.katapult.cloud.plugins.module_utils import _annotations, _rule_requests, _rule_set
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import invalid_task
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import given_members, id_fault, text_fault
from ansible_collections.katapult.cloud.plugins.module_utils._result import Result

ARGUMENT_SPEC = {
    "id": {"type": "str"},
    "api_reference": {"type": "str"},
    "name": {"type": "str"},
    "annotations": _annotations.FILTER,
    "full": {"type": "bool", "default": False},
    "include_rules": {"type": "bool", "default": False},
    "include_backend_certificate_key": {"type": "bool", "default": False},
}


def run(params: t.Mapping[str, t.Any], organization: Values | None, client: Client, write: bool) -> Result:
    """Read load balancers.

    :param params: the options of the module.
    :param organization: whose load balancers to list where the task names none.
    :param write: means nothing here.
    :raises KatapultError: they cannot be read.
    """
    of = given_members({name: params[name] for name in ("id", "api_reference")})
    wanted = _annotations.wanted(params["annotations"])
    _check(params, of, wanted, organization)
    read = lb.read_with_key if params["include_backend_certificate_key"] else lb.read
    if of:
        found = [thing for thing in [look.by_either(client, of, read)] if thing is not None]
    else:
        # How well the API filters by annotations is not known, and a list does not show them: every candidate is read,
        # and compared here.
        whole = params["full"] or params["include_backend_certificate_key"] or bool(wanted)
        found = _listed(client, t.cast(Values, organization), wanted, params["name"])
        if whole:
            found = [thing for row in found for thing in [look.by_id(client, row["id"], read)] if thing is not None]
    found = [thing for thing in found if _matches(thing, params["name"], wanted)]
    if params["include_rules"]:
        found = [{**thing, "rules": _rules(client, thing, params["full"])} for thing in found]
    return Result(changed=False, values={"load_balancers": found})


def _check(params: t.Mapping[str, t.Any], of: Values, wanted: list[Values], organization: Values | None) -> None:
    faults = ["%s %s" % (name, text_fault(params[name])) for name in ("api_reference", "name") if _is_odd(params[name])]
    faults += _annotations.faults(wanted)
    if params["id"] is not None and id_fault(params["id"]):
        faults.append('id "%s" %s' % (params["id"], id_fault(params["id"])))
    if len(of) > 1:
        faults.append("id and api_reference exclude each other: give the one that tells which load balancer is meant")
    if not of and organization is None:
        faults.append("one of id, api_reference and organization (or KATAPULT_ORGANIZATION) is required")
    if faults:
        raise invalid_task(*faults)


def _is_odd(text: str | None) -> bool:
    return text is not None and text_fault(text) is not None


def _listed(client: Client, organization: Values, wanted: list[Values], name: str | None) -> list[Values]:
    listed = look.rows(client, organization, _annotations.query(wanted))
    return [row for row in listed if _matches(row, name, [])]


def _matches(thing: Values, name: str | None, wanted: list[Values]) -> bool:
    return name in (None, thing.get("name")) and _annotations.has_all(thing, wanted)


def _rules(client: Client, thing: Values, whole: bool) -> list[Values]:
    of = {"id": thing["id"]}
    rows = _rule_requests.list_rules(client, of)
    return _rule_set.shown([_rule_requests.read_rule(client, row["id"], of) if whole else row for row in rows])
