/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of memory, and temporary mappings of it. */
/// include linux/highmem.h
/// include linux/mm.h
/// include linux/scatterlist.h

/* 2.6.24: the page of an element is no member any more, lists are chained. */
/// probe SG_PAGE
	struct scatterlist *sg = 0;
	int i;

	for_each_sg(sg, sg, 1, i)
		(void)sg_page(sg_next(sg));

/* 3.11: copies from the middle of a list */
/// probe SG_PCOPY
	(void)&sg_pcopy_to_buffer;
	(void)&sg_pcopy_from_buffer;

/* 2.6.37: no fixed slots for temporary mappings */
/// probe KMAP_ATOMIC_1
	kunmap_atomic(kmap_atomic((struct page *)0));
