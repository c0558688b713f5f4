/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv/vmbus.h - the VMBus API: what hv_vmbus.ko offers to VSC drivers.
 *
 * The upper half is the channel API; the cores use only that, and the unit
 * tests implement it over an in-memory channel pair.  The lower half is the
 * device model and is for the DIMs (*_drv.c) alone.
 *
 * Sizes are in bytes unless a name says otherwise.  Errors are negative errno
 * values: -EAGAIN the ring has no room now, -ENODEV the channel was rescinded
 * or is not open, -EIO the ring is corrupt (the host broke it; the channel is
 * dead until closed), -EINVAL the caller's mistake.
 */
#ifndef _HV_VMBUS_H
#define _HV_VMBUS_H

#include <hv/os.h>

struct hvl_channel;
struct hvl_device;
struct page;

/* ---- channels --------------------------------------------------------- */

/* Packet types that a receiver meets (ringbuffer.md section 4.1). */
enum hvl_packet_type {
	HVL_PKT_INBAND		= 0x6,
	HVL_PKT_XFER_PAGES	= 0x7,
	HVL_PKT_GPA_DIRECT	= 0x9,
	HVL_PKT_COMPLETION	= 0xb,
};

#define HVL_PKT_FLAG_COMPLETION_REQUESTED	0x1

/**
 * struct hvl_packet - one received packet, checked and copied
 * @type: enum hvl_packet_type; unknown types reach the driver too
 * @flags: HVL_PKT_FLAG_*
 * @id: transaction id as the host wrote it; trust it only after looking it up
 * @head: type-specific header between descriptor and payload (transfer pages);
 *        NULL if @head_len is 0
 * @head_len: its length, a multiple of 8
 * @data: payload in private memory of the channel, 8-byte aligned
 * @len: its length, a multiple of 8 (the padding is included)
 *
 * Valid until the next hvl_channel_recv() on the same channel.  Nothing in it
 * lies in memory that the host can still write.
 */
struct hvl_packet {
	u16 type;
	u16 flags;
	u64 id;
	const void *head;
	u32 head_len;
	const void *data;
	u32 len;
};

/**
 * typedef hvl_channel_fn - called when the host signalled the channel
 *
 * Runs in softirq context (tasklet) on the CPU that the channel targets, never
 * twice at once for one channel, with the host->guest interrupt masked.  It
 * takes packets with hvl_channel_recv() until that returns 0 or its own budget
 * is spent; the bus unmasks, looks again, and calls it again if need be.
 */
typedef void (*hvl_channel_fn)(struct hvl_channel *ch, void *ctx);

/**
 * struct hvl_open_params - how to open a channel
 * @out_bytes: guest->host ring, its header page included; a multiple of 4096,
 *             at least two pages
 * @in_bytes: host->guest ring, same rules
 * @user: bytes for the host's device, or NULL
 * @user_len: at most 120
 * @max_packet: the longest packet that will be received, in bytes with its
 *              descriptor; a longer one makes the channel fail with -EIO
 * @fn: see hvl_channel_fn
 * @polled: @fn is called by the interrupt itself instead, with interrupts off and
 *          the channel masked, and takes no packets: it has them taken by whoever
 *          it likes, one at a time, who ends with hvl_channel_poll_done(), and who
 *          no longer runs when the channel is closed
 * @ctx: passed to @fn
 */
struct hvl_open_params {
	u32 out_bytes;
	u32 in_bytes;
	const void *user;
	u32 user_len;
	u32 max_packet;
	hvl_channel_fn fn;
	bool polled;
	void *ctx;
};

/**
 * hvl_channel_open - allocate rings, share them, open the channel
 *
 * May sleep.  @fn may be called before this returns.  Returns 0, -ENOMEM,
 * -ENODEV (rescinded meanwhile), -ETIMEDOUT, -EINVAL, -EBUSY (is open), or
 * -ECONNREFUSED (the host said no).
 */
int hvl_channel_open(struct hvl_channel *ch, const struct hvl_open_params *p);

/**
 * hvl_channel_close - close the channel and give its rings back
 *
 * May sleep.  When it returns, @fn is not running and will not run, and the
 * host can no longer touch the rings nor any buffer that a packet of this
 * channel named (the ring GPADL was torn down; if the host never said so, the
 * ring memory is leaked on purpose and -ETIMEDOUT is returned).  Closing a
 * channel that is not open does nothing.  Close sub-channels first.
 */
int hvl_channel_close(struct hvl_channel *ch);

