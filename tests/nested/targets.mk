# SPDX-License-Identifier: GPL-2.0-only
#
#   make test-nested [DRIVERS=inbox|ours|both]   the bus on QEMU's own VMBus

test-nested:
	@$(TOP)/tests/nested/run --drivers '$(or $(DRIVERS),both)'

.PHONY: test-nested
