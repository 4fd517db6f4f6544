# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validates exchanges against the OpenAPI document. Problems are data, so that they can be compared with a list.

Rules that the document does not express, and how they are applied here:

* An undocumented path is permitted as the result of a wrong api_url: the response must be C(route_not_found), and the
  path must end with a documented one, which the request is validated against.
* Arguments are in the query of a GET, and in the body of all other requests.
* A lookup has exactly one property, as its description says. One that filters a list may be omitted.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from document import NAME, Document, Operation, Schema, strict
from exchanges import Exchange
from katapult_simulator.arguments import nested
from known import IN_A_LIST_OF_ONE, OPTIONAL_LOOKUPS
from openapi_schema_validator import OAS30Validator

UNDOCUMENTED = "is not documented"
MISSING = "is documented, but missing"
UNKNOWN_VALUE = "has an undocumented value"
ONE_LOOKUP = "must have exactly one property"

LIST = ("GET", "/organizations/organization/load_balancers")
_LONGEST = 200  # characters of a message of the validator
# The only fields of members in a list of load balancers
_IN_A_LIST = ("id", "name")


@dataclass(frozen=True, order=True)
class Problem:
    """One kind of difference between exchanges and the document."""

    where: str
    what: str


def name_of(operation: Operation) -> str:
    """An operation as text."""
    return "%s %s" % operation


def report(problems: t.Iterable[tuple[Problem, str]]) -> str:
    """Problems as text: each once, with the number of its occurrences and the first of them."""
    met: dict[Problem, list[str]] = {}
    for problem, where in problems:
        met.setdefault(problem, []).append(where)
    return "\n".join(
        "%s: %s (%d times, first in %s)" % (problem.where, problem.what, len(places), places[0])
        for problem, places in sorted(met.items())
    )


def request_problems(document: Document, exchange: Exchange) -> set[Problem]:
    """The problems of a request."""
    operation, found = _documented(document, exchange)
    if operation is None:
        return found
    if exchange.method == "GET":
        return found | _query_problems(document, operation, exchange)
    body, query = exchange.body, exchange.query
    if exchange.method == "DELETE" and query and body is None:
        found.add(Problem(name_of(operation), "the lookup is in the query, not in the body"))
        body, query = nested(query), []
    if query:
        found.add(Problem(name_of(operation), "there are arguments in the query: %s" % sorted(dict(query))))
    schema = document.body(operation)
    if schema is None:
        return found | {Problem(name_of(operation), UNDOCUMENTED + ": a body")} if body is not None else found
    return found | _value_problems(strict(schema, whole=False), body, name_of(operation))


def response_problems(document: Document, exchange: Exchange) -> set[Problem]:
    """The problems of a response of the API itself."""
    if exchange.status is not None and exchange.status >= 400:
        return _error_problems(document, exchange)
    operation, found = _documented(document, exchange)
    if operation is None:
        return found
    schema = document.responses(operation).get(exchange.status or 0)
    if schema is None:
        found.add(Problem(name_of(operation), "the response status %s" % exchange.status))
        (schema,) = document.responses(operation).values()
    schema, of_lists = _without_lists_of_one(operation, schema, exchange.answer)
    answer, of_members = _without_members(document, operation, exchange.answer)
    return found | of_lists | of_members | _value_problems(strict(schema, whole=True), answer, name_of(operation))


def _documented(document: Document, exchange: Exchange) -> tuple[Operation | None, set[Problem]]:
    """The documented operation of an exchange."""
    operation = exchange.operation
    if operation in document.operations:
        return operation, set()
    ends = [known for known in document.operations if known[0] == exchange.method and exchange.path.endswith(known[1])]
    if operation is None and ends and exchange.code == "route_not_found":
        return ends[0], {Problem("the path of a request", "has a prefix")}
    return None, {Problem("%s %s" % (exchange.method, exchange.path), UNDOCUMENTED)}


def _query_problems(document: Document, operation: Operation, exchange: Exchange) -> set[Problem]:
    where = name_of(operation)
    found = set() if exchange.body is None else {Problem(where, UNDOCUMENTED + ": a body")}
    parameters = document.parameters(operation)
    given: dict[str, list[str]] = {}
    for name, value in exchange.query:
        given.setdefault(name, []).append(value)
    for name, values in given.items():
        schema = parameters.get(name)
        if schema is None:
            found.add(Problem("%s: %s" % (where, name), UNDOCUMENTED))
        elif schema.get("type") == "array":
            typed = [_typed(value, schema["items"]) for value in values]
            found |= _value_problems(strict(schema, whole=False), typed, "%s: %s" % (where, name))
        elif len(values) > 1:
            found.add(Problem("%s: %s" % (where, name), "is given more than once"))
        else:
            found |= _value_problems(schema, _typed(values[0], schema), "%s: %s" % (where, name))
    for lookup in sorted({name.split("[")[0] for name in parameters if re.fullmatch(r"\w+\[\w+\]", name)}):
        most = sum(name.startswith(lookup + "[") for name in given)
        if most != 1 and not (most == 0 and (operation, lookup) in OPTIONAL_LOOKUPS):
            found.add(Problem("%s: %s" % (where, lookup), ONE_LOOKUP))
    return found


