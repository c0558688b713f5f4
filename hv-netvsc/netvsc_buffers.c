// SPDX-License-Identifier: GPL-2.0-only
/*
 * netvsc_buffers.c - memory: what is lent to the host, and what queues are made of
 *
 * No locks; process context.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "netvsc_drv.h"

void netvsc_area_free(struct netvsc_area *a)
{
	u32 i;

	vunmap(a->map);
	for (i = 0; a->pages && !a->lost && i < a->nr; i++) {
		if (a->pages[i])
			__free_page(a->pages[i]);
	}
	kvfree(a->pages);
	memset(a, 0, sizeof(*a));
}

static int netvsc_area_alloc(struct netvsc_area *a, u32 bytes)
{
	u32 i;

	a->nr = bytes >> PAGE_SHIFT;
	a->pages = kvcalloc(a->nr, sizeof(*a->pages), GFP_KERNEL);
	if (!a->pages)
		return -ENOMEM;
	for (i = 0; i < a->nr; i++) {
		a->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!a->pages[i])
			return -ENOMEM;
	}
	a->map = vmap(a->pages, a->nr, VM_MAP, PAGE_KERNEL);
	return a->map ? 0 : -ENOMEM;
}

/* Pages of @bytes, lent by the primary channel.  On failure there are none. */
int netvsc_area_lend(struct netvsc *nd, struct netvsc_area *a, u32 bytes)
{
	int rc = netvsc_area_alloc(a, bytes);

	if (!rc)
		rc = hvl_channel_share(nd->hdev->channel, a->pages, a->nr,
				       &a->gpadl, &a->lost);
	if (rc)
		netvsc_area_free(a);
	else
		a->lent = true;
	return rc;
}

void netvsc_area_take_back(struct netvsc *nd, struct netvsc_area *a)
{
	if (!a->lent)
		return;
	a->lent = false;
	if (hvl_channel_unshare(nd->hdev->channel, a->gpadl)) {
		a->lost = true;
		dev_err(&nd->hdev->device, "the host keeps %u pages\n", a->nr);
	}
}

/* ---- queues ------------------------------------------------------------------------- */

#define NETVSC_HEAD_BYTES	(NET_SLOTS * NET_SLOT_HEAD)

int netvsc_queue_alloc(struct netvsc *nd, struct net_queue *q)
{
	struct net_queue_memory mem = {
		.nr_answers = nd->recv_bytes / 1536 + 2,
	};
	u64 *pfns;
	u32 i;

	mem.slots = kvcalloc(NET_SLOTS, sizeof(*mem.slots), GFP_KERNEL);
	mem.free = kvcalloc(NET_SLOTS, sizeof(*mem.free), GFP_KERNEL);
	mem.heads = vmalloc(NETVSC_HEAD_BYTES);
	pfns = kcalloc(NETVSC_HEAD_BYTES / PAGE_SIZE, sizeof(*pfns), GFP_KERNEL);
	mem.head_pfns = pfns;
	mem.answers = kvcalloc(mem.nr_answers, sizeof(*mem.answers), GFP_KERNEL);
	mem.pieces = kvcalloc(NVSP_MAX_RANGES, sizeof(*mem.pieces), GFP_KERNEL);
	q->mem = mem;
	if (!mem.slots || !mem.free || !mem.heads || !pfns || !mem.answers ||
	    !mem.pieces) {
		netvsc_queue_free(q);
		return -ENOMEM;
	}
	for (i = 0; i < NETVSC_HEAD_BYTES / PAGE_SIZE; i++)
		pfns[i] = vmalloc_to_pfn(mem.heads + i * PAGE_SIZE);
	net_queue_init(q, &mem);
	return 0;
}

void netvsc_queue_free(struct net_queue *q)
{
	kvfree(q->mem.slots);
	kvfree(q->mem.free);
	vfree(q->mem.heads);
	kfree(q->mem.head_pfns);
	kvfree(q->mem.answers);
	kvfree(q->mem.pieces);
	memset(&q->mem, 0, sizeof(q->mem));
}
