# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a resource, as one table: it defines the options of a module, the request bodies and the results."""

from __future__ import annotations

import typing as t

from .types import STRING, FieldType, objects, validate_string

Values = t.Dict[str, t.Any]

# The place of an option in a task, or of an argument in a request: inside the properties, or next to them
PROPERTIES = "properties"
TOP_LEVEL = "top level"


class Fixed(t.NamedTuple):
    """The API accepts a field on creation only."""

    loss: str = ""  # what is lost if a resource is replaced to change it, the end of a sentence; empty for nothing
    instead: str = ""  # what to do to use another value, the end of a sentence; empty for replacing the resource


class Wait(t.NamedTuple):
    """Background work after a response: what must be read until it is complete."""

    of: str  # the key in the response, and when reading; an object with an ID and C(field)
    path: str  # the path to read it
    field: str
    done: tuple[str, ...]  # the values of C(field) after success; with values that are in neither list, it continues
    failed: tuple[str, ...] = ()  # the values of C(field) after a failure
    gone: bool = False  # whether it is also successful if the object no longer exists
    # whether it must be in the response, and the token must be able to read it; otherwise, the next work shows the same
    required: bool = True
    # for an object whose C(field) does not change at once: the field whose value is another one after success
    moves: str | None = None
    reason: str | None = None  # the field with the reason for a failure
    hint: str = ""  # what to check after a failure, a sentence; empty for nothing
    by: str = "id"  # the key by which it is read
    shows: str | None = None  # the key of the resource in the object, which is null until the resource exists
    # for a resource that was found: it is also complete with these values of C(field), but only C(idle_after) seconds after its
    # creation, because a new one has them, too
    idle: tuple[str, ...] = ()
    idle_after: float = 0.0
    # for a resource that was found: it is not waited for if it was created more than these seconds ago; None for no limit
    only_new: float | None = None


class Call(t.NamedTuple):
    """A write that differs from the default."""

    method: str
    path: str
    # the key in its response, an object with an ID; None if none is required
    answer: str | None = None
    waits: tuple[Wait, ...] = ()  # background work after it, in order
    scope_hint: str = ""  # a sentence for the error about a missing scope; empty for none
    hint: str = ""  # what to check after a refusal, a sentence; empty for nothing
    argument: str | None = (
        None  # the name of the argument for the value of a field, if it differs from the name of the field
    )
    # the arguments of a creation besides the parent and the annotations, by (values); None for those of the fields
    body: t.Callable[[Values], Values] | None = None


class KindBy(t.NamedTuple):
    """The kind of the resources that a field refers to, if another field determines it."""

    field: str
    kinds: t.Mapping[str, str]  # the kind for each value of that field


class Initial(t.NamedTuple):
    """The initial value of a field, if it must be read from the API."""

    path: str
    of: str  # the name of the resource in the query
    answer: str  # the key of the object in the response
    # the identifier of the resource in the query, by (values); None if it is not known
    identifier: t.Callable[[Values], t.Optional[t.Mapping[str, str]]]
    value: t.Callable[[Values], t.Any]  # the initial value, by (object in the response)


SEVERAL = KindBy("", {})  # several kinds at once: IDs only, because a name could be that of any of them


class Operation(t.NamedTuple):
    """A request that a task sends for an existing resource, if an option says so."""

    option: str
    choices: tuple[str, ...]  # the values of the option, the first one is the default
    applies: t.Callable[[str, Values], bool]  # whether the request is sent, by (value of the option, found)
    call: Call
    changes: tuple[str, ...]  # the fields that are different afterwards, for the diff
    # the reason why it is not possible, by (values of the fields); None if it is possible, as far as known
    fault: t.Callable[[Values], t.Optional[str]] = lambda values: None


