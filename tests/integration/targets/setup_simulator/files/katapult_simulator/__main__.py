# Copyright: (c) 2026, the katapult.cloud contributors
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

from katapult_simulator.server import Server  # noqa: E402 pylint: disable=wrong-import-position

HOW_TO = """Simulator listens on {api_url}

Point a playbook at it, in another terminal:

    export KATAPULT_API_URL={api_url}
    export KATAPULT_API_TOKEN=simulator-token
    export KATAPULT_ORGANIZATION=acme

Tokens          simulator-token (everything), read-only-token, powerless-token, acme-token, elsewhere-token
Organizations   acme, globex, suspended, asleep, full
Data centers    uk-lon-01, nl-ams-01, us-nyc-01
Members         vm_a to vm_f, vmgrp_web, vmgrp_empty, tag_web, tag_api; certificates cert_www, cert_api

It keeps everything in memory, and stops with Ctrl-C{limit}."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="katapult_simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="the loopback port to listen on; 0 takes a free one")
    parser.add_argument(
        "--seconds", type=float, default=0, help="stop after so many seconds; 0 runs until it is stopped"
    )
    options = parser.parse_args()
    server = Server(options.port)
    limit = ", or after %g seconds" % options.seconds if options.seconds else ""
    print(HOW_TO.format(api_url=server.api_url, limit=limit), flush=True)
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
