# Copyright (c) 2026, the katapult.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# A version such as 3.12, or a command.
PYTHON ?= python3
# The port of the simulator. 0: any free port.
PORT ?= 8080
# Arguments for make simulator and make bench.
ARGS ?=

python := $(if $(filter 3.%,$(PYTHON)),python$(PYTHON),$(PYTHON))
bin := .nox/bootstrap/bin
# A changed requirement, another Python and a moved clone each require a new environment.
ready := .nox/bootstrap/ready$(subst /,-,$(CURDIR))-$(shell $(python) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
nox := PATH="$(CURDIR)/$(bin):$$PATH" $(bin)/python -m nox

.PHONY: help demo simulator test contract bench
.DEFAULT_GOAL := help

help:
	@echo 'make demo        run examples/demo.yml against a simulated Katapult: no account, no token'
	@echo 'make simulator   start the simulated Katapult API and keep it running          PORT=$(PORT) ARGS=--help'
	@echo 'make test        the tests of a pull request                                   PYTHON=3.13'
	@echo 'make contract    conformance with the API: set KATAPULT_OPENAPI and KATAPULT_RECORDINGS'
	@echo 'make bench       measure the speed, and write docs/speed.md: 10 minutes        ARGS=--quick'
	@echo
	@echo 'Single tests, other versions of ansible-core and Python: $(bin)/nox -l'

$(ready): dev/bootstrap.txt meta/ee-requirements.txt
	@$(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed. Name another: make ... PYTHON=3.12' >&2; exit 2; }
	@echo 'Installing into .nox/bootstrap'
	@$(python) -m venv --clear .nox/bootstrap
	@$(bin)/python -m pip install -qq --disable-pip-version-check -r dev/bootstrap.txt -r meta/ee-requirements.txt
	@touch $@

demo: $(ready)
	@$(bin)/python dev/demo.py

simulator: $(ready)
	@$(bin)/python dev/demo.py --only-simulator --port='$(PORT)' $(ARGS)

# CI=true: formatters check the files instead of changing them.
test: $(ready)
	@CI=true $(nox) --parallel 2 --allow-parallel --sessions integration contract coverage sanity faults \
	    lint ansible-lint docs-check changelog license-check extra-checks build-import-check

contract: $(ready)
	@$(nox) --sessions contract

bench: $(ready)
	@$(nox) --sessions bench -- $(ARGS)
