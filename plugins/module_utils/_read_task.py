# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The task of every module that reads one kind of thing: it only looks."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _annotations, _look
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._errors import invalid_task
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import given_members, id_fault, text_fault
from ansible_collections.katapult.cloud.plugins.module_utils._readable import Readable
from ansible_collections.katapult.cloud.plugins.module_utils._result import Result

Params = t.Mapping[str, t.Any]


def argument_spec(kind: Readable) -> Values:
    """The options of the module for a kind, without those that every module has."""
    spec: Values = {name: {"type": "str"} for name in (*kind.named_by, "name")}
    if kind.annotated:
        spec["annotations"] = _annotations.FILTER
    if kind.short_rows:
        spec["full"] = {"type": "bool", "default": False}
    return spec


def task(kind: Readable) -> t.Callable[[Params, t.Optional[Values], Client, bool], Result]:
    """The task of the module for a kind: from the options, the organization, the client and C(write) to a result."""

    def run(params: Params, organization: Values | None, client: Client, write: bool) -> Result:
        return Result(changed=False, values={kind.plural: _found(kind, params, organization, client)})

    return run


def _found(kind: Readable, params: Params, organization: Values | None, client: Client) -> list[Values]:
    of = given_members({by: params[by] for by in kind.named_by})
    annotations = _annotations.wanted(params.get("annotations"))
    _check(kind, params, of, annotations, organization)
    if of:
        ((by, value),) = of.items()
        found = [thing for thing in [_look.one(client, kind, by, value)] if thing is not None]
    else:
        rows = _look.rows(client, kind, organization, _annotations.query(annotations))
        found = [row for row in rows if _is_called(row, params["name"])]
        # A list does not show annotations, and how well the API filters by them is not known: each candidate is read.
        if params.get("full") or annotations:
            found = list(_look.in_full(client, kind, found))
    return [
        thing for thing in found if _is_called(thing, params["name"]) and _annotations.has_all(thing, annotations)
    ]


def _is_called(thing: Values, name: str | None) -> bool:
    return name is None or thing.get("name") == name


def _check(kind: Readable, params: Params, of: Values, annotations: list[Values], organization: Values | None) -> None:
    texts = {name: params[name] for name in (*kind.named_by, "name") if name != "id" and params[name] is not None}
    faults = ["%s %s" % (name, text_fault(value)) for name, value in texts.items() if text_fault(value)]
    faults += _annotations.faults(annotations)
    if params["id"] is not None and id_fault(params["id"]):
        faults.append('id "%s" %s' % (params["id"], id_fault(params["id"])))
    if len(of) > 1:
        faults.append(
            "%s exclude each other: give the one that tells which %s is meant" % (" and ".join(of), kind.called)
        )
    if kind.of_organization and not of and organization is None:
        faults.append("one of %s and organization (or KATAPULT_ORGANIZATION) is required" % ", ".join(kind.named_by))
    if faults:
        raise invalid_task(*faults)
