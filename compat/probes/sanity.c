/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is the engine sound?  The first must pass on every kernel and the second on
 * none; see compat/probes/README.
 */
/// include linux/module.h
/// include linux/kernel.h
/// include linux/device.h

/// probe SANITY_PASS
	printk("%s\n", THIS_MODULE->name);

/// probe SANITY_FAIL
	(void)&hvl_there_is_no_such_function;
