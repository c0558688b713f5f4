/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/mm.h - memory that need not be contiguous, by one name
 *
 * kvfree() came with 3.15, kvmalloc() with 4.12, kvcalloc() with 4.18; RHEL 7
 * has them all, RHEL 5 and 6 none.
 */
#include_next <linux/mm.h>

#ifndef HVL_COMPAT_LINUX_MM_H
#define HVL_COMPAT_LINUX_MM_H

#ifndef HAVE_KVMALLOC
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

/* Process context.  The slabs of RHEL 5 stop the machine at __GFP_ZERO. */
static inline void *hvl_compat_kvmalloc(size_t size, gfp_t flags)
{
	gfp_t plain = flags & ~__GFP_ZERO;
	void *p;

	if (size > PAGE_SIZE)
		plain |= __GFP_NOWARN | __GFP_NORETRY;
	p = kmalloc(size, plain);
	if (!p && size > PAGE_SIZE)
		return __vmalloc(size, flags | __GFP_HIGHMEM, PAGE_KERNEL);
	if (p && (flags & __GFP_ZERO))
		memset(p, 0, size);
	return p;
}

static inline void *hvl_compat_kvmalloc_array(size_t n, size_t size,
					      gfp_t flags)
{
	if (size && n > ULONG_MAX / size)
		return NULL;
	return hvl_compat_kvmalloc(n * size, flags);
}

static inline void hvl_compat_kvfree(const void *p)
{
	unsigned long at = (unsigned long)p;

	if (at >= VMALLOC_START && at < VMALLOC_END)
		vfree((void *)p);
	else
		kfree(p);
}

#define kvmalloc(size, flags)		hvl_compat_kvmalloc(size, flags)
#define kvzalloc(size, flags)		kvmalloc(size, (flags) | __GFP_ZERO)
#define kvmalloc_array(n, size, flags)	hvl_compat_kvmalloc_array(n, size, flags)
#define kvcalloc(n, size, flags)	kvmalloc_array(n, size, (flags) | __GFP_ZERO)
#define kvfree(p)			hvl_compat_kvfree(p)
#endif

#endif /* HVL_COMPAT_LINUX_MM_H */
