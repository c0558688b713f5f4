# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the top-level Makefile: what a storage I/O costs.
#
#   make bench-storage [BENCH="--kernel 5.10"]	options of tests/bench/storage

bench-storage:
	@tests/setup/packages
	@tests/bench/storage $(BENCH)

.PHONY: bench-storage
