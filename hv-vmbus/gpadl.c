// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpadl.c - lending pages to the host and getting them back
 *
 * No locks; process context.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "bus.h"

static u64 *page_numbers(struct page **pages, u32 nr)
{
	u64 *pfns;
	u32 i;

	pfns = vmalloc(nr * sizeof(*pfns));
	if (!pfns)
		return NULL;
	for (i = 0; i < nr; i++)
		pfns[i] = page_to_pfn(pages[i]);
	return pfns;
}

/*
 * hvl_gpadl_create - lend @nr pages to the host's end of @ch
 * @handle: filled on success
 * @gone: set on failure if the pages may still be in the host's hands and must
 *        not be freed
 */
int hvl_gpadl_create(struct hvl_channel *ch, struct page **pages, u32 nr,
		     u32 *handle, bool *gone)
{
	u32 relid = ch->core.offer.relid;
	u8 msg[HVL_MESSAGE_PAYLOAD];
	struct hvl_waiter w;
	u32 done = 0, len;
	u64 *pfns;
	int ret;

	*gone = false;
	if (!nr || nr > HVL_GPADL_MAX_PAGES)
		return -EINVAL;
	pfns = page_numbers(pages, nr);
	if (!pfns)
		return -ENOMEM;

	*handle = hvl_core_new_gpadl(&hvl_bus.core);
	ret = hvl_waiter_start(&w, HVL_MSG_GPADL_CREATED, relid, *handle);
	if (ret)
		goto out;
	do {
		u32 first = done;

		len = hvl_encode_gpadl(msg, relid, *handle, pfns, nr, &done);
		ret = hvl_post(msg, len);
		if (ret) {
			hvl_core_request_end(&hvl_bus.core, &w.req);
			*gone = first > 0;
			goto out;
		}
	} while (done < nr);

	ret = hvl_waiter_finish(&w);
	if (ret) {
		/* The host may have it, or take it yet: ask for it back. */
		*gone = hvl_gpadl_teardown(ch, *handle) != 0;
	} else if (w.req.reply.status) {
		pr_err_ratelimited("channel %u: the host refused %u pages: status %#x\n",
				   relid, nr, w.req.reply.status);
		ret = -ECONNREFUSED;
	}
out:
	vfree(pfns);
	return ret;
}

/*
 * hvl_gpadl_teardown - take lent pages back
 *
 * Returns 0 when the host has let go.  On any other result the pages must never
 * be freed.  A rescinded channel's teardown is answered too.
 */
int hvl_gpadl_teardown(struct hvl_channel *ch, u32 handle)
{
	u8 msg[sizeof(struct hvl_msg_gpadl_teardown)];
	struct hvl_waiter w;
	u32 len;
	int ret;

	/* After UNLOAD the host has forgotten all of them. */
	if (READ_ONCE(hvl_bus.core.state) == HVL_DISCONNECTED)
		return 0;
	/* TORNDOWN names the handle only; a rescind must not end the wait. */
	ret = hvl_waiter_start(&w, HVL_MSG_GPADL_TORNDOWN, 0, handle);
	if (ret)
		return ret;
	len = hvl_encode_gpadl_teardown(msg, ch->core.offer.relid, handle);
	ret = hvl_post(msg, len);
	if (ret) {
		hvl_core_request_end(&hvl_bus.core, &w.req);
		return ret;
	}
	ret = hvl_waiter_finish(&w);
	if (ret)
		pr_err_ratelimited("channel %u: the host does not give pages back\n",
				   ch->core.offer.relid);
	return ret;
}

int hvl_channel_share(struct hvl_channel *ch, struct page **pages, u32 nr,
		      u32 *handle, bool *lost)
{
	return hvl_gpadl_create(ch, pages, nr, handle, lost);
}
EXPORT_SYMBOL_GPL(hvl_channel_share);

int hvl_channel_unshare(struct hvl_channel *ch, u32 handle)
{
	return hvl_gpadl_teardown(ch, handle);
}
EXPORT_SYMBOL_GPL(hvl_channel_unshare);
