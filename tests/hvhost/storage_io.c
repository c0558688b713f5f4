// SPDX-License-Identifier: GPL-2.0-only
/*
 * storage_io.c - one SCSI request: from the packet, over a worker, to its answer
 *
 * What the guest sends is copied out of its memory once, before the command
 * runs; what it gets is copied in afterwards.  A worker counts as busy in the
 * session while it may touch guest memory, and closing the session waits for
 * it.
 *
 * Locks: stor_dev->lock; see vsp_storage.h.
 */
#include "vsp_storage.h"

#include <stdlib.h>
#include <string.h>

#define GUEST_PAGE	4096u

uint32_t storage_nt_status(uint8_t srb_status)
{
	switch (SRB_STATUS(srb_status)) {
	case SRB_SUCCESS:
		return NT_SUCCESS;
	case SRB_ABORTED:
		return NT_CANCELLED;
	case SRB_BUSY:
		return NT_DEVICE_BUSY;
	case SRB_NO_DEVICE:
	case SRB_NO_HBA:
	case SRB_INVALID_LUN:
	case SRB_INVALID_TARGET:
		return NT_NO_SUCH_DEVICE;
	case SRB_TIMEOUT:
	case SRB_COMMAND_TIMEOUT:
		return NT_IO_TIMEOUT;
	case SRB_SELECTION_TIMEOUT:
		return NT_NOT_CONNECTED;
	case SRB_DATA_OVERRUN:
		return NT_BUFFER_OVERFLOW;
	case SRB_BAD_LENGTH:
	case SRB_BAD_FUNCTION:
		return NT_INVALID_REQUEST;
	case SRB_FLUSHED:
		return NT_UNSUCCESSFUL;
	}
	return NT_IO_ERROR;
}

/* storvsc.md 4.2: exactly one range that holds the transfer, or no data. */
bool storage_srb_valid(const struct guest_packet *p, const struct vstor_packet *v)
{
	const struct gpa_range *g = p->ranges;
	uint64_t pages;

	if (p->type == 6)
		return v->srb.data_transfer_length == 0;
	if (p->nr_ranges != 1 || !g->len || g->offset >= GUEST_PAGE)
		return false;
	pages = ((uint64_t)g->offset + g->len + GUEST_PAGE - 1) / GUEST_PAGE;
	return g->nr_pfns == pages && v->srb.data_transfer_length <= g->len;
}

void storage_answer(struct stor_request *r, const struct vstor_packet *answer)
{
	if (!chan_complete(r->session->chan, r->id, answer, r->answer_len))
		return;
	pthread_mutex_lock(&r->dev->lock);
	r->dev->stats.completed++;
	pthread_mutex_unlock(&r->dev->lock);
}

/* ---- guest memory ---------------------------------------------------------------- */

/* Copy n bytes to or from the guest's pages; false if some are not RAM, or not lent. */
static bool guest_copy(struct stor_request *r, uint8_t *data, size_t n,
		       bool to_guest)
{
	size_t at = r->offset, part;
	uint32_t page;

	for (page = 0; n; page++, at = 0) {
		if (page >= r->nr_pfns || r->pfns[page] >> 52)
			return false;
		part = GUEST_PAGE - at < n ? GUEST_PAGE - at : n;
		if (!guest_dma(r->pfns[page] * GUEST_PAGE + at, data, part, to_guest))
			return false;
		data += part;
		n -= part;
	}
	return true;
}

/* ---- running a command ------------------------------------------------------------- */

/* The LUN the request is for, in use, or NULL.  Caller holds dev->lock. */
static struct stor_lun *lun_get(struct stor_dev *dev,
				const struct vstor_request *srb)
{
	/* Guests often send path 0 for the second IDE channel. */
	uint8_t path = dev->ide ? dev->path : srb->path_id;
	struct stor_lun *l = NULL;

	if (path == dev->path && srb->target_id == dev->target)
		l = dev->luns[srb->lun];
	if (l)
		l->users++;
	return l;
}

static void report_luns(struct stor_dev *dev, const struct vstor_request *srb,
			struct scsi_command *c)
{
	uint8_t present[MAX_LUNS + 1];
	unsigned int i, nr = 0;

	pthread_mutex_lock(&dev->lock);
	if (srb->path_id == dev->path && srb->target_id == dev->target)
		for (i = 0; i <= MAX_LUNS; i++)
			if (dev->luns[i])
				present[nr++] = (uint8_t)i;
	pthread_mutex_unlock(&dev->lock);
	scsi_report_luns(present, nr, c);
}

static void run_command(struct stor_request *r, struct stor_lun *l,
			struct scsi_command *c)
{
	const struct vstor_request *srb = &r->packet.srb;

	if (c->cdb[0] == OP_REPORT_LUNS) {
		report_luns(r->dev, srb, c);
	} else if (l) {
		scsi_execute(&l->unit, c);
	} else if (c->cdb[0] == OP_INQUIRY) {
		scsi_inquiry_absent(srb->lun, c);
	} else {
		c->srb_status = SRB_INVALID_LUN;
		c->scsi_status = SAM_CHECK_CONDITION;
	}
}

/* Fetch the guest's data, run, give the guest its data. */
static void run_with_data(struct stor_request *r, struct stor_lun *l,
			  struct scsi_command *c)
{
	c->len = r->buffer_len;
	c->data = calloc(1, c->len ? c->len : 1);
	if (!c->data || (!c->may_return && !guest_copy(r, c->data, c->len, false)))
		scsi_check(c, SENSE_BAD_CDB_FIELD);
	else
		run_command(r, l, c);
	if (c->may_return && c->transferred && !c->vanish &&
	    !guest_copy(r, c->data, c->transferred, true))
		scsi_check(c, SENSE_BAD_CDB_FIELD);
	free(c->data);
	c->data = NULL;
}

