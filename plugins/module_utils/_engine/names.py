# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the IDs of resources by name. This file only reads."""

from __future__ import annotations

import typing as t

from .._errors import ORGANIZATION_OPTION, KatapultError, TaskRefused
from .._http.client import Client
from .._schema import fields as schema
from .._schema.fields import Field, Fields, KindBy, Values
from .._schema.types import not_an_id, validate_string, without_none
from .finder import Finder
from .resource import ParentRef, Resource

_REFUSED = (404, 406, 422)  # the statuses with which the API rejects an ID


def find_ids(
    resource: Resource, rows: t.Sequence[Values], names: t.Sequence[str], organization: ParentRef
) -> list[str]:
    """The IDs of the listed resources with these names, in the order of the names.

    :param rows: all resources of the organization.
    :raises TaskRefused: a name matches no resource, or several resources.
    """
    meant = {name: sorted({row["id"] for row in rows if _is_named(resource, row, name)}) for name in names}
    missing = ['"%s"' % name for name, found in meant.items() if not found]
    if missing:
        raise _missing(resource, missing, len(rows), organization)
    ambiguous = ['"%s" matches %s' % (name, ", ".join(found)) for name, found in meant.items() if len(found) > 1]
    if ambiguous:
        raise TaskRefused(
            "Several %s have the same name: %s. Use the ID of the one that is intended instead."
            % (resource.nouns, "; ".join(ambiguous)),
            "ambiguous_name",
        )
    return [meant[name][0] for name in names]


def _is_named(resource: Resource, row: Values, name: str) -> bool:
    return row["id"] == name or any(
        row.get(by) and resource.field(by).type.matches(name, row[by]) for by in resource.names
    )


def _missing(resource: Resource, missing: list[str], searched: int, organization: ParentRef) -> TaskRefused:
    where = ""
    if resource.of_organization and organization:
        where = ' in the organization "%s"' % next(iter(organization.values()))
    return TaskRefused(
        "There is no %s with the name %s%s. Searched: %s and id of all %d that the token can access."
        % (resource.noun, " or ".join(missing), where, ", ".join(resource.names), searched),
        "name_not_found",
    )


