# SPDX-License-Identifier: GPL-2.0-only
# Of every module and package.  dkms.conf says it too; a check compares them.
HVL_VERSION := 5.0.0
