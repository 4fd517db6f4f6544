# Copyright: (c) 2026, the katapult.cloud contributors
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
    """A kind of object. Only the first four parameters are needed for one that can be read in an organization.

    What an answer shows is written as C(id,name,data_center[id,name]): an attribute of the model, a field that is
    computed, or a reference; brackets choose what is shown of it, all that it has otherwise.

    :param name: what arguments and answers call one; the plural has an "s".
    :param model: the dataclass that is kept of each; its defaults are those of a creation.
    :param one: what the answer with one object shows.
    :param row: what a row of a list shows.
    :param removed: what the answer to a removal shows.
    :param computed: fields that are no attributes of the model.
    :param references: attributes that hold an id, or a list of ids, and the kind that is shown in their place.
    :param annotated: whether there are annotations beside it, by which its list can be filtered.
    :param parent: whose id its objects have in an attribute of that name, and which lists and creations are about.
    :param path: of one, when it is not made from the plural; a star stands for what may name it.
    :param list_path: of the list and of a creation, when it is not made from the parent's and its own plural.
    :param scope: what a write needs, and a read unless it has C(scope:read), when it is not the plural.
    :param read_scopes: of which a read needs one, when they are others; with none, any token will do.
    :param lookup: what one can be named by; the first is taken for what stands in the path.
    :param paginated: whether its list comes in pages.
    :param ordered_by: the attribute that its list is sorted by; the order of creation when there is none.
    :param refusal: why a request about this one is refused, if it is.
    :param writes: which of POST, PATCH and DELETE there are.
    :param prefix: what its ids begin with.
    :param status: that of a creation.
    :param limited: whether a restricted organization can have no more of it.
    :param arguments: the writable properties, in the order in which they are parsed.
    :param required: those that a creation needs.
    :param fixed: those that an update takes and ignores.
    :param pairs: those that are lists of pairs and kept as a mapping: the names of the key and of the value.
    :param assigned: what the API itself gives to a new one.
    :param validate: the validation errors of one, as it would be after a write, with the properties that were given.
    """

    name: str
    model: t.Any
    one: str
    row: str
    removed: str = "id"
    computed: t.Mapping[str, t.Callable[[World, t.Any], t.Any]] = field(default_factory=dict)
    references: t.Mapping[str, Kind] = field(default_factory=dict)
    annotated: bool = False
    parent: Kind | None = None
    path: str = ""
    list_path: str = ""
    scope: str = ""
    read_scopes: tuple[str, ...] | None = None
    lookup: tuple[str, ...] = ("id",)
    paginated: bool = True
    ordered_by: str = ""
    refusal: t.Callable[[t.Any], Refusal | None] = lambda _thing: None
    writes: tuple[str, ...] = ()
    prefix: str = ""
    status: int = 201
    limited: bool = False
    arguments: t.Mapping[str, args.Parser] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    pairs: t.Mapping[str, tuple[str, str]] = field(default_factory=dict)
    assigned: t.Callable[[World], Json] = lambda _world: {}
    validate: t.Callable[[World, t.Any, Json], list[str]] = lambda _world, _thing, _given: []

    @property
    def plural(self) -> str:
        return self.name + "s"

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

    def routes(self) -> t.Iterator[tuple[str, str]]:
        """Every method with its path."""
        every = self.list_path or ("/%s/*/%s" % (self.parent.plural, self.plural) if self.parent else "/" + self.plural)
        one = self.path or "/%s/*" % self.plural
        for method in ("GET", "PATCH", "DELETE"):
            if method == "GET" or method in self.writes:
                yield method, one
        yield "GET", every
        if "POST" in self.writes:
            yield "POST", every

    def value(self, world: World, thing: t.Any, name: str) -> t.Any:
        """A field as it is kept or computed."""
        return self.computed[name](world, thing) if name in self.computed else getattr(thing, name)


@dataclass(frozen=True, eq=False)
class Lookup:
    """The parser of an argument that names one object of another kind. It is kept as the id of that object."""

    kind: Kind

    def __call__(self, value: t.Any, path: args.Path) -> Json:
        return args.lookup(*self.kind.lookup)(value, path)