def _typed(value: str, schema: Schema) -> t.Any:
    """A query value, which is always a string, converted to the type of its schema."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    if schema.get("type") == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _error_problems(document: Document, exchange: Exchange) -> set[Problem]:
    found = {Problem("an error", 'is wrapped in an "error" object')}
    error = exchange.answer
    if not isinstance(error, dict) or set(error) != {"error"} or not isinstance(error["error"], dict):
        found = set()
    else:
        error = error["error"]
    code = error.get("code") if isinstance(error, dict) else None
    operation = exchange.operation
    status, schema = document.errors(operation).get(str(code), (None, None)) if operation else (None, None)
    if status is None:
        where = "%s: the error %s" % (name_of(operation), code) if operation else "the error %s" % code
        found.add(Problem(where, UNDOCUMENTED))
        schema = document.error(str(code)) or _SOME_ERROR
    elif status != exchange.status:
        found.add(Problem("the error %s" % code, "has the status %s instead of %s" % (exchange.status, status)))
    return found | _value_problems(strict(t.cast(Schema, schema), whole=True), error, "the error %s" % code)


_SOME_ERROR: Schema = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "description": {"type": "string"}, "detail": {"type": "object"}},
}


def _without_lists_of_one(operation: Operation, schema: Schema, answer: t.Any) -> tuple[Schema, set[Problem]]:
    """A schema with an object where the document has a list, but the response has an object."""
    found: set[Problem] = set()
    properties = dict(schema.get("properties", {}))
    for name in IN_A_LIST_OF_ONE:
        items = properties.get(name, {}).get("items")
        if items is not None and isinstance(answer, dict) and isinstance(answer.get(name), dict):
            properties[name] = items
            found.add(Problem("%s: %s" % (name_of(operation), name), "is an object instead of a list"))
    return {**schema, "properties": properties}, found


def _without_members(document: Document, operation: Operation, answer: t.Any) -> tuple[t.Any, set[Problem]]:
    """A response without the members of its load balancers, which are validated separately."""
    found: set[Problem] = set()

    def emptied(balancer: t.Any) -> t.Any:
        if not isinstance(balancer, dict) or not isinstance(balancer.get("resources"), list):
            return balancer
        for member in balancer["resources"]:
            found.update(_member_problems(document, operation, member))
        return {**balancer, "resources": []}

    if not isinstance(answer, dict):
        return answer, found
    shown = dict(answer)
    if "load_balancer" in shown:
        shown["load_balancer"] = emptied(shown["load_balancer"])
    if isinstance(shown.get("load_balancers"), list):
        shown["load_balancers"] = [emptied(balancer) for balancer in shown["load_balancers"]]
    return shown, found


def _member_problems(document: Document, operation: Operation, member: t.Any) -> set[Problem]:
    if not isinstance(member, dict) or set(member) != {"type", "value"}:
        return {Problem("LoadBalancerResource", "has neither the documented nor the recorded schema")}
    found = {Problem("LoadBalancerResource", "has a type and a value")}
    if member["type"] not in ("VirtualMachine", "VirtualMachineGroup", "Tag"):
        return found | {Problem("LoadBalancerResource.type", "is unknown")}
    schema = document.schema(member["type"])
    if operation == LIST:
        found.add(Problem("%s: LoadBalancerResource" % name_of(LIST), "contains only the id and the name"))
        schema = {**schema, "properties": {name: schema["properties"][name] for name in _IN_A_LIST}}
    return found | _value_problems(strict(schema, whole=True), member["value"], "LoadBalancerResource")


def _value_problems(schema: Schema, value: t.Any, where: str) -> set[Problem]:
    """The errors of the validator as problems, without details that differ between exchanges."""
    found: set[Problem] = set()
    for error in OAS30Validator(schema).iter_errors(value):
        of = ".".join(str(step) for step in error.absolute_path if not isinstance(step, int))
        name = error.schema.get(NAME) or ": ".join(filter(None, (where, of)))
        if error.validator == "additionalProperties":
            extra = set(error.instance) - set(error.schema["properties"])
            found |= {Problem("%s.%s" % (name, key), UNDOCUMENTED) for key in extra}
        elif error.validator == "required":
            lacking = set(error.validator_value) - set(error.instance)
            found |= {Problem("%s.%s" % (name, key), MISSING) for key in lacking}
        elif error.validator in ("minProperties", "maxProperties"):
            found.add(Problem(name, ONE_LOOKUP))
        else:
            what = UNKNOWN_VALUE if error.validator == "enum" else error.message[:_LONGEST]
            found.add(Problem(": ".join(filter(None, (where, of))), what))
    return found
