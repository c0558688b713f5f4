// SPDX-License-Identifier: GPL-2.0-only
/*
 * storvsc_codec.c - packets of the storage protocol to and from plain values
 *
 * Pure C: the same file is in the module, in the unit tests and in the
 * fuzzers.  No locks, no state.  Decoders are given a private copy of a packet
 * of the host; the host cannot change it under them, but it chose every byte.
 */
#include "storvsc_codec.h"

/* Newest first (storvsc.md section 5). */
static const u16 stor_versions[] = {
	STOR_VERSION_WIN10, STOR_VERSION_WIN8_1, STOR_VERSION_WIN8,
	STOR_VERSION_WIN7, STOR_VERSION_WIN6, 0
};

u16 stor_version_below(u16 version)
{
	unsigned int i;

	for (i = 0; stor_versions[i]; i++) {
		if (stor_versions[i] < version)
			break;
	}
	return stor_versions[i];
}

/*
 * Before the version is known the short form is sent: hosts of every age take
 * it, while the oldest know no other (section 3).
 */
u32 stor_packet_size(u16 version)
{
	return version >= STOR_VERSION_WIN8 ? STOR_PACKET_SIZE :
					      STOR_PACKET_SIZE_OLD;
}

void stor_req_init(struct stor_req *req)
{
	memset(&req->packet, 0, sizeof(req->packet));
	req->packet.head.operation = STOR_OP_EXECUTE_SRB;
	req->packet.head.flags = STOR_HEAD_WANT_COMPLETION;
}

/* Writes what differs between two requests, or between two versions. */
u32 stor_encode_srb(struct stor_req *req, u16 version)
{
	struct stor_wire_srb *srb = &req->packet.u.srb;
	u32 flags = STOR_SRB_NO_SYNCH_TRANSFER;

	srb->path = req->path;
	srb->target = req->target;
	srb->lun = req->lun;
	srb->cdb_length = req->cdb_len;
	srb->data_in = req->data;
	srb->transfer_length = req->buf.len;
	/* A CDB is kept in a buffer of 16 bytes or more whatever its length. */
	memcpy(srb->u.cdb, req->cdb, STOR_CDB_MAX);

	if (version < STOR_VERSION_WIN8) {
		srb->length = STOR_SRB_SIZE_OLD;
		srb->sense_length = STOR_SENSE_MAX_OLD;
		return STOR_PACKET_SIZE_OLD;
	}

	srb->length = STOR_SRB_SIZE;
	srb->sense_length = STOR_SENSE_MAX;
	srb->timeout = 60;
	if (req->data == STOR_DATA_IN)
		flags |= STOR_SRB_DATA_IN;
	else if (req->data == STOR_DATA_OUT)
		flags |= STOR_SRB_DATA_OUT;
	if (req->tagged) {
		flags |= STOR_SRB_QUEUE_ACTION_ENABLE |
			 STOR_SRB_NO_QUEUE_FREEZE;
		srb->queue_tag = STOR_TAG_NONE;
		srb->queue_action = STOR_QUEUE_SIMPLE;
	} else {
		srb->queue_tag = 0;
		srb->queue_action = 0;
	}
	srb->srb_flags = flags;
	return STOR_PACKET_SIZE;
}

u32 stor_encode_control(struct stor_wire_packet *p, enum stor_op op,
			u16 version)
{
	memset(p, 0, sizeof(*p));
	p->head.operation = op;
	p->head.flags = STOR_HEAD_WANT_COMPLETION;
	return stor_packet_size(version);
}

u32 stor_encode_version_query(struct stor_wire_packet *p, u16 ask)
{
	u32 n = stor_encode_control(p, STOR_OP_QUERY_VERSION, 0);

	p->u.version.version = ask;
	return n;
}

u32 stor_encode_sub_channels(struct stor_wire_packet *p, u16 count,
			     u16 version)
{
	u32 n = stor_encode_control(p, STOR_OP_CREATE_SUB_CHANNELS, version);

	p->u.sub_channels = count;
	return n;
}

int stor_decode_head(const void *data, u32 len, struct stor_wire_head *head)
{
	if (len < sizeof(*head))
		return -EINVAL;
	memcpy(head, data, sizeof(*head));
	return 0;
}

int stor_decode_result(const void *data, u32 len, u32 requested,
		       struct stor_result *res)
{
	const struct stor_wire_packet *p = data;
	const struct stor_wire_srb *srb = &p->u.srb;
	u32 n;

	if (len < STOR_PACKET_SIZE_OLD)
		return -EINVAL;

	res->srb_status = srb->srb_status;
	res->scsi_status = srb->scsi_status;
	n = srb->transfer_length;
	res->transferred = n < requested ? n : requested;
	res->sense_len = 0;
	res->sense = NULL;
	if (srb->srb_status & STOR_SRB_AUTOSENSE) {
		/* The length may lie; the shortest packet has room for all. */
		n = srb->sense_length;
		if (n > STOR_SENSE_MAX)
			n = STOR_SENSE_MAX;
		if (n) {
			res->sense_len = n;
			res->sense = srb->u.sense;
		}
	}
	return 0;
}

int stor_decode_properties(const void *data, u32 len, u16 version,
			   struct stor_properties *prop)
{
	const struct stor_wire_packet *p = data;

	if (len < STOR_HEAD_SIZE + sizeof(p->u.properties))
		return -EINVAL;
	prop->max_transfer = p->u.properties.max_transfer;
	prop->max_sub_channels = 0;
	/* The bits mean something else before Win8 (section 5). */
	if (version >= STOR_VERSION_WIN8 &&
	    (p->u.properties.flags & STOR_PROP_MULTI_CHANNEL))
		prop->max_sub_channels = p->u.properties.max_sub_channels;
	return 0;
}
