# SPDX-License-Identifier: GPL-2.0-only
#
#   make debug-kernel   build the kernel that watches drivers, once; half an hour
#   make test-debug [SCENARIOS=storage,...] [CPUS=2,...]
#                       the scenarios on it: KASAN, lockdep, kmemleak, UBSAN silent

debug-kernel:
	@tests/setup/packages
	@tests/setup/debug-kernel > /dev/null

test-debug: debug-kernel
	@tests/vm/run --kernels 6.1-debug --drivers $(or $(DRIVERS),ours) --cpus $(or $(CPUS),2,4) \
		$(if $(HOSTS),--hosts $(HOSTS)) $(SCENARIOS)

.PHONY: debug-kernel test-debug
