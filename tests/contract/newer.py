# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of operations that are newer than the OpenAPI document of the supported version, if there is one.

It is an OpenAPI document, or fragments of one that have been written down from other sources: only C(paths), and in each
operation C(responses) with a C(schema) by status, and C(errors), a list of objects with a C(code) and a C(status).
"""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

from document import Document, load
from known import NEWER_OPERATIONS

Json = dict[str, t.Any]


def newer_document(where: str, document: Document) -> Document:
    """The document of the newer operations. Fragments need not repeat the errors of every operation."""
    content = json.loads(Path(where).read_text(encoding="utf-8")) if "://" not in where else {"openapi": ""}
    return load(where) if "openapi" in content else from_fragments(content, document)


def from_fragments(content: Json, document: Document) -> Document:
    """The document with the newer operations of fragments, and with the components of another document."""
    paths: Json = {}
    for method, path in NEWER_OPERATIONS:
        given = content["paths"].get(path, {}).get(method.lower())
        if given:
            errors = [*_general_errors(path, document), *given["responses"].get("errors", ())]
            responses = {status: of for status, of in given["responses"].items() if status != "errors"}
            described = {
                **given,
                "responses": {**_by_status(errors), **{key: _of(one) for key, one in responses.items()}},
            }
            paths.setdefault(path, {})[method.lower()] = described
    return Document({**document.content, "paths": paths})


def _of(response: Json) -> Json:
    return response if "content" in response else {"content": {"application/json": {"schema": response["schema"]}}}


def _general_errors(path: str, document: Document) -> t.Iterator[Json]:
    """The errors that reading the same, or what is above it, has too: those of tokens, organizations and lookups."""
    operations = document.operations
    while path and ("GET", path) not in operations:
        path = path.rpartition("/")[0]
    for code, (status, schema) in document.errors(("GET", path)).items():
        yield {"code": code, "status": status, "schema": schema}


def _by_status(errors: t.Iterable[Json]) -> Json:
    found: dict[str, list[Json]] = {}
    for error in errors:
        texts = {"code": {"type": "string", "enum": [error["code"]]}, "description": {"type": "string"}}
        schema = {"type": "object", "properties": {**texts, "detail": {"type": "object"}}}
        found.setdefault(str(error["status"]), []).append(error.get("schema", schema))
    return {status: _of({"schema": {"oneOf": schemas}}) for status, schemas in found.items()}
