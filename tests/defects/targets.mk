# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the top-level Makefile: are the tests able to fail?
#
#   make test-defects [DEFECTS="ring-no-barrier ..."]

test-defects:
	@tests/setup/packages
	@tests/defects/run $(DEFECTS)

.PHONY: test-defects
