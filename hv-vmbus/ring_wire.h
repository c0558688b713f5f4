/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring_wire.h - ring header page and packet layouts (ringbuffer.md 2 and 4)
 */
#ifndef HVL_RING_WIRE_H
#define HVL_RING_WIRE_H

#include <hv/types.h>

/* Ring header page, 4096 bytes; indices are byte offsets into the data. */
struct hvl_ring_header {
	u32 write_index;
	u32 read_index;
	u32 interrupt_mask;
	u32 pending_send_size;
	u8 reserved1[48];
	u32 feature_bits;
	u8 reserved2[4020];
	u64 interrupt_count;
};

#define HVL_RING_FEAT_PENDING_SEND	1u

/* Packet descriptor, 16 bytes; lengths and offsets count 8-byte units. */
struct hvl_packet_desc {
	u16 type;
	u16 data_offset8;
	u16 length8;
	u16 flags;
	u64 id;
};

/* Follows the descriptor of a GPA-direct packet, 8 bytes (4.3). */
struct hvl_gpa_head {
	u32 reserved;
	u32 range_count;
};

/* One range of it, 8 bytes, PFNs of 8 bytes behind it. */
struct hvl_gpa_range_head {
	u32 len;
	u32 offset;
};

#define HVL_RING_TRAILER	8u
/* The 16-bit length field's limit on a packet, descriptor included (4). */
#define HVL_PACKET_MAX		524280u

#endif /* HVL_RING_WIRE_H */
