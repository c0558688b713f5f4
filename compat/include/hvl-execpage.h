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

/* PAGE_KERNEL_EXEC as such is made of a variable that i386 does not export. */
#define HVL_PAGE_EXEC	__pgprot(pgprot_val(PAGE_KERNEL) & ~_PAGE_NX)

/* Process context.  *gpa is its guest-physical address. */
static inline void *hvl_exec_page_alloc(u64 *gpa)
{
	void *page = __vmalloc(PAGE_SIZE, GFP_KERNEL | __GFP_ZERO, HVL_PAGE_EXEC);

	if (page)
		*gpa = (u64)vmalloc_to_pfn(page) << PAGE_SHIFT;
	return page;
}

static inline void hvl_exec_page_free(void *page)
{
	vfree(page);
}

#endif /* HVL_COMPAT_EXECPAGE_H */
