/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory. */
/// include linux/mm.h
/// include linux/slab.h
/// include linux/vmalloc.h

/* 3.15 to 4.18: contiguous or not, whatever there is. */
/// probe KVMALLOC
	void *p = kvmalloc(1, GFP_KERNEL);

	p = kvmalloc_array(1, 1, GFP_KERNEL);
	p = kvcalloc(1, 1, GFP_KERNEL);
	kvfree(p);
