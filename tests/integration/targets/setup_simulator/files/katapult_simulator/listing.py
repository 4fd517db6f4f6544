# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How virtual machines, tags, certificates and data centers are shown in lists, which is shorter than on their own.

What no load balancer has as a member is shown here on its own, too.
"""

from __future__ import annotations

from .calls import Json
from .members import BORN, COUNTRIES, SECRET, package_of, zone
from .world import Certificate, Collection, DataCenter, VirtualMachine, World

_A_QUARTER = 90 * 86400  # seconds


def virtual_machine(world: World, machine: VirtualMachine) -> Json:
    return {
        "id": machine.id,
        "name": machine.name,
        "hostname": machine.hostname,
        "fqdn": world.fqdn(machine),
        "created_at": BORN,
        "zone": zone(world.data_centers[machine.data_center]),
        "package": {"name": package_of(machine.package)["name"]},
        "gpu_type": None,
        "ip_addresses": [{"address": address} for address in machine.addresses],
    }


def tag(shown: Collection) -> Json:
    return {"id": shown.id, "name": shown.name, "color": shown.color}


def certificate(shown: Certificate) -> Json:
    issued = shown.state == "issued"
    return {
        "id": shown.id,
        "name": shown.name,
        "issuer": shown.issuer,
        "state": shown.state,
        "expires_at": BORN + _A_QUARTER if issued else None,
        "last_issued_at": BORN if issued else None,
    }


def whole_certificate(shown: Certificate) -> Json:
    """A certificate on its own, with its private key and an address that holds a token."""
    issued = shown.state == "issued"
    return {
        **certificate(shown),
        "additional_names": list(shown.additional_names),
        "created_at": BORN,
        "issue_error": None,
        "authorization_method": "http" if shown.issuer == "lets_encrypt" else None,
        "certificate_api_url": "https://certs.example.com/%s/%s-of-%s" % (shown.id, SECRET, shown.id),
        "certificate": _pem("CERTIFICATE", shown.id) if issued else None,
        "chain": _pem("CERTIFICATE", "the issuer of %s" % shown.id) if issued else None,
        "private_key": _pem("RSA PRIVATE KEY", "%s of %s" % (SECRET, shown.id)),
    }


def _pem(kind: str, text: str) -> str:
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n" % (kind, text, kind)


def data_center(center: DataCenter) -> Json:
    country = COUNTRIES[center.country]
    return {
        "id": center.id,
        "name": center.name,
        "permalink": center.permalink,
        "country": {"id": country["id"], "name": country["name"]},
    }