class Field(t.NamedTuple):
    """One field of a resource."""

    name: str
    type: FieldType
    option: str | None = None  # the place in a task; None if it is read-only
    argument: str | None = None  # the place in a request, if it differs from C(option)
    required: bool = False  # whether it is required on creation
    unless: str | None = None  # the field that replaces it, so that it is not required
    initial: t.Any = None  # the value that is sent on creation if the task omits it; None for nothing
    initial_read: Initial | None = None  # how that value is read from the API, if it is not known in advance
    # how it is changed: not at all, by a separate request, or, for None, together with others by PATCH
    change: Fixed | Call | None = None
    # the option that identifies the object on creation if the task omits it, and the key of its value
    default_option: tuple[str, str] | None = None
    # the option that permits a task to make an existing value empty; None if that needs no permission
    emptied_by: str | None = None
    cleared_by: str | None = (
        None  # the option with which a task removes the value; None if the value itself can be empty
    )
    # when it becomes true, the API deletes the children in which a field has a value: the name of that field, and the value
    clears: tuple[str, t.Any] | None = None
    # whether it puts a resource into use for others: what it adds is sent after all children of the resource are written
    last: bool = False
    remark: bool = False  # whether it has no effect, so that it can be changed at any time
    created: bool = True  # whether it is sent on creation; otherwise, it is changed immediately afterwards
    # the kind of the resources whose IDs it contains, if a task may set their names instead
    refers_to: str | KindBy | None = None
    # the kind of the object that it identifies, if this is read before a write: its fields are then known
    details_of: str | None = None
    creation_only: bool = False  # whether it is only used on creation: not returned, and not compared
    # whether it is no value of the resource, but says what the resource is allocated to: not returned, compared, or sent on its own
    placement: bool = False
    secret: bool = False  # whether it is returned on request only; one that a task sets is never returned, nor compared

    @property
    def managed(self) -> bool:
        """Whether a task can set it."""
        return self.option is not None

    @property
    def shown(self) -> bool:
        """Whether results contain it."""
        return not (self.secret or self.creation_only or self.placement)

    @property
    def option_path(self) -> str:
        """The name of the option in a task."""
        return "properties.%s" % self.name if self.option == PROPERTIES else self.name

    def put(self, request: Values, value: t.Any) -> None:
        """Put a value in the place of this field in a request."""
        (request[PROPERTIES] if (self.argument or self.option) == PROPERTIES else request)[self.name] = value


Fields = t.Tuple[Field, ...]


def strings(*names: str) -> Fields:
    """Read-only fields that contain strings."""
    return tuple(Field(name, STRING) for name in names)


def nested(*fields: Field) -> FieldType:
    """An object that a resource has or belongs to; null if there is none."""
    return FieldType(lambda value: parse(fields, value) if isinstance(value, dict) else None)


def nested_list(*fields: Field) -> FieldType:
    """A list of objects of a resource."""
    return FieldType(lambda value: [parse(fields, item) for item in objects(value)], empty=[])


def argument_spec(fields: Fields) -> Values:
    """The argument spec of the options for these fields."""
    secret = {"no_log": True}
    specs = {field.name: {**field.type.spec, **(secret if field.secret else {})} for field in fields if field.managed}
    properties = {field.name: specs[field.name] for field in fields if field.option == PROPERTIES}
    beside = {field.name: specs[field.name] for field in fields if field.option == TOP_LEVEL}
    whole = {PROPERTIES: {"type": "dict", "options": properties}} if properties else {}
    defaults = {field.default_option[0]: {"type": "str"} for field in fields if field.default_option}
    cleared = {field.cleared_by: {"type": "bool", "default": False} for field in fields if field.cleared_by}
    return {**whole, **beside, **permissions(fields), **defaults, **cleared}


def defaults_from_params(fields: Fields, params: t.Mapping[str, t.Any]) -> Values:
    """The fields that a creation sets if the task omits them."""
    found, properties = {}, params.get(PROPERTIES) or {}
    for field in fields:
        replaced = field.unless is not None and properties.get(field.unless) is not None
        if field.default_option and params.get(field.default_option[0]) and not replaced:
            option, key = field.default_option
            found[field.name] = {key: params[option]}
    return found


def validate_defaults(fields: Fields, params: t.Mapping[str, t.Any]) -> list[str]:
    """The faults in the options for these fields, each a sentence without a period."""
    names = [field.default_option[0] for field in fields if field.default_option]
    given = {name: params[name] for name in names if params.get(name)}
    return ["%s %s" % (name, validate_string(value)) for name, value in given.items() if validate_string(value)]


