/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_wire.h - VMBus control messages and ring layouts, host side
 *
 * Written from the sheets vmbus.md (sections 3, 4, 10) and ringbuffer.md
 * (sections 2, 4).  Shares nothing with hv-vmbus/ on purpose: a wrong offset
 * must not be able to agree with itself.  test_layout.c checks every line here
 * against tests/layout/vmbus.tsv.
 */
#ifndef HVHOST_VMBUS_WIRE_H
#define HVHOST_VMBUS_WIRE_H

#include <stdint.h>

#define VMBUS_V0_13	0x0000000du
#define VMBUS_V1_1	0x00010001u
#define VMBUS_V2_4	0x00020004u
#define VMBUS_V3_0	0x00030000u
#define VMBUS_V4_0	0x00040000u
#define VMBUS_V4_1	0x00040001u
#define VMBUS_V5_0	0x00050000u
#define VMBUS_V5_1	0x00050001u
#define VMBUS_V5_2	0x00050002u
#define VMBUS_V5_3	0x00050003u
#define VMBUS_V6_0	0x00060000u

enum vmbus_msg_type {
	MSG_OFFER = 1,
	MSG_RESCIND = 2,
	MSG_REQUEST_OFFERS = 3,
	MSG_ALL_OFFERS_DELIVERED = 4,
	MSG_OPEN = 5,
	MSG_OPEN_RESULT = 6,
	MSG_CLOSE = 7,
	MSG_GPADL_HEADER = 8,
	MSG_GPADL_BODY = 9,
	MSG_GPADL_CREATED = 10,
	MSG_GPADL_TEARDOWN = 11,
	MSG_GPADL_TORNDOWN = 12,
	MSG_RELID_RELEASED = 13,
	MSG_INITIATE_CONTACT = 14,
	MSG_VERSION_RESPONSE = 15,
	MSG_UNLOAD = 16,
	MSG_UNLOAD_RESPONSE = 17,
	MSG_OPEN_RESERVED = 18,
	MSG_CLOSE_RESERVED = 19,
	MSG_CLOSE_RESERVED_RESPONSE = 20,
	MSG_TL_CONNECT_REQUEST = 21,
	MSG_MODIFY_CHANNEL = 22,
	MSG_TL_CONNECT_RESULT = 23,
	MSG_MODIFY_CHANNEL_RESPONSE = 24,
	MSG_MODIFY_CONNECTION = 25,
	MSG_MODIFY_CONNECTION_RESPONSE = 26,
	MSG_PAUSE = 27,
	MSG_PAUSE_RESPONSE = 28,
	MSG_RESUME = 29,
	MSG_TYPES
};

/* Well-known connection ids (section 1.1) */
#define CONN_ID_MESSAGE		1u
#define CONN_ID_EVENT_SHARED	2u
#define CONN_ID_MULTICLIENT	4u

/* Feature flags of 6.0 that this host knows (section 4.1) */
#define FEATURE_MODIFY_CONNECTION	0x04u
#define FEATURE_PAUSE_RESUME		0x20u

#define CHANNEL_ID_MAX		2047u
#define MONITOR_IDS		128u
#define VP_NONE			0xffffffffu
#define STATUS_FAILURE		0x8000ffffu
#define STATUS_CONN_REFUSED	0xc0000236u
#define GPADL_MAX_QWORDS	8191u

#pragma pack(push, 1)

struct msg_header {			/* 8 */
	uint32_t type;
	uint32_t reserved;
};

struct msg_initiate_contact {		/* 40; 56 with the client id */
	struct msg_header h;
	uint32_t version;
	uint32_t target_vp;
	union {
		uint64_t interrupt_page;	/* < 5.0 */
		struct {
			uint8_t sint;		/* >= 5.0 */
			uint8_t vtl;		/* >= 5.1 */
			uint16_t reserved;
			uint32_t feature_flags;	/* >= 6.0 */
		};
	};
	uint64_t monitor_h2g;
	uint64_t monitor_g2h;
	uint8_t client_id[16];
};
#define INITIATE_CONTACT_SIZE	40u

struct msg_version_response {		/* 16, 20 or 40 */
	struct msg_header h;
	uint8_t supported;
	uint8_t connection_state;
	uint16_t reserved;
	uint32_t connection_id;
	uint32_t feature_flags;
	uint32_t reserved2;
	uint64_t monitor_h2g;
	uint64_t monitor_g2h;
};
#define VERSION_RESPONSE_SIZE		16u
#define VERSION_RESPONSE_SIZE_6_0	20u

