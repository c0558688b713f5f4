# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the top-level Makefile: fuzzers.
#
#   make fuzz [SECONDS=60] [TARGETS="fuzz_ring ..."]   so many seconds for each

SECONDS ?= 60

fuzz:
	@tests/setup/packages fuzz
	@tests/fuzz/run -t $(SECONDS) $(TARGETS)

.PHONY: fuzz
