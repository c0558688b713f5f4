/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv/os.h - everything that a VSC core may ask of its operating system.
 *
 * A *_core.c file includes hv/os.h, hv/vmbus.h and its own headers, and no
 * linux/ header, because it is also built unchanged in user space, over
 * tests/unit/twin/hv/os.h, which offers the same names.  What is not offered
 * here (allocation, sleeping, timers, devices) is the DIM's business.
 *
 * Offered: fixed-size types, errno, memcpy and friends, spinlock_t with the
 * irqsave forms, atomic_t, bit operations and bitmaps, struct list_head,
 * barriers, READ_ONCE/WRITE_ONCE, likely/unlikely, container_of, min/max.
 */
#ifndef _HV_OS_H
#define _HV_OS_H

#include <hv/types.h>
#include <linux/kernel.h>
#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/list.h>
#include <linux/bitops.h>
#include <linux/bitmap.h>
#include <linux/atomic.h>

#endif /* _HV_OS_H */
