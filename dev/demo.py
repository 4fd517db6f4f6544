# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start the simulated Katapult and, unless only that is wanted, run the demo playbook against it."""

from __future__ import annotations

import argparse
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from environment import CACHE, CLONE, Environment, Trouble, environment, install_core, run, variables

SIMULATOR = CLONE / "tests" / "integration" / "targets" / "setup_simulator" / "files" / "katapult_simulator"
PLAYBOOK = CLONE / "examples" / "demo.yml"
TOKEN = "simulator-token"
ORGANIZATION = "acme"
FIRST_WORDS = "Simulator listens on "
SECONDS_TO_START = 20


def main() -> int:
    """Run what the command line asks for. The answer is the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--core", default="", help="the version of ansible-core; without it, the newest that this Python can run"
    )
    parser.add_argument("--only-simulator", action="store_true", help="run the simulator until it is interrupted")
    parser.add_argument("--port", default="0", help="where the simulator listens; 0 is any free port")
    wanted = parser.parse_args()
    # So that the simulator is stopped when somebody stops this program.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        place = environment(wanted.core)
        install_core(place)
        if wanted.only_simulator:
            python = place.bin / "python"
            print("Ansible and the collection are ready for your playbooks:\n")
            print("    export ANSIBLE_COLLECTIONS_PATH=%s" % collection_folder())
            print("    %s mine.yml\n" % (place.bin / "ansible-playbook"))
            sys.stdout.flush()
            # In place of this program, so that Ctrl-C reaches the simulator alone.
            os.execve(python, [python, SIMULATOR, "--port", wanted.port], variables(place))
        else:
            with simulator(place, wanted.port) as url:
                play(place, url)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


@contextmanager
def simulator(place: Environment, port: str, *options: str) -> Iterator[str]:
    """A running simulator, as the address of its API. It is stopped at the end, whatever happens."""
    process = subprocess.Popen(
        [place.bin / "python", "-u", SIMULATOR, "--port", port, *options],
        env=variables(place),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield _address(process)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()


def _address(process: subprocess.Popen) -> str:
    """The address that the simulator prints when it is ready."""
    lines: queue.Queue[str] = queue.Queue()

    def listen() -> None:
        """Take over what is printed, to the end: a full pipe would stop the simulator."""
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    threading.Thread(target=listen, daemon=True).start()
    try:
        first = lines.get(timeout=SECONDS_TO_START)
    except queue.Empty:
        raise Trouble("The simulator said nothing within %d seconds." % SECONDS_TO_START) from None
    if not first.startswith(FIRST_WORDS):
        raise Trouble("The simulator did not start.")
    return first.removeprefix(FIRST_WORDS).strip()


def play(place: Environment, url: str) -> None:
    """Run the demo playbook against the API at this address."""
    run([place.bin / "ansible-playbook", PLAYBOOK], env=settings(place, url))


def settings(place: Environment, url: str) -> dict[str, str]:
    """The environment variables for playbooks against the API at this address, with nothing of the user's own set-up of Ansible."""
    home = place.folder / "ansible"
    home.mkdir(parents=True, exist_ok=True)
    config = home / "ansible.cfg"
    config.touch()
    return {
        **variables(place),
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_REMOTE_TMP": str(home / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": str(collection_folder()),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "KATAPULT_API_URL": url,
        "KATAPULT_API_TOKEN": TOKEN,
        "KATAPULT_ORGANIZATION": ORGANIZATION,
    }


def collection_folder() -> Path:
    """A folder in which Ansible finds the clone as the collection it is."""
    folder = CACHE / "collections"
    link = folder / "ansible_collections" / "katapult" / "cloud"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(CLONE)
    return folder


if __name__ == "__main__":
    sys.exit(main())