class Names:
    """The names in the options of one task. All resources of a kind are listed once, and only if a name refers to one.

    :param kinds: the kinds that the options can refer to.
    :param organization: the identifier of the organization of these resources; None if it is not set.
    """

    def __init__(self, client: Client, kinds: t.Iterable[Resource], organization: ParentRef) -> None:
        self.client = client
        self.kinds = {kind.name: kind for kind in kinds}
        self.organization = organization
        self._listed: dict[str, list[Values]] = {}
        self._found: set[str] = set()  # the IDs of names

    def faults(self, fields: Fields, wanted: Values) -> list[str]:
        """The faults in the IDs and names that a task sets, each a sentence without a period, before anything is sent."""
        found = []
        for field in _referring(fields, wanted):
            given = _given(field, wanted[field.name])
            odd = ['"%s", which %s' % (one, validate_string(one)) for one in given if one and validate_string(one)]
            path = _path(field, wanted[field.name])
            found += ["%s contains %s" % (path, one) for one in odd[:1]]
            if "" in given and not odd and not self.client.read_only:
                found.append(
                    "%s is empty" % path if wanted[field.name] == "" else '%s contains "", which is empty' % path
                )
            kind = self._kind(field, wanted)
            found += self._faults_of_kind(field, kind, given) if kind and not odd and "" not in given else []
        return found

    def _faults_of_kind(self, field: Field, kind: Resource, given: list[str]) -> list[str]:
        prefixes = [kind.id_prefix or ""]
        odd = [
            '"%s", which %s' % (one, not_an_id(one, prefixes)) for one in _ids(kind, given) if not_an_id(one, prefixes)
        ]
        names = _names(kind, given)
        if odd:
            return ["%s contains %s" % (_path(field), odd[0])]
        if not names or self.organization is not None:
            return []
        said = (_path(field), names[0], kind.with_article, kind.id_prefix, ORGANIZATION_OPTION)
        text = '%s contains "%s", which is looked up as the name of %s, because IDs begin with "%s": this requires %s'
        return [text % said]

    def resolved(self, fields: Fields, wanted: Values, found: Values | None, where: str = "") -> Values:
        """The fields that a task sets, with IDs instead of names.

        :param found: the resource that the task manages; None if it does not exist.
        :param where: the place of the fields in the task, for messages.
        :raises TaskRefused: a name matches no resource, or several.
        """
        result = dict(wanted)
        for field in _referring(fields, wanted):
            if found and found.get(field.name) and field.type.matches(wanted[field.name], found[field.name]):
                continue  # it has the name already
            kind = self._kind(field, {**(found or {}), **wanted})
            given = _given(field, wanted[field.name])
            faults = self._faults_of_kind(field, kind, given) if kind else []
            if faults:  # the kind was not known before
                raise TaskRefused("%s%s. Nothing was changed." % (where, faults[0]), "invalid_task")
            names = _names(kind, given) if kind else []
            if kind and names:
                ids = dict(zip(names, self._find(field, kind, names, where)))
                result[field.name] = _converted(field, wanted[field.name], ids)
        faults = schema.validate(fields, result) if result != wanted else []  # two names of one resource
        if faults:
            raise TaskRefused("Invalid, by ID: %s%s. Nothing was changed." % (where, "; ".join(faults)), "invalid_task")
        return result

    def with_details(self, fields: Fields, wanted: Values, found: Values | None) -> Values:
        """The fields that a task sets, with the details of objects that a write needs. Unchanged objects are not read.

        :raises TaskRefused: one does not exist.
        """
        result = dict(wanted)
        for field in fields:
            if field.details_of is None or not wanted.get(field.name):
                continue
            if found is None or (field.shown and not field.type.matches(wanted[field.name], found[field.name])):
                details = self._details(field, wanted[field.name])
                result[field.name] = {**without_none(wanted[field.name]), **details} if details else wanted[field.name]
        return result

    def _details(self, field: Field, given: Values) -> Values:
        """The object that a task identifies; empty if the token may not read it."""
        kind = self.kinds[t.cast(str, field.details_of)]
        if (
            given.get("id") == "" or len(without_none(given)) != 1
        ):  # predicted in check mode, or found by its name before
            return {}
        ((by, value),) = without_none(given).items()
        try:
            found = Finder(self.client, kind).get(by, value)
        except KatapultError as error:
            if error.details.code == "scope_not_granted":
                return {}
            raise
        if found is None:
            said = (
                'There is no %s with the %s "%s", or the API token cannot access it. Nothing was changed. Correct %s.'
            )
            raise TaskRefused(said % (kind.noun, by, value, field.option_path), "%s_not_found" % kind.missing)
        return found

    def is_name(self, field: Field, value: str) -> bool:
        """Whether a value of a field is not an ID of any kind that the field can refer to."""
        return not any(value.startswith(kind.id_prefix or "") for kind in self._possible(field))

    def unknown(self, fields: Fields, wanted: Values) -> list[str]:
        """The warnings about IDs that are null: in check mode, a resource that an earlier task would create has none."""
        return [
            "%s contains an ID that is null. Check mode assumes that an earlier task of the playbook creates the resource."
            % _path(field)
            for field in _referring(fields, wanted)
            if "" in _given(field, wanted[field.name])
        ]

    def explained(self, error: KatapultError, fields: Fields, wanted: Values, found: Values | None) -> KatapultError:
        """The error of a write, with a note if the reason may be a name that was taken for an ID."""
        new: set[str] = set()  # the prefixes of the IDs that the resource does not have yet
        if error.details.http_status in _REFUSED:
            for field in _referring(fields, wanted):
                kind, known = self._kind(field, {**(found or {}), **wanted}), repr((found or {}).get(field.name))
                given = [one for one in _given(field, wanted[field.name]) if one not in self._found]
                if kind and any(one not in known for one in _ids(kind, given)):
                    new.add(kind.id_prefix or "")
        if new:
            prefixes = " or ".join('"%s"' % one for one in sorted(new))
            error.with_note(
                "A value that begins with %s is an ID. To use a name that begins like this, look it up with the lookup plugin"
                " katapult.cloud.id." % prefixes
            )
        return error

    def _possible(self, field: Field) -> list[Resource]:
        """All kinds that a field can refer to."""
        of = field.refers_to
        return [self.kinds[name] for name in (of.kinds.values() if isinstance(of, KindBy) else [of or ""])]

    def _kind(self, field: Field, values: Values) -> Resource | None:
        """The kind that a field refers to; None if this is not known, or if the kind is unknown to the collection."""
        of = field.refers_to
        return self.kinds.get((of.kinds.get(str(values.get(of.field))) if isinstance(of, KindBy) else of) or "")

    def _find(self, field: Field, kind: Resource, names: list[str], where: str) -> list[str]:
        if kind.name not in self._listed:
            self._listed[kind.name] = Finder(self.client, kind, self.organization).list_everywhere()
        try:
            ids = find_ids(kind, self._listed[kind.name], names, self.organization)
            self._found.update(ids)
            return ids
        except TaskRefused as error:
            error.message = "%s%s: %s Nothing was changed." % (where, _path(field), error.message)
            for name in names:
                for other in self._possible(field):
                    if name.startswith(other.id_prefix or ""):
                        said = (name, other.with_article, kind.with_article)
                        error.with_note('"%s" begins like the ID of %s, but this must be %s.' % said)
            if self.client.read_only and error.details.code == "name_not_found":
                error.with_note("In check mode, use the registered ID of a resource that an earlier task creates.")
            raise


def _referring(fields: Fields, wanted: Values) -> list[Field]:
    return [field for field in fields if field.refers_to is not None and field.name in wanted]


def _path(field: Field, value: t.Any = None) -> str:
    """The option that contains the IDs and names.

    :param value: its value, if this determines the option.
    """
    if isinstance(value, dict) and value:
        return "%s.%s" % (field.option_path, next(iter(without_none(value)), "id"))
    return field.option_path + ("[].%s" % field.type.id_member if field.type.id_member else "")


def _given(field: Field, value: t.Any) -> list[str]:
    """The IDs and names in a value."""
    found: list[str] = []
    field.type.convert_ids(value, lambda one: found.append(one) or one)  # type: ignore[func-returns-value]
    return list(dict.fromkeys(found))


def _converted(field: Field, value: t.Any, ids: t.Mapping[str, str]) -> t.Any:
    """A value with IDs instead of these names."""
    return field.type.convert_ids(value, lambda one: ids.get(one, one))


def _ids(kind: Resource, given: list[str]) -> list[str]:
    return [one for one in given if one.startswith(kind.id_prefix or "")]


def _names(kind: Resource, given: list[str]) -> list[str]:
    return [one for one in given if one and not one.startswith(kind.id_prefix or "")]
