# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the top-level Makefile: are the tests able to fail?
#
#   make test-defects [DEFECTS="ring-no-barrier ..."] [RESUME=1]
#
# Those for virtual machines take a build and a boot each, most of an hour in all:
# CI has those for unit tests only.  RESUME=1 takes up a run that was cut short.

test-defects:
	@tests/setup/packages
	@tests/defects/run $(if $(RESUME),-r) $(DEFECTS)

.PHONY: test-defects