def permissions(fields: Fields) -> Values:
    """The argument spec of the options that permit a task to make values empty."""
    return {field.emptied_by: {"type": "bool", "default": False} for field in fields if field.emptied_by}


def permitted(fields: Fields, params: t.Mapping[str, t.Any]) -> list[str]:
    """The names of these options that are true."""
    return [name for name in permissions(fields) if params[name]]


def from_params(fields: Fields, params: t.Mapping[str, t.Any]) -> Values:
    """The fields that a task sets. Omitted options are not included; empty values are included."""
    properties = params.get(PROPERTIES) or {}
    managed = [(field.name, properties if field.option == PROPERTIES else params) for field in fields if field.managed]
    cleared: Values = {field.name: {} for field in fields if field.cleared_by and params.get(field.cleared_by)}
    return {**{name: given[name] for name, given in managed if given.get(name) is not None}, **cleared}


def contradictions(fields: Fields, params: t.Mapping[str, t.Any]) -> list[str]:
    """The faults of options that set a value and remove it, each a sentence without a period."""
    properties = params.get(PROPERTIES) or {}
    return [
        "%s and %s are mutually exclusive" % (field.option_path, field.cleared_by)
        for field in fields
        if field.cleared_by and params.get(field.cleared_by) and properties.get(field.name) is not None
    ]


def validate(fields: Fields, wanted: Values) -> list[str]:
    """The faults in the given values, each a sentence without a period."""
    found = [(field, field.type.validate(wanted[field.name])) for field in fields if field.name in wanted]
    return ["%s %s" % (field.option_path, fault) for field, fault in found if fault]


def empty(fields: Fields) -> Values:
    """A resource that does not exist yet, with all keys of a result."""
    return {field.name: field.type.empty for field in fields if field.shown}


def parse(fields: Fields, answer: t.Mapping[str, t.Any], secrets: t.Container[str] = ()) -> Values:
    """A resource in a response, with these fields only: responses contain secrets, results must not.

    :param secrets: the names of the secret fields that are requested.
    """
    shown = [field for field in fields if field.shown or field.name in secrets]
    return {field.name: field.type.parse(answer.get(field.name)) for field in shown}


def parse_row(fields: Fields, row: t.Mapping[str, t.Any]) -> Values:
    """A resource from the list endpoint: with the fields that the endpoint returns."""
    return {field.name: field.type.parse(row[field.name]) for field in fields if field.name in row and field.shown}


def diff_view(fields: Fields, found: Values) -> Values:
    """A resource in a diff: the known fields that a task can set, without secrets."""
    shown = [field for field in fields if field.managed and field.name in found]
    return {field.name: field.type.diff_value(found[field.name]) for field in shown}


def creation_view(fields: Fields, wanted: t.Mapping[str, t.Any]) -> Values:
    """The values in the diff of a creation that the resource itself does not show, without secrets."""
    shown = [field for field in fields if field.creation_only and not field.secret and field.name in wanted]
    return {field.name: field.type.diff_value(wanted[field.name]) for field in shown}


def differing(fields: Fields, wanted: Values, found: Values) -> list[Field]:
    """The fields that differ from the desired state. Secret fields are not compared."""
    both = [field for field in fields if field.name in wanted and field.name in found]
    return [field for field in both if not field.type.matches(wanted[field.name], found[field.name])]


def request_body(fields: Fields, names: t.Container[str], wanted: Values, found: Values, after: Values) -> Values:
    """The part of a request that sets these fields to the desired state."""
    inside = any((field.argument or field.option) == PROPERTIES for field in fields)
    request: Values = {PROPERTIES: {}} if inside else {}
    for field in fields:
        if field.name in names and field.name in wanted:
            field.put(request, field.type.serialize(wanted[field.name], found.get(field.name), after.get(field.name)))
    return request


def unconfirmed(fields: Fields, wanted: Values, found: Values) -> list[str]:
    """A warning for each desired value that a response does not confirm: the API silently ignores unknown arguments."""
    return [
        "Katapult accepted the request, but its response contains another value of %s: requested %s, returned %s."
        % (field.option_path, wanted[field.name], found[field.name])
        for field in differing(fields, wanted, found)
    ]
