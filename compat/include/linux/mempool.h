/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/mempool.h - before 4.3 a pool that is not there could not be destroyed
 */
#ifndef HVL_COMPAT_LINUX_MEMPOOL_H
#define HVL_COMPAT_LINUX_MEMPOOL_H

#include_next <linux/mempool.h>

static inline void hvl_compat_mempool_destroy(mempool_t *pool)
{
	if (pool)
		mempool_destroy(pool);
}
#define mempool_destroy(pool) hvl_compat_mempool_destroy(pool)

#endif /* HVL_COMPAT_LINUX_MEMPOOL_H */
