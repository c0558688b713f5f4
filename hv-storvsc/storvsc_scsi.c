// SPDX-License-Identifier: GPL-2.0-only
/*
 * storvsc_scsi.c - the SCSI host: commands in, results out
 *
 * Written for blk-mq: what a command needs is in the private part of the
 * scsi_cmnd, and its number, which is its slot in the core, is its hardware
 * queue and its tag.  Kernels that have neither are made to look so by
 * hvl-scsi-cmds.h.
 *
 * No locks.  queuecommand comes from any CPU at once and submits under
 * rcu_read_lock(); completions come in softirq context of the channel's CPU.
 */
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <scsi/scsi_devinfo.h>
#include <scsi/scsi_eh.h>
#include "storvsc_drv.h"
#include "hvl-scsi.h"

/* A host answers at last, but slow storage behind it may take long. */
#define STOR_CMD_TIMEOUT	(180 * HZ)
#define STOR_CMDS_PER_LUN	2048

/* ---- the buffer of a command --------------------------------------------------- */

/*
 * Put the pages of a scatter element that is not exactly one page into the list
 * from @at on, but not beyond @end, where the request ends; it is @left bytes from
 * the start of that page on.  Returns the list's new end, or NULL if the host could
 * not take the buffer: between two elements there must be a page boundary (section
 * 4.2).
 */
static u64 *stor_map_element(struct scatterlist *sg, u64 *at, u64 *end, u32 left,
			     bool first)
{
	u64 pfn = page_to_pfn(sg_page(sg)) + (sg->offset >> HVL_PAGE_SHIFT);
	u32 start = sg->offset & (HVL_PAGE_SIZE - 1);
	u32 stop = start + sg->length;
	u64 *to;

	if (start && !first)
		return NULL;
	/* That the last page is reached does not make it the last element. */
	if (stop < left && (stop & (HVL_PAGE_SIZE - 1)))
		return NULL;
	to = at + ((stop + HVL_PAGE_SIZE - 1) >> HVL_PAGE_SHIFT);
	if (to > end)
		to = end;
	while (at < to)
		*at++ = pfn++;
	return at;
}

/*
 * Fill sc->req from the scatter list, which covers the buffer.  What the host could
 * not take is bounced.  Most elements are one whole page, and a request of many
 * costs little else: the loop is written for them.
 */
static int stor_map(struct stor_host *h, struct stor_cmd *sc)
{
	struct scatterlist *sg = scsi_sglist(sc->base.cmd);
	u32 bytes = (sg->offset & (HVL_PAGE_SIZE - 1)) + sc->req.buf.len;
	u64 *pfns = sc->pfns, *at, *end;

	sc->req.buf.offset = sg->offset & (HVL_PAGE_SIZE - 1);
	if (unlikely(bytes > STOR_INLINE_PFNS * HVL_PAGE_SIZE)) {
		if (bytes > h->max_pages * HVL_PAGE_SIZE)
			return -EINVAL;
		pfns = mempool_alloc(h->pfn_pool, GFP_ATOMIC | __GFP_NOWARN);
		if (!pfns)
			return -EAGAIN;
		sc->pool_pfns = pfns;
	}
	sc->req.buf.pfns = pfns;
	at = pfns;
	end = pfns + ((bytes + HVL_PAGE_SIZE - 1) >> HVL_PAGE_SHIFT);

	for (;;) {
		if (likely(sg->length == HVL_PAGE_SIZE && !sg->offset)) {
			*at++ = page_to_pfn(sg_page(sg));
		} else {
			at = stor_map_element(sg, at, end, bytes - (at - pfns) *
					      HVL_PAGE_SIZE, at == pfns);
			if (unlikely(!at))
				return stor_bounce_map(h, sc, pfns);
		}
		if (at == end)
			return 0;
		sg = sg_next(sg);
	}
}

static void stor_unmap(struct stor_host *h, struct stor_cmd *sc, u32 moved)
{
	if (sc->bounce)
		stor_bounce_unmap(h, sc, moved);
	if (sc->pool_pfns) {
		mempool_free(sc->pool_pfns, h->pfn_pool);
		sc->pool_pfns = NULL;
	}
}

static bool stor_holds_memory(const struct stor_cmd *sc)
{
	return sc->bounce || sc->pool_pfns;
}

/*
 * The host would not let go of its rings, so that it may still write to the
 * buffers of these requests: take a reference to each page that is never given
 * back, and nobody else gets the page.
 */
