# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# A version such as 3.12, or a command.
PYTHON ?= python3
# A version such as 2.19 or 2.19.14. Empty: the newest that the Python can run.
ANSIBLE_CORE ?=
# For one step: arguments for the program that runs it.
ARGS ?=
# The day of a release. Empty: today.
DATE ?=
# The port of the simulator. 0: any free port.
PORT ?= 8080

python := $(if $(filter 3.%,$(PYTHON)),python$(PYTHON),$(PYTHON))
steps := sanity units integration coverage contract faults processes integration-as-modules lint docs-lint changelog-lint license package

.PHONY: help demo simulator bench test $(steps) matrix drift release clean check-python
.DEFAULT_GOAL := help

help:
	@echo 'make demo            run examples/demo.yml against a simulated Katapult: no account, no token'
	@echo 'make simulator       start the simulated Katapult API and keep it running      PORT=$(PORT)'
	@echo 'make test            all of the steps below, as CI runs them'
	@echo 'make sanity          the checks of ansible-test                                ARGS="--test validate-modules"'
	@echo 'make units           the unit tests                                            ARGS=tests/unit/...'
	@echo 'make integration     playbooks against the simulator                           ARGS=<target>'
	@echo 'make integration-as-modules  the same, as regular modules instead of in process    ARGS=<target>'
	@echo 'make lint            ansible-lint, production profile'
	@echo 'make docs-lint       the documentation of the collection'
	@echo 'make changelog-lint  the changelog and its fragments'
	@echo 'make license         the license of every file'
	@echo 'make coverage        units and integration, and the coverage of plugins/'
	@echo 'make contract        integration, and conformance with the API: requires KATAPULT_OPENAPI and KATAPULT_RECORDINGS'
	@echo 'make faults          every request with every fault                                 ARGS="-k create"'
	@echo 'make processes       concurrent and killed ansible-playbook processes'
	@echo 'make package         build, import like Galaxy, install, verify the archive'
	@echo 'make matrix          units, sanity, integration with all Pythons and ansible-cores   ARGS=--list'
	@echo 'make drift           what a newer API contains that the collection does not support: requires KATAPULT_OPENAPI'
	@echo 'make release         generate the changelog of the version in galaxy.yml           DATE=2026-12-31'
	@echo 'make bench           measure the speed, and write docs/speed.md: 20 minutes         ARGS=--quick'
	@echo 'make clean           remove .cache/, which contains the files of all steps'
	@echo
	@echo 'With another Python or ansible-core:  make test PYTHON=3.12 ANSIBLE_CORE=2.18'

demo: check-python
	@$(python) dev/demo.py --core='$(ANSIBLE_CORE)'

simulator: check-python
	@$(python) dev/demo.py --core='$(ANSIBLE_CORE)' --only-simulator --port='$(PORT)'

bench: check-python
	@$(python) dev/bench.py --core='$(ANSIBLE_CORE)' $(ARGS)

test: check-python
	@$(python) dev/run_tests.py --core='$(ANSIBLE_CORE)' all

$(filter-out coverage contract,$(steps)): check-python
	@$(python) dev/run_tests.py --core='$(ANSIBLE_CORE)' --arguments='$(ARGS)' $@

coverage: check-python
	@$(python) dev/run_tests.py --core='$(ANSIBLE_CORE)' units integration coverage

contract: check-python
	@$(python) dev/run_tests.py --core='$(ANSIBLE_CORE)' integration contract

matrix: check-python
	@$(python) dev/matrix.py $(ARGS)

drift: check-python
	@$(python) dev/drift.py --core='$(ANSIBLE_CORE)'

release: check-python
	@$(python) dev/release.py --core='$(ANSIBLE_CORE)' --date='$(DATE)'

clean:
	rm -rf .cache

check-python:
	@command -v '$(python)' > /dev/null || { echo 'There is no $(python) on the PATH. Name another: make ... PYTHON=3.12' >&2; exit 2; }
	@$(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo 'Python 3.11 or later is needed, and $(python) is not, or does not start. Name another: make ... PYTHON=3.12' >&2; exit 2; }
