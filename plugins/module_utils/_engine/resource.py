# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a kind of resource. The engine uses only this description, and no other code for specific kinds.

A description is data, and up to six pure functions: from dictionaries to dictionaries or strings, without the API. In the
engine, C(wanted) contains the fields that a task sets, C(found) the existing resource with at least these fields, or None,
C(after) the future resource, and C(parent) the identifier of the parent, or None if the task omits it. No kind of this
version uses some of the entries yet; artificial kinds in the tests use all of them.
"""

from __future__ import annotations

import typing as t
from types import MappingProxyType

from .._schema import fields as schema
from .._schema.fields import Call, Field, Fields, Operation, Values, Wait

ParentRef = t.Optional[t.Mapping[str, str]]  # the identifier of the parent of a resource, by key; None if it is not set


class Parent(t.NamedTuple):
    """The parent of a kind of resource."""

    name: str  # its name in requests to the API
    keys: tuple[str, ...]  # its identifiers, in a task and in a request
    # the option of the parent's own module that holds all its children; None if it has none
    option: str | None = None
    purges: bool = False  # whether that module deletes the children that the option omits, unless the task forbids it
    # the option that permits that module to delete all of several children; None if that needs no permission
    emptied_by: str | None = None

    @property
    def noun(self) -> str:
        """The name in messages."""
        return self.name.replace("_", " ")


ORGANIZATION = Parent("organization", ("id", "sub_domain"))


class Power(t.NamedTuple):
    """How resources of a kind are started and stopped."""

    field: str  # the field with the state
    on: str  # its value for one that runs, also the value of the option C(state)
    off: str  # its value for one that does not run, also the value of the option C(state)
    turning_on: tuple[str, ...]
    turning_off: tuple[str, ...]
    broken: tuple[str, ...]  # its values for one that cannot be started or stopped any more
    start: Call
    shut_down: Call  # asks the operating system
    cut: Call
    sized_by: str  # the field that cannot be changed to a smaller value while it runs
    sizes: tuple[str, ...]  # the fields that follow from it, by which smaller values are recognized
    hint: str = ""  # where to look for the reason of a failure, a sentence


class Release(t.NamedTuple):
    """Objects that a resource uses and that exist on their own: a task can delete them together with it."""

    field: str  # the field of the resource with these objects
    kind: str  # their name in requests and responses of the API
    path: str
    detach_path: str  # the path to detach one from the resource
    shared: str  # the field of those that are never deleted, because others may use them, too
    label: str  # the field by which people know one
    named_in: tuple[str, str]  # where a task names those that are not its own: a field with a list, and a member of it
    same_label: t.Callable[[str, str], bool]  # whether two labels are notations of the same one
    noun: str  # the name in messages


class Trash(t.NamedTuple):
    """Resources of a kind are moved to the trash when they are deleted, and can be purged from it."""

    purge: Call
    list_path: str  # of the trash objects of an organization
    object_type: str
    keeps: str  # the field whose value stays taken while one is in the trash
    release: Release | None = None


class Allocation(t.NamedTuple):
    """Resources of a kind can be allocated to those of another kind, each to one of its interfaces."""

    to: str  # the other kind, also the field with which a task selects one
    on: str  # the kind of its interfaces
    removed_by: str  # the field with which a task takes it from the one that has it, if false
    field: str  # the field with the ID of the one that has it
    kind: tuple[str, str]  # the field with the kind of that one, and its value for the other kind
    shown: str  # the field with that one: its C(type), C(id) and C(name)
    within: str  # the field that it and an interface have in common
    # the field that the API sets when it is allocated, and the field of the other kind whose value it gets
    follows: tuple[str, str]
    allocate: Call
    unallocate: Call
    raced: tuple[str, ...]  # the error codes of both if another client was faster
    not_removable: str  # the error code for one that something else than the other kind has
    permitted_by: str  # the option that permits to delete one that is allocated


_NO_VARIANTS: tuple[str, t.Mapping[str, t.Mapping[str, t.Any]]] = ("", MappingProxyType({}))


class Fault(t.NamedTuple):
    """A request that cannot be fulfilled: a sentence without a period, and the error code."""

    text: str
    code: str = "invalid_task"


class Resource(t.NamedTuple):
    """One kind of resource."""

    name: str  # the singular name in requests, responses and error codes of the API
    path: str  # the path to read, update and delete one
    list_path: str  # the path to list all of a parent, and to create one
    fields: Fields  # the fields of tasks and results; other fields of a response are never returned
    # the fields that identify one in every run; empty for a kind that is only read
    identity: tuple[str, ...] = ()
    # several fields that identify one, or groups of them: the first of which a task sets all to a value that is not empty is its
    # identity; C(identity) is the first of all
    identities: tuple[tuple[str, ...], ...] = ()
    # the field of the identity that only existing ones have, because the API assigns it, and how one is created instead, a sentence
    assigned: tuple[str, str] | None = None
    unlisted: tuple[str, ...] = ()  # the fields of the identity that the list endpoint omits
    keys: tuple[str, ...] = ("id",)  # the fields by which the API can look up one
    # the key that is the identity with a suffix, and the field of the organization that is this suffix, a domain
    qualified: tuple[str, str] | None = None
    names: tuple[str, ...] = ("name",)  # the fields by which names find one, in addition to its ID
    id_prefix: str | None = None  # how an ID begins; None if names cannot refer to one
    parent: Parent | None = ORGANIZATION  # the parent; None if it is the same for all organizations
    parent_optional: bool = False  # whether they can also be listed without a parent, which are other ones then
    many: str | None = None  # the plural name in the API, if it is not C(name) with an s
    label: str | None = None  # the name in messages, if it is not C(name)
    error_name: str | None = None  # the name in the error code for one that does not exist, if it is not C(name)
    can_get: bool = True  # whether one can be read individually
    can_update: bool = True  # whether one can be changed at all
    paginated: bool = True  # whether the list endpoint has pages
    partial_rows: bool = False  # whether the list endpoint omits some of the fields
    # the options of the module that reads them which filter by a field, each with the field
    filters: t.Mapping[str, str] = MappingProxyType({})
    # the options of that module, true or false, by which the API filters a list, each with the field that has a value if it is true
    api_filters: t.Mapping[str, str] = MappingProxyType({})
    list_query: tuple[tuple[str, str], ...] = ()  # what each request to the list endpoint contains
    # other objects in a response of the list endpoint, which has no pages: the key of each list, and the fields of its objects
    listed_too: t.Mapping[str, Fields] = MappingProxyType({})
    annotated: bool = False  # whether they have annotations, which are next to them in a response
    beside: tuple[str, ...] = ()  # other fields that are next to one in a response
    # whether several with one identity are equivalent, so that the first is used; otherwise they are rejected
    twins: bool = False
    # the field and the value of those that restrict what the others permit: they are added first, removed last, and not
    # changed in place
    restricts: tuple[str, t.Any] | None = None
    # the path to list those that belong to Katapult and exist for all organizations, and the field that is true for them
    global_list: tuple[str, str] | None = None
    together: tuple[str, ...] = ()  # fields that are sent together when one of them changes
    # the field that determines which kind of kind one is, and for each of its values the entries that are different; see of_task()
    variants: tuple[str, t.Mapping[str, t.Mapping[str, t.Any]]] = _NO_VARIANTS
    identity_if_set: tuple[str, ...] = ()  # the fields that belong to the identity if a task sets them
    required_too: tuple[str, ...] = ()  # the fields that are required on creation, besides those that always are
    ignored: tuple[str, ...] = ()  # the fields that have no effect
    # for a kind that is replaced instead of changed: the fields that all versions of one have in common
    series: tuple[str, ...] = ()
    ready: Wait | None = None  # the work after which one can be used
    operations: tuple[Operation, ...] = ()
    power: Power | None = None  # how they are started and stopped; None if they are not
    trash: Trash | None = None  # None if a deletion is final
    allocation: Allocation | None = None  # what they can be allocated to; None for nothing
    wait_timeout: int = 600  # seconds, the default of the option
    since: str | None = None  # the first version of the API that can write them; None for all versions
    create: Call | None = None  # how one is created, if not with a POST to C(list_path) that returns it
    delete: Call | None = None  # how one is deleted, if not with a DELETE that returns it
    # whether a second one that another client created at the same moment is found by the lookup key, and replaces this one
    removes_duplicates: bool = False
    visible_within: float = 10.0  # seconds after which a new one appears, at the latest
    # which of several with one identity is used, the smallest first; None for the one that differs least from the desired state
    rank: t.Callable[[Values], t.Any] | None = None
    # the text for one in a message, from its known fields, beginning with the noun
    describe: t.Callable[[Values], str] | None = None
    # invalid settings, by (wanted, found); found is None before it is looked up
    faults: t.Callable[[Values, t.Optional[Values]], t.List[Fault]] = lambda wanted, found: []
    # the resource in the desired state, with derived values, by (wanted, found, after); requests are made from it
    derive: t.Callable[[Values, Values, Values], Values] = lambda wanted, found, after: after
    # the prediction of check mode, by (wanted, found, after)
    forecast: t.Callable[[Values, Values, Values], Values] = lambda wanted, found, after: after
    # settings without effect, by (wanted, found, resource, children); children is None if they are not known
    warnings: t.Callable[[Values, t.Optional[Values], Values, t.Optional[t.List[Values]]], t.List[str]] = (
        lambda wanted, found, shown, children: []
    )

    @property
    def plural(self) -> str:
        """The key of a list of them in a response, and in the result of a module that reads them."""
        return self.many or self.name + "s"

    @property
    def noun(self) -> str:
        """The name in messages."""
        return self.label or self.name.replace("_", " ")

    @property
    def with_article(self) -> str:
        """The name in messages, after "a" or "an"."""
        return "%s %s" % ("an" if self.noun[0].lower() in "aeiou" else "a", self.noun)

    @property
    def nouns(self) -> str:
        """The plural in messages."""
        return self.noun + ("es" if self.noun.endswith("s") else "s")

    @property
    def missing(self) -> str:
        """The name in the error code for one that does not exist."""
        return self.error_name or self.name

    @property
    def needs_organization(self) -> bool:
        """Whether they cannot be listed without an organization."""
        return self.of_organization and not self.parent_optional

    @property
    def of_organization(self) -> bool:
        """Whether they belong to an organization."""
        return self.parent == ORGANIZATION

    @property
    def child_of(self) -> Parent | None:
        """The parent, if it is not an organization."""
        return None if self.of_organization else self.parent

    @property
    def set_option(self) -> str:
        """The option of the parent's module that sets all children of this kind; also their key in its result."""
        return t.cast(str, t.cast(Parent, self.parent).option)

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
        """Whether some of the writes start background work."""
        changes = [field.change for field in self.fields if isinstance(field.change, Call)]
        operations = [operation.call for operation in self.operations]
        return any(call.waits for call in (self.create_call, self.delete_call, *changes, *operations))

    @property
    def appears_late(self) -> bool:
        """Whether a new one may appear so late that api_retry_timeout does not limit the time to look for it."""
        return any(work.shows for work in self.create_call.waits)

    @property
    def lookup_key(self) -> str | None:
        """The field that identifies one in a task and in the API; None if the list of the parent must be searched."""
        is_key = len(self.identity) == 1 and (self.identity[0] in self.keys or self.qualified)
        return self.identity[0] if is_key else None

    def of_task(self, wanted: Values) -> Resource:
        """The kind for a task that sets these fields: they determine its identity, if there are several."""
        name, variants = self.variants
        kind = self._replace(variants=_NO_VARIANTS, **variants.get(str(wanted.get(name)), {})) if variants else self
        chosen = next((names for names in kind.identities if all(wanted.get(name) for name in names)), kind.identity)
        kind = kind if chosen == kind.identity else kind._replace(identity=chosen)
        more = tuple(name for name in kind.identity_if_set if name in wanted)
        return kind._replace(identity=(*kind.identity, *more), identity_if_set=()) if more else kind

    def field(self, name: str) -> Field:
        """The field with a name."""
        return next(field for field in self.fields if field.name == name)

    @property
    def initial(self) -> Values:
        """The initial values of the fields that have one, as far as they have an effect."""
        having = [field for field in self.fields if field.initial is not None and field.name not in self.ignored]
        return {field.name: field.initial for field in having}

    def needed(self, wanted: t.Iterable[str]) -> set[str]:
        """The fields that must be known to bring one to the desired state."""
        names = {name for name in wanted if self.field(name).shown}
        return names.union(self.together) if names.intersection(self.together) else names

    def identity_of(self, values: Values) -> Values:
        """The identity in some fields."""
        return {name: values[name] for name in self.identity if name in values}

    def text(self, shown: Values) -> str:
        """The text for one of them in a message."""
        if self.describe:
            return self.describe(shown)
        known = ""
        if shown.get("name") is not None:
            known = ' "%s"' % shown["name"]
        elif self.identity_of(shown):
            known = " with the %s" % self.quoted(shown)
        return "%s%s%s" % (self.noun, known, " (%s)" % shown["id"] if shown.get("id") else "")

    def known_by(self, shown: Values) -> str | None:
        """What a person knows one of them by, for the header of one of its children in a diff; None if that is unknown."""
        return next((str(shown[name]) for name in (*self.identity, "name", "id") if shown.get(name)), None)

    def title(self, shown: Values, of: str | None) -> str:
        """The header for one of them in a diff: its ID, and what a person knows it by.

        :param of: a text for its parent; None if it has none, or if that is unknown.
        """
        by = {name: shown[name] for name in (*self.identity, "name") if shown.get(name) is not None}
        known = [quoted({name: value}) for name, value in by.items()]
        if self.describe and (self.variants[1] or len(self.identity) != 1):  # it is not known by its identity
            known = [self.describe({**shown, "id": None})[len(self.noun) + 1 :]]
        parent = [] if of is None else ['of "%s"' % of]
        return ", ".join(["%s %s" % (self.noun, shown["id"]) if shown.get("id") else self.noun, *known, *parent])

    def quoted(self, values: Values) -> str:
        """The identity in some fields, in a message."""
        known = {name: value for name, value in self.identity_of(values).items() if value not in (None, True)}
        return quoted({name: self.field(name).type.diff_value(value) for name, value in known.items()})

    def options(self, names: t.Iterable[str], joined: str = " and ") -> str:
        """The options for some fields, in a message."""
        return joined.join(self.field(name).option_path for name in names)

    def parse(self, answer: t.Mapping[str, t.Any], secrets: t.Container[str] = ()) -> Values:
        """The resource in a response. Its annotations are next to it in the response, and inside it here, like C(beside)."""
        names = (*(["annotations"] if self.annotated else []), *self.beside)
        return schema.parse(self.fields, {**answer[self.name], **{name: answer.get(name) for name in names}}, secrets)

    def parse_row(self, row: t.Mapping[str, t.Any]) -> Values:
        """A resource from the list endpoint: some of its fields may be omitted."""
        return schema.parse_row(self.fields, row)


class Part(t.NamedTuple):
    """A part of a resource that has its own module, such as one member. It is written together with the resource.

    In its functions, C(wanted) contains the fields that a task sets, and C(found) is the resource.
    """

    name: str  # the name of its module, and of its key in a result
    key: str  # the field that identifies it
    listed_in: str  # the field of the resource with the keys of all of them
    fields: Fields  # the fields of tasks and results
    # the part in a resource, by (key, found); None if there is none
    find: t.Callable[[str, Values], t.Optional[Values]]
    # invalid settings, by (wanted, found)
    faults: t.Callable[[Values, Values], t.List[Fault]]
    # the fields of the resource that must be set, by (wanted, found, absent)
    settings: t.Callable[[Values, Values, bool], Values]

    @property
    def noun(self) -> str:
        """The name in messages."""
        return self.name.replace("_", " ")


def quoted(identity: Values) -> str:
    """The identifier of a resource, in a message."""
    return " and ".join(
        ('%s "%s"' if isinstance(value, str) else "%s %s") % (name, value) for name, value in identity.items()
    )
