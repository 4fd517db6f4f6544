# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the simulator: C(python katapult_simulator --port 8080)."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from katapult_simulator import server as server_module
from katapult_simulator.server import Server
from katapult_simulator.traffic import Traffic
from katapult_simulator.world import Assumptions

HOW_TO = """Simulator listens on {api_url}

To use it with a playbook, run in another terminal:

    export KATAPULT_API_URL={api_url}
    export KATAPULT_API_TOKEN=simulator-token
    export KATAPULT_ORGANIZATION=acme

Tokens          simulator-token     has all permissions
                acme-token          can only access the organization acme
                read-only-token     scope_not_granted for all changes
                balancers-token     scope_not_granted for everything except load balancers
                machines-token      scope_not_granted for everything except virtual machines, so also for tasks and the trash
                powerless-token     permission_denied for all changes
                elsewhere-token     unauthorized_network_for_api_token
                capabilities-token  invalid_capabilities_token
Organizations   acme, globex; suspended, asleep (not activated), full (its limit is reached)
Data centers    uk-lon-01, nl-ams-01, us-nyc-01, us-azp-01
Networks        uk-lon-01-public, eu-ams-01, us-nyc-01, us-azp-01; the virtual network vnet_backbone of acme
Members         of acme: vm_a to vm_f, vmgrp_web, vmgrp_empty, tag_web, tag_api, vm_trashed (in the trash)
                of globex: vm_other, and pairs with the same name: vm_twin_1 and _2, vmgrp_twin_1 and _2
New machines    packages rock-1, rock-3, rock-6 and so on; templates/ubuntu-22-04, templates/debian-11 and so on
                host names that begin with "unbuildable-" or "unstartable-" cannot be built
Addresses       of acme, without a machine: 192.0.2.10, 192.0.2.11 (a VIP with the label web), 2001:db8:3::10
Certificates    of acme: cert_www, cert_api, cert_trashed (in the trash); of globex: cert_twin_1 and _2, with the same name
                a name that begins with "unresolved." cannot be issued
Firewalls       of acme: the security groups sg_web and sg_open, the address lists adlst_office and adlst_empty
                of Katapult: the address lists adlst_balancers and adlst_cdn

Background work, such as a build, {pace}.
The control endpoint {control_url} changes faults, objects, and what is assumed about the API. For example:

    curl -d '{{"assumptions": {{"seconds": 5}}}}' {control_url}/reset
    curl -d '{{"method": "POST", "path": "/virtual_machines/virtual_machine/start", "answer": "lost"}}' {control_url}/faults

{documentation} documents it.

The state is only kept in memory. Ctrl-C stops the simulator{limit}. While it is stopped, a task waits up to two minutes
for it to restart; with api_retry_timeout: 0, the task fails immediately."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="katapult_simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="the loopback port to listen on; 0 for any free port")
    parser.add_argument("--seconds", type=float, default=0, help="stop after this number of seconds; 0 for no limit")
    parser.add_argument("--traffic", metavar="FILE", help="append every request and its response to this file")
    parser.add_argument("--latency", type=float, default=0, help="additional seconds before every response")
    parser.add_argument(
        "--looks", type=int, metavar="N", help="background work ends after it was looked at N times; the default is 2"
    )
    parser.add_argument("--work-seconds", type=float, metavar="N", help="background work ends after N seconds instead")
    options = parser.parse_args()
    given = {"looks": options.looks, "seconds": options.work_seconds}
    try:
        assumptions = Assumptions(**{name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        parser.error(str(error))
    try:
        traffic = Traffic(options.traffic) if options.traffic else None
        server = Server(options.port, traffic=traffic, latency=options.latency, assumptions=assumptions)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it must be from 0 to 65535"
        sys.exit(
            "Port %d of 127.0.0.1 cannot be used (%s). Use another port, or 0 for any free port."
            % (options.port, reason)
        )
    limit = "; it stops automatically after %g seconds" % options.seconds if options.seconds else ""
    pace = "ends when it is looked at for the %d. time" % assumptions.looks
    if assumptions.seconds is not None:
        pace = "ends after %g seconds, a build after twice that time" % assumptions.seconds
    documentation = os.path.relpath(server_module.__file__)
    print(
        HOW_TO.format(
            api_url=server.api_url, control_url=server.control_url, limit=limit, pace=pace, documentation=documentation
        ),
        flush=True,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if options.seconds:
        timer = threading.Timer(options.seconds, server.shutdown)
        timer.daemon = True
        timer.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