/*
 * The test wants another result than the true one.  With "transferred" the
 * command is run all the same, so that the bytes claimed have really moved.
 */
static void run_injected(struct stor_request *r, struct stor_lun *l,
			 struct scsi_command *c)
{
	const struct injection *i = &r->inject;

	if (i->transferred > 0)
		run_with_data(r, l, c);
	c->srb_status = i->srb_status;
	c->scsi_status = i->scsi_status;
	c->transferred = i->transferred > 0 ? (uint32_t)i->transferred : 0;
	c->sense_len = 0;
	if (i->has_sense) {
		scsi_fill_sense(c->sense, i->sense);
		c->sense_len = SENSE_LENGTH;
	}
}

static void count(struct stor_request *r, uint8_t opcode,
		  const struct scsi_command *c)
{
	struct vmbus_dev *dev = chan_dev(r->session->chan);

	switch (opcode) {
	case OP_READ_6:
	case OP_READ_10:
	case OP_READ_12:
	case OP_READ_16:
		vmbus_dev_count(dev, "reads", 1);
		vmbus_dev_count(dev, "read_bytes", c->transferred);
		break;
	case OP_WRITE_6:
	case OP_WRITE_10:
	case OP_WRITE_12:
	case OP_WRITE_16:
		vmbus_dev_count(dev, "writes", 1);
		vmbus_dev_count(dev, "write_bytes", c->transferred);
		break;
	case OP_SYNC_CACHE_10:
	case OP_SYNC_CACHE_16:
		vmbus_dev_count(dev, "flushes", 1);
		break;
	default:
		vmbus_dev_count(dev, "other_commands", 1);
	}
	if (SRB_STATUS(c->srb_status) != SRB_SUCCESS)
		vmbus_dev_count(dev, "failed_commands", 1);
}

static void answer_srb(struct stor_request *r, const struct scsi_command *c,
		       uint16_t version)
{
	size_t room = version >= VSTOR_WIN8 ? VSTOR_SENSE_V2 : VSTOR_SENSE_V1;
	struct vstor_packet v = { .header.operation = VSTOR_COMPLETE_IO };

	v.header.status = storage_nt_status(c->srb_status);
	v.srb.length = VSTOR_REQUEST_V2;
	v.srb.srb_status = c->srb_status;
	v.srb.scsi_status = c->scsi_status;
	v.srb.cdb_length = 16;
	v.srb.sense_info_length = (uint8_t)room;
	if (r->fault == FAULT_INJECT && r->inject.sense_length >= 0)
		v.srb.sense_info_length = (uint8_t)r->inject.sense_length;
	v.srb.data_in = r->packet.srb.data_in;
	v.srb.data_transfer_length = c->transferred;
	memcpy(v.srb.sense, c->sense, c->sense_len);
	storage_answer(r, &v);
}

static void run_request(struct work *w)
{
	struct stor_request *r = (struct stor_request *)w;
	struct stor_session *s = r->session;
	const struct vstor_request *srb = &r->packet.srb;
	struct stor_dev *dev = r->dev;
	struct scsi_command c = { 0 };
	struct stor_lun *l;
	uint16_t version;
	uint8_t cdb[16];

	pthread_mutex_lock(&dev->lock);
	if (s->closed) {
		dev->stats.dropped++;
		pthread_mutex_unlock(&dev->lock);
		storage_drop(r);
		return;
	}
	s->busy++;
	version = dev->version;
	l = lun_get(dev, srb);
	pthread_mutex_unlock(&dev->lock);

	memset(cdb, 0, sizeof(cdb));
	memcpy(cdb, srb->cdb, srb->cdb_length < 16 ? srb->cdb_length : 16);
	c.cdb = cdb;
	c.may_return = srb->data_in != 0;
	if (r->fault == FAULT_INJECT)
		run_injected(r, l, &c);
	else
		run_with_data(r, l, &c);
	if (!c.vanish) {
		count(r, cdb[0], &c);
		answer_srb(r, &c, version);
	}

	pthread_mutex_lock(&dev->lock);
	s->busy--;
	if (l)
		l->users--;
	pthread_cond_broadcast(&dev->idle);
	pthread_mutex_unlock(&dev->lock);
	storage_drop(r);
}

void storage_submit(struct stor_request *r)
{
	struct stor_dev *dev = r->dev;
	struct stor_request **end;
	struct fault f;

	r->work.run = run_request;
	pthread_mutex_lock(&dev->lock);
	if (r->session->closed) {	/* a sub-channel's, kept until END */
		dev->stats.dropped++;
		pthread_mutex_unlock(&dev->lock);
		storage_drop(r);
		return;
	}
	r->fault = storage_fault_match(dev, r->packet.srb.lun,
				       r->packet.srb.cdb[0], &f);
	if (r->fault == FAULT_INJECT) {
		r->inject = f.inject;
		dev->stats.injected++;
	} else if (r->fault != FAULT_NONE) {
		dev->stats.delayed++;
	}
	if (r->fault == FAULT_HOLD || r->fault == FAULT_NEVER) {
		for (end = &dev->held; *end; end = &(*end)->next)
			;
		r->next = NULL;
		*end = r;
		pthread_mutex_unlock(&dev->lock);
		return;
	}
	pthread_mutex_unlock(&dev->lock);
	if (r->fault == FAULT_DELAY)
		pool_submit_after(&r->work, f.ms);
	else if (vtime_here())
		vtime_disk(&r->work, &dev->queue, r->buffer_len);
	else
		pool_submit(&r->work);
}
