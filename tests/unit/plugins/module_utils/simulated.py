# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator as a transport, with simulated time."""

from __future__ import annotations

import itertools
import json
import typing as t
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from katapult_simulator.faults import Fault, first_match
from katapult_simulator.kinds.load_balancer import LoadBalancer
from katapult_simulator.kinds.load_balancer_rule import Rule
from katapult_simulator.samples import world
from katapult_simulator.simulator import Request, Simulator
from katapult_simulator.world import Assumptions

from ansible_collections.katapult.cloud.plugins.module_utils._engine.task import Result, Task
from ansible_collections.katapult.cloud.plugins.module_utils._errors import ErrorDetails, TransportError
from ansible_collections.katapult.cloud.plugins.module_utils._http.client import Client
from ansible_collections.katapult.cloud.plugins.module_utils._http.retry_budget import Clock, RetryBudget
from ansible_collections.katapult.cloud.plugins.module_utils._http.transport import Response
from ansible_collections.katapult.cloud.plugins.modules import load_balancer, load_balancer_info, load_balancer_rule

ONE = "/load_balancers/load_balancer"
ALL = "/organizations/organization/load_balancers"
RULE = "/load_balancers/rules/load_balancer_rule"
RULES = "/load_balancers/load_balancer/rules"


_NUMBERS = itertools.count()


@dataclass
class Time:
    """The time of a task. It starts five seconds into a clock minute."""

    passed: float = 0.0
    naps: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.passed += seconds

    def wall(self) -> float:
        return 1_800_000_005.0 + self.passed

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.passed, wall=self.wall, sleep=self.sleep, jitter=lambda: 0.0)


