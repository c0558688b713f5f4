# SPDX-License-Identifier: GPL-2.0-only
#
# Included by the Kbuild of every module: where our headers are, and the answers
# of the probes.  The shadow headers go ahead of the kernel's own.

ifeq ($(wildcard $(HVL_TOP)/compat-config.h),)
$(error hv-lis: no compat-config.h; start the build with 'make modules KDIR=...' at the top of the tree)
endif

include $(HVL_TOP)/compat-config.mk
include $(HVL_TOP)/compat/version.mk

LINUXINCLUDE := -I$(HVL_TOP)/compat/include $(LINUXINCLUDE) \
	-include $(HVL_TOP)/compat-config.h
# Before 2.6.24 the compiler got LINUXINCLUDE by way of a CPPFLAGS already expanded.
ifneq ($(filter -D__KERNEL__,$(CPPFLAGS)),)
CPPFLAGS := -I$(HVL_TOP)/compat/include $(CPPFLAGS) -include $(HVL_TOP)/compat-config.h
endif

hvl-flags := -I$(HVL_TOP)/hv-vmbus/include -I$(HVL_TOP)/compat/glue
hvl-flags += -DHVL_MODULE_VERSION=\"$(HVL_VERSION)\"
# RHEL 7's own headers use what they declare deprecated.
hvl-flags += -Wno-deprecated-declarations
# RHEL 5's linux/pagemap.h has a variable that compilers newer than it find useless.
ifeq ($(HVL_WORK_FUNC_WORK),)
hvl-flags += $(call cc-option,-Wno-unused-but-set-variable)
endif
ccflags-y += $(hvl-flags)
EXTRA_CFLAGS += $(hvl-flags)