void stor_pin_outstanding(struct stor_host *h)
{
	struct scatterlist *sg;
	struct stor_cmd *sc;
	u32 i, k;
	int j;

	for (i = 0; i < h->core.cfg.nr_slots; i++) {
		if (!READ_ONCE(h->core.cfg.slots[i].live))
			continue;
		sc = container_of(h->core.cfg.slots[i].req, struct stor_cmd,
				  req);
		if (sc->bounce) {
			for (k = 0; k < sc->bounce->nr; k++)
				get_page(sc->bounce->page[k]);
			continue;
		}
		for_each_sg(scsi_sglist(sc->base.cmd), sg,
			    scsi_sg_count(sc->base.cmd), j)
			for (k = 0; k < sg->offset + sg->length; k += PAGE_SIZE)
				get_page(pfn_to_page(page_to_pfn(sg_page(sg)) +
						     k / PAGE_SIZE));
	}
}

/* ---- results ---------------------------------------------------------------------- */

static const unsigned char stor_host_byte[] = {
	[STOR_V_OK]		= DID_OK,
	[STOR_V_ERROR]		= DID_ERROR,
	[STOR_V_REQUEUE]	= DID_REQUEUE,
	[STOR_V_NO_CONNECT]	= DID_NO_CONNECT,
	[STOR_V_TIME_OUT]	= DID_TIME_OUT,
	[STOR_V_RESET]		= DID_RESET,
	[STOR_V_PASSTHROUGH]	= DID_PASSTHROUGH,
};

/* The command has its result; our part of it may serve another from now on. */
static inline void stor_finish(struct stor_host *h, struct stor_cmd *sc,
			       struct scsi_cmnd *cmd)
{
	hvl_scsi_cmd_end(&h->cmds, &sc->base);
	scsi_done(cmd);
}

/* The host answered with anything but plain success. */
static void stor_answered(struct stor_host *h, struct stor_cmd *sc,
			  const struct stor_result *res)
{
	struct scsi_cmnd *cmd = sc->base.cmd;
	struct stor_meaning m;

	stor_meaning(cmd->cmnd, res, &m);
	if (m.verdict != STOR_V_OK || m.scsi_status != STOR_SAM_GOOD)
		stor_log(h, STOR_LOG_WARN,
			 "lun %u cmd 0x%02x: srb 0x%02x, scsi 0x%02x, %u of %u bytes\n",
			 sc->req.lun, cmd->cmnd[0], res->srb_status,
			 res->scsi_status, res->transferred, sc->req.buf.len);
	if (m.with_sense)
		memcpy(cmd->sense_buffer, res->sense,
		       min_t(u32, res->sense_len, SCSI_SENSE_BUFFERSIZE));
	if (m.action != STOR_A_NONE)
		stor_unit_event(h, cmd->device, m.action);
	stor_unmap(h, sc, m.moved);
	scsi_set_resid(cmd, sc->req.buf.len - m.moved);
	cmd->result = stor_host_byte[m.verdict] << 16 | m.scsi_status;
	stor_finish(h, sc, cmd);
}

/* stor_ops.good: the usual end. */
void stor_good(void *ctx, struct stor_req *req)
{
	struct stor_cmd *sc = container_of(req, struct stor_cmd, req);
	struct scsi_cmnd *cmd = sc->base.cmd;

	if (unlikely(stor_holds_memory(sc)))
		stor_unmap(ctx, sc, req->buf.len);
	scsi_set_resid(cmd, 0);
	cmd->result = 0;
	stor_finish(ctx, sc, cmd);
}

/* stor_ops.done: every other end of a request that the core took. */
void stor_done(void *ctx, struct stor_req *req, enum stor_end end,
	       const struct stor_result *res)
{
	struct stor_cmd *sc = container_of(req, struct stor_cmd, req);
	struct scsi_cmnd *cmd = sc->base.cmd;
	struct stor_host *h = ctx;

	if (end == STOR_END_ANSWERED) {
		stor_answered(h, sc, res);
		return;
	}

	stor_unmap(h, sc, 0);
	scsi_set_resid(cmd, req->buf.len);
	switch (end) {
	case STOR_END_RESET:
		cmd->result = DID_RESET << 16;
		break;
	case STOR_END_GONE:
		cmd->result = DID_NO_CONNECT << 16;
		break;
	default:
		cmd->result = DID_ERROR << 16;
		break;
	}
	stor_finish(h, sc, cmd);
}

/* ---- commands --------------------------------------------------------------------- */

static struct stor_cmd *to_stor_cmd(struct hvl_scsi_cmd *base)
{
	return container_of(base, struct stor_cmd, base);
}

/* Our part of a command, zeroed; what is made here is kept from use to use. */
void stor_cmd_init(struct hvl_scsi_cmd *base)
{
	stor_req_init(&to_stor_cmd(base)->req);
}

/* End a command that never was with the core. */
static int stor_end_here(struct scsi_cmnd *cmd, int host_byte)
{
	cmd->result = host_byte << 16;
	scsi_set_resid(cmd, scsi_bufflen(cmd));
	scsi_done(cmd);
	return 0;
}

