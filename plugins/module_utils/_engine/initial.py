# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Initial values that must be read from the API before a creation. This file only reads."""

from __future__ import annotations

from .._http.client import Client
from .._schema.fields import Fields, Values


def with_initial_values(client: Client, fields: Fields, wanted: Values) -> Values:
    """The fields that a creation sets, with the initial values that the API determines."""
    result = dict(wanted)
    for field in fields:
        initial = field.initial_read
        if initial is None or field.name in wanted:
            continue
        identifier = initial.identifier(wanted)
        if identifier:
            query = [("%s[%s]" % (initial.of, by), value) for by, value in identifier.items()]
            answer = client.request("GET", initial.path, query, expect=initial.answer)
            result[field.name] = initial.value(answer[initial.answer])
    return result
