/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-execpage.h - a page that the hypervisor fills with code for us to call
 *
 * Wanted only on kernels whose own code has no hypercall page, all of which let
 * a module ask vmalloc for executable memory; later ones do not.
 */
#ifndef HVL_COMPAT_EXECPAGE_H
#define HVL_COMPAT_EXECPAGE_H

#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

/* Process context.  *gpa is its guest-physical address. */
static inline void *hvl_exec_page_alloc(u64 *gpa)
{
	void *page = __vmalloc(PAGE_SIZE, GFP_KERNEL | __GFP_ZERO,
			       PAGE_KERNEL_EXEC);

	if (page)
		*gpa = (u64)vmalloc_to_pfn(page) << PAGE_SHIFT;
	return page;
}

static inline void hvl_exec_page_free(void *page)
{
	vfree(page);
}

#endif /* HVL_COMPAT_EXECPAGE_H */
