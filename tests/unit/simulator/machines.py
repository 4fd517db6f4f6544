# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests about virtual machines, for the tests of the simulator."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from katapult_simulator.samples import world
from katapult_simulator.simulator import Request, Simulator
from katapult_simulator.world import Assumptions

ACME = {"organization": {"sub_domain": "acme"}}
BUILDS = "/organizations/organization/virtual_machines/build_from_spec"
BUILD = "/virtual_machines/builds/virtual_machine_build"
MACHINES = "/organizations/organization/virtual_machines"
MACHINE = "/virtual_machines/virtual_machine"
INTERFACES = MACHINE + "/network_interfaces"
INTERFACE = "/virtual_machine_network_interfaces/virtual_machine_network_interface"
ADDRESSES = "/organizations/organization/ip_addresses"
ADDRESS = "/ip_addresses/ip_address"
TRASH = "/organizations/organization/trash_objects"
TRASHED = "/trash_objects/trash_object"
TASK = "/tasks/task"

CENTER = '<DataCenter by="permalink">uk-lon-01</DataCenter>'
RESOURCES = '<Resources><Package by="permalink">rock-3</Package></Resources>'
TEMPLATE = (
    '<DiskTemplate><DiskTemplate by="permalink">templates/ubuntu-22-04</DiskTemplate>'
    '<Option key="install_agent">true</Option></DiskTemplate>'
)


class Api:
    """A simulator with some assumptions, and with a clock that tests set."""

    def __init__(self, **assumptions):
        self.now = 0.0
        self.simulator = Simulator(world(Assumptions(**assumptions)), wall=lambda: self.now)

    @property
    def world(self):
        return self.simulator.world

    def ask(self, method, path, query=(), token="simulator-token", **body):
        """The status and the document of a response."""
        reply = self.simulator(Request(method, path, query, json.dumps(body).encode() if body else b"", token))
        return reply.status, json.loads(reply.body)

    def get(self, path, **named):
        """The status and the document of a GET of one object: C(get(MACHINE, virtual_machine="vm_a"))."""
        query = [("%s[%s]" % (kind, by), value) for kind, of in named.items() for by, value in _lookup(of).items()]
        return self.ask("GET", path, query)

    def send(self, method, path, **body):
        """The document of a successful request."""
        status, document = self.ask(method, path, **body)
        assert status in (200, 201), document
        return document

    def code(self, method, path, **body):
        """The status and the code of an error."""
        status, document = self.ask(method, path, **body)
        return status, document.get("error", {}).get("code")

    def build(self, hostname="new", **parts):
        """Start a build; returns the response."""
        return self.send("POST", BUILDS, **ACME, xml=spec(hostname, **parts))

    def progress(self, build):
        """The state of a build, and that of its machine, after another look."""
        shown = self.get(BUILD, virtual_machine_build=build)[1]["virtual_machine_build"]
        machine = shown["virtual_machine"]
        return shown["state"], machine and machine["state"]

    def built(self, hostname="new", **parts):
        """A new machine that is started."""
        build = self.build(hostname, **parts)["build"]["id"]
        while self.progress(build)[0] != "complete":
            pass
        identifier = self.world.virtual_machine_builds[build].virtual_machine
        return self.settled(identifier, "started")

    def machine(self, identifier="vm_a"):
        return self.get(MACHINE, virtual_machine=identifier)[1]["virtual_machine"]

    def settled(self, identifier, state):
        """A machine in a state that it will have soon."""
        for _look in range(20):
            shown = self.machine(identifier)
            if shown["state"] == state:
                return shown
        raise AssertionError("it remains %s" % shown["state"])

    def done(self, document):
        """The status in which a task ends."""
        for _look in range(20):
            task = self.get(TASK, task=document["task"]["id"])[1]["task"]
            if task["status"] in ("completed", "failed"):
                return task["status"]
        raise AssertionError("it does not end")

    def trash(self, identifier="vm_f"):
        """Delete a stopped machine; returns its trash object."""
        return self.send("DELETE", MACHINE, virtual_machine={"id": identifier})["trash_object"]

    def purge(self, trash_object):
        """Purge, and look until it is gone."""
        self.send("DELETE", TRASHED, trash_object={"id": trash_object["id"]})
        while self.get(TRASHED, trash_object=trash_object["id"])[0] == 200:
            pass


def _lookup(of):
    return of if isinstance(of, dict) else {"id": of}


def spec(hostname="new", *, center=CENTER, resources=RESOURCES, template=TEMPLATE, interfaces="", more=""):
    """The document for a new machine."""
    name = "<Hostname><Hostname>%s</Hostname></Hostname>" % escape(hostname) if hostname else ""
    parts = center, resources, template, networks(interfaces) if interfaces else "", name, more
    return "<VirtualMachineSpec>%s</VirtualMachineSpec>" % "".join(parts)


def networks(inside, network="<Network>netw_loc_london</Network>"):
    return "<NetworkInterfaces><NetworkInterface>%s%s</NetworkInterface></NetworkInterfaces>" % (network, inside)


def existing(address, by=None):
    attribute = ' by="%s"' % by if by else ""
    inside = "<IPAddress%s>%s</IPAddress>" % (attribute, address)
    return '<IPAddressAllocation type="existing">%s</IPAddressAllocation>' % inside


def new(version):
    return '<IPAddressAllocation type="new"><Version>%s</Version></IPAddressAllocation>' % version
