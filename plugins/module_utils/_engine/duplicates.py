# Copyright (c) 2026, the katapult.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two clients that share no lock create the same resource at the same moment, and the API accepts both.

Only for kinds whose lookup returns the same one to every client, one of them is deleted. Nothing is deleted if anything is
uncertain, and never another resource than the one that the response to this task's own create request contained.
"""

from __future__ import annotations

import typing as t

from .._errors import ErrorDetails, KatapultError, TaskRefused
from .._schema.fields import Values
from . import planner
from .create_once import wait_until_visible
from .finder import Finder

_BOTH = "There are two of the %s: this task created %s, and the lookup returns %s."


def resolve(finder: Finder, created: Values) -> tuple[Values | None, tuple[str, ...]]:
    """Look up a resource that this task has created. If the lookup returns another one, delete the created one.

    :returns: the other one if it replaces the created one, or else None; and warnings.
    :raises KatapultError: the created one was deleted, and the other one does not exist any more.
    """
    resource = finder.resource
    key = t.cast(str, resource.lookup_key)
    value = created[key]
    if value is None:  # the response does not contain it
        return None, ()

    def look_up() -> Values | None:
        return finder.get(key, value)

    try:
        late = KatapultError("It does not appear.", ErrorDetails("creation_not_visible"))
        found = wait_until_visible(
            finder.client,
            look_up,
            late,
            "the %s" % resource.text(created),
            resource.visible_within,
            use_retry_budget=False,
        )
        if found["id"] == created["id"]:
            return None, ()
        said = _BOTH % (resource.text(created), created["id"], found["id"])
        again = look_up()
        if again is None or again["id"] != found["id"] or not finder.is_listed(found):
            return None, (
                "%s It is not certain that both belong to the organization, so both stay. Delete one." % said,
            )
    except KatapultError as error:
        return None, ("Whether another client created the same %s is unknown: %s" % (resource.noun, error),)
    (step,) = planner.plan(resource, "absent", {}, created, finder.parent).steps
    try:
        finder.client.request(step.method, step.path, step.query, step.body, step.answer, created["id"])
    except KatapultError as error:
        if not error.is_not_found(resource.name):
            return None, ("%s Deleting %s failed, so both may exist: %s" % (said, created["id"], error),)
    kept = finder.get("id", found["id"])
    if kept is None:
        text = "%s %s was deleted, and now %s does not exist any more. Running the task again is safe."
        failure = TaskRefused(text % (said, created["id"], found["id"]), "%s_not_found" % resource.name)
        raise failure.with_partial_result(**{resource.name: None})
    return kept, ("%s Another client created it at the same moment, so this task deleted %s." % (said, created["id"]),)


def report(finder: Finder, created: t.Sequence[Values]) -> tuple[str, ...]:
    """Look up resources that this task has created; returns warnings.

    :raises KatapultError: there is another one with the same identity, and they are not equivalent.
    """
    resource = finder.resource
    if not created or not resource.identity or (resource.twins and not resource.series):
        return ()
    try:
        if resource.lookup_key is None:
            rows = finder.list_all()
            found = [(one, finder.matching(one, rows)) for one in created]
        else:
            key = resource.lookup_key
            found = [(one, [same for same in [finder.get(key, one[key])] if same]) for one in created if one[key]]
    except KatapultError as error:
        return ("Whether another client created the same %s is unknown: %s" % (resource.noun, error),)
    for one, same in found:
        others = [other["id"] for other in same if other["id"] != one["id"]]
        if others:
            said = (
                "There are several of the %s: this task created %s, and another client created %s at the same moment."
            )
            text = said % (resource.text(resource.identity_of(one)), one["id"], ", ".join(others))
            if resource.twins:
                return (text,)
            raise KatapultError("%s Delete all but one of them." % text, ErrorDetails("duplicate_found"))
    return ()
