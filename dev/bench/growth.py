# Copyright: (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how requests and time grow with the size of a task; prints a part of docs/speed.md.

The tasks run without Ansible around them, and over HTTP on this machine. It takes about half a minute.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.katapult.cloud.plugins.module_utils import _load_balancer_info_task as info
from ansible_collections.katapult.cloud.plugins.module_utils import _load_balancer_task as one
from ansible_collections.katapult.cloud.plugins.module_utils import _rule_requests
from ansible_collections.katapult.cloud.plugins.module_utils._budget import Budget, Clock
from ansible_collections.katapult.cloud.plugins.module_utils._client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._transport import HttpTransport

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "integration" / "targets" / "setup_simulator" / "files"))

from katapult_simulator.kinds.load_balancer import LoadBalancer  # noqa: E402
from katapult_simulator.kinds.load_balancer_rule import Rule  # noqa: E402
from katapult_simulator.server import Server, serving  # noqa: E402

TOKEN = "simulator-token"
ORGANIZATION = {"sub_domain": "acme"}
UNLIMITED = 10**9
PERMITTED = 1000  # requests that the API allows in a minute
LATENCY = 0.05  # seconds
AT_ONCE = 4


def main() -> None:
    """Print the tables."""
    print("Without latency. A load balancer takes part of one request if it is listed, and one of its own if it is read with `full`.\n")
    print("| `load_balancer_info` of so many | requests | time | requests with `full` | time |\n| ---: | ---: | ---: | ---: | ---: |")
    for amount in (250, 500, 1000):
        listed, read = (_info(amount, full) for full in (False, True))
        print("| %d | %d | %.2f s | %d | %.2f s |" % (amount, *listed, *read))
    print("\nWithout latency. Rules are planned from one list. Those of which the list does not show enough (their checks) are read one by one.\n")
    print("| `load_balancer` with so many rules | requests | time | requests with checks | time |\n| ---: | ---: | ---: | ---: | ---: |")
    for amount in (25, 50, 100):
        plain, checked = (_rules(amount, more) for more in ({}, {"check_interval": 9}))
        print("| %d | %d | %.3f s | %d | %.3f s |" % (amount, *plain, *checked))
    _overlap()


@contextmanager
def _serving(latency: float = 0.0) -> Iterator[Server]:
    server = Server(0, latency=latency)
    server.simulator.permitted = UNLIMITED
    with serving(server):
        yield server


def _client(server: Server) -> tuple[Client, list[str]]:
    """A client that cannot write, and the lines that it tells, one for each request."""
    lines: list[str] = []
    return Client(HttpTransport(server.api_url, TOKEN, True), 60, Budget(0, Clock()), True, lines.append), lines


def _fill(server: Server, balancers: int, rules: int = 0) -> None:
    world = server.simulator.world
    for number in range(balancers):
        world.load_balancers["lb_%d" % number] = LoadBalancer(
            id="lb_%d" % number,
            organization="org_acme",
            data_center="loc_london",
            address_id="ip_%d" % number,
            address="203.0.113.1",
            name="Web %d" % number,
            api_reference="web-%d" % number,
        )
    for port in range(1, rules + 1):
        world.load_balancer_rules["lbrule_%d" % port] = Rule("lbrule_%d" % port, "lb_0", port, 8080, "HTTP")


def _timed(server: Server, module: object, task: dict) -> tuple[int, float]:
    """The requests that a task sends, and the seconds that it takes."""
    client, lines = _client(server)
    options = ArgumentSpecValidator(module.ARGUMENT_SPEC).validate(task).validated_parameters
    start = time.monotonic()
    module.run(options, ORGANIZATION, client, False)
    return len(lines), time.monotonic() - start


def _info(amount: int, full: bool) -> tuple[int, float]:
    with _serving() as server:
        _fill(server, amount)
        return _timed(server, info, {"full": full})


def _rules(amount: int, more: dict) -> tuple[int, float]:
    rules = [{"listen_port": port, "destination_port": 9090, "protocol": "HTTP", **more} for port in range(1, amount + 1)]
    with _serving() as server:
        _fill(server, 1, amount)
        return _timed(server, one, {"properties": {"api_reference": "web-0"}, "rules": rules})


def _overlap() -> None:
    """What it would bring to read several rules at once."""
    amount = 100
    identifiers = ["lbrule_%d" % port for port in range(1, amount + 1)]
    with _serving(LATENCY) as server:
        _fill(server, 1, amount)
        in_turn = _seconds(lambda: _in_turn(server, identifiers))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            at_once = _seconds(lambda: list(pool.map(lambda some: _in_turn(server, some), [identifiers[i::AT_ONCE] for i in range(AT_ONCE)])))
    print(OVERLAP.format(
        amount=amount, latency=LATENCY * 1000, in_turn=in_turn, at_once=at_once, several=AT_ONCE,
        permitted=PERMITTED, turn_rate=60 * amount / in_turn, once_rate=60 * amount / at_once))


def _in_turn(server: Server, identifiers: list[str]) -> list[dict]:
    client, _lines = _client(server)
    return [_rule_requests.read_rule(client, identifier) for identifier in identifiers]


def _seconds(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


OVERLAP = """
Requests are sent in turn, also where things are read one by one. With {latency:.0f} ms of latency, {amount} rules took {in_turn:.1f} s in turn,
which is {turn_rate:.0f} a minute, and {at_once:.1f} s with {several} at once, which is {once_rate:.0f} a minute. The API allows {permitted} a minute for
everything that uses the token. In turn, a task of any size stays near that by itself; with several at once, every task with more
than {permitted} requests would end up waiting for the next minute, and take it from all others until then. What could be gained is some seconds,
in tasks that read a hundred rules one by one. That does not pay for threads."""


if __name__ == "__main__":
    main()
