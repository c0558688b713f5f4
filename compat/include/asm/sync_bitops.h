/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * asm/sync_bitops.h - locked operations that stay locked on one processor
 *
 * A kernel on one CPU takes the lock prefix out of its own; what the host
 * writes too needs these.
 */
#ifndef HVL_COMPAT_ASM_SYNC_BITOPS_H
#define HVL_COMPAT_ASM_SYNC_BITOPS_H

#include <linux/atomic.h>

#ifdef HAVE_HEADER_ASM_SYNC_BITOPS_H
#include_next <asm/sync_bitops.h>
#else
#define sync_set_bit(nr, addr)			set_bit(nr, addr)
#define sync_test_and_clear_bit(nr, addr)	test_and_clear_bit(nr, addr)
#endif

#ifndef sync_cmpxchg
#define sync_cmpxchg(p, o, n)			cmpxchg(p, o, n)
#endif

#endif /* HVL_COMPAT_ASM_SYNC_BITOPS_H */