static int stor_refuse(struct scsi_cmnd *cmd)
{
	/* invalid command operation code */
	scsi_build_sense(cmd, 0, ILLEGAL_REQUEST, 0x20, 0);
	scsi_set_resid(cmd, scsi_bufflen(cmd));
	scsi_done(cmd);
	return 0;
}

/* The core did not take it; the command is still ours. */
static int stor_not_taken(struct stor_host *h, struct scsi_cmnd *cmd, int rc)
{
	switch (rc) {
	case -EAGAIN:
		return SCSI_MLQUEUE_HOST_BUSY;
	case -EBUSY:
		stor_log(h, STOR_LOG_ERROR, "tag in use: the host still has an earlier command\n");
		return SCSI_MLQUEUE_HOST_BUSY;
	case -ENODEV:
		/* A channel that recovery has just closed is opened again. */
		if (stor_core_state(&h->core) != STOR_DEAD &&
		    !hvl_channel_rescinded(h->dev->channel))
			return SCSI_MLQUEUE_HOST_BUSY;
		return stor_end_here(cmd, DID_NO_CONNECT);
	case -EIO:
		stor_event(h, STOR_EV_BROKEN);
		return SCSI_MLQUEUE_HOST_BUSY;
	}
	return stor_end_here(cmd, DID_ERROR);
}

static int stor_queuecommand(struct Scsi_Host *shost, struct scsi_cmnd *cmd)
{
	struct stor_host *h = shost_priv(shost);
	struct scsi_device *sdev = cmd->device;
	struct hvl_scsi_cmd *base;
	struct stor_cmd *sc;
	int rc = 0;

	if (unlikely(h->core.version <= STOR_VERSION_WIN8) &&
	    stor_refused_here(cmd->cmnd, h->core.version))
		return stor_refuse(cmd);

	base = hvl_scsi_cmd_begin(&h->cmds, cmd);
	if (hvl_scsi_cmd_missing(base))
		return SCSI_MLQUEUE_HOST_BUSY;
	sc = to_stor_cmd(base);
	sc->req.cdb = cmd->cmnd;
	sc->req.cdb_len = cmd->cmd_len;
	sc->req.path = sdev->channel;
	sc->req.target = sdev->id;
	sc->req.lun = sdev->lun;
	sc->req.tagged = sdev->tagged_supported;
	sc->req.buf.len = scsi_bufflen(cmd);
	if (cmd->sc_data_direction == DMA_FROM_DEVICE)
		sc->req.data = STOR_DATA_IN;
	else if (cmd->sc_data_direction == DMA_TO_DEVICE)
		sc->req.data = STOR_DATA_OUT;
	else
		sc->req.data = STOR_DATA_NONE;

	if (sc->req.buf.len)
		rc = stor_map(h, sc);
	if (likely(!rc)) {
		rcu_read_lock();
		rc = stor_core_submit(&h->core, raw_smp_processor_id(),
				      hvl_scsi_cmd_nr(&h->cmds, base),
				      &sc->req);
		rcu_read_unlock();
		if (likely(!rc))
			return 0;
	}
	if (stor_holds_memory(sc))
		stor_unmap(h, sc, 0);
	hvl_scsi_cmd_end(&h->cmds, base);
	return stor_not_taken(h, cmd, rc);
}

/* ---- error handling ------------------------------------------------------------------ */

/*
 * A request whose time is up goes to error handling, which resets the
 * controller; while that is under way, the others wait for its outcome.
 */
static enum scsi_timeout_action stor_eh_timed_out(struct scsi_cmnd *cmd)
{
	struct stor_host *h = shost_priv(cmd->device->host);

	return stor_core_state(&h->core) == STOR_READY ?
	       SCSI_EH_NOT_HANDLED : SCSI_EH_RESET_TIMER;
}

/* SUCCESS: the host has none of the commands any more. */
static int stor_eh_host_reset(struct scsi_cmnd *cmd)
{
	struct stor_host *h = shost_priv(cmd->device->host);
	int rc;

	mutex_lock(&h->lock);
	rc = stor_recover(h, false);
	mutex_unlock(&h->lock);
	return rc ? FAILED : SUCCESS;
}

/* ---- units ----------------------------------------------------------------------------- */

static void stor_slave_destroy(struct scsi_device *sdev)
{
	if (sdev->hostdata)
		stor_twin_release(shost_priv(sdev->host), sdev);
	kfree(sdev->hostdata);
	sdev->hostdata = NULL;
}

