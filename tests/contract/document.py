# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI 3.0 document of the API: loading it, resolving its schemas, and making them strict."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

Json = dict[str, t.Any]
Schema = dict[str, t.Any]
Operation = tuple[str, str]  # the method and the path

# The key under which a resolved schema keeps its name in the OpenAPI document
NAME = "x-name"
_SECONDS = 30


class Unreadable(Exception):
    """The given path or URL does not contain an OpenAPI document."""


@dataclass(frozen=True)
class Leaf:
    """One argument or field that is not an object: its type, and its permitted values if they are enumerated."""

    type: str
    choices: frozenset[t.Any] = frozenset()


@dataclass(frozen=True)
class Document:
    """An OpenAPI document, with accessors for its operations. For an unknown operation they return empty values."""

    content: Json

    @property
    def version(self) -> str:
        """The version of the API that the document describes."""
        info = self.content.get("info", {})
        return str(info.get("x-katapult-version") or info.get("version") or "unknown")

    @property
    def operations(self) -> dict[Operation, Json]:
        """All operations of the API."""
        methods = ("get", "post", "put", "patch", "delete")
        paths = self.content.get("paths", {})
        return {(name.upper(), path): paths[path][name] for path in paths for name in methods if name in paths[path]}

    def parameters(self, operation: Operation) -> dict[str, Schema]:
        """The query parameters of an operation, by name."""
        found = self.operations.get(operation, {}).get("parameters", [])
        return {one["name"]: self.resolve(one["schema"]) for one in found if one.get("in") == "query"}

    def body(self, operation: Operation) -> Schema | None:
        """The schema of the request body, if the operation has one."""
        given = self.operations.get(operation, {}).get("requestBody")
        return None if given is None else self.resolve(_json_of(given))

    def responses(self, operation: Operation) -> dict[int, Schema]:
        """The schemas of the successful responses, by status."""
        return {status: self.resolve(_json_of(given)) for status, given in self._responses(operation) if status < 400}

    def errors(self, operation: Operation) -> dict[str, tuple[int, Schema]]:
        """The error responses of an operation, by error code: the status and the schema."""
        found = {}
        for status, given in self._responses(operation):
            if status >= 400:
                schema = self.resolve(_json_of(given))
                for one in schema.get("oneOf", [schema]):
                    found.update(dict.fromkeys(_codes(one), (status, one)))
        return found

    def error(self, code: str) -> Schema | None:
        """The schema of an error code, whichever operation it is documented for."""
        schemas = self.content.get("components", {}).get("schemas", {})
        candidates = (self.resolve(schema) for name, schema in schemas.items() if name.endswith("Schema"))
        return next((schema for schema in candidates if code in _codes(schema)), None)

    def schema(self, name: str) -> Schema:
        """A schema of the components, by name."""
        return self.resolve({"$ref": "#/components/schemas/%s" % name})

    def resolve(self, schema: Schema, within: tuple[str, ...] = ()) -> Schema:
        """A schema with its references resolved and its C(allOf) merged.

        The generator of the document wraps schemas with a description or C(nullable) in an C(allOf) with one entry.
        """
        if "$ref" in schema:
            where = schema["$ref"]
            if where in within:
                return {}  # a recursive schema is not resolved a second time
            return {NAME: where.split("/")[-1], **self.resolve(self._at(where), (*within, where))}
        if "allOf" in schema:
            return _nullable_too(schema, _merged([self.resolve(part, within) for part in schema["allOf"]]))
        resolved = dict(schema)
        if "properties" in schema:
            resolved["type"] = "object"
            resolved["properties"] = {name: self.resolve(of, within) for name, of in schema["properties"].items()}
        if "items" in schema:
            resolved["items"] = self.resolve(schema["items"], within)
        if "oneOf" in schema:
            resolved["oneOf"] = [self.resolve(one, within) for one in schema["oneOf"]]
        return resolved

    def _at(self, where: str) -> Json:
        found = self.content
        for key in where.removeprefix("#/").split("/"):
            found = found[key]
        return found

    def _responses(self, operation: Operation) -> t.Iterator[tuple[int, Json]]:
        for status, given in self.operations.get(operation, {}).get("responses", {}).items():
            given = self._at(given["$ref"]) if "$ref" in given else given
            if status.isdigit() and "content" in given:
                yield int(status), given


def load(where: str) -> Document:
    """Load the document from a path or a URL.

    :raises Unreadable: it cannot be read, or is not an OpenAPI document.
    """
    try:
        if re.match(r"https?://", where):
            with urlopen(where, timeout=_SECONDS) as response:
                content = json.load(response)
        else:
            content = json.loads(Path(where).read_text(encoding="utf-8"))
    except (OSError, URLError, ValueError) as error:
        raise Unreadable("%s cannot be read as JSON: %s" % (where, error)) from error
    if not isinstance(content, dict) or "openapi" not in content or "paths" not in content:
        raise Unreadable("%s is not an OpenAPI document" % where)
    return Document(content)


def strict(schema: Schema, whole: bool) -> Schema:
    """A resolved schema that permits no additional properties, and exactly one property in a lookup.

    :param whole: whether all properties are required: they are in a response, but not in a request.
    """
    found = dict(schema)
    if "items" in schema:
        found["items"] = strict(schema["items"], whole)
    if "oneOf" in schema:
        found["oneOf"] = [strict(one, whole) for one in schema["oneOf"]]
    if "properties" in schema:
        found["properties"] = {name: strict(of, whole) for name, of in schema["properties"].items()}
        found["additionalProperties"] = False
        if whole:
            found["required"] = sorted(schema["properties"])
        if schema.get(NAME, "").endswith("Lookup"):
            found["minProperties"] = found["maxProperties"] = 1
    return found


def leaves(schema: Schema, path: str = "") -> dict[str, Leaf]:
    """All arguments or fields of a resolved schema by their paths, such as C(properties.weights[].weight)."""
    if "properties" in schema:
        found = {}
        for name, of in schema["properties"].items():
            found.update(leaves(of, "%s.%s" % (path, name) if path else name))
        return found
    if "items" in schema:
        return leaves(schema["items"], path + "[]")
    choices = frozenset(value for value in schema.get("enum", ()) if value is not None)
    return {path: Leaf(_type(schema), choices)}


def parameter_leaf(name: str, schema: Schema) -> tuple[str, Leaf]:
    """The path of a query parameter, such as C(annotations[].key) for C(annotations[][key]), and its leaf."""
    path = re.sub(r"\[(\w+)\]", r".\1", name)
    # For a parameter within a list, the schema in the document is the array of all its occurrences.
    ((_path, leaf),) = leaves(schema["items"] if "[]" in path and "items" in schema else schema).items()
    return path, leaf


def _type(schema: Schema) -> str:
    given = schema.get("type", "anything")
    if isinstance(given, list):
        given = "/".join(one for one in given if one != "null")
    return str(given)


def _json_of(given: Json) -> Schema:
    return given["content"]["application/json"]["schema"]


def _codes(schema: Schema) -> list[str]:
    return schema.get("properties", {}).get("code", {}).get("enum", [])


def _merged(parts: list[Schema]) -> Schema:
    found: Schema = {}
    for part in parts:
        properties = {**found.get("properties", {}), **part.get("properties", {})}
        found = {**found, **part, **({"properties": properties} if properties else {})}
    return found


def _nullable_too(wrapper: Schema, schema: Schema) -> Schema:
    if not wrapper.get("nullable"):
        return schema
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **enum, "nullable": True}
