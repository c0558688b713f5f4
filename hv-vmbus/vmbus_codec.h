/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_codec.h - checked encoding and decoding of VMBus control messages
 *
 * Pure functions over bytes.  A decoder takes a private copy of a message (the
 * slot itself can change while it is read) and its length, and either fills the
 * result completely or returns a negative errno.  Longer messages than known
 * are taken, shorter ones are not (vmbus.md 1.2).
 */
#ifndef HVL_VMBUS_CODEC_H
#define HVL_VMBUS_CODEC_H

#include "vmbus_wire.h"

/**
 * struct hvl_offer - an offer, decoded
 * @connection_id: for the event signal; 2 below protocol 1.1
 * @dedicated: that connection serves this channel alone
 * @monitored: @monitor_id is valid
 */
struct hvl_offer {
	struct hvl_guid type;
	struct hvl_guid instance;
	u8 user_defined[HVL_USER_DEFINED];
	u16 flags;
	u16 mmio_megabytes;
	u16 sub_index;
	u32 relid;
	u32 connection_id;
	u8 monitor_id;
	bool monitored;
	bool dedicated;
};

/**
 * struct hvl_reply - any message that answers a request of ours
 * @type: enum hvl_msg_type
 * @relid: channel, 0 where the message names none
 * @key: open id or GPADL handle, 0 where there is none
 * @status: 0 is success
 * @supported: VERSION_RESPONSE only, as are the two below
 */
struct hvl_reply {
	u32 type;
	u32 relid;
	u32 key;
	u32 status;
	bool supported;
	u32 connection_id;
	u32 features;
};

int hvl_decode_type(const void *msg, u32 len, u32 *type);
int hvl_decode_offer(const void *msg, u32 len, u32 version,
		     struct hvl_offer *o);
int hvl_decode_rescind(const void *msg, u32 len, u32 *relid);
int hvl_decode_reply(const void *msg, u32 len, struct hvl_reply *r);

/* Encoders return the length to post. */
u32 hvl_encode_header(void *buf, u32 type);
u32 hvl_encode_relid(void *buf, u32 type, u32 relid);
u32 hvl_encode_open(void *buf, u32 relid, u32 open_id, u32 gpadl, u32 vp,
		    u32 downstream_page, const void *user, u32 user_len);
u32 hvl_encode_gpadl_teardown(void *buf, u32 relid, u32 gpadl);
u32 hvl_encode_modify(void *buf, u32 relid, u32 vp);

/**
 * struct hvl_contact - what an INITIATE_CONTACT says
 * @interrupt_page: guest-physical address; told to the host below 5.0 only
 */
struct hvl_contact {
	u32 version;
	u32 target_vp;
	u64 interrupt_page;
	u64 monitor_page1;
	u64 monitor_page2;
};

u32 hvl_encode_contact(void *buf, const struct hvl_contact *c);

/**
 * hvl_encode_gpadl - the next message that shares pages with the host
 * @pfns: all @nr_pages of them, 1 to HVL_GPADL_MAX_PAGES
 * @done: 0 before the first call; PFNs told so far; the last message has been
 *        encoded when it equals @nr_pages
 */
u32 hvl_encode_gpadl(void *buf, u32 relid, u32 gpadl, const u64 *pfns,
		     u32 nr_pages, u32 *done);

bool hvl_guid_equal(const struct hvl_guid *a, const struct hvl_guid *b);

#endif /* HVL_VMBUS_CODEC_H */
