# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""Look for resources: for one by what identifies it, or for all of a parent. Nothing here writes."""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._errors import KatapultError, TaskRefused, malformed
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import Values, differing

Query = t.Sequence[t.Tuple[str, str]]
Parent = t.Optional[t.Mapping[str, str]]  # what identifies a parent, in the API's words; None if none is given


# One by a key of the API


def get(client: Client, resource: Resource, by: str, value: str, secrets: t.Container[str] = ()) -> Values | None:
    """The resource with this id, or another key; None if there is none.

    :param secrets: the names of the secret fields to be shown.
    :raises TaskRefused: the API answered with another one.
    """
    try:
        answer = client.request("GET", resource.path, [resource.in_query(by, value)], expect=resource.name)
    except KatapultError as error:
        if error.is_not_found(resource.name):
            return None
        raise
    found = resource.parse(answer, secrets)
    if found[by] is None:  # an answer that does not show the key does not make it another one: it was found by it
        return {**found, by: value}
    if not resource.field(by).type.matches(value, found[by]):
        client.renew_connection()  # it may have been the answer to another request
        raise TaskRefused(
            'The lookup of the %s "%s" was answered with the %s, whose %s is "%s". Use that spelling if it is the one meant.'
            " Nothing was changed." % (by, value, resource.text(found), by, found[by]),
            "other_%s_found" % resource.name,
        )
    return found


def read_again(client: Client, resource: Resource, identifier: str, parent: Parent) -> Values:
    """One with all its fields.

    :param parent: whose it must be; None if that is to be found out.
    """
    query = [resource.in_query("id", identifier)]
    return read(resource, client.request("GET", resource.path, query, None, resource.name, identifier), parent)


def read(resource: Resource, answer: Values, parent: Parent) -> Values:
    """The resource that an answer shows.

    :raises UnexpectedResponse: it says that it is another parent's.
    """
    _check_parent(resource, answer[resource.name], parent)
    return resource.parse(answer)


def _check_parent(resource: Resource, shown: t.Any, parent: Parent) -> None:
    """A resource that says that it is another one's answers another question. A list does not say it at all."""
    if not resource.is_child or resource.parent is None:
        return
    owner = shown.get(resource.parent.name)
    owner = owner if isinstance(owner, dict) else {}
    for by, value in (parent or {}).items():
        if owner.get(by) not in (None, value):
            of = resource.parent.name.replace("_", " ")
            said = "a %s of the %s %s: it shows one with the %s %s" % (resource.called, of, value, by, owner[by])
            raise malformed(shown, said)


# All of a parent


def list_all(client: Client, resource: Resource, parent: Parent, query: Query = ()) -> list[Values]:
    """All that a parent has, each once, as their list shows them: some of their fields may not be there.

    :param parent: whose; it means nothing for what is the same for everybody.
    :param query: what else to ask the list for.
    """
    rows = client.list_rows(resource.list_path, [*resource.of_parent(parent), *query], resource.plural, resource.paginated)
    for row in rows:
        _check_parent(resource, row, parent)
    listed = [resource.parse_row(row) for row in rows]
    if resource.is_child:  # those of a parent are told apart by their identity, so each must show it
        for row, name in ((row, name) for row in listed for name in resource.identity if name in row):
            if row[name] is None:
                raise malformed(row, "the %s of the %s %s" % (name, resource.called, row["id"]))
    return listed


def expand(client: Client, resource: Resource, rows: t.Iterable[Values], secrets: t.Container[str] = ()) -> t.Iterator[Values]:
    """Resources of a list with all their fields, each read on its own. What is gone meanwhile is left out."""
    for row in rows:
        try:
            found = get(client, resource, "id", row["id"], secrets)
        except KatapultError as error:
            if error.details.code != "object_in_trash":
                raise
            continue
        if found is not None:
            yield found


def with_fields(client: Client, resource: Resource, names: t.Iterable[str], row: Values, parent: Parent) -> Values:
    """A resource with at least these fields: read on its own only where the list did not show enough."""
    if all(name in row for name in names) or not resource.can_get:
        return row
    found = read_again(client, resource, row["id"], parent)
    for name in resource.identity:
        if name in row and found[name] != row[name]:
            said = "the %s %s, with which the list shows the %s %s" % (name, row[name], resource.called, row["id"])
            raise malformed(found, said)
    return found


