# SPDX-License-Identifier: GPL-2.0-only
#
# The top level: what a person types.
#
#   make modules [KDIR=...]   the kernel modules, for one kernel's build tree
#   make modules_install     into /lib/modules/.../updates, by the kernel's own rules
#   make unit                 unit tests, in user space, under ASan and UBSan
#   make check                rules of the tree that a compiler does not know
#   make test [SUITES="unit vm"]   all that CI runs, or some of it (tests/run)
#   make test-build [KERNELS=6.1,...] [KDIRS="dir..."]   the modules compile
#                             without a warning for each kernel we serve, and those
#   make golden [KERNELS=...] [KDIRS=...]   record what the probes answer now
#   make clean                everything that was built
#
# KDIR is a kernel build tree (default: the running kernel's).  Each KDIR gets a
# directory of its own, O (default build/<kernel release>), so that builds for
# several kernels may run at once.  The targets of the virtual machine tests
# (demo, test-vm...) are in tests/vm/targets.mk.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
TOP := $(CURDIR)
comma := ,

# The kernel's build system has variables of the same names; what is given here
# must not reach it through MAKEFLAGS.
MAKEOVERRIDES :=

all: modules

modules:
	+@MAKE='$(MAKE)' HVL_EXPECT='$(EXPECT)' $(TOP)/compat/build.sh '$(KDIR)' '$(O)' \
		W='$(W)' C='$(C)' CF='$(CF)' V='$(V)' CC='$(KCC)'

modules_install:
	+@MAKE='$(MAKE)' $(TOP)/compat/install.sh '$(KDIR)' '$(O)' '$(INSTALL_MOD_PATH)' \
		'$(KCC)'

unit:
	@$(TOP)/tests/unit/run

check:
	@$(TOP)/tests/check/run

test:
	@$(TOP)/tests/run $(SUITES)

test-build:
	@$(TOP)/tests/setup/packages
	@KDIRS='$(KDIRS)' KCC='$(KCC)' $(TOP)/tests/build/run $(subst $(comma), ,$(KERNELS))

golden:
	@$(TOP)/tests/setup/packages
	@KDIRS='$(KDIRS)' KCC='$(KCC)' $(TOP)/tests/build/run --accept $(subst $(comma), ,$(KERNELS))

clean:
	@rm -rf $(TOP)/build

.PHONY: all modules modules_install unit check test test-build golden clean

-include $(wildcard tests/*/targets.mk)
