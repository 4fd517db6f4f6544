# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find resources: one by its identifier, or all of a parent. This file only reads."""

from __future__ import annotations

import typing as t

from .._errors import KatapultError, TaskRefused, malformed
from .._http.client import Client
from .._schema import fields as schema
from .._schema.fields import Values, differing
from .resource import ORGANIZATION, ParentRef, Resource

Query = t.Sequence[t.Tuple[str, str]]


class Finder:
    """Finds the resources of one kind.

    :param parent: the identifier of the parent; None if it is not set or must be determined.
    """

    def __init__(self, client: Client, resource: Resource, parent: ParentRef = None) -> None:
        self.client = client
        self.resource = resource
        self.parent = parent

    def get(self, by: str, value: str, secrets: t.Container[str] = ()) -> Values | None:
        """The resource with this ID or another key of the API, of any parent; rejected if the API returns another one.

        :param secrets: the names of the secret fields to return.
        """
        resource = self.resource
        if resource.qualified and by == resource.lookup_key:
            return self._get_qualified(value)
        value = resource.field(by).type.key(value)  # the API may not find it by another notation
        query = _query(resource.name, {by: value})
        try:
            found = resource.parse(self.client.request("GET", resource.path, query, expect=resource.name), secrets)
        except KatapultError as error:
            if error.is_not_found(resource.missing):
                return None
            raise
        if found[by] is None:  # a response without the key is accepted, because the resource was found by it
            return {**found, by: value} if by in resource.identity else found
        in_any_case = by != "id" and value.lower() == found[by].lower()
        if not resource.field(by).type.matches(value, found[by]) and (by in resource.identity or not in_any_case):
            self.client.renew_connection()  # it may be the response to another request
            hint = " Use this spelling if this %s is intended." % resource.noun if in_any_case else ""
            raise TaskRefused(
                'The lookup of the %s "%s" returned the %s, whose %s is "%s".%s Nothing was changed.'
                % (by, value, resource.text(found), by, found[by], hint),
                "other_%s_found" % resource.name,
            )
        return found

    def _get_qualified(self, value: str) -> Values | None:
        """The resource whose key is this value with the domain of the organization."""
        resource = self.resource
        key, (by, name) = t.cast(str, resource.lookup_key), t.cast(t.Tuple[str, str], resource.qualified)
        known = self.client.memory.get(self._domain_key)
        domain = known or self._read_domain(name)
        if domain is None:
            found = next(iter(self.matching({key: value}, self.list_all())), None)
            return found and self.read_again(found["id"])
        if value.lower().endswith(".%s" % domain.lower()):
            raise TaskRefused(
                'The %s "%s" contains the domain of the organization, which Katapult adds itself. Nothing was changed. Omit ".%s".'
                % (key, value, domain),
                "invalid_task",
            )
        found = self.get(by, "%s.%s" % (value.lower(), domain))
        if found is None and known:  # the domain was read by an earlier task
            del self.client.memory[self._domain_key]
            return self._get_qualified(value)
        return found

    @property
    def _domain_key(self) -> tuple[str, ...]:
        return ("domain", *(text for pair in (self.parent or {}).items() for text in pair))

    def qualified(self, value: str) -> str | None:
        """The key of a resource with this identity, for a prediction; None if the domain is not known."""
        domain = self.client.memory.get(self._domain_key)
        return domain and "%s.%s" % (value.lower(), domain)

    def _read_domain(self, name: str) -> str | None:
        """The domain of the organization; None if the token may not read it, or if there is none."""
        of = ORGANIZATION.name
        try:
            answer = self.client.request("GET", "/organizations/organization", _query(of, self.parent), expect=of)
        except KatapultError as error:
            if error.details.code == "scope_not_granted":
                return None
            raise
        domain = answer[of].get(name)
        if not isinstance(domain, str) or not domain:
            return None
        self.client.memory[self._domain_key] = domain
        return domain

    def read_again(self, identifier: str, secrets: t.Container[str] = ()) -> Values:
        """An existing resource, with all its fields."""
        name = self.resource.name
        if not self.resource.can_get:
            row = next((row for row in self.list_all() if row["id"] == identifier), None)
            if row is None:
                raise malformed({}, "the %s %s, which existed before" % (self.resource.noun, identifier))
            return row
        query = _query(name, {"id": identifier})
        return self.read(self.client.request("GET", self.resource.path, query, None, name, identifier), secrets)

    def read(self, answer: Values, secrets: t.Container[str] = ()) -> Values:
        """The resource in a response, unless it belongs to another parent."""
        self._check_parent(answer[self.resource.name])
        return self.resource.parse(answer, secrets)

    def _check_parent(self, shown: Values) -> None:
        """Reject a resource of another parent, because it belongs to another request. The list endpoint usually omits the parent."""
        of = self.resource.child_of
        if of is None or not isinstance(shown.get(of.name), dict):
            return
        owner = shown[of.name]
        for by, value in (self.parent or {}).items():
            if owner.get(by) not in (None, value):
                asked = (self.resource.noun, of.noun, value)
                raise malformed(shown, "a %s of the %s %s: it contains one with the %s %s" % (*asked, by, owner[by]))

    def list_all(self, query: Query = ()) -> list[Values]:
        """All resources of the parent, each once, from the list endpoint: some of their fields may be omitted."""
        rows = self._rows(query)
        for row in rows:
            self._check_parent(row)
        listed = [self.resource.parse_row(row) for row in rows]
        # If they are distinguished by their identity, each must contain it.
        identity = self.resource.identity if self.resource.lookup_key is None else ()
        names = [name for name in identity if name not in self.resource.unlisted]
        for row, name in ((row, name) for row in listed for name in names):
            if row.get(name) is None:
                raise malformed(row, "the %s of the %s %s" % (name, self.resource.noun, row["id"]))
        return listed

    def list_everywhere(self) -> list[Values]:
        """All resources of the parent, and those that exist for all organizations."""
        if self.resource.global_list is None:
            return self.list_all()
        path, _field = self.resource.global_list
        shared = Finder(self.client, self.resource._replace(parent=None, list_path=path)).list_all()
        return [*self.list_all(), *shared]

    def list_with_others(self) -> dict[str, list[Values]]:
        """All resources of the parent, and the other objects in the same response, by their keys."""
        from .._http.pagination import rows_of

        resource = self.resource
        answer = self.client.request("GET", resource.list_path, self._list_query())
        kinds = {resource.plural: resource.fields, **resource.listed_too}
        rows = {key: rows_of(answer, key, resource.list_path) for key in kinds}
        return {key: [schema.parse_row(fields, row) for row in rows[key]] for key, fields in kinds.items()}

    def _rows(self, query: Query = (), until: t.Callable[[Values], bool] = lambda row: False) -> list[Values]:
        from .._http.pagination import list_rows  # only where something is listed: a module compiles its imports

        resource = self.resource
        whole_query = [*self._list_query(), *query]
        return list_rows(self.client, resource.list_path, whole_query, resource.plural, resource.paginated, until)

    def _list_query(self) -> list[tuple[str, str]]:
        resource = self.resource
        of_parent = _query(resource.parent.name, self.parent) if resource.parent else []
        return [*of_parent, *resource.list_query]

    def whole(
        self, names: t.Collection[str], rows: t.Iterable[Values], secrets: t.Container[str] = ()
    ) -> t.Iterator[Values]:
        """Resources of a list with at least these fields, without those that were deleted in the meantime."""
        for row in rows:
            try:
                yield self.with_fields(names, row, secrets)
            except KatapultError as error:
                if not error.is_not_found(self.resource.missing) and error.details.code != "object_in_trash":
                    raise

    def with_fields(self, names: t.Iterable[str], row: Values, secrets: t.Container[str] = ()) -> Values:
        """A resource with at least these fields: read individually only if the list endpoint omits one."""
        if all(name in row for name in names) or not self.resource.can_get:
            return row
        found = self.read_again(row["id"], secrets)
        for name in self.resource.identity_of(row):
            if found[name] != row[name]:
                said = (name, row[name], self.resource.noun, row["id"])
                raise malformed(found, "the %s %s that the list endpoint returned for the %s %s" % said)
        return found

    def find(self, state: str, identifier: str | None, wanted: Values) -> Values | None:
        """The resource of a task, with all fields that the task sets; rejected if it is another one or may not be changed.

        :param identifier: the ID that the task sets.
        """
        resource, identity = self.resource, self.resource.identity_of(wanted)
        if state == "absent":  # no other field matters
            wanted = identity
        if identifier is None:
            return self.find_by_identity(wanted, state == "absent")
        rows = self.list_all() if self.resource.lookup_key is None else None
        if rows is None:
            found = self.get("id", identifier)
        else:
            found = next((row for row in rows if row["id"] == identifier), None)
            if found is None:
                self._check_elsewhere(identifier)
        if found is None:
            if state == "absent":
                return None
            how = "To create one, omit id and set %s." % resource.options(resource.identity)
            raise TaskRefused(
                'There is no %s with the id "%s", or the API token cannot access it. Katapult assigns the IDs, so none can'
                " be created with this one. %s"
                % (resource.noun, identifier, resource.assigned[1] if resource.assigned else how),
                "%s_not_found" % resource.name,
            )
        found = self.with_fields(identity, found)
        if not self._has(identity, found):
            if state == "absent" and all(found.get(name) is not None for name in identity):
                has = resource.quoted({name: found[name] for name in identity})
                belonging = (resource.text(found), has, resource.quoted(identity), resource.options(resource.identity))
                raise TaskRefused(
                    "The %s has the %s, but the task sets the %s. Nothing was removed. Set only one of id and %s, or values"
                    " that belong together." % belonging,
                    "other_%s_found" % resource.name,
                )
            if resource.can_update:  # otherwise, the plan is rejected
                found = self._unless_taken(identity, found, rows)
        return self.with_fields(resource.needed(wanted), found)

    def _unless_taken(self, identity: Values, found: Values, rows: list[Values] | None) -> Values:
        """A resource whose identity changes or may differ, after validation that no other resource has the new identity."""
        identity = {**self.resource.identity_of(found), **identity}  # settings that the task omits are kept
        if rows is not None:
            holder = next(iter(self.matching(identity, [row for row in rows if row["id"] != found["id"]])), None)
        else:
            holder = self._holder_of(identity, found) if self.resource.lookup_key else None
        if holder is None:
            return found
        if holder["id"] == found["id"]:
            return holder
        raise TaskRefused(
            "The %s already belongs to the %s, so the %s cannot have it, too. Nothing was changed."
            % (self.resource.quoted(identity), self.resource.text(holder), self.resource.text(found)),
            "%s_taken" % "_".join(self.resource.identity),
        )

    def check_other_identities(self, wanted: Values, found: Values) -> None:
        """Reject another identity that a task sets, besides the one by which the resource was found, if another one has it."""
        for names in self.resource.identities if self.parent is not None else ():
            kind = self.resource._replace(identity=names)
            identity = kind.identity_of(wanted)
            is_other = names != self.resource.identity and kind.lookup_key is None
            if is_other and all(identity.get(name) for name in names) and not self._has(identity, found):
                finder = Finder(self.client, kind, self.parent)
                finder._unless_taken(identity, found, finder.list_all())

    def _holder_of(self, identity: Values, found: Values) -> Values | None:
        """The resource with an identity, of the same organization as another one."""
        resource, name = self.resource, t.cast(str, self.resource.lookup_key)
        if resource.qualified is None or not found.get(resource.qualified[0]) or not found.get(name):
            return self.find_by_identity(identity)
        by = resource.qualified[0]
        return self.get(by, identity[name].lower() + found[by][len(found[name]) :])

    def find_by_identity(self, wanted: Values, absent: bool = False) -> Values | None:
        """The resource with the identity of the task, with all fields that the task sets; rejected if there are several."""
        key = self.resource.lookup_key
        if key is not None:
            return self.get(key, wanted[key])
        found = self.matching(wanted, self.list_all())
        if self.resource.twins and not absent:  # the one that already matches the desired state, if any
            whole = self.whole(self.resource.needed(wanted), found)
            return min(whole, key=self._preference(wanted), default=None)
        one = only_one(self.resource, found)
        return None if one is None else self.with_fields(self.resource.needed(wanted), one)

    def _preference(self, wanted: Values) -> t.Callable[[Values], t.Any]:
        """Which of several equivalent resources is used, the smallest first."""
        return self.resource.rank or (lambda one: len(differing(self.resource.fields, wanted, one)))

    def versions(self, wanted: Values) -> list[Values]:
        """All versions of the resource of a task, with all their fields, for a kind that is replaced instead of changed."""
        common = {name: wanted[name] for name in self.resource.series if name in self.resource.identity_of(wanted)}
        rows = [row for row in self.list_all() if self._has(common, row)]
        return list(self.whole([field.name for field in self.resource.fields if not field.secret], rows))

    def find_version(
        self, wanted: Values, versions: t.Sequence[Values], absent: bool
    ) -> tuple[Values | None, list[str]]:
        """The one of several versions with the identity of the task, and the IDs of others that are equivalent.

        :raises TaskRefused: there are several, and the task deletes one.
        """
        same = [one for one in versions if self._has(self.resource.identity_of(wanted), one)]
        if absent:
            return only_one(self.resource, same), []
        same.sort(key=self._preference(wanted))
        return (same[0] if same else None), [one["id"] for one in same[1:]]

    def find_another(self, wanted: Values, siblings: t.Collection[str]) -> Values | None:
        """A resource that matches the desired state and did not exist before, for a kind without an identity.

        :param siblings: the IDs of those that existed before.
        """
        others = [row for row in self.list_all() if row["id"] not in siblings]
        return next((one for one in self.whole(wanted, others) if self._has(wanted, one)), None)

    def matching(self, wanted: Values, rows: t.Iterable[Values]) -> list[Values]:
        """The listed resources with the identity of the task. If the list endpoint omits a part of it, some are read individually."""
        identity = self.resource.identity_of(wanted)
        candidates = [row for row in rows if self._has(identity, row)]
        return [one for one in self.whole(identity, candidates) if self._has(identity, one)]

    def _has(self, wanted: Values, found: Values) -> bool:
        """Whether the known fields of a resource match the desired state."""
        return not differing(self.resource.fields, wanted, found)

    def _check_elsewhere(self, identifier: str) -> None:
        """Reject an ID that exists under another parent."""
        resource, parent = self.resource, self.resource.parent
        elsewhere = self.get("id", identifier) if resource.can_get else None
        if elsewhere is not None and resource.global_list and elsewhere.get(resource.global_list[1]):
            raise TaskRefused(
                "The %s belongs to Katapult, and can only be read. Nothing was changed." % resource.text(elsewhere),
                "read_only_%s" % resource.name,
            )
        if elsewhere is not None and parent is not None:
            owner = " / ".join(filter(None, (elsewhere.get(parent.name) or {}).values())) or "not named"
            raise TaskRefused(
                'The %s "%s" belongs to another %s: %s. It cannot be moved. Nothing was changed.'
                % (resource.noun, identifier, parent.noun, owner),
                "other_organization" if resource.of_organization else "other_%s_found" % parent.name,
            )

    def is_listed(self, found: Values) -> bool:
        """Whether the list of the parent contains a resource."""

        def is_it(row: Values) -> bool:
            return bool(row["id"] == found["id"])

        return any(map(is_it, self._rows(until=is_it)))

    def check_organization(self, found: Values, option: str | None = None) -> None:
        """Reject a write to a resource of another organization: a lookup by key or ID is not limited to one organization.

        :param option: the option that identifies it, if that is not its identity.
        """
        owner = found.get(ORGANIZATION.name) or {}
        named = [owner[by] == value for by, value in (self.parent or {}).items() if owner.get(by)]
        if not (all(named) if named else self.is_listed(found)):
            names = " / ".join((self.parent or {}).values())
            raise TaskRefused(
                "The %s is not in the organization %s. Lookups are not limited to one organization, so it may belong to"
                " another one that the API token can access. Nothing was changed. Correct organization or the %s, or use a"
                " token for this organization only."
                % (self.resource.text(found), names, option or " and ".join(self.resource.identity)),
                "other_organization",
            )


def only_one(resource: Resource, found: t.Sequence[Values]) -> Values | None:
    """The resource that was found by its identity; rejected if there are several."""
    if len(found) > 1:
        which = (resource.quoted(found[0]), ", ".join(one["id"] for one in found))
        raise TaskRefused(
            "There are %d %s with the %s: %s. Nothing was changed. Set the id of the one that is intended."
            % (len(found), resource.nouns, *which),
            "several_%s_found" % resource.nouns.lower().replace(" ", "_"),
        )
    return found[0] if found else None


def _query(name: str, keys: ParentRef) -> list[tuple[str, str]]:
    """The query that identifies a resource by its keys."""
    return [("%s[%s]" % (name, by), value) for by, value in (keys or {}).items()]
