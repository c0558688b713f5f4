# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the top-level Makefile: what needs virtual machines.
#
#   make demo                 see a disk behind our drivers
#   make test-vm [SCENARIOS=storage,...] [DRIVERS=inbox|ours|both]
#                [KERNELS=6.1,...] [HOSTS=ws2019,...] [CPUS=2,...]

test-vm:
	@tests/setup/packages
	@tests/vm/run $(if $(DRIVERS),--drivers $(DRIVERS)) $(if $(KERNELS),--kernels $(KERNELS)) \
		$(if $(HOSTS),--hosts $(HOSTS)) $(if $(CPUS),--cpus $(CPUS)) $(SCENARIOS)

demo:
	@tests/setup/packages
	@tests/vm/demo

.PHONY: test-vm demo
