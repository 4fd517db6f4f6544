# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of a module that only reads one kind of resource."""

from __future__ import annotations

import typing as t

from .._errors import ORGANIZATION_OPTION, invalid_options
from .._http.client import Client
from .._schema import annotation_filter, name_filter
from .._schema.fields import Values
from .._schema.types import validate_id, validate_string, without_none
from .finder import Finder
from .resource import ParentRef, Resource
from .task import Omitted, Result, Task, omitted

Params = t.Mapping[str, t.Any]


def info(resource: Resource, children: Resource | None = None) -> Task:
    """The task of a module that reads a kind of resource.

    :param children: the kind of the children that it can also read, if any.
    """
    reader = _Reader(resource, children)
    return Task(resource, reader.argument_spec(), reader.run)


class _Reader(t.NamedTuple):
    resource: Resource
    children: Resource | None

    def argument_spec(self) -> Values:
        spec: Values = {name: {"type": "str", "fallback": (omitted, [])} for name in self._identifiers}
        if self.resource.annotated:
            spec["annotations"] = annotation_filter.SPEC
        spec.update(dict.fromkeys(self.resource.filters, name_filter.SPEC))
        spec.update({option: {"type": "bool"} for option in self.resource.api_filters})
        included = [
            *(["global"] if self.resource.global_list else []),
            *([self.children.set_option] if self.children else []),
            *self._secrets,
        ]
        flags = [*(["full"] if self.resource.partial_rows else []), *("include_%s" % name for name in included)]
        return {**spec, **{name: {"type": "bool", "default": False} for name in flags}}

    @property
    def _identifiers(self) -> list[str]:
        named = any(field.name == "name" for field in self.resource.fields)
        return [*self.resource.keys, *(["name"] if named else [])]

    @property
    def _secrets(self) -> list[str]:
        return [field.name for field in self.resource.fields if field.secret and not field.managed]

    def run(self, params: Params, organization: ParentRef, client: Client, with_diff: bool) -> Result:
        """The result of a task, see :class:`Task`."""
        given = {by: params[by] for by in self._identifiers if not isinstance(params[by], Omitted)}
        empty = [by for by, value in given.items() if value in (None, "")]
        if empty:  # such as the ID of a resource that check mode predicts
            said = "%s is null or empty, so no %s is returned. To return all, omit it."
            warning = said % (" and ".join(empty), self.resource.noun)
            nothing: Values = {name: [] for name in (self.resource.plural, *self.resource.listed_too)}
            return Result(changed=False, values=nothing, warnings=(warning,))
        params = {"name": None, **params, **dict.fromkeys(set(self._identifiers).difference(given))}
        found, others = self._find(params, Finder(client, self.resource, organization))
        if self.children and params["include_%s" % self.children.set_option]:
            option, full = self.children.set_option, params.get("full")
            found = [{**one, option: self._children(self.children, client, one, full)} for one in found]
        warnings = self._unmatched(params, found)
        return Result(changed=False, values={self.resource.plural: found, **others}, warnings=tuple(warnings))

    def _unmatched(self, params: Params, found: list[Values]) -> list[str]:
        """The warnings about values of filters that none of the resources has: a misspelled one selects nothing."""
        values = [(option, value) for option in self.resource.filters for value in name_filter.parse(params[option])]
        return [
            '%s contains "%s", which no %s that was found has.' % (option, value, self.resource.noun)
            for option, value in values
            if not any(name_filter.matches([value], one[self.resource.filters[option]]) for one in found)
        ]

    def _find(self, params: Params, finder: Finder) -> tuple[list[Values], Values]:
        """The resources that a task selects, and the other objects that it lists, by the keys of the result."""
        key = without_none({by: params[by] for by in self.resource.keys})
        annotations = annotation_filter.parse(params.get("annotations"))
        self._validate(params, key, annotations, finder.parent)
        filters = {
            field: name_filter.parse(params[option])
            for option, field in self.resource.filters.items()
            if params[option]
        }
        secrets = [name for name in self._secrets if params["include_%s" % name]]

        # The fields that must have a value, or none: the API filters only lists by them.
        flags = [(of, params[name]) for name, of in self.resource.api_filters.items() if params[name] is not None]

        def is_meant(one: Values) -> bool:
            named = params["name"] is None or bool(one.get("name") == params["name"])
            return named and all((one[field] is not None) == value for field, value in flags if field in one)

        others: Values = {name: [] for name in self.resource.listed_too}
        if key:
            ((by, value),) = key.items()
            found = [one for one in [finder.get(by, value, secrets)] if one is not None]
        else:
            listed = self._list(params, finder, annotations)
            found = list(filter(is_meant, listed.pop(self.resource.plural)))
            others = {name: list(filter(is_meant, rows)) for name, rows in listed.items()}
            # The list endpoint omits annotations, and the filter of the API is not documented: read all candidates. It also
            # omits the fields of other filters.
            if params.get("full") or annotations or filters or secrets:
                names = [one.name for one in self.resource.fields if not one.secret or one.name in secrets]
                found = list(finder.whole(names, found, secrets))
        selected = [
            one
            for one in found
            if is_meant(one)
            and annotation_filter.matches(one, annotations)
            and all(name_filter.matches(values, one[field]) for field, values in filters.items())
        ]
        return selected, others

    def _list(self, params: Params, finder: Finder, annotations: list[Values]) -> dict[str, list[Values]]:
        """All resources, and the other objects in the same response, by the keys of the result."""
        resource = self.resource
        if resource.listed_too:
            return finder.list_with_others()
        if resource.global_list and params["include_global"]:
            return {resource.plural: finder.list_everywhere()}
        flags = [(name, str(params[name]).lower()) for name in resource.api_filters if params[name] is not None]
        return {resource.plural: finder.list_all([*annotation_filter.query(annotations), *flags])}

    @staticmethod
    def _children(kind: Resource, client: Client, one: Values, full: t.Any) -> list[Values]:
        from .collection import Collection  # only where children are read: a module compiles its imports

        finder = Finder(client, kind, {"id": one["id"]})
        names = [field.name for field in kind.fields] if full else []
        return Collection(kind).shown(finder.whole(names, finder.list_all()))

    def _validate(
        self, params: Params, key: t.Mapping[str, str], annotations: list[Values], organization: ParentRef
    ) -> None:
        resource = self.resource
        texts = {name: params[name] for name in self._identifiers if name != "id" and params[name] is not None}
        odd = {name: validate_string(text) or resource.field(name).type.validate(text) for name, text in texts.items()}
        faults = ["%s %s" % (name, fault) for name, fault in odd.items() if fault]
        faults += annotation_filter.validate(annotations)
        set_filters = {option: params[option] for option in resource.filters if params[option] is not None}
        faults += [fault for option, values in set_filters.items() for fault in name_filter.validate(option, values)]
        if params["id"] is not None and validate_id(params["id"]):
            faults.append('id "%s" %s' % (params["id"], validate_id(params["id"])))
        if len(key) > 1:
            said = (" and ".join(key), resource.noun)
            faults.append("%s are mutually exclusive: set one of them to identify the %s" % said)
        if resource.needs_organization and not key and organization is None:
            names = ", ".join(resource.keys)
            faults.append("one of %s and %s is required" % (names, ORGANIZATION_OPTION))
        if faults:
            raise invalid_options(*faults)
