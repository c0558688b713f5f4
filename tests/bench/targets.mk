# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the top-level Makefile: what a storage I/O costs.

bench-storage:
	@tests/setup/packages
	@tests/bench/storage

.PHONY: bench-storage
