# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a table says of one kind of object; :mod:`katapult_simulator.endpoints` handles requests by it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from . import arguments as args
from .refusals import Refusal
from .world import World

Json = t.Dict[str, t.Any]


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of object: what answers show of it, how it is read, and how it is written.

    What is shown is written as C(id,name,data_center[id,name]). A field is an attribute of the model or computed;
    brackets choose what is shown within it, and without them it is all.
    """

    name: str  # as arguments and answers call one
    model: t.Any  # the dataclass that is kept of each; its defaults are those of a creation
    fields: str  # what the answer with one object shows
    list_fields: str  # what a row of a list shows
    deleted_fields: str = "id"  # what the answer to a removal shows; when empty, that it was deleted and no more
    computed: t.Mapping[str, t.Callable[[World, t.Any], t.Any]] = field(default_factory=dict)
    references: t.Mapping[str, Kind] = field(default_factory=dict)  # attributes that hold an id, or a list of ids
    annotated: bool = False  # whether annotations stand beside it, by which its list can be filtered

    parent: Kind | None = None  # lists and creations are about one; an attribute of that name holds its id
    path: str = ""  # of one, when it is not made from the plural; a star stands for what may name it
    list_path: str = ""  # of the list and of a creation, when it is not the usual one below the parent
    scope: str = ""  # what a write needs, and a read unless it has "scope:read"; the plural when empty
    read_scopes: tuple[str, ...] | None = None  # of which a read needs one, when they are others; none when empty
    lookup: tuple[str, ...] = ("id",)  # what names one; the first is taken for what stands in the path
    paginated: bool = True
    sort_by: str = ""  # the attribute that the list is sorted by; in the order of creation when empty
    refuse: t.Callable[[t.Any], Refusal | None] = lambda _resource: None  # of any request that names this one

    writes: tuple[str, ...] = ()  # which of POST, PATCH and DELETE there are
    prefix: str = ""  # what ids begin with
    created_status: int = 201  # the HTTP status of a creation
    limited: bool = False  # whether a restricted organization can have no more of it
    arguments: t.Mapping[str, args.Parser] = field(default_factory=dict)  # the writable properties, in this order
    required: tuple[str, ...] = ()  # for a creation
    create_only: tuple[str, ...] = ()  # what an update takes and ignores
    # Lists of pairs that are kept as mappings: what a pair calls its key and its value
    pairs: t.Mapping[str, tuple[str, str]] = field(default_factory=dict)
    assigned: t.Callable[[World], Json] = lambda _world: {}  # what the API itself gives to a new one
    # The errors of one as it would be after a write, with the properties that the write gives
    validate: t.Callable[[World, t.Any, Json], list[str]] = lambda _world, _resource, _given: []
    in_use: t.Callable[[World, t.Any], list[str]] = lambda _world, _resource: []  # why it cannot be deleted

    @property
    def plural(self) -> str:
        return self.name[:-1] + "ies" if self.name.endswith("y") else self.name + "s"

    @property
    def type_name(self) -> str:
        """What the API calls the type: VirtualMachine."""
        return self.name.title().replace("_", "")

    @property
    def write_scope(self) -> str:
        return self.scope or self.plural

    def scopes(self, method: str) -> tuple[str, ...]:
        """Of which a request needs one."""
        if method != "GET":
            return (self.write_scope,)
        default = (self.write_scope, self.write_scope + ":read")
        return default if self.read_scopes is None else self.read_scopes

    def routes(self) -> t.Iterator[tuple[str, str, str]]:
        """Every action with its method and path."""
        below = "/%s/*" % self.parent.plural if self.parent else ""
        list_path = self.list_path or "%s/%s" % (below, self.plural)
        path = self.path or "/%s/*" % self.plural
        yield "read", "GET", path
        yield "list", "GET", list_path
        writes = ("update", "PATCH", path), ("delete", "DELETE", path), ("create", "POST", list_path)
        yield from (route for route in writes if route[1] in self.writes)

    def value(self, world: World, resource: t.Any, name: str) -> t.Any:
        """A field as it is kept or computed."""
        return self.computed[name](world, resource) if name in self.computed else getattr(resource, name)


@dataclass(frozen=True, eq=False)
class Lookup:
    """The parser of an argument that names one object of another kind. It is kept as the id of that object."""

    kind: Kind

    def __call__(self, value: t.Any, path: args.Path) -> Json:
        return args.lookup(*self.kind.lookup)(value, path)
