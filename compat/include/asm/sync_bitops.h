/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * asm/sync_bitops.h - locked operations that stay locked on one processor
 *
 * A kernel on one CPU takes the lock prefix out of its own; what the host
 * writes too needs these.  RHEL 5 has none of them, and RHEL 6's sync_cmpxchg()
 * does not assemble for 32 bits; the compiler's own are always locked.
 */
#ifndef HVL_COMPAT_ASM_SYNC_BITOPS_H
#define HVL_COMPAT_ASM_SYNC_BITOPS_H

#include <linux/atomic.h>

#ifdef HAVE_HEADER_ASM_SYNC_BITOPS_H
#include_next <asm/sync_bitops.h>
#else
#include <linux/types.h>

static inline void hvl_compat_sync_set_bit(long nr, unsigned long *addr)
{
	__sync_fetch_and_or(&addr[nr / BITS_PER_LONG],
			    1ul << nr % BITS_PER_LONG);
}

static inline int hvl_compat_sync_test_and_clear_bit(long nr,
						     unsigned long *addr)
{
	unsigned long bit = 1ul << nr % BITS_PER_LONG;

	return !!(__sync_fetch_and_and(&addr[nr / BITS_PER_LONG], ~bit) & bit);
}

#define sync_set_bit(nr, addr)	hvl_compat_sync_set_bit(nr, addr)
#define sync_test_and_clear_bit(nr, addr) \
	hvl_compat_sync_test_and_clear_bit(nr, addr)
#endif

#if defined(HAVE_SYNC_CMPXCHG_FUNCTION) || !defined(sync_cmpxchg)
#undef sync_cmpxchg
#define sync_cmpxchg(p, o, n)	__sync_val_compare_and_swap(p, o, n)
#endif

#endif /* HVL_COMPAT_ASM_SYNC_BITOPS_H */
