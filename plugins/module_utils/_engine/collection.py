# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""All children of one resource, as its own task gives them.

They are paired with those that are there by their identity. Children without one are paired by their meaning: those that are
alike first, then those that have most in common.
"""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils._engine import finder, planner
from ansible_collections.katapult.cloud.plugins.module_utils._engine.plan import Plan
from ansible_collections.katapult.cloud.plugins.module_utils._engine.resource import Resource
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._schema import fields as schema
from ansible_collections.katapult.cloud.plugins.module_utils._schema.fields import PROPERTIES, Values

# What keeps traffic flowing: what is there changes in place, then something is added, and only then something deleted.
_ORDER = ("PATCH", "POST", "DELETE")
_PAST = {"PATCH": "changed", "POST": "added", "DELETE": "deleted"}

Parent = t.Mapping[str, str]


# From the options


def option(child: Resource) -> str:
    """The option of the parent's module that gives them; also the key under which its result shows them."""
    return str(child.parent.option) if child.parent is not None else child.plural


def argument_spec(child: Resource) -> Values:
    """The options of the parent's module that are about them."""
    properties = schema.argument_spec(child.fields)[PROPERTIES]["options"]
    options = {
        name: {**spec, "required": True} if name in child.identity else spec for name, spec in properties.items()
    }
    return {
        option(child): {"type": "list", "elements": "dict", "options": options},
        "purge_%s" % option(child): {"type": "bool", "default": False},
    }


def from_params(child: Resource, params: t.Mapping[str, t.Any]) -> list[Values] | None:
    """The children that a task gives, each with the fields that it gives; None if it gives none at all."""
    given = params[option(child)]
    if given is None:
        return None
    return [{name: value for name, value in one.items() if value is not None} for one in given]


def purges(child: Resource, params: t.Mapping[str, t.Any]) -> bool:
    """Whether those that a task does not give are to be deleted."""
    return bool(params["purge_%s" % option(child)])


def validate(child: Resource, wanted: t.Sequence[Values]) -> list[str]:
    """What is wrong with the given children, each a sentence without its full stop."""
    seen = set()
    found = []
    for one in wanted:
        identity = _identity(child, one)
        if identity and identity in seen:
            found.append("%s has more than one %s" % (option(child), child.text(one)))
        seen.add(identity)
        faults = [*schema.validate(child.fields, one), *(fault.text for fault in child.faults(one, None))]
        found += ["in %s, %s: %s" % (option(child), child.text(one), _as_child(fault)) for fault in faults]
    return found


def _as_child(text: str) -> str:
    """A text about the options of a child's own module, in that of its parent."""
    return text.replace("%s." % PROPERTIES, "")


def _identity(child: Resource, one: Values) -> tuple[t.Any, ...]:
    return tuple(one.get(name) for name in child.identity)


# Look and plan


def plan(client: Client, child: Resource, wanted: t.Sequence[Values], purge: bool, parent: Parent) -> list[Plan]:
    """Look at the children of a resource, and plan how they come to be as wanted.

    :param parent: what identifies the resource; empty if it is not there yet.
    :raises KatapultError: that cannot be done.
    """
    rows = finder.list_all(client, child, parent) if parent else []
    names = dict.fromkeys(name for one in wanted for name in one)
    if not child.identity:
        return plan_all(child, wanted, purge, [finder.with_fields(client, child, names, row, parent) for row in rows], parent)
    whole = {
        row["id"]: finder.with_fields(client, child, one, row, parent)
        for one, row in _pairs_by_identity(child, wanted, rows)
        if row is not None
    }
    return plan_all(child, wanted, purge, [whole.get(row["id"], row) for row in rows], parent)


def plan_all(
    child: Resource, wanted: t.Sequence[Values], purge: bool, found: t.Sequence[Values], parent: Parent
) -> list[Plan]:
    """How the children of a resource come to be as wanted, in the order in which it should happen.

    :param wanted: the children that the task gives.
    :param purge: whether to delete those that it does not give.
    :param found: those that are there, each with all that is wanted of it.
    :param parent: what identifies the resource, in the API's words.
    """
    pairs = _pairs(child, wanted, found, purge)
    plans = [planner.plan(child, "present", one, other, parent) for one, other in pairs]
    paired = {other["id"] for _one, other in pairs if other is not None}
    others = [other for other in found if other["id"] not in paired]
    plans += [planner.plan(child, "absent", {}, other, parent) if purge else Plan(other, other) for other in others]
    return sorted(plans, key=_order)


