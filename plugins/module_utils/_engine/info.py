# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""The task of a module that reads one kind of resource: it only looks."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._engine import collection, finder
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._engine.result import Result
from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Task
from ansible_collections.katapult.cloud.plugins.module_utils._errors import invalid_options
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._schema import annotation_filter
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._schema.types import (
    validate_id,
    validate_string,
    without_none,
)

Params = t.Mapping[str, t.Any]
Organization = t.Optional[t.Dict[str, str]]


def info(resource: Resource, children: Resource | None = None) -> Task:
    """The task of a module that reads a kind of resource.

    :param children: the kind whose resources it reads along if it is asked to, if any.
    """

    def run(params: Params, organization: Organization, client: Client, write: bool) -> Result:
        found = _found(resource, params, organization, client)
        if children is not None and params[_include(collection.option(children))]:
            found = [{**one, collection.option(children): _children(client, children, one, params)} for one in found]
        return Result(changed=False, values={resource.plural: found})

    return Task(resource, _argument_spec(resource, children), run, children)


def _argument_spec(resource: Resource, children: Resource | None) -> Values:
    spec: Values = {name: {"type": "str"} for name in (*resource.keys, "name")}
    if resource.annotated:
        spec["annotations"] = annotation_filter.SPEC
    if resource.partial_rows:
        spec["full"] = {"type": "bool", "default": False}
    included = [collection.option(children)] if children is not None else []
    for name in (*included, *_secrets(resource)):
        spec[_include(name)] = {"type": "bool", "default": False}
    return spec


def _include(name: str) -> str:
    return "include_%s" % name


def _secrets(resource: Resource) -> list[str]:
    return [field.name for field in resource.fields if field.secret and not field.managed]


def _found(resource: Resource, params: Params, organization: Organization, client: Client) -> list[Values]:
    key = without_none({by: params[by] for by in resource.keys})
    annotations = annotation_filter.parse(params.get("annotations"))
    _validate(resource, params, key, annotations, organization)
    secrets = [name for name in _secrets(resource) if params[_include(name)]]
    if key:
        ((by, value),) = key.items()
        found = [one for one in [finder.get(client, resource, by, value, secrets)] if one is not None]
    else:
        rows = finder.list_all(client, resource, organization, annotation_filter.query(annotations))
        found = [row for row in rows if _is_named(row, params["name"])]
        # A list does not show annotations, and how well the API filters by them is not known: each candidate is read.
        if params.get("full") or annotations or secrets:
            found = list(finder.expand(client, resource, found, secrets))
    return [one for one in found if _is_named(one, params["name"]) and annotation_filter.matches(one, annotations)]


def _is_named(one: Values, name: str | None) -> bool:
    return name is None or one.get("name") == name


def _children(client: Client, children: Resource, one: Values, params: Params) -> list[Values]:
    parent = {"id": one["id"]}
    rows = finder.list_all(client, children, parent)
    if params.get("full"):
        rows = [finder.read_again(client, children, row["id"], parent) for row in rows]
    return collection.shown(children, rows)


def _validate(
    resource: Resource, params: Params, key: t.Mapping[str, str], annotations: list[Values], organization: Organization
) -> None:
    texts = {name: params[name] for name in (*resource.keys, "name") if name != "id" and params[name] is not None}
    faults = ["%s %s" % (name, validate_string(value)) for name, value in texts.items() if validate_string(value)]
    faults += annotation_filter.validate(annotations)
    if params["id"] is not None and validate_id(params["id"]):
        faults.append('id "%s" %s' % (params["id"], validate_id(params["id"])))
    if len(key) > 1:
        faults.append(
            "%s exclude each other: give the one that tells which %s is meant" % (" and ".join(key), resource.called)
        )
    if resource.of_organization and not key and organization is None:
        faults.append("one of %s and organization (or KATAPULT_ORGANIZATION) is required" % ", ".join(resource.keys))
    if faults:
        raise invalid_options(*faults)
