# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start the simulated Katapult API and run the demo playbook against it, with the Ansible next to the running Python."""

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

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORK = ROOT / ".nox" / ".cache" / "ansible"  # everything that Ansible writes
SIMULATOR = ROOT / "tests" / "integration" / "targets" / "setup_simulator" / "files" / "katapult_simulator"
TOKEN = "simulator-token"
ORGANIZATION = "acme"
FIRST_WORDS = "Simulator listens on "
SECONDS_TO_START = 20


def main() -> int:
    """Run what the command line selects, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only-simulator", action="store_true", help="run the simulator until it is interrupted; it has more options"
    )
    parser.add_argument("--port", default="0", help="the port of the simulator; 0 is any free port")
    wanted, more = parser.parse_known_args()
    if more and not wanted.only_simulator:
        parser.error("unrecognized arguments: %s" % " ".join(more))
    stop_on_sigterm()
    if wanted.only_simulator:
        print("Ansible and the collection are ready for your playbooks:\n")
        print("    export ANSIBLE_COLLECTIONS_PATH=%s" % collection_folder())
        print("    %s mine.yml\n" % (BIN / "ansible-playbook"), flush=True)
        # It replaces this process, so that Ctrl-C reaches the simulator alone.
        os.execv(sys.executable, [sys.executable, str(SIMULATOR), "--port", wanted.port, *more])
    try:
        with simulator(wanted.port) as url:
            return ansible_playbook(ROOT / "examples" / "demo.yml", url)
    except KeyboardInterrupt:
        return 130


def stop_on_sigterm() -> None:
    """Let SIGTERM raise SystemExit, so that the simulator is stopped, too."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


@contextmanager
def simulator(port: str, *options: str) -> Iterator[str]:
    """Run a simulator; the value is the URL of its API."""
    command = [sys.executable, "-u", str(SIMULATOR), "--port", port, *options]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()


def _address(process: subprocess.Popen[str]) -> str:
    """The address that the simulator prints when it is ready."""
    lines: queue.Queue[str] = queue.Queue()

    def listen() -> None:
        """Read until the end, because a full pipe would stop the simulator."""
        for line in process.stdout or ():
            lines.put(line)
        lines.put("")

    threading.Thread(target=listen, daemon=True).start()
    try:
        first = lines.get(timeout=SECONDS_TO_START)
    except queue.Empty:
        sys.exit("The simulator printed nothing within %d seconds." % SECONDS_TO_START)
    if not first.startswith(FIRST_WORDS):
        sys.exit("The simulator did not start.")
    return first.removeprefix(FIRST_WORDS).strip()


def ansible_playbook(playbook: Path, url: str, **variables: str) -> int:
    """Run a playbook against the API at this URL, independent of the user's configuration of Ansible; returns the exit status.

    :param variables: more environment variables.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / "ansible.cfg").touch()
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANSIBLE_", "KATAPULT_", "PYTHONPATH"))
    }
    env |= {
        "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]),
        "ANSIBLE_HOME": str(WORK),
        "ANSIBLE_CONFIG": str(WORK / "ansible.cfg"),
        "ANSIBLE_REMOTE_TMP": str(WORK / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": str(collection_folder()),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "KATAPULT_API_URL": url,
        "KATAPULT_API_TOKEN": TOKEN,
        "KATAPULT_ORGANIZATION": ORGANIZATION,
        **variables,
    }
    return subprocess.run(
        [BIN / "ansible-playbook", playbook], env=env, stdin=subprocess.DEVNULL, check=False
    ).returncode


def collection_folder() -> Path:
    """A folder in which Ansible finds the clone as the collection."""
    folder = WORK.parent / "collections"
    link = folder / "ansible_collections" / "katapult" / "cloud"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(ROOT)
    return folder


if __name__ == "__main__":
    sys.exit(main())
