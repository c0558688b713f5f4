# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the top-level Makefile: what needs virtual machines.
#
#   make demo                 see a disk behind our drivers
#   make test-vm [SCENARIOS=storage,...] [DRIVERS=inbox|ours|both]
#                [KERNELS=6.1,...] [HOSTS=ws2019,...] [CPUS=2,...]
#   make test-hostile [SEED=n] [N=100000] [KERNELS=6.1,...]
#                             a host that lies about one device, N times, and to all

test-vm:
	@tests/setup/packages
	@tests/vm/run $(if $(DRIVERS),--drivers $(DRIVERS)) $(if $(KERNELS),--kernels $(KERNELS)) \
		$(if $(HOSTS),--hosts $(HOSTS)) $(if $(CPUS),--cpus $(CPUS)) $(SCENARIOS)

test-hostile:
	@tests/setup/packages
	@tests/vm/run --drivers ours --timeout 900 --changes $(or $(N),100000) \
		$(if $(SEED),--seed $(SEED)) $(if $(KERNELS),--kernels $(KERNELS)) hostile

demo:
	@tests/setup/packages
	@tests/vm/demo

.PHONY: test-vm test-hostile demo
