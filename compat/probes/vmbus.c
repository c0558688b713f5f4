/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the bus asks: hypervisor hooks (docs/ownership.md) and bus callbacks.
 */
/// include linux/random.h
/// include linux/interrupt.h
/// include linux/panic_notifier.h
/// include asm/mshyperv.h
/// include asm/sync_bitops.h

/* The vector is asked for in irq.c. */

/* 6.x: accessors that know of a nested hypervisor; before, plain MSRs. */
/// symbol HV_SET_MSR hv_set_msr

/* 6.11: the driver is const for match(). */
/// probe BUS_MATCH_CONST
	typedef char fits[HVL_IS(((struct bus_type *)0)->match,
		int (*)(struct device *, const struct device_driver *)) ? 1 : -1];
/// probe BUS_MATCH_PLAIN
	typedef char fits[HVL_IS(((struct bus_type *)0)->match,
		int (*)(struct device *, struct device_driver *)) ? 1 : -1];
/// group bus_match BUS_MATCH_CONST BUS_MATCH_PLAIN

/* 6.3: the device is const for uevent(). */
/// probe BUS_UEVENT_CONST
	typedef char fits[HVL_IS(((struct bus_type *)0)->uevent,
		int (*)(const struct device *, struct kobj_uevent_env *)) ? 1 : -1];
/// probe BUS_UEVENT_PLAIN
	typedef char fits[HVL_IS(((struct bus_type *)0)->uevent,
		int (*)(struct device *, struct kobj_uevent_env *)) ? 1 : -1];
/* Before 2.6.24 */
/// probe BUS_UEVENT_ENVP
	typedef char fits[HVL_IS(((struct bus_type *)0)->uevent,
		int (*)(struct device *, char **, int, char *, int)) ? 1 : -1];
/// group bus_uevent BUS_UEVENT_CONST BUS_UEVENT_PLAIN BUS_UEVENT_ENVP

/* 3.12: groups of attributes that all devices of a bus have; before, a list. */
/// probe BUS_DEV_GROUPS
	((struct bus_type *)0)->dev_groups = (const struct attribute_group **)0;

/* 3.3: the mode that is_visible() gives has a narrower type. */
/// probe IS_VISIBLE_UMODE
	typedef char fits[HVL_IS(((struct attribute_group *)0)->is_visible,
		umode_t (*)(struct kobject *, struct attribute *, int)) ? 1 : -1];

/* 5.15: remove() of a bus returns nothing. */
/// probe BUS_REMOVE_VOID
	typedef char fits[HVL_IS(((struct bus_type *)0)->remove,
		void (*)(struct device *)) ? 1 : -1];
/// probe BUS_REMOVE_INT
	typedef char fits[HVL_IS(((struct bus_type *)0)->remove,
		int (*)(struct device *)) ? 1 : -1];
/// group bus_remove BUS_REMOVE_VOID BUS_REMOVE_INT

/* 5.16: one argument, the interrupt number. */
/// probe ADD_INTERRUPT_RANDOMNESS_1
	add_interrupt_randomness(1);
/// probe ADD_INTERRUPT_RANDOMNESS_2
	add_interrupt_randomness(1, 0);
/// group add_interrupt_randomness ADD_INTERRUPT_RANDOMNESS_1 ADD_INTERRUPT_RANDOMNESS_2
