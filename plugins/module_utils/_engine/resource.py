# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""What describes a kind of resource. The engine runs on such a description, and on nothing else that is special to a kind.

A description is data, and up to five pure functions: from dictionaries to dictionaries or texts, without the API.
"""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._schema import fields as schema
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import (
    PROPERTIES,
    Call,
    Field,
    Fields,
    Values,
)


class Parent(t.NamedTuple):
    """What a resource belongs to.

    :param name: what the API calls it in requests.
    :param keys: what identifies it, in a task and in a request.
    :param option: the option of the parent's own module that holds the whole set of its children; None if it has none.
    """

    name: str
    keys: tuple[str, ...]
    option: str | None = None


ORGANIZATION = Parent("organization", ("id", "sub_domain"))


class Fault(t.NamedTuple):
    """What cannot be done.

    :param text: a sentence without its full stop.
    :param code: the error code of the failure.
    """

    text: str
    code: str = "invalid_task"


def _describe_by_name(thing: Values) -> str:
    return '"%s" (%s)' % (thing.get("name"), thing.get("id"))


class Resource(t.NamedTuple):
    """One kind of resource.

    :param name: what the API calls one of them, in requests, answers and error codes; several have an C(s) more.
    :param path: where one is read, changed and deleted.
    :param list_path: where all of a parent are listed and one is created.
    :param fields: what a task can ask for and a result shows; nothing else of an answer is shown.
    :param identity: the fields that tell in every run which one a task means; empty for a kind that is only read.
    :param keys: the fields by which the API itself finds one.
    :param names: the fields by which the lookup plugin finds one, beside its id.
    :param parent: what it belongs to; None if it is the same for everybody.
    :param noun: what a person calls one of them, if that is not C(name).
    :param can_get: whether one can be read on its own.
    :param can_update: whether one can be changed at all.
    :param paginated: whether their list comes in pages.
    :param partial_rows: whether their list lacks some of the fields.
    :param annotated: whether they have annotations, which stand beside them in an answer.
    :param twins: whether several with one identity are alike, so that any of them will do; otherwise they are refused.
    :param together: fields that are sent together when one of them changes.
    :param create: how one is created, if not with a POST to C(list_path) that is answered with it.
    :param delete: how one is deleted, if not with a DELETE that is answered with it.
    :param visible_within: seconds in which one that was created shows up, at the latest.
    :param describe: one of them in a message, from what is known of it, beginning with the noun.
    :param faults: what cannot be wanted, by (wanted, found); found is None before it is looked up.
    :param derive: the resource once it is as wanted, by (wanted, found, after): values that follow from others. What is sent is
        made from it.
    :param forecast: what check mode may claim of that, by (wanted, found, after).
    :param warnings: what a task asks for without effect, by (wanted, resource, children); children is None if none are given.
    """

    name: str
    path: str
    list_path: str
    fields: Fields
    identity: tuple[str, ...] = ()
    keys: tuple[str, ...] = ("id",)
    names: tuple[str, ...] = ("name",)
    parent: Parent | None = ORGANIZATION
    noun: str | None = None
    can_get: bool = True
    can_update: bool = True
    paginated: bool = True
    partial_rows: bool = False
    annotated: bool = False
    twins: bool = False
    together: tuple[str, ...] = ()
    create: Call | None = None
    delete: Call | None = None
    visible_within: float = 10.0
    describe: t.Callable[[Values], str] | None = None
    faults: t.Callable[[Values, t.Optional[Values]], t.List[Fault]] = lambda wanted, found: []
    derive: t.Callable[[Values, Values, Values], Values] = lambda wanted, found, after: after
    forecast: t.Callable[[Values, Values, Values], Values] = lambda wanted, found, after: after
    warnings: t.Callable[[Values, Values, t.Optional[t.List[Values]]], t.List[str]] = lambda wanted, thing, children: []

    @property
    def plural(self) -> str:
        """The key of a list of them in an answer, and in the result of a module that reads them."""
        return self.name + "s"

    @property
    def called(self) -> str:
        """What a person calls one of them."""
        return self.noun or self.name.replace("_", " ")

    @property
    def of_organization(self) -> bool:
        """Whether an organization has them, and not another resource."""
        return self.parent is not None and self.parent.name == ORGANIZATION.name

    @property
    def is_child(self) -> bool:
        """Whether another resource than an organization has them."""
        return self.parent is not None and not self.of_organization

    def field(self, name: str) -> Field:
        """The field with a name."""
        return next(field for field in self.fields if field.name == name)

    @property
    def creation(self) -> Call:
        """How one is created."""
        return self.create or Call("POST", self.list_path, self.name)

    @property
    def deletion(self) -> Call:
        """How one is deleted."""
        return self.delete or Call("DELETE", self.path, self.name)

    @property
    def waits(self) -> bool:
        """Whether some of the writes start work that goes on after their answer."""
        changes = [field.change for field in self.fields if isinstance(field.change, Call)]
        return any(call.waits for call in (self.creation, self.deletion, *changes))

    def text(self, thing: Values) -> str:
        """One of them in a message."""
        return self.describe(thing) if self.describe else "%s %s" % (self.called, _describe_by_name(thing))

    def identified_by(self, wanted: Values) -> str:
        """What a task identifies one by, in a message."""
        return " and ".join('%s "%s"' % (name, wanted.get(name)) for name in self.identity)

    def parse(self, answer: t.Mapping[str, t.Any], secrets: t.Container[str] = ()) -> Values:
        """The one that an answer shows. Its annotations stand beside it there, and in it here."""
        beside = {"annotations": answer.get("annotations")} if self.annotated else {}
        return schema.parse(self.fields, {**answer[self.name], **beside}, secrets)

    def parse_row(self, row: t.Mapping[str, t.Any]) -> Values:
        """One as a list shows it: some of its fields may not be there."""
        return schema.parse_row(self.fields, row)

    def in_query(self, by: str, value: str) -> tuple[str, str]:
        """What asks for one of them in a query."""
        return "%s[%s]" % (self.name, by), value

    def of_parent(self, parent: t.Mapping[str, str] | None) -> list[tuple[str, str]]:
        """What asks for those of a parent in a query."""
        of = self.parent.name if self.parent else ""
        return [("%s[%s]" % (of, by), value) for by, value in (parent or {}).items()]

    def option_path(self, name: str) -> str:
        """The name of the option that gives a field, as a person writes it."""
        return self.field(name).option_path


__all__ = ["ORGANIZATION", "PROPERTIES", "Call", "Fault", "Parent", "Resource"]