static int stor_slave_alloc(struct scsi_device *sdev)
{
	int rc;

	sdev->hostdata = kzalloc(sizeof(struct stor_unit), GFP_KERNEL);
	if (!sdev->hostdata)
		return -ENOMEM;
	rc = stor_twin_claim(shost_priv(sdev->host), sdev);
	if (rc) {
		stor_slave_destroy(sdev);
		return rc;
	}
	/*
	 * Units are reported whatever type LUN 0 is (a DVD says unknown), and
	 * VPD pages are there whatever level a disk claims (section 12).
	 */
	sdev->sdev_bflags = BLIST_REPORTLUN2 | BLIST_TRY_VPD_PAGES;
	return 0;
}

static int stor_slave_configure(struct scsi_device *sdev)
{
	struct stor_host *h = shost_priv(sdev->host);
	bool msft = !strncmp(sdev->vendor, "Msft", 4);
	u16 version = h->core.version;

	hvl_scsi_set_timeout(sdev, STOR_CMD_TIMEOUT);

	/* They claim SPC-2 and do what SPC-3 says, UNMAP for one. */
	if (msft && (version == STOR_VERSION_WIN8 ||
		     version == STOR_VERSION_WIN8_1))
		sdev->scsi_level = SCSI_SPC_3;
	/* Hosts do not know these and log an error for each (section 12). */
	hvl_scsi_spare(sdev, true, !msft || version < STOR_VERSION_WIN10);
	return 0;
}

/* The geometry that a BIOS would give for a disk of this size. */
static int stor_bios_param(struct scsi_device *sdev, sector_t capacity,
			   int *geo)
{
	sector_t cylinders = capacity;

	sector_div(cylinders, 255 * 63);
	geo[0] = 255;
	geo[1] = 63;
	geo[2] = min_t(sector_t, cylinders, 0xffff);
	return 0;
}

/* ---- the host --------------------------------------------------------------------------- */

HVL_SCSI_CMD_INIT(struct stor_cmd, stor_cmd_init)
HVL_SCSI_CALLBACKS(stor_queuecommand, stor_slave_configure, stor_bios_param)

static struct scsi_host_template stor_template = {
	.module			= THIS_MODULE,
	.name			= "storvsc_host_t",
	.proc_name		= "storvsc_host",
	.queuecommand		= HVL_SCSI_QUEUECOMMAND(stor_queuecommand),
	.eh_host_reset_handler	= stor_eh_host_reset,
	.change_queue_depth	= scsi_change_queue_depth,
	.bios_param		= HVL_SCSI_BIOS_PARAM(stor_bios_param),
	.cmd_per_lun		= STOR_CMDS_PER_LUN,
	.this_id		= -1,
	.skip_settle_delay	= 1,
	HVL_SCSI_CMD_TEMPLATE(struct stor_cmd, stor_cmd_init)
	HVL_SCSI_EH_TIMED_OUT(stor_eh_timed_out)
	HVL_SCSI_SDEV(stor_slave_alloc, stor_slave_configure, stor_slave_destroy)
	HVL_SCSI_FLAGS
};

/* Addresses that a controller may have (section 9). */
struct Scsi_Host *stor_shost_alloc(enum stor_kind kind)
{
	struct Scsi_Host *shost;

	shost = scsi_host_alloc(&stor_template, sizeof(struct stor_host));
	if (!shost)
		return NULL;
	shost->max_cmd_len = STOR_CDB_MAX;
	shost->max_id = 1;
	shost->max_lun = 64;
	shost->max_channel = 0;
	if (kind == STOR_KIND_SCSI && hvl_vmbus_version() >= HVL_VMBUS_2_4) {
		shost->max_id = 2;
		shost->max_lun = 255;
		shost->max_channel = 7;
	}
	return shost;
}

/* The host has said what it can do; the SCSI host is not added yet. */
int stor_shost_limits(struct stor_host *h)
{
	struct Scsi_Host *shost = h->shost;
	u32 bytes = min(h->core.prop.max_transfer, STOR_MAX_TRANSFER);

	bytes &= ~(HVL_PAGE_SIZE - 1);
	h->max_pages = bytes / HVL_PAGE_SIZE + 1;
	shost->max_sectors = bytes >> 9;
	shost->sg_tablesize = h->max_pages;
	h->gapless = hvl_scsi_virt_boundary(shost, HVL_PAGE_SIZE - 1);

	if (h->max_pages > STOR_INLINE_PFNS) {
		h->pfn_pool = mempool_create_kmalloc_pool(1,
						h->max_pages * sizeof(u64));
		if (!h->pfn_pool)
			return -ENOMEM;
	}
	return stor_bounce_init(h);
}

void stor_shost_free_pools(struct stor_host *h)
{
	stor_bounce_exit(h);
	mempool_destroy(h->pfn_pool);
	h->pfn_pool = NULL;
}
