/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * twin/vmbus_mem.h - hv/vmbus.h over queues in memory, with the host's end
 *
 * The guest's side is what hv/vmbus.h declares.  The host's side is here: a test
 * takes the packets that a core sent, pushes answers, and runs the channel's
 * callback when it wants to, so that every order of events can be had.  Each
 * packet lies in an allocation of exactly its own size, for the sanitizer's
 * benefit.
 */
#ifndef HVL_VMBUS_MEM_H
#define HVL_VMBUS_MEM_H

#include <hv/vmbus.h>

struct mem_packet {
	struct mem_packet *next;
	u16 type;
	u16 flags;
	u64 id;
	u32 len;
	u8 *data;
	/* GPA-direct: the first range, and how many there are */
	u32 range_len;
	u32 range_offset;
	u32 nr_pfns;
	u64 *pfns;
	u32 nr_ranges;
	struct hvl_gpa_range *ranges;	/* their pfns are not kept */
	/* transfer pages: between descriptor and payload */
	u32 head_len;
	u8 *head;
};

struct hvl_channel *mem_channel_new(struct hvl_device *dev, u16 sub_index,
				    unsigned int cpu);
void mem_channel_free(struct hvl_channel *ch);

/* Next packet that the guest sent, NULL if none; free it after use. */
struct mem_packet *mem_host_take(struct hvl_channel *ch);
void mem_packet_free(struct mem_packet *p);

/* Send to the guest; len is rounded up to 8 with zero bytes. */
void mem_host_push(struct hvl_channel *ch, u16 type, u64 id, const void *data,
		   u32 len);

/* The same with a head behind the descriptor, a multiple of 8 bytes long. */
void mem_host_push_xfer(struct hvl_channel *ch, u64 id, const void *head,
			u32 head_len, const void *data, u32 len);

/* Call the callback until it has nothing left to take. */
void mem_run(struct hvl_channel *ch);

/* From now on only so many packets fit the ring until the host takes some. */
void mem_set_room(struct hvl_channel *ch, u32 packets);
void mem_rescind(struct hvl_channel *ch);
void mem_break_ring(struct hvl_channel *ch);
void mem_set_cpu(struct hvl_channel *ch, unsigned int cpu);
void mem_set_vmbus_version(u32 version);
u32 mem_queued(const struct hvl_channel *ch);	/* guest to host */

/* What the guest opened the channel with, valid while it is open. */
const struct hvl_open_params *mem_open_params(const struct hvl_channel *ch);
bool mem_is_open(const struct hvl_channel *ch);

#endif /* HVL_VMBUS_MEM_H */