# One by what a task knows of it


def find(
    client: Client, resource: Resource, state: str, identifier: str | None, wanted: Values, parent: Parent
) -> Values | None:
    """The resource that a task means, with all that is wanted of it; None if there is none.

    :param identifier: the id that the task gives.
    :param wanted: the fields that the task gives, its identity among them.
    :param parent: what identifies the parent that the task gives.
    :raises TaskRefused: it is another one, or one that the task must not touch.
    """
    if state == "absent":  # nothing else of it matters
        wanted = _identity(resource, wanted)
    if identifier is None:
        return find_by_identity(client, resource, wanted, parent)
    if is_listed(resource, identifier, parent):
        found = _in_list(client, resource, identifier, wanted, parent, state)
    else:
        found = get(client, resource, "id", identifier)
    if found is None:
        if state == "absent":
            return None
        raise _no_such_id(resource, identifier)
    return _under_its_identity(client, resource, state, wanted, found, parent)


def find_by_identity(client: Client, resource: Resource, wanted: Values, parent: Parent) -> Values | None:
    """The resource with the identity of the task, with all that is wanted of it; None if there is none.

    :raises TaskRefused: there are several.
    """
    key = _key_of(resource)
    if key is not None:
        return get(client, resource, key, wanted[key])
    rows = list_all(client, resource, parent)
    found = only_one(resource, matching(client, resource, wanted, rows, parent))
    return None if found is None else with_fields(client, resource, wanted, found, parent)


def find_another(
    client: Client, resource: Resource, wanted: Values, parent: Parent, siblings: t.Collection[str]
) -> Values | None:
    """One that is as wanted and was not there before, of a kind without an identity.

    :param siblings: the ids of those that were.
    """
    for row in list_all(client, resource, parent):
        if row["id"] not in siblings:
            found = with_fields(client, resource, wanted, row, parent)
            if not differing(resource.fields, wanted, found):
                return found
    return None


def matching(client: Client, resource: Resource, wanted: Values, rows: t.Iterable[Values], parent: Parent) -> list[Values]:
    """Those of a list that have the identity of the task. Where the list does not show all of it, candidates are read."""
    identity = _identity(resource, wanted)
    found = []
    for row in rows:
        if _has(resource, identity, row):
            whole = with_fields(client, resource, identity, row, parent)
            if _has(resource, identity, whole):
                found.append(whole)
    return found


def only_one(resource: Resource, found: t.Sequence[Values]) -> Values | None:
    """The one that was found by its identity.

    :raises TaskRefused: there are several that are not alike, so the identity does not tell which one is meant.
    """
    if len(found) > 1 and not resource.twins:
        raise TaskRefused(
            "There are %d %ss with the %s: %s. Nothing was changed. Say which one is meant by its id."
            % (len(found), resource.called, resource.identified_by(found[0]), ", ".join(one["id"] for one in found)),
            "several_%ss_found" % resource.called.replace(" ", "_"),
        )
    return found[0] if found else None


def _key_of(resource: Resource) -> str | None:
    """The field that identifies one for a task and for the API; None if a list has to be searched."""
    return resource.identity[0] if len(resource.identity) == 1 and resource.identity[0] in resource.keys else None


def _identity(resource: Resource, wanted: Values) -> Values:
    return {name: wanted[name] for name in resource.identity if name in wanted}


def _has(resource: Resource, identity: Values, found: Values) -> bool:
    """Whether a resource, as far as it is known, has an identity."""
    return all(resource.field(name).type.matches(value, found[name]) for name, value in identity.items() if name in found)


def is_listed(resource: Resource, identifier: str | None, parent: Parent) -> bool:
    """Whether a resource is looked for in the list of its parent, which shows whose it is, and who has its identity."""
    if identifier is None:
        return _key_of(resource) is None
    return parent is not None and (_key_of(resource) is None or not resource.can_get)


