# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the collection: nothing here is a public API.

"""What can be read beside load balancers: for each kind of thing, where it is, what names it, and what a result shows of it.

Source: the Katapult Core API's answers (its OpenAPI document, and what was recorded). They hold secrets, which are in none of
these fields: the root passwords of virtual machines, the private keys of certificates, and what organizations are billed.
"""

from __future__ import annotations

import typing as t

from ansible_collections.katapult.cloud.plugins.module_utils import _fields
from ansible_collections.katapult.cloud.plugins.module_utils._fields import Field, Fields, Values
from ansible_collections.katapult.cloud.plugins.module_utils._kinds import (
    FLAG,
    FREE_TEXT,
    ID_SET,
    TEXT,
    Kind,
    number,
    pairs,
    reference,
    text_fault,
)

_TEXTS = Kind(ID_SET.read, blank=[])  # a list of texts in an order of its own
_NUMBER = number(0)


def _member(*fields: Field) -> Kind:
    """Something that a thing has or belongs to; null where there is none."""

    def read(value: t.Any) -> Values | None:
        return _fields.read(fields, value) if isinstance(value, dict) else None

    return Kind(read)


def _members(*fields: Field) -> Kind:
    """Some things that a thing has."""

    def read(value: t.Any) -> list[Values]:
        items = value if isinstance(value, list) else []
        return [_fields.read(fields, item) for item in items if isinstance(item, dict)]

    return Kind(read, blank=[])


def _texts(*names: str) -> Fields:
    return tuple(Field(name, TEXT) for name in names)


class Readable(t.NamedTuple):
    """One kind of thing that a module reads.

    :param singular: what the API calls one of them; several have an C(s) more.
    :param fields: what a result shows of it, and nothing else is.
    :param named_by: what a look-up can name one by.
    :param of_organization: whether an organization has them, and lists them.
    :param paginated: whether their list comes in pages.
    :param short_rows: whether their list lacks some of the fields.
    :param annotated: whether they have annotations, which stand beside them in an answer.
    """

    singular: str
    fields: Fields
    named_by: tuple[str, ...] = ("id",)
    of_organization: bool = True
    paginated: bool = True
    short_rows: bool = False
    annotated: bool = False

    @property
    def plural(self) -> str:
        """What the API calls several of them, and a result its list."""
        return self.singular + "s"

    @property
    def module(self) -> str:
        """The module that reads them."""
        return self.singular + "_info"

    @property
    def one(self) -> str:
        """The path of one of them."""
        return "/%s/%s" % (self.plural, self.singular)

    @property
    def all(self) -> str:
        """The path of their list."""
        return "%s/%s" % ("/organizations/organization" if self.of_organization else "", self.plural)

    @property
    def called(self) -> str:
        """What a person calls one of them."""
        return self.singular.replace("_", " ")

    def read(self, thing: t.Mapping[str, t.Any], answer: t.Mapping[str, t.Any]) -> Values:
        """One as it is shown on its own.

        :param answer: all that came with it.
        """
        beside = {"annotations": answer.get("annotations")} if self.annotated else {}
        return _fields.read(self.fields, {**thing, **beside})

    def read_row(self, row: t.Mapping[str, t.Any]) -> Values:
        """One as a list shows it: some of its fields may not be there."""
        return _fields.read_part(self.fields, row)


_DATA_CENTER = reference("id", "name", "permalink")

VIRTUAL_MACHINE = Readable(
    "virtual_machine",
    (
        *_texts("id", "name", "hostname", "fqdn", "description", "state"),
        Field("created_at", _NUMBER),
        Field("zone", _member(*_texts("id", "name", "permalink"), Field("data_center", _DATA_CENTER))),
        Field("organization", reference("id", "name", "sub_domain")),
        Field("group", _member(*_texts("id", "name"))),
        Field("package", reference("id", "name", "permalink")),
        Field("cpu_cores", _NUMBER),
        Field("memory_in_gb", _NUMBER),
        Field("use_dedicated_cpus", FLAG),
        Field("gpu_type", _member(*_texts("id", "name", "permalink"))),
        Field("attached_iso", _member(*_texts("id", "name"))),
        Field("tags", _members(*_texts("id", "name"))),
        Field("tag_names", _TEXTS),
        Field("ip_addresses", _members(*_texts("id", "address", "address_with_mask", "reverse_dns"))),
        Field("annotations", Kind(pairs("key", text_fault, "value", FREE_TEXT).read, blank=[])),
    ),
    named_by=("id", "fqdn"),
    short_rows=True,
    annotated=True,
)

VIRTUAL_MACHINE_GROUP = Readable(
    "virtual_machine_group",
    (
        *_texts("id", "name"),
        Field("segregate", FLAG),
        Field("auto_segregate", FLAG),
        Field("created_at", _NUMBER),
    ),
    paginated=False,
)

TAG = Readable("tag", (*_texts("id", "name", "color"), Field("created_at", _NUMBER)), short_rows=True)

CERTIFICATE = Readable(
    "certificate",
    (
        *_texts("id", "name"),
        Field("additional_names", _TEXTS),
        *_texts("issuer", "state", "issue_error", "authorization_method"),
        Field("created_at", _NUMBER),
        Field("last_issued_at", _NUMBER),
        Field("expires_at", _NUMBER),
        *_texts("certificate", "chain"),
    ),
    short_rows=True,
)

DATA_CENTER = Readable(
    "data_center",
    (*_texts("id", "name", "permalink"), Field("country", reference("id", "name"))),
    named_by=("id", "permalink"),
    of_organization=False,
    paginated=False,
)

ORGANIZATION = Readable(
    "organization",
    (
        *_texts("id", "name", "sub_domain", "infrastructure_domain"),
        Field("created_at", _NUMBER),
        Field("activated_at", _NUMBER),
        Field("suspended", FLAG),
        Field("managed", FLAG),
    ),
    named_by=("id", "sub_domain"),
    of_organization=False,
    paginated=False,
)

READABLES = (VIRTUAL_MACHINE, VIRTUAL_MACHINE_GROUP, TAG, CERTIFICATE, DATA_CENTER, ORGANIZATION)
