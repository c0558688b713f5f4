// SPDX-License-Identifier: GPL-2.0-only
/*
 * storvsc_bounce.c - a buffer that the host's rule about pages does not fit
 *
 * One request names one range of pages: between its scatter elements every
 * boundary must be that of a page (storvsc.md 4.2).  Kernels that know a "virt
 * boundary" make no other requests.  On the rest, a request whose elements are
 * 512 bytes here and there is copied: all of it, into whole pages.
 *
 * No locks.  Memory comes with GFP_ATOMIC; where bouncing is usual there is a
 * reserve for one request, so that writing back under memory pressure always
 * gets on.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include "storvsc_drv.h"

static unsigned long copied_requests;
module_param(copied_requests, ulong, 0444);
MODULE_PARM_DESC(copied_requests,
		 "Requests copied so far, because their pages do not fit the host's rule");

int stor_bounce_init(struct stor_host *h)
{
	size_t size = sizeof(struct stor_bounce) +
		      h->max_pages * sizeof(struct page *);

	h->bounce_pool = mempool_create_kmalloc_pool(1, size);
	if (!h->bounce_pool)
		return -ENOMEM;
	if (h->gapless)
		return 0;
	h->page_pool = mempool_create_page_pool(h->max_pages, 0);
	return h->page_pool ? 0 : -ENOMEM;
}

void stor_bounce_exit(struct stor_host *h)
{
	mempool_destroy(h->page_pool);
	h->page_pool = NULL;
	mempool_destroy(h->bounce_pool);
	h->bounce_pool = NULL;
}

static struct page *stor_bounce_page(struct stor_host *h)
{
	if (h->page_pool)
		return mempool_alloc(h->page_pool, GFP_ATOMIC | __GFP_NOWARN);
	return alloc_page(GFP_ATOMIC | __GFP_NOWARN);
}

static void stor_bounce_free(struct stor_host *h, struct stor_bounce *b)
{
	while (b->nr--) {
		if (h->page_pool)
			mempool_free(b->page[b->nr], h->page_pool);
		else
			__free_page(b->page[b->nr]);
	}
	mempool_free(b, h->bounce_pool);
}

/**
 * stor_bounce_map - let pages of our own stand in for those of a command
 * @h: the controller
 * @sc: the command; its request has direction and length
 * @pfns: where their list goes; has room for h->max_pages
 *
 * Any context.  Fills sc->req and, if the data go out, the pages.  Returns 0,
 * or -EAGAIN if there is no memory now.
 */
int stor_bounce_map(struct stor_host *h, struct stor_cmd *sc, u64 *pfns)
{
	struct scsi_cmnd *cmd = sc->base.cmd;
	u32 len = sc->req.buf.len, at, n;
	struct stor_bounce *b;
	struct page *page;

	b = mempool_alloc(h->bounce_pool, GFP_ATOMIC | __GFP_NOWARN);
	if (!b)
		return -EAGAIN;
	b->nr = 0;
	for (at = 0; at < len; at += n) {
		n = min_t(u32, len - at, PAGE_SIZE);
		page = stor_bounce_page(h);
		if (!page) {
			stor_bounce_free(h, b);
			return -EAGAIN;
		}
		pfns[b->nr] = page_to_phys(page) >> HVL_PAGE_SHIFT;
		b->page[b->nr++] = page;
		if (sc->req.data == STOR_DATA_OUT)
			sg_pcopy_to_buffer(scsi_sglist(cmd),
					   scsi_sg_count(cmd),
					   page_address(page), n, at);
		else
			/* A host may say that it wrote what it did not. */
			memset(page_address(page), 0, n);
	}
	sc->req.buf.offset = 0;
	sc->req.buf.pfns = pfns;
	sc->bounce = b;
	/* For people to look at; two CPUs at once may count one. */
	WRITE_ONCE(copied_requests, READ_ONCE(copied_requests) + 1);
	return 0;
}

/**
 * stor_bounce_unmap - the request has ended
 * @h: the controller
 * @sc: the command
 * @moved: bytes that the host wrote, if the data came in
 *
 * Any context.  Never touches more of the command's buffer than @moved.
 */
void stor_bounce_unmap(struct stor_host *h, struct stor_cmd *sc, u32 moved)
{
	struct scsi_cmnd *cmd = sc->base.cmd;
	struct stor_bounce *b = sc->bounce;
	u32 i, at, n;

	if (sc->req.data == STOR_DATA_IN) {
		for (i = 0, at = 0; i < b->nr && at < moved; i++, at += n) {
			n = min_t(u32, moved - at, PAGE_SIZE);
			sg_pcopy_from_buffer(scsi_sglist(cmd),
					     scsi_sg_count(cmd),
					     page_address(b->page[i]), n, at);
		}
	}
	sc->bounce = NULL;
	stor_bounce_free(h, b);
}