def _in_list(
    client: Client, resource: Resource, identifier: str, wanted: Values, parent: Parent, state: str
) -> Values | None:
    rows = list_all(client, resource, parent)
    row = next((row for row in rows if row["id"] == identifier), None)
    if row is None:
        _check_elsewhere(client, resource, identifier)
        return None
    identity = _identity(resource, wanted)
    if state == "present" and not _has(resource, identity, row):
        others = [other for other in rows if other["id"] != identifier]
        for holder in matching(client, resource, wanted, others, parent):
            raise _taken(resource, wanted, holder, row)
    return with_fields(client, resource, wanted, row, parent)


def _check_elsewhere(client: Client, resource: Resource, identifier: str) -> None:
    """What it means that a parent has no child with an id.

    :raises TaskRefused: another parent has it.
    """
    if not resource.can_get or resource.parent is None:
        return
    elsewhere = get(client, resource, "id", identifier)
    if elsewhere is None:
        return
    owner = elsewhere.get(resource.parent.name) or {}
    of = resource.parent.name.replace("_", " ")
    raise TaskRefused(
        'The %s "%s" belongs to another %s: %s. It cannot move to another one. Nothing was changed.'
        % (resource.called, identifier, of, " / ".join(value for value in owner.values() if value) or "not named"),
        "other_organization" if resource.of_organization else "other_%s_found" % resource.parent.name,
    )


def _under_its_identity(
    client: Client, resource: Resource, state: str, wanted: Values, found: Values, parent: Parent
) -> Values:
    """A resource that was found by its id, once it is certain that the identity of the task is its own, or is free."""
    others = [
        name
        for name in resource.identity
        if name in wanted and not resource.field(name).type.matches(wanted[name], found[name])
    ]
    if not others:
        return found
    if state == "absent" and all(found[name] is not None for name in others):
        raise TaskRefused(
            "The %s does not have the %s that the task gives. Nothing was deleted. Give one of id and %s only, or the two"
            " that belong together."
            % (
                resource.text(found),
                resource.identified_by(wanted),
                " and ".join(resource.option_path(name) for name in resource.identity),
            ),
            "other_%s_found" % resource.name,
        )
    if _key_of(resource) is None:
        return found  # the list has shown already that nobody else has it
    holder = find_by_identity(client, resource, wanted, parent)
    if holder is None:
        return found
    if holder["id"] == found["id"]:
        return holder
    raise _taken(resource, wanted, holder, found)


def _taken(resource: Resource, wanted: Values, holder: Values, found: Values) -> TaskRefused:
    return TaskRefused(
        "The %s belongs to the %s already, so the %s cannot have it too. Nothing was changed."
        % (resource.identified_by(wanted), resource.text(holder), resource.text(found)),
        "%s_taken" % "_".join(resource.identity),
    )


def _no_such_id(resource: Resource, identifier: str) -> TaskRefused:
    return TaskRefused(
        'There is no %s with the id "%s", or the API token does not see it. Ids are given by Katapult, so none can be'
        " created under it: to create one, leave out id and give %s."
        % (resource.called, identifier, " and ".join(resource.option_path(name) for name in resource.identity)),
        "%s_not_found" % resource.name,
    )


# Whose it is


def check_organization(
    client: Client, resource: Resource, organization: t.Mapping[str, str], found: Values
) -> None:
    """Before a write: a lookup by a key or an id names no organization, so it may have met another one's.

    :raises TaskRefused: it is not in the organization.
    """

    def is_it(row: Values) -> bool:
        return bool(row["id"] == found["id"])

    query = resource.of_parent(organization)
    if any(map(is_it, client.list_rows(resource.list_path, query, resource.plural, resource.paginated, until=is_it))):
        return
    raise TaskRefused(
        "The %s is not in the organization %s. Lookups search everything that the API token sees, so this may be another"
        " organization's. Nothing was changed. Correct organization or %s, or use a token that sees this organization only."
        % (
            resource.text(found),
            " / ".join(organization.values()),
            " and ".join(resource.option_path(name) for name in resource.identity),
        ),
        "other_organization",
    )
