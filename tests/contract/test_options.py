# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options, results and error explanations match the arguments, fields and error codes of the OpenAPI document."""

from __future__ import annotations

from pathlib import Path

import pytest
from exceptions import OTHER_CODES
from katapult_simulator.kinds import KINDS
from known import (
    NEWER_KINDS,
    NEWER_OPERATIONS,
    NOT_CAUSED,
    NOT_USED,
    NOT_USED_NEWER,
    PARTS,
    SENT,
    SHOWN,
    SIMULATED,
    VERSION,
    is_of_written,
    is_within,
    paths_of,
)

from ansible_collections.katapult.cloud.plugins.module_utils._http.error_catalog import ERROR_CATALOG
from ansible_collections.katapult.cloud.tests.unit.plugins.catalog import RESOURCES

MIRRORED = [(part, option) for part in PARTS for option in part.options if part.mirrored(option)]
PART_NAMES = [part.name for part in PARTS]
SHOWN_NAMES = [shown.name for shown in SHOWN]


def test_the_document_has_the_supported_version(document):
    assert document.version == VERSION, "Run nox -s drift to see the changes, and then set VERSION in known.py."


def test_the_readme_names_the_same_version():
    readme = Path(__file__).resolve().parent.parent.parent / "README.md"
    assert "as of version %s of its OpenAPI document" % VERSION in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("part", "option"), MIRRORED, ids=["%s: %s" % (part.name, option) for part, option in MIRRORED]
)
def test_an_option_is_an_argument_of_the_same_type_and_choices(document_of, part, option):
    assert part.arguments(document_of(part.newer)).get(part.mirrored(option)) == part.documented(option)


def test_every_operation_on_a_written_kind_is_used_or_has_a_reason(document):
    assert {one for one in document.operations if is_of_written(one)} - SIMULATED == set(NOT_USED)


def test_a_newer_operation_is_not_in_the_document_and_belongs_to_a_listed_kind(document):
    assert NEWER_OPERATIONS.isdisjoint(document.operations)
    assert {path for _method, path in NEWER_OPERATIONS} == {
        path for name in NEWER_KINDS for path in paths_of(RESOURCES[name])
    }
    assert set(NEWER_KINDS) == {kind.name for kind in KINDS if kind.newer}
    assert all(reason.endswith(".") for reason in NEWER_KINDS.values()) and all(NOT_USED_NEWER.values())


def test_every_newer_operation_is_in_the_newer_document(document_of):
    assert set(document_of(True).operations) >= NEWER_OPERATIONS


@pytest.mark.parametrize("part", PARTS, ids=PART_NAMES)
def test_every_argument_has_an_option_or_a_reason(document_of, part):
    offered = {part.mirrored(option) for option in part.options}
    assert set(part.arguments(document_of(part.newer))) - offered == set(part.left_out)


@pytest.mark.parametrize("part", PARTS, ids=PART_NAMES)
def test_every_listed_option_exists(part):
    assert set(part.own) | set(part.renamed) | set(part.narrower) <= set(part.options)
    assert not set(part.own) & set(part.renamed)


@pytest.mark.parametrize("shown", SHOWN, ids=SHOWN_NAMES)
def test_every_field_is_shown_or_hidden_with_a_reason(document_of, shown):
    document = document_of(shown.newer)
    missing = shown.documented(document) - shown.shown(document)
    assert not [path for path in missing if not shown.hides(path)]
    assert not [hidden for hidden in shown.hidden if not any(is_within(path, hidden) for path in missing)]


@pytest.mark.parametrize("shown", SHOWN, ids=SHOWN_NAMES)
def test_every_known_field_is_documented(document_of, shown):
    document = document_of(shown.newer)
    documented = {path.split(".")[0].split("[")[0] for path in shown.documented(document)}
    known = {field.name for field in shown.fields} - {"resources", *shown.undocumented}
    if shown.in_list:  # a list contains only some fields
        assert documented - set(shown.hidden) <= known
    else:
        assert documented - set(shown.hidden) == known


@pytest.fixture(scope="session", name="codes")
def fixture_codes(document):
    """All documented error codes of the operations that the collection uses."""
    return {code for operation in SENT for code in document.errors(operation)}


def test_every_documented_error_is_explained(codes):
    assert codes and codes - set(NOT_CAUSED) <= set(ERROR_CATALOG)


def test_every_explained_error_is_documented_or_listed_with_a_reason(codes):
    assert set(ERROR_CATALOG) - codes == set(OTHER_CODES)


def test_the_options_are_counted(document, codes, record_testsuite_property):
    record_testsuite_property("options", len(MIRRORED))
    record_testsuite_property("arguments", sum(len(part.arguments(document)) for part in PARTS))
    record_testsuite_property("error_codes", len(codes))
