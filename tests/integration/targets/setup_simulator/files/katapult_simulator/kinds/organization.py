# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Organizations."""

from __future__ import annotations

from dataclasses import dataclass

from ..refusals import Refusal
from ..rendering import CREATED_AT, SECRET
from ..table import Kind
from .data_center import COUNTRIES


@dataclass
class Organization:
    id: str
    name: str
    sub_domain: str
    suspended: bool = False
    activated: bool = True
    restricted: tuple[str, ...] = ()  # the reason why no more of a limited resource can be created

    created_at = CREATED_AT
    managed = False
    uuid = "00000000-0000-4000-8000-000000000000"
    billing_name = "%s billing name" % SECRET
    address1 = "%s street 1" % SECRET
    address2 = address3 = address4 = country_state = None
    postcode = "%s postcode" % SECRET
    vat_number = "%s VAT number" % SECRET
    phone_number = "%s phone number" % SECRET
    currency = {"id": "cur_gbp", "name": "British Pound", "iso_code": "GBP", "symbol": "£"}
    country = COUNTRIES["GB"]

    @property
    def organization(self) -> str:
        """A token that can access it can access its resources."""
        return self.id

    @property
    def infrastructure_domain(self) -> str:
        return "%s.katapult.cloud" % self.sub_domain


def _refuse(organization: Organization) -> Refusal | None:
    if organization.suspended:
        return Refusal("organization_suspended")
    return None if organization.activated else Refusal("organization_not_activated")


_LIST_FIELDS = "id,name,sub_domain,infrastructure_domain,created_at,activated_at,suspended,managed"
ORGANIZATION = Kind(
    name="organization",
    model=Organization,
    lookup=("id", "sub_domain"),
    read_scopes=("organizations:read",),
    paginated=False,
    refuse=_refuse,
    list_fields=_LIST_FIELDS,
    fields=_LIST_FIELDS + ",uuid,billing_name,address1,address2,address3,address4,postcode,vat_number,phone_number,"
    "currency,country,country_state",
    computed={"activated_at": lambda _world, shown: CREATED_AT if shown.activated else None},
)
