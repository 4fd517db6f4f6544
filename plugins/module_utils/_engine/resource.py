# Copyright: (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What describes a kind of resource. The engine runs on such a description, and on nothing else that is special to a kind.

A description is data, and up to five pure functions: from dictionaries to dictionaries or texts, without the API. In all of
the engine, C(wanted) is the fields that a task gives, C(found) what is there, with at least these fields, or None, C(after)
what will be there, and C(parent) what identifies the parent, or None if the task does not say. Some entries serve no kind
of this version yet; invented kinds in the tests use all of them.
"""

from __future__ import annotations

import typing as t

from .._schema import fields as schema
from .._schema.fields import Call, Field, Fields, Values

ParentRef = t.Optional[t.Mapping[str, str]]  # what identifies the parent of a resource, by a key; None if none is given


class Parent(t.NamedTuple):
    """What a resource belongs to."""

    name: str  # what the API calls it in requests
    keys: tuple[str, ...]  # what identifies it, in a task and in a request
    # the option of the parent's own module that holds all its children; None if it has none
    option: str | None = None


ORGANIZATION = Parent("organization", ("id", "sub_domain"))


class Fault(t.NamedTuple):
    """What cannot be done: a sentence without its full stop, and the error code of the failure."""

    text: str
    code: str = "invalid_task"


class Resource(t.NamedTuple):
    """One kind of resource."""

    name: str  # what the API calls one of them, in requests, answers and error codes
    path: str  # where one is read, changed and deleted
    list_path: str  # where all of a parent are listed and one is created
    fields: Fields  # what a task can ask for and a result shows; nothing else of an answer is shown
    # the fields that tell in every run which one a task means; empty for a kind that is only read
    identity: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()  # the fields of the identity that rows of their list lack
    keys: tuple[str, ...] = ("id",)  # the fields by which the API itself finds one
    names: tuple[str, ...] = ("name",)  # the fields by which the lookup plugin finds one, beside its id
    parent: Parent | None = ORGANIZATION  # what it belongs to; None if it is the same for everybody
    many: str | None = None  # what the API calls several of them, if that is not C(name) with an s
    label: str | None = None  # what a person calls one of them, if that is not C(name)
    can_get: bool = True  # whether one can be read on its own
    can_update: bool = True  # whether one can be changed at all
    paginated: bool = True  # whether their list comes in pages
    partial_rows: bool = False  # whether their list lacks some of the fields
    annotated: bool = False  # whether they have annotations, which stand beside them in an answer
    # whether several with one identity are alike, so that the first will do; otherwise they are refused
    twins: bool = False
    together: tuple[str, ...] = ()  # fields that are sent together when one of them changes
    create: Call | None = None  # how one is created, if not with a POST to C(list_path) that is answered with it
    delete: Call | None = None  # how one is deleted, if not with a DELETE that is answered with it
    visible_within: float = 10.0  # seconds in which one that was created shows up, at the latest
    # one of them in a message, from what is known of it, beginning with the noun
    describe: t.Callable[[Values], str] | None = None
    # what cannot be wanted, by (wanted, found); found is None before it is looked up
    faults: t.Callable[[Values, t.Optional[Values]], t.List[Fault]] = lambda wanted, found: []
    # the resource once it is as wanted, by (wanted, found, after): values that follow from others. What is sent is
    # made from it
    derive: t.Callable[[Values, Values, Values], Values] = lambda wanted, found, after: after
    # what check mode may claim of a change, by (wanted, found, after)
    forecast: t.Callable[[Values, Values, Values], Values] = lambda wanted, found, after: after
    # what a task asks for without effect, by (wanted, resource, children); children is None if none are given
    warnings: t.Callable[[Values, Values, t.Optional[t.List[Values]]], t.List[str]] = lambda wanted, thing, children: []

    @property
    def plural(self) -> str:
        """The key of a list of them in an answer, and in the result of a module that reads them."""
        return self.many or self.name + "s"

    @property
    def noun(self) -> str:
        """What a person calls one of them."""
        return self.label or self.name.replace("_", " ")

    @property
    def of_organization(self) -> bool:
        """Whether an organization has them."""
        return self.parent == ORGANIZATION

    @property
    def child_of(self) -> Parent | None:
        """What has them, if that is another resource than an organization."""
        return None if self.of_organization else self.parent

    @property
    def create_call(self) -> Call:
        """How one is created."""
        return self.create or Call("POST", self.list_path, self.name)

    @property
    def delete_call(self) -> Call:
        """How one is deleted."""
        return self.delete or Call("DELETE", self.path, self.name)

    @property
    def waits(self) -> bool:
        """Whether some of the writes start work that goes on after their response."""
        changes = [field.change for field in self.fields if isinstance(field.change, Call)]
        return any(call.waits for call in (self.create_call, self.delete_call, *changes))

    @property
    def lookup_key(self) -> str | None:
        """The field that identifies one for a task and for the API; None if the list of the parent has to be searched."""
        return self.identity[0] if len(self.identity) == 1 and self.identity[0] in self.keys else None

    def field(self, name: str) -> Field:
        """The field with a name."""
        return next(field for field in self.fields if field.name == name)

    def needed(self, wanted: t.Iterable[str]) -> set[str]:
        """The fields that have to be known of one to bring it to what is wanted."""
        names = set(wanted)
        return names.union(self.together) if names.intersection(self.together) else names

    def identity_of(self, values: Values) -> Values:
        """What of some fields identifies one."""
        return {name: values[name] for name in self.identity if name in values}

    def text(self, thing: Values) -> str:
        """One of them in a message."""
        if self.describe:
            return self.describe(thing)
        known = ""
        if thing.get("name") is not None:
            known = ' "%s"' % thing["name"]
        elif self.identity_of(thing):
            known = " with the %s" % quoted(self.identity_of(thing))
        return "%s%s%s" % (self.noun, known, " (%s)" % thing["id"] if thing.get("id") else "")

    def options(self, names: t.Iterable[str], joined: str = " and ") -> str:
        """The options that give some fields, in a message."""
        return joined.join(self.field(name).option_path for name in names)

    def parse(self, answer: t.Mapping[str, t.Any], secrets: t.Container[str] = ()) -> Values:
        """The one that an answer shows. Its annotations stand beside it there, and in it here."""
        beside = {"annotations": answer.get("annotations")} if self.annotated else {}
        return schema.parse(self.fields, {**answer[self.name], **beside}, secrets)

    def parse_row(self, row: t.Mapping[str, t.Any]) -> Values:
        """One as a list shows it: some of its fields may not be there."""
        return schema.parse_row(self.fields, row)


def quoted(identity: Values) -> str:
    """What identifies something, in a message."""
    return " and ".join(
        ('%s "%s"' if isinstance(value, str) else "%s %s") % (name, value) for name, value in identity.items()
    )