def _pairs(
    child: Resource, wanted: t.Sequence[Values], found: t.Sequence[Values], replace: bool
) -> list[tuple[Values, Values | None]]:
    """Each wanted child with the one that is there for it, or with None.

    :param replace: whether one without an identity may take the place of one that differs.
    """
    if child.identity:
        return _pairs_by_identity(child, wanted, found)
    left = list(found)
    partners: dict[int, Values] = {}
    # All that are alike before any that differ; one that differs takes the place of the one that it differs from least.
    for most in range(len(child.fields) + 1 if replace and child.can_update else 1):
        for number, one in enumerate(wanted):
            alike = (other for other in left if len(schema.differing(child.fields, one, other)) <= most)
            partner = next(alike, None) if number not in partners else None
            if partner is not None:
                partners[number] = partner
                left.remove(partner)
    return [(one, partners.get(number)) for number, one in enumerate(wanted)]


def _pairs_by_identity(
    child: Resource, wanted: t.Sequence[Values], found: t.Sequence[Values]
) -> list[tuple[Values, Values | None]]:
    there: dict[tuple[t.Any, ...], list[Values]] = {}
    for other in found:
        there.setdefault(_identity(child, other), []).append(other)
    return [(one, finder.only_one(child, there.get(_identity(child, one), []))) for one in wanted]


def _order(plan_of_one: Plan) -> int:
    return _ORDER.index(plan_of_one.steps[0].method) if plan_of_one.steps else -1


# While they are changed


def is_taken(plan_of_one: Plan, done: t.Sequence[Plan]) -> bool:
    """Whether a child that is to be deleted is one that the task has just made its own."""
    if plan_of_one.after is not None or plan_of_one.before is None:
        return False
    return any(other.after["id"] == plan_of_one.before["id"] for other in done if other.after is not None)


def progress(child: Resource, done: t.Sequence[Plan], left: t.Sequence[Plan]) -> str:
    """What a person should know when the writes ended in the middle: what was done, and what was not."""
    changed = ["%s was %s" % (_text(child, one), _PAST[one.steps[0].method]) for one in done if one.steps]
    failed = "it failed at %s" % _text(child, left[0])
    unchanged = ["%s was not %s" % (_text(child, one), _PAST[one.steps[0].method]) for one in left[1:] if one.steps]
    return "Of the %s: %s." % (option(child), "; ".join([*changed, failed, *unchanged]))


def _text(child: Resource, plan_of_one: Plan) -> str:
    return "the %s" % child.text(plan_of_one.after or plan_of_one.before or {})


# Result


def _fields(child: Resource) -> schema.Fields:
    """Those that a result shows; in a parent there is no need to say which one it is."""
    return tuple(field for field in child.fields if child.parent is None or field.name != child.parent.name)


def shown(child: Resource, children: t.Iterable[Values | None]) -> list[Values]:
    """Children as a result shows them: in the order of their identities, each with the fields that were read."""
    names = {field.name for field in _fields(child)}
    there = [{name: value for name, value in one.items() if name in names} for one in children if one is not None]
    return sorted(there, key=lambda one: (_sort_key(child, one), str(one.get("id"))))


def _sort_key(child: Resource, one: Values) -> list[t.Any]:
    return [(value is not None, value) for value in _identity(child, one)]


def diff(child: Resource, plans: t.Iterable[Plan]) -> tuple[list[Values], list[Values]]:
    """What a diff shows of all children, before and after, in the order of their identities."""
    pairs = [one.diff(_fields(child)) for one in plans]
    before, after = ([side for side in sides if side] for sides in zip(*pairs)) if pairs else ([], [])

    def key(one: Values) -> list[t.Any]:
        return _sort_key(child, one)

    return sorted(before, key=key), sorted(after, key=key)


def warnings(child: Resource, wanted: t.Sequence[Values], now: t.Sequence[Values]) -> list[str]:
    """What a task asks for and will not get, or what will not work as it stands."""
    return [
        _as_child(text)
        for one, other in _pairs(child, wanted, now, True)
        if other is not None
        for text in (*schema.unconfirmed(child.fields, one, other), *child.warnings(one, other, None))
    ]