/**
 * hvl_channel_send - put an in-band packet into the ring
 * @id: transaction id; must not be 0 when @flags asks for a completion
 * @flags: 0 or HVL_PKT_FLAG_COMPLETION_REQUESTED
 *
 * Any context.  Never sleeps, never allocates.  Signals the host if the ring
 * was empty and the host has not masked.  Returns 0, -EAGAIN, -ENODEV, -EIO.
 */
int hvl_channel_send(struct hvl_channel *ch, const void *data, u32 len,
		     u64 id, u16 flags);

/**
 * hvl_channel_send_completion - answer a packet of the host
 *
 * As hvl_channel_send(); @id is the id of the packet answered.
 */
int hvl_channel_send_completion(struct hvl_channel *ch, const void *data,
				u32 len, u64 id);

/**
 * hvl_channel_send_gpa - put a GPA-direct packet into the ring
 * @ranges: @nr_ranges of them, at least one
 *
 * As hvl_channel_send(); a completion is always requested, @id must not be 0.
 * The host owns the named pages until that completion or until the channel is
 * closed.
 */
int hvl_channel_send_gpa(struct hvl_channel *ch,
			 const struct hvl_gpa_range *ranges, u32 nr_ranges,
			 const void *data, u32 len, u64 id);

/**
 * hvl_channel_recv - take the next packet
 *
 * Only from the channel's hvl_channel_fn, or by the one poller of a polled channel.  Returns 1 with @pkt filled, 0 when the ring is empty,
 * -EIO when the host broke the ring.  The read index is published in batches:
 * at the latest when this returns 0 or the callback returns.
 */
int hvl_channel_recv(struct hvl_channel *ch, struct hvl_packet *pkt);

/**
 * hvl_channel_poll_done - no more packets are taken for now
 *
 * Polled channels only.  Publishes what was taken, lets the host interrupt again,
 * and looks once more.  True if there is something: it is masked again, and the
 * caller polls on.
 */
bool hvl_channel_poll_done(struct hvl_channel *ch);

/**
 * hvl_channel_share - lend pages to the device behind a channel
 * @pages: @nr of them, each HVL_PAGE_SIZE bytes
 * @handle: set to what the device knows them by
 * @lost: set on failure if the host may still have them: they must never be freed
 *
 * May sleep; the channel need not be open.  Returns 0, -ENOMEM, -EINVAL, -ENODEV,
 * -ETIMEDOUT or -ECONNREFUSED.
 */
int hvl_channel_share(struct hvl_channel *ch, struct page **pages, u32 nr,
		      u32 *handle, bool *lost);

/*
 * Take them back.  May sleep.  0, or an error: the pages must never be freed.
 */
int hvl_channel_unshare(struct hvl_channel *ch, u32 handle);

/* Percentage of the guest->host ring that is free; a hint, may be stale. */
u32 hvl_channel_room_percent(const struct hvl_channel *ch);

/* True from the moment the host took the channel back. */
bool hvl_channel_rescinded(const struct hvl_channel *ch);

/* Device of the channel; the same for all its sub-channels. */
struct hvl_device *hvl_channel_device(const struct hvl_channel *ch);

/* 0 for a primary channel, else the index in the offer. */
u16 hvl_channel_sub_index(const struct hvl_channel *ch);

/* CPU (not VP) that the host interrupts for this channel. */
unsigned int hvl_channel_target_cpu(const struct hvl_channel *ch);

/* A pointer that the driver keeps with a channel; NULL at first. */
void *hvl_channel_get_priv(const struct hvl_channel *ch);
void hvl_channel_set_priv(struct hvl_channel *ch, void *priv);

/*
 * VMBus protocol version in force, major << 16 | minor (vmbus.md section 2).
 */
u32 hvl_vmbus_version(void);

#define HVL_VMBUS_0_13	0x0000000du
#define HVL_VMBUS_1_1	0x00010001u
#define HVL_VMBUS_2_4	0x00020004u
#define HVL_VMBUS_3_0	0x00030000u
#define HVL_VMBUS_4_0	0x00040000u
#define HVL_VMBUS_4_1	0x00040001u
#define HVL_VMBUS_5_0	0x00050000u
#define HVL_VMBUS_5_1	0x00050001u
#define HVL_VMBUS_5_2	0x00050002u
#define HVL_VMBUS_5_3	0x00050003u
#define HVL_VMBUS_6_0	0x00060000u

#endif /* _HV_VMBUS_H */
