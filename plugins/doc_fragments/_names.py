# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What the modules share whose options accept names instead of IDs."""

    DOCUMENTATION = r"""
options: {}
notes:
  - >-
    Names: options that accept an ID or a name treat a value as an ID if it begins like the IDs of this kind, V(vm_) for virtual machines,
    V(vmgrp_) for groups, V(tag_) for tags and V(cert_) for certificates. Any other value is a name, as in P(katapult.cloud.id#lookup). A
    virtual machine is also found by its host name and its fully qualified domain name.
  - Names require an organization, and a token that may list these resources. All resources of a kind are listed once for each task, before
    anything is written. IDs cost no request. If a name matches no resource or several resources, the task fails, also in check mode.
  - To use the result of an C(_info) module, convert it to IDs, for example with C(listed.virtual_machines | map(attribute='id')).
  - For a resource whose name begins like an ID, use P(katapult.cloud.id#lookup).
  - In check mode, the ID of a resource that an earlier task of the playbook would create is V(null). It is accepted in these options, with a
    warning.
seealso:
  - plugin: katapult.cloud.id
    plugin_type: lookup
"""
