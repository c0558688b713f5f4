/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_wire.h - layouts of the VMBus control messages (vmbus.md 3, 4 and 10)
 *
 * Offsets count from the start of the message, which is the start of the SynIC
 * payload.  Sizes named in comments are those of vmbus.md section 3.
 */
#ifndef HVL_VMBUS_WIRE_H
#define HVL_VMBUS_WIRE_H

#include <hv/types.h>

enum hvl_msg_type {
	HVL_MSG_OFFER			= 1,
	HVL_MSG_RESCIND			= 2,
	HVL_MSG_REQUEST_OFFERS		= 3,
	HVL_MSG_ALL_OFFERS		= 4,
	HVL_MSG_OPEN			= 5,
	HVL_MSG_OPEN_RESULT		= 6,
	HVL_MSG_CLOSE			= 7,
	HVL_MSG_GPADL_HEADER		= 8,
	HVL_MSG_GPADL_BODY		= 9,
	HVL_MSG_GPADL_CREATED		= 10,
	HVL_MSG_GPADL_TEARDOWN		= 11,
	HVL_MSG_GPADL_TORNDOWN		= 12,
	HVL_MSG_RELID_RELEASED		= 13,
	HVL_MSG_INITIATE_CONTACT	= 14,
	HVL_MSG_VERSION_RESPONSE	= 15,
	HVL_MSG_UNLOAD			= 16,
	HVL_MSG_UNLOAD_RESPONSE		= 17,
	HVL_MSG_MODIFY_CHANNEL		= 22,
	HVL_MSG_MODIFY_CHANNEL_RESPONSE	= 24,
	HVL_MSG_LAST			= 29,
};

/* vmbus.md 1.1 */
#define HVL_CONN_ID_OLD			1u
#define HVL_CONN_ID_SHARED_EVENT	2u
#define HVL_CONN_ID_MULTICLIENT		4u

#define HVL_MAX_RELID			2047u
#define HVL_NR_RELIDS			2048u
#define HVL_MONITOR_IDS			128u
#define HVL_USER_DEFINED		120u

struct hvl_msg_header {			/* 8 bytes */
	u32 type;
	u32 zero;
};

struct hvl_msg_offer {			/* 196 bytes (4.3) */
	struct hvl_msg_header h;
	struct hvl_guid type;
	struct hvl_guid instance;
	u8 reserved[16];
	u16 channel_flags;
	u16 mmio_megabytes;
	u8 user_defined[HVL_USER_DEFINED];
	u16 sub_index;
	u16 mmio_megabytes_optional;
	u32 relid;
	u8 monitor_id;
	u8 monitor_allocated;
	u16 dedicated;
	u32 connection_id;
};

#define HVL_OFFER_ENUMERATE		0x0001u
#define HVL_OFFER_CONFIDENTIAL_RING	0x0002u
#define HVL_OFFER_CONFIDENTIAL_MEM	0x0004u
#define HVL_OFFER_PIPE			0x0010u
#define HVL_OFFER_TLNPI			0x2000u

struct hvl_msg_relid {			/* 2, 7, 13: 12 bytes (4.4) */
	struct hvl_msg_header h;
	u32 relid;
};

struct hvl_msg_open {			/* 148 bytes (4.5) */
	struct hvl_msg_header h;
	u32 relid;
	u32 open_id;
	u32 ring_gpadl;
	u32 target_vp;
	u32 downstream_page;
	u8 user_data[HVL_USER_DEFINED];
};

struct hvl_msg_open_result {		/* 20 bytes (4.6) */
	struct hvl_msg_header h;
	u32 relid;
	u32 open_id;
	u32 status;
};

/*
 * 20 bytes and the first part of the range data (4.7).  PFNs stand on 4-byte
 * boundaries, so they are copied in and out as bytes.
 */
struct hvl_msg_gpadl_header {
	struct hvl_msg_header h;
	u32 relid;
	u32 gpadl;
	u16 range_bytes;
	u16 range_count;
};

struct hvl_msg_gpadl_body {		/* 16 bytes and more range data */
	struct hvl_msg_header h;
	u32 number;
	u32 gpadl;
};

#define HVL_GPADL_HEADER_PFNS		26u
#define HVL_GPADL_BODY_PFNS		28u
#define HVL_GPADL_MAX_PAGES		8190u

struct hvl_msg_gpadl_created {		/* 20 bytes (4.8) */
	struct hvl_msg_header h;
	u32 relid;
	u32 gpadl;
	u32 status;
};

struct hvl_msg_gpadl_teardown {		/* 16 bytes */
	struct hvl_msg_header h;
	u32 relid;
	u32 gpadl;
};

struct hvl_msg_gpadl_torndown {		/* 12 bytes */
	struct hvl_msg_header h;
	u32 gpadl;
};

/* 40 bytes (4.1); @where is a page below 5.0, else SINT, VTL and features. */
struct hvl_msg_initiate_contact {
	struct hvl_msg_header h;
	u32 version;
	u32 target_vp;
	union {
		u64 interrupt_page;
		struct {
			u8 sint;
			u8 vtl;
			u16 zero;
			u32 features;
		} v5;
	} where;
	u64 monitor_page1;
	u64 monitor_page2;
};

struct hvl_msg_version_response {	/* 16 bytes, 20 from 6.0 (4.2) */
	struct hvl_msg_header h;
	u8 supported;
	u8 connection_state;
	u16 zero;
	u32 connection_id;
	u32 features;
};

#define HVL_VERSION_RESPONSE_SHORT	16u
#define HVL_VERSION_RESPONSE_LONG	20u

struct hvl_msg_modify_channel {		/* 16 bytes (4.9) */
	struct hvl_msg_header h;
	u32 relid;
	u32 target_vp;
};

struct hvl_msg_modify_response {	/* 16 bytes */
	struct hvl_msg_header h;
	u32 relid;
	u32 status;
};

/* Monitor page, 4096 bytes (10.1) */
struct hvl_monitor_group {
	u32 pending;
	u32 armed;
};

struct hvl_monitor_param {
	u32 connection_id;
	u16 flag;
	u16 zero;
};

struct hvl_monitor_page {
	u32 trigger_state;
	u32 zero1;
	struct hvl_monitor_group group[4];
	u8 zero2[24];
	u32 next_check[4][32];
	u16 latency[4][32];
	u8 zero3[256];
	struct hvl_monitor_param param[4][32];
	u8 zero4[1984];
};

#endif /* HVL_VMBUS_WIRE_H */
