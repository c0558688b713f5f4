/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storvsc_codec.h - packets of the storage protocol to and from plain values
 *
 * Pure functions without state.  A decoder looks at no byte beyond the length
 * that it is given and returns 0 or -EINVAL; on error its result is not set.
 */
#ifndef _STORVSC_CODEC_H
#define _STORVSC_CODEC_H

#include "storvsc_wire.h"

/**
 * struct stor_req - one SCSI request as the upper layer describes it
 * @cdb: command bytes, valid until the submission returns; 16 may be read
 *       whatever @cdb_len is
 * @cdb_len: at most STOR_CDB_MAX
 * @path: SCSI bus
 * @target: and target
 * @lun: and unit
 * @data: STOR_DATA_*
 * @tagged: the device knows tagged queueing
 * @buf: memory of the data; its length is 0 if there are none
 * @packet: the packet; what is the same in all of them is kept in it from one
 *          request to the next, see stor_req_init()
 *
 * The upper layer owns it again when the request has ended.
 */
struct stor_req {
	const u8 *cdb;
	u8 cdb_len;
	u8 path;
	u8 target;
	u8 lun;
	u8 data;
	u8 tagged;
	struct hvl_gpa_range buf;
	struct stor_wire_packet packet;
};

/**
 * struct stor_result - what the host said about a request
 * @srb_status: with its flag bits
 * @scsi_status: SAM status
 * @sense_len: 0..STOR_SENSE_MAX, and never beyond the packet; 0 if the host
 *             did not mark the sense as valid
 * @sense: the bytes, in the packet; NULL if @sense_len is 0
 * @transferred: bytes moved, never more than were asked for
 */
struct stor_result {
	u8 srb_status;
	u8 scsi_status;
	u8 sense_len;
	const u8 *sense;
	u32 transferred;
};

/**
 * struct stor_properties - what the host says about a controller
 * @max_sub_channels: 0 if the host has none
 * @max_transfer: bytes in one request, as the host said it
 */
struct stor_properties {
	u16 max_sub_channels;
	u32 max_transfer;
};

/* The version that follows @version downwards, 0 behind the oldest. */
u16 stor_version_below(u16 version);

/* Bytes of a packet in @version; 0 stands for "not negotiated yet". */
u32 stor_packet_size(u16 version);

/* Once for each struct stor_req, before the first stor_encode_srb(). */
void stor_req_init(struct stor_req *req);

/*
 * Encoders fill a packet, zero what is not used, and return the bytes to send.
 * @version as in stor_packet_size().  That of an SRB fills req->packet.
 */
u32 stor_encode_srb(struct stor_req *req, u16 version);
u32 stor_encode_control(struct stor_wire_packet *p, enum stor_op op,
			u16 version);
u32 stor_encode_version_query(struct stor_wire_packet *p, u16 ask);
u32 stor_encode_sub_channels(struct stor_wire_packet *p, u16 count,
			     u16 version);

/* The common header. */
int stor_decode_head(const void *data, u32 len, struct stor_wire_head *head);

/* The answer to EXECUTE_SRB for @requested bytes of data. */
int stor_decode_result(const void *data, u32 len, u32 requested,
		       struct stor_result *res);

/*
 * The usual answer: all well, all @requested bytes moved.  What is not seen to
 * be that needs a look with the decoders.
 */
static inline int stor_answer_good(const void *data, u32 len, u32 requested)
{
	const struct stor_wire_packet *p = data;

	return len >= STOR_PACKET_SIZE_OLD &&
	       p->head.operation == STOR_OP_COMPLETE_IO &&
	       p->u.srb.srb_status == STOR_SRB_SUCCESS &&
	       p->u.srb.scsi_status == 0 &&
	       p->u.srb.transfer_length == requested;
}

/* The answer to QUERY_PROPERTIES, in @version. */
int stor_decode_properties(const void *data, u32 len, u16 version,
			   struct stor_properties *prop);

#endif /* _STORVSC_CODEC_H */