@dataclass
class TaskRunner:
    """Runs tasks against one simulator."""

    simulator: Simulator = None  # type: ignore[assignment]
    time: Time = field(default_factory=Time)
    token: str = "simulator-token"
    # Each has its own, because locks and what they contain belong to a URL.
    api_url: str = field(default_factory=lambda: "https://simulator-%d.example/core/v1" % next(_NUMBERS))
    assumptions: Assumptions = field(default_factory=Assumptions)
    unreachable: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.simulator is None:
            self.simulator = Simulator(world(self.assumptions), wall=self.time.wall)

    def send(self, method: str, path: str, query: t.Any, body: t.Any, seconds: float) -> Response:
        """The transport: what HTTP does between the client and the simulator, without HTTP."""
        if first_match(self.unreachable, method, path):
            raise TransportError("No connection.", ErrorDetails("connection_refused"), transient=True)
        reply = self.simulator(
            Request(
                method=method,
                path=path,
                query=parse_qsl(urlencode(query or []), keep_blank_values=True),
                body=b"" if body is None else json.dumps(body).encode(),
                token=self.token,
            )
        )
        if reply.after > seconds:
            self.time.passed += seconds
            raise TransportError(
                "Katapult did not respond.", ErrorDetails("timed_out"), may_have_taken_effect=True, transient=True
            )
        self.time.passed += reply.after
        if reply.lost:
            raise TransportError(
                "The connection was lost.", ErrorDetails("connection_lost"), may_have_taken_effect=True, transient=True
            )
        return Response(reply.status, {name.lower(): value for name, value in reply.headers.items()}, reply.body)

    def client(self, read_only: bool = False, timeout: float = 60, budget: float = 120) -> Client:
        return Client(self.send, timeout, RetryBudget(budget, self.time.clock()), read_only, api_url=self.api_url)

    def run(self, **task: t.Any) -> Result:
        """One task of katapult.cloud.load_balancer, see :meth:`run_task`."""
        return self.run_task(load_balancer.TASK, **task)

    def run_rule(self, **task: t.Any) -> Result:
        """One task of katapult.cloud.load_balancer_rule, for the load balancer "web" by default."""
        return self.run_task(load_balancer_rule.TASK, **{"load_balancer": {"api_reference": "web"}, **task})

    def run_info(self, **task: t.Any) -> list[dict[str, t.Any]]:
        """The load balancers that a task of katapult.cloud.load_balancer_info finds."""
        result = self.run_task(load_balancer_info.TASK, **task)
        assert not result.changed and result.diff is None
        return result.values["load_balancers"]

    def run_task(
        self,
        module: Task,
        check: bool = False,
        diff: bool = False,
        organization: t.Any = "acme",
        budget: float = 120,
        timeout: float = 60,
        **task: t.Any,
    ) -> Result:
        """One task, with its options as Ansible passes them.

        :param organization: its sub-domain, or the complete option, or None.
        """
        if isinstance(organization, str):
            organization = {"sub_domain": organization}
        client = self.client(check, timeout, budget)
        return module.run(options(module, **task), organization, client, diff)

    def sent(self) -> list[str]:
        """The methods of all requests so far; clears them."""
        methods = [request["method"] for request in self.simulator.requests]
        self.simulator.requests.clear()
        return methods

    def written(self) -> list[dict[str, t.Any]]:
        """The bodies of all writes so far."""
        return [request["body"] for request in self.simulator.requests if request["method"] != "GET"]

    def balancers(self) -> list[LoadBalancer]:
        return list(self.simulator.world.load_balancers.values())

    def fail(self, **fault: t.Any) -> None:
        """Activate a fault from now on."""
        self.simulator.faults.append(Fault(**fault))

    def refuse(self, **requests: t.Any) -> None:
        """Refuse the connection for some requests from now on; they are selected like those of a fault."""
        self.unreachable.append(Fault(**requests))

    def existing(self, **values: t.Any) -> LoadBalancer:
        """Add a load balancer."""
        values = {
            "id": "lb_1",
            "organization": "org_acme",
            "data_center": "loc_london",
            "address_id": "ip_1",
            "address": "203.0.113.1",
            "name": "Web",
            "api_reference": "web",
            **values,
        }
        balancer = LoadBalancer(**values)
        self.simulator.world.load_balancers[balancer.id] = balancer
        return balancer

    def rule(self, port: int, **values: t.Any) -> Rule:
        """Add a rule."""
        values = {"id": "lbrule_%d" % port, "destination_port": 8080, "protocol": "HTTP", **values}
        rule = Rule(load_balancer=values.pop("of", "lb_1"), listen_port=port, **values)
        self.simulator.world.load_balancer_rules[rule.id] = rule
        return rule

    def rules(self) -> dict[int, dict[str, t.Any]]:
        """The properties of all rules, by port."""
        return {rule.listen_port: rule_properties(rule) for rule in self.simulator.world.load_balancer_rules.values()}

    def requests(self) -> list[str]:
        """All requests so far, each as its method and the kind of its resource; clears them."""
        about = {ONE: "one", ALL: "all", RULE: "rule", RULES: "rules"}
        asked = ["%s %s" % (request["method"], about[request["path"]]) for request in self.simulator.requests]
        self.simulator.requests.clear()
        return asked


def options(of: Task, **task: t.Any) -> dict[str, t.Any]:
    """The options of a task as Ansible passes them to the module: checked, complete, None if not set."""
    validated = ArgumentSpecValidator(of.argument_spec).validate(_copied(task))
    if validated.error_messages:
        raise ValueError("; ".join(validated.error_messages))
    return validated.validated_parameters


def _copied(value: t.Any) -> t.Any:
    """A copy that shares no object, not even with itself: the validation changes objects in place."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def rule_properties(rule: Rule) -> dict[str, t.Any]:
    """The fields of a rule that a request can write."""
    return {name: value for name, value in vars(rule).items() if name not in ("id", "load_balancer")}


def web(**properties: t.Any) -> dict[str, t.Any]:
    """The properties of a load balancer that is to be created."""
    return {
        "api_reference": "web",
        "name": "Web",
        "resource_type": "virtual_machines",
        "data_center": {"permalink": "uk-lon-01"},
        **properties,
    }
