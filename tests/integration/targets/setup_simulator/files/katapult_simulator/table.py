# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The description of a kind of object; :mod:`katapult_simulator.endpoints` handles requests according to it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from . import arguments as args
from .refusals import Refusal
from .world import World

Json = t.Dict[str, t.Any]


@dataclass(frozen=True, eq=False)
class Action:
    """A request for one object other than to read, update or delete it. Its path is that of the object, and its name.

    :param act: what it does; returns the response. Its arguments are parsed, and those for other objects are their IDs.
    :param scopes: of which it requires one; those of a write of the kind if None.
    :param of: the kind of the object, if it differs from the one that has this action.
    :param shows: whether the response contains the object, before the rest.
    """

    act: t.Callable[[World, t.Any, Json], Json]
    method: str = "POST"
    scopes: tuple[str, ...] | None = None
    arguments: t.Mapping[str, args.Parser] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    of: Kind | None = None
    shows: bool = False


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of object: its fields in responses, how it is read, and how it is written.

    Fields are listed as C(id,name,data_center[id,name]). A field is an attribute of the model or computed;
    brackets select nested fields, and without them all are returned.
    """

    name: str  # its name in arguments and responses
    model: t.Any  # the dataclass of an object; its defaults are those of a creation
    fields: str  # the fields in a response with one object
    list_fields: str  # the fields of an entry of a list
    deleted_fields: str = "id"  # the fields in the response to a deletion; empty if it only reports the deletion
    computed: t.Mapping[str, t.Callable[[World, t.Any], t.Any]] = field(default_factory=dict)
    references: t.Mapping[str, Kind] = field(default_factory=dict)  # attributes that contain an ID, or a list of IDs
    annotated: bool = False  # whether it has annotations next to it, by which its list can be filtered

    parent: Kind | None = None  # the parent of lists and creations; an attribute with this name contains its ID
    path: str = ""  # of one, if it is not derived from the plural; an asterisk stands for the identifier
    list_path: str = ""  # of lists and creations, if it is not the default one below the parent
    global_path: str = ""  # of the list of those that exist for all organizations; empty if there are none
    scope: str = ""  # required for a write, and for a read unless it has "scope:read"; the plural if empty
    read_scopes: tuple[str, ...] | None = None  # of which a read requires one, if they differ; none if empty
    lookup: tuple[str, ...] = ("id",)  # the identifiers; the first one is used for the path segment
    paginated: bool = True
    listed: bool = True  # whether there is a list
    readable: bool = True  # whether one can be read individually
    missing: str = ""  # the code of the error for one that does not exist, if it is not derived from the name
    # Whether the list for a parent, and for the arguments of the request, contains an object: if that is not obvious.
    # The parent is None if the request names none, which is then permitted.
    in_list: t.Callable[[World, t.Any, t.Any, Json], bool] | None = None
    sort_by: str = ""  # the attribute by which the list is sorted; in the order of creation if empty
    refuse: t.Callable[[t.Any], Refusal | None] = lambda _resource: None  # of any request that identifies this one

    delete_scope: str = ""  # required for a deletion, if it differs
    writes: tuple[str, ...] = ()  # the supported methods among POST, PATCH and DELETE
    prefix: str = ""  # the prefix of IDs
    created_status: int = 201  # the HTTP status of a creation
    limited: bool = False  # whether a restricted organization cannot create more of it
    arguments: t.Mapping[str, args.Parser] = field(default_factory=dict)  # the writable properties, in this order
    required: tuple[str, ...] = ()  # for a creation
    create_only: tuple[str, ...] = ()  # what an update accepts and ignores
    within_properties: bool = True  # whether the arguments of a write are in an argument "properties"
    not_stored: tuple[str, ...] = ()  # the arguments that are not attributes of the model
    # Lists of pairs that are stored as mappings: the names of the key and the value of a pair
    pairs: t.Mapping[str, tuple[str, str]] = field(default_factory=dict)
    # The values that the API itself assigns to a new one, by the properties of the creation
    assigned: t.Callable[[World, Json], Json] = lambda _world, _given: {}
    # The properties as they are stored, if they differ; the object is None for a creation
    normalized: t.Callable[[World, t.Any, Json], Json] = lambda _world, _resource, given: given
    # The errors of an object in its state after a write, with the properties of the write
    validate: t.Callable[[World, t.Any, Json], list[str]] = lambda _world, _resource, _given: []
    # What a write does to other objects, with its properties
    effect: t.Callable[[World, t.Any, Json], None] = lambda _world, _resource, _given: None
    kept_if_refused: tuple[str, ...] = ()  # the properties that an update sets even if it is refused
    # the rest of the response to a creation
    beside: t.Callable[[World, t.Any], Json] = lambda _world, _resource: {}
    created: t.Callable[[World, t.Any], Json] | None = None  # the whole response to a creation, if it is another one
    # What a deletion does, and its response, if it is more than to remove the object
    remove: t.Callable[[World, t.Any], Json] | None = None
    read_beside: t.Callable[[World, t.Any], Json] = lambda _world, _resource: {}  # the rest of the response to a read
    actions: t.Mapping[str, Action] = field(default_factory=dict)  # other requests, by the last part of their path
    look: t.Callable[[World, t.Any], None] = lambda _world, _resource: None  # what happens when one is read
    # What happens when a lookup finds nothing, or with an empty lookup when a list is read
    missed: t.Callable[[World, Json], None] = lambda _world, _named: None
    newer: bool = False  # whether the documented version of the API cannot write it
    in_use: t.Callable[[World, t.Any], list[str]] = lambda _world, _resource: []  # the reason why it cannot be deleted

    @property
    def plural(self) -> str:
        if self.name.endswith("y"):
            return self.name[:-1] + "ies"
        return self.name + ("es" if self.name.endswith("s") else "s")

    @property
    def type_name(self) -> str:
        """The name of the type in the API: VirtualMachine."""
        return self.name.title().replace("_", "")

    @property
    def write_scope(self) -> str:
        return self.scope or self.plural

    def scopes(self, method: str) -> tuple[str, ...]:
        """The scopes of which a request requires one."""
        if method == "DELETE" and self.delete_scope:
            return (self.delete_scope,)
        if method != "GET":
            return (self.write_scope,)
        default = (self.write_scope, self.write_scope + ":read")
        return default if self.read_scopes is None else self.read_scopes

    def routes(self) -> t.Iterator[tuple[str, str, str]]:
        """Every action with its method and path."""
        below = "/%s/*" % self.parent.plural if self.parent else ""
        list_path = self.list_path or "%s/%s" % (below, self.plural)
        path = self.path or "/%s/*" % self.plural
        if self.readable:
            yield "read", "GET", path
        if self.listed:
            yield "list", "GET", list_path
        if self.global_path:
            yield "list global", "GET", self.global_path
        writes = ("update", "PATCH", path), ("delete", "DELETE", path), ("create", "POST", list_path)
        yield from (route for route in writes if route[1] in self.writes)
        for name, action in self.actions.items():
            yield name, action.method, "%s/%s" % ("/%s/*" % action.of.plural if action.of else path, name)

    def value(self, world: World, resource: t.Any, name: str) -> t.Any:
        """A stored or computed field."""
        return self.computed[name](world, resource) if name in self.computed else getattr(resource, name)


def name_errors(world: World, plural: str, changed: t.Any) -> list[str]:
    """The errors in the name of an object of an organization."""
    errors = [] if changed.name.strip() else ["Name can't be blank"]
    others = [one for one in world.objects[plural].values() if one.id != changed.id]
    taken = any((one.organization, one.name) == (changed.organization, changed.name) for one in others)
    return errors + ["Name has already been taken"] * (taken and world.assumptions.unique_names)


@dataclass(frozen=True, eq=False)
class Lookup:
    """The parser of an argument that identifies one object of another kind. The ID of that object is stored.

    :param nullable: whether a null is not the same as omitting it.
    """

    kind: Kind
    nullable: bool = False

    def __call__(self, value: t.Any, path: args.Path) -> Json | None:
        return None if value is None else args.lookup(*self.kind.lookup)(value, path)
