# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Look at things that are no load balancers: at one by what names it, or at all that there are."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._client import Client, has_id
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, malformed
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Values
from ansible_collections.katapult.cloud.plugins.module_utils._readable import Readable

Query = t.List[t.Tuple[str, str]]


def one(client: Client, kind: Readable, by: str, value: str) -> Values | None:
    """The thing with this id, or whatever else names it; None if there is none.

    :raises UnexpectedAnswer: the API answered with another one.
    """
    query = [("%s[%s]" % (kind.singular, by), value)]
    try:
        answer = client.request("GET", kind.one, query)
    except KatapultError as error:
        if error.says_missing(kind.singular):
            return None
        raise
    thing = answer.get(kind.singular)
    if isinstance(thing, list) and len(thing) == 1:  # so the API's document has certificates, unlike its own clients
        thing = thing[0]
    if not has_id(thing):
        raise _malformed(kind.one, answer, 'a "%s" with an id' % kind.singular)
    found = kind.read(thing, answer)
    # Names in the domain name system, and what becomes a part of one, are the same in any case of letters.
    if found[by] is not None and found[by] != value and (by == "id" or found[by].lower() != value.lower()):
        said = 'the %s with the %s "%s": it shows "%s"' % (kind.called, by, value, found[by])
        raise _malformed(kind.one, answer, said)
    return found


def rows(client: Client, kind: Readable, organization: Values | None, more: Query | None = None) -> list[Values]:
    """All that there are, as their list shows them.

    :param organization: whose; it means nothing for what no organization has.
    :param more: what else to ask the list for.
    """
    query: Query = list(more or [])
    if kind.of_organization:
        query = [("organization[%s]" % by, value) for by, value in (organization or {}).items()] + query
    if kind.paginated:
        return [kind.read_row(row) for row in client.pages(kind.all, query, kind.plural)]
    answer = client.request("GET", kind.all, query)
    listed = answer.get(kind.plural)
    if not isinstance(listed, list):
        raise _malformed(kind.all, answer, 'a list "%s"' % kind.plural)
    if not all(has_id(row) for row in listed):
        raise _malformed(kind.all, answer, 'the id of one of its "%s"' % kind.plural)
    return [kind.read_row(row) for row in {row["id"]: row for row in listed}.values()]


def in_full(client: Client, kind: Readable, found: t.Iterable[Values]) -> t.Iterator[Values]:
    """Things of a list with all their fields, each read on its own. What is gone meanwhile is left out."""
    for row in found:
        try:
            thing = one(client, kind, "id", row["id"])
        except KatapultError as error:
            if error.facts.code != "object_in_trash":
                raise
            continue
        if thing is not None:
            yield thing


def _malformed(path: str, answer: t.Mapping[str, t.Any], lacking: str) -> KatapultError:
    error = malformed(answer, lacking)
    error.facts = error.facts._replace(method="GET", path=path)
    return error