struct msg_offer {			/* 196 */
	struct msg_header h;
	uint8_t type[16];
	uint8_t instance[16];
	uint8_t reserved[16];
	uint16_t channel_flags;
	uint16_t mmio_megabytes;
	uint8_t user_defined[120];
	uint16_t sub_index;
	uint16_t mmio_megabytes_optional;
	uint32_t channel_id;
	uint8_t monitor_id;
	uint8_t monitor_allocated;
	uint16_t dedicated;
	uint32_t connection_id;
};

struct msg_channel {			/* 12: rescind, close, relid released, 20 */
	struct msg_header h;
	uint32_t channel_id;
};

struct msg_open {			/* 148 */
	struct msg_header h;
	uint32_t channel_id;
	uint32_t open_id;
	uint32_t gpadl;
	uint32_t target_vp;
	uint32_t downstream_page;
	uint8_t user_data[120];
};

struct msg_open_result {		/* 20 */
	struct msg_header h;
	uint32_t channel_id;
	uint32_t open_id;
	uint32_t status;
};

struct msg_gpadl_header {		/* 20 + data */
	struct msg_header h;
	uint32_t channel_id;
	uint32_t gpadl;
	uint16_t range_bytes;
	uint16_t range_count;
	uint8_t data[];
};

struct msg_gpadl_body {			/* 16 + data */
	struct msg_header h;
	uint32_t number;
	uint32_t gpadl;
	uint8_t data[];
};

struct msg_gpadl_created {		/* 20 */
	struct msg_header h;
	uint32_t channel_id;
	uint32_t gpadl;
	uint32_t status;
};

struct msg_gpadl_teardown {		/* 16 */
	struct msg_header h;
	uint32_t channel_id;
	uint32_t gpadl;
};

struct msg_gpadl_torndown {		/* 12 */
	struct msg_header h;
	uint32_t gpadl;
};

struct msg_open_reserved {		/* 28 */
	struct msg_header h;
	uint32_t channel_id;
	uint32_t target_vp;
	uint32_t target_sint;
	uint32_t gpadl;
	uint32_t downstream_page;
};

struct msg_close_reserved {		/* 20 */
	struct msg_header h;
	uint32_t channel_id;
	uint32_t target_vp;
	uint32_t target_sint;
};

struct msg_tl_connect_request {		/* 40; 56 with the silo id */
	struct msg_header h;
	uint8_t endpoint[16];
	uint8_t service[16];
	uint8_t silo[16];
};
#define TL_CONNECT_REQUEST_SIZE		40u

struct msg_tl_connect_result {		/* 44 */
	struct msg_header h;
	uint8_t endpoint[16];
	uint8_t service[16];
	uint32_t status;
};

struct msg_modify_channel {		/* 16 */
	struct msg_header h;
	uint32_t channel_id;
	uint32_t target_vp;
};

struct msg_modify_channel_response {	/* 16 */
	struct msg_header h;
	uint32_t channel_id;
	uint32_t status;
};

struct msg_modify_connection {		/* 24 */
	struct msg_header h;
	uint64_t monitor_h2g;
	uint64_t monitor_g2h;
};

struct msg_modify_connection_response {	/* 9 */
	struct msg_header h;
	uint8_t connection_state;
};

#pragma pack(pop)

/* From here on all members lie on their natural boundaries. */

/* Monitor page (section 10.1): the parts that the host reads */
struct monitor_group {
	uint32_t pending;
	uint32_t armed;
};

struct monitor_page {			/* 4096 */
	uint32_t trigger_state;
	uint32_t reserved;
	struct monitor_group group[4];
	uint8_t reserved2[24];
	uint32_t next_check[4][32];
	uint16_t latency[4][32];
	uint8_t reserved3[256];
	struct {
		uint32_t connection_id;
		uint16_t flag;
		uint16_t reserved;
	} parameter[4][32];
	uint8_t reserved4[1984];
};

/* Ring header page (ringbuffer.md section 2) */
struct ring_header {			/* 4096 */
	uint32_t write_index;
	uint32_t read_index;
	uint32_t interrupt_mask;
	uint32_t pending_send_size;
	uint8_t reserved[48];
	uint32_t feature_bits;
	uint8_t reserved2[4020];
	uint64_t guest_interrupts;
};
#define RING_FEATURE_PENDING_SIZE	1u

/* Packet descriptor (ringbuffer.md section 4) */
struct packet_desc {			/* 16 */
	uint16_t type;
	uint16_t offset8;
	uint16_t length8;
	uint16_t flags;
	uint64_t id;
};

#define PACKET_IN_BAND		6u
#define PACKET_TRANSFER_PAGES	7u
#define PACKET_GPA_DIRECT	9u
#define PACKET_COMPLETION	11u
#define PACKET_WANTS_COMPLETION	1u

#endif /* HVHOST_VMBUS_WIRE_H */
