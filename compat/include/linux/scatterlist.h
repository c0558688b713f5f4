/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/scatterlist.h of 6.12 over older ones
 */
#ifndef HVL_COMPAT_LINUX_SCATTERLIST_H
#define HVL_COMPAT_LINUX_SCATTERLIST_H

#include_next <linux/scatterlist.h>

/* Before 2.6.24 a list is an array. */
#ifndef HAVE_SG_PAGE
#define sg_page(sg)	((sg)->page)
#undef sg_next
#define sg_next(sg)	((sg) + 1)
#undef for_each_sg
#define for_each_sg(list, sg, nr, i)					\
	for ((i) = 0, (sg) = (list); (i) < (nr); (i)++, (sg) = sg_next(sg))
#endif

#ifndef HAVE_SG_PCOPY
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/string.h>

/*
 * Mappings of a CPU have fixed slots on such kernels; that of interrupts is
 * free while they are off.
 */
static inline void hvl_compat_page_copy(struct page *page, u32 offset,
					char *buf, size_t n, bool to_buf)
{
	unsigned long flags;
	char *at;

	local_irq_save(flags);
#ifdef HAVE_KMAP_ATOMIC_1
	at = kmap_atomic(page);
#else
	at = kmap_atomic(page, KM_IRQ0);
#endif
	if (to_buf)
		memcpy(buf, at + offset, n);
	else
		memcpy(at + offset, buf, n);
#ifdef HAVE_KMAP_ATOMIC_1
	kunmap_atomic(at);
#else
	kunmap_atomic(at, KM_IRQ0);
#endif
	local_irq_restore(flags);
}

static inline size_t hvl_compat_sg_copy(struct scatterlist *sg, unsigned int nr,
					char *buf, size_t len, size_t skip,
					bool to_buf)
{
	size_t done = 0, at, n;

	for (; nr && done < len; nr--, sg = sg_next(sg)) {
		if (skip >= sg->length) {
			skip -= sg->length;
			continue;
		}
		for (at = skip; at < sg->length && done < len; at += n) {
			size_t in_page = (sg->offset + at) & (PAGE_SIZE - 1);

			n = min_t(size_t, PAGE_SIZE - in_page, sg->length - at);
			n = min_t(size_t, n, len - done);
			hvl_compat_page_copy(nth_page(sg_page(sg),
					(sg->offset + at) >> PAGE_SHIFT),
					in_page, buf + done, n, to_buf);
			done += n;
		}
		skip = 0;
	}
	return done;
}

#define sg_pcopy_to_buffer(sg, nr, buf, len, skip)			\
	hvl_compat_sg_copy(sg, nr, buf, len, skip, true)
#define sg_pcopy_from_buffer(sg, nr, buf, len, skip)			\
	hvl_compat_sg_copy(sg, nr, (void *)(buf), len, skip, false)
#endif /* HAVE_SG_PCOPY */

#endif /* HVL_COMPAT_LINUX_SCATTERLIST_H */
