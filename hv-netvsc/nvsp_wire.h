/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nvsp_wire.h - what travels between netvsc and the host's virtual switch
 *
 * Messages of the network protocol NVSP (spec netvsc.md; the section is named
 * with each).  Little-endian; nothing has padding that is not named.
 */
#ifndef _NVSP_WIRE_H
#define _NVSP_WIRE_H

#include <hv/types.h>

/* Versions (section 3). */
#define NVSP_VERSION_1		0x00000002u
#define NVSP_VERSION_2		0x00030002u
#define NVSP_VERSION_4		0x00040000u
#define NVSP_VERSION_5		0x00050000u
#define NVSP_VERSION_6		0x00060000u
#define NVSP_VERSION_6_1	0x00060001u

/* Messages (section 2). */
enum nvsp_type {
	NVSP_INIT			= 1,
	NVSP_INIT_COMPLETE		= 2,
	NVSP_NDIS_VERSION		= 100,
	NVSP_RECV_BUFFER		= 101,
	NVSP_RECV_BUFFER_COMPLETE	= 102,
	NVSP_REVOKE_RECV_BUFFER		= 103,
	NVSP_SEND_BUFFER		= 104,
	NVSP_SEND_BUFFER_COMPLETE	= 105,
	NVSP_REVOKE_SEND_BUFFER		= 106,
	NVSP_RNDIS			= 107,
	NVSP_RNDIS_COMPLETE		= 108,
	NVSP_NDIS_CONFIG		= 125,
	NVSP_VF_ASSOCIATION		= 128,
	NVSP_SWITCH_DATA_PATH		= 129,
	NVSP_SUBCHANNEL			= 133,
	NVSP_INDIRECTION_TABLE		= 134,
};

/* Status codes (section 2); success is not 0. */
#define NVSP_STATUS_SUCCESS	1u
#define NVSP_STATUS_FAILURE	2u

/* Capabilities in NDIS_CONFIG (section 4). */
#define NVSP_CAP_SRIOV		0x04u
#define NVSP_CAP_8021Q		0x08u
#define NVSP_CAP_TEAMING	0x20u
#define NVSP_CAP_RSC		0x80u

/* Message 107: what kind of RNDIS message, and no section (sections 4 and 9). */
#define NVSP_CHANNEL_DATA	0u
#define NVSP_CHANNEL_CONTROL	1u
#define NVSP_SECTION_NONE	0xffffffffu

/* Message 129. */
#define NVSP_PATH_SYNTHETIC	0u
#define NVSP_PATH_VF		1u

/* Message 133. */
#define NVSP_SUBCHANNEL_ALLOCATE	1u

/* A transfer-page packet names ranges of this set (section 6). */
#define NVSP_RECV_BUFFER_ID	0xcafeu
#define NVSP_SEND_BUFFER_ID	0u

#define NVSP_TABLE_SIZE		16

/*
 * A real host does not answer messages shorter than 32 bytes (section 1), and
 * takes this length of each message in each version.
 */
#define NVSP_MESSAGE_SIZE	40

struct nvsp_init {
	u32 min_version;
	u32 max_version;
} __attribute__((packed));

struct nvsp_init_complete {
	u32 version;		/* no longer used */
	u32 max_mdl_chain;
	u32 status;
} __attribute__((packed));

struct nvsp_ndis_version {
	u32 major;
	u32 minor;
} __attribute__((packed));

/* 101 and 104. */
struct nvsp_buffer {
	u32 gpadl;
	u16 id;
	u16 reserved;
} __attribute__((packed));

struct nvsp_recv_section {
	u32 offset;
	u32 cell_size;
	u32 cells;
	u32 end_offset;
} __attribute__((packed));

struct nvsp_recv_buffer_complete {
	u32 status;
	u32 nr_sections;
	struct nvsp_recv_section section[1];
} __attribute__((packed));

struct nvsp_send_buffer_complete {
	u32 status;
	u32 section_size;
} __attribute__((packed));

/* 103 and 106. */
struct nvsp_revoke {
	u16 id;
} __attribute__((packed));

struct nvsp_rndis {
	u32 channel;
	u32 section;
	u32 section_bytes;
} __attribute__((packed));

struct nvsp_rndis_complete {
	u32 status;
} __attribute__((packed));

struct nvsp_ndis_config {
	u32 mtu;		/* with the Ethernet header */
	u32 reserved;
	u64 capabilities;
} __attribute__((packed));

struct nvsp_vf_association {
	u32 allocated;
	u32 serial;
} __attribute__((packed));

struct nvsp_data_path {
	u32 path;
} __attribute__((packed));

/* 133: asked, and answered. */
struct nvsp_subchannel {
	u32 operation;
	u32 count;
} __attribute__((packed));

struct nvsp_subchannel_complete {
	u32 status;
	u32 count;
} __attribute__((packed));

struct nvsp_table {
	u32 count;
	u32 offset;		/* from the start of the message */
} __attribute__((packed));

struct nvsp_message {
	u32 type;
	union {
		struct nvsp_init init;
		struct nvsp_init_complete init_complete;
		struct nvsp_ndis_version ndis_version;
		struct nvsp_buffer buffer;
		struct nvsp_recv_buffer_complete recv_complete;
		struct nvsp_send_buffer_complete send_complete;
		struct nvsp_revoke revoke;
		struct nvsp_rndis rndis;
		struct nvsp_rndis_complete rndis_complete;
		struct nvsp_ndis_config config;
		struct nvsp_vf_association vf;
		struct nvsp_data_path path;
		struct nvsp_subchannel sub;
		struct nvsp_subchannel_complete sub_complete;
		struct nvsp_table table;
		u8 raw[NVSP_MESSAGE_SIZE - 4];
	} u;
} __attribute__((packed, aligned(8)));

/* A packet of type 7 (section 10): behind its descriptor, and its ranges. */
struct nvsp_xfer_head {
	u16 set_id;
	u8 sender_owns;
	u8 reserved;
	u32 nr_ranges;
} __attribute__((packed));

struct nvsp_xfer_range {
	u32 count;
	u32 offset;
} __attribute__((packed));

/* Ranges in one packet, and the longest one that can come (section 10). */
#define NVSP_MAX_RANGES		562
#define NVSP_MAX_PACKET		(24 + NVSP_MAX_RANGES * 8 + NVSP_MESSAGE_SIZE + 64)

#endif /* _NVSP_WIRE_H */
