/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_host.h - what the VMBus host offers to its virtual service providers
 *
 * A VSP (vsp_*.c) adds a device with its offer; each channel of the device that
 * the guest opens gets a host thread, which takes packets from the guest->host
 * ring and hands them to ops->packet().  The VSP answers at once or later, from
 * any thread, in any order, with chan_complete().
 *
 * Locking: a VSP calls these functions with none of its own locks held that
 * it also takes inside a callback.  No callback runs with a lock of the VMBus
 * host held.  Callbacks of one channel never run at the same time as each
 * other; those of different channels do.
 */
#ifndef HVHOST_VMBUS_HOST_H
#define HVHOST_VMBUS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chan;
struct vmbus_dev;
struct hostile_layout;

/* Host generations, oldest first; the option "host=" (vmbus.md section 2). */
enum host_generation {
	HOST_WS2008, HOST_WS2008R2, HOST_WS2012, HOST_WS2012R2,
	HOST_WS2016, HOST_WS2019, HOST_WS2022, HOST_WS2025,
	HOST_GENERATIONS
};

enum host_generation host_generation(void);

/* ---- guest memory ------------------------------------------------------ */

/*
 * Pointer to len bytes of guest RAM at guest-physical address gpa, or NULL if
 * any of it is not RAM.  The guest may write there at any time.
 */
void *gpa_ptr(uint64_t gpa, size_t len);

/*
 * Copy n bytes of one page to or from the guest, on behalf of a GPA-direct packet.
 * False, and nothing is touched, if no such packet that is still to be completed
 * has lent the page.
 */
bool guest_dma(uint64_t gpa, void *data, size_t n, bool to_guest);

/* ---- offers ------------------------------------------------------------ */

struct offer_desc {
	uint8_t type[16];		/* interface GUID, wire order */
	uint8_t instance[16];
	uint16_t channel_flags;		/* vmbus.md 4.3 */
	uint16_t mmio_megabytes;
	uint8_t user_defined[120];
	bool monitored;			/* wants a monitor-page bit */
};

/* One packet from the guest, copied out of the ring. */
struct guest_packet {
	uint16_t type;			/* 6, 9 or 11 */
	bool completion_requested;
	uint64_t id;
	const uint8_t *payload;		/* valid during the callback */
	size_t len;			/* multiple of 8 */
	/* GPA-direct ranges, valid during the callback (ringbuffer.md 4.3) */
	unsigned int nr_ranges;
	const struct gpa_range *ranges;
};

struct gpa_range {
	uint32_t len;
	uint32_t offset;		/* in the first page */
	uint32_t nr_pfns;
	const uint64_t *pfns;
};

struct vsp_ops {
	const char *name;
	/* Guest opened the channel.  0 or a failure status for the guest. */
	uint32_t (*open)(struct chan *c, void *priv);
	/*
	 * Guest closed it, or unloaded, or the device goes away.  On return the
	 * VSP touches no guest memory on behalf of this channel any more.
	 */
	void (*close)(struct chan *c, void *priv);
	/* Return false to declare the guest broken: the channel stops reading. */
	bool (*packet)(struct chan *c, void *priv, const struct guest_packet *p);
	/* Fields of what it sends, for a hostile host; NULL: only the bus lies. */
	struct hostile_layout *(*layout)(const void *payload, size_t len);
};

/*
 * Add a device.  name is how the control socket and the counters call it.
 * Before the guest connects it waits for REQUESTOFFERS; afterwards it is a hot
 * add.  Never fails (no free channel id is fatal with a message).
 */
struct vmbus_dev *vmbus_dev_add(const char *name, const struct offer_desc *d,
				const struct vsp_ops *ops, void *priv);

/*
 * Rescind the device with all channels.  close() has run for each open channel
 * when it returns.  The device is freed when the guest has released the ids.
 */
void vmbus_dev_remove(struct vmbus_dev *dev);

/*
 * Offer n sub-channels (index 1..n) of the device; their packets come through
 * the same ops.  They go away when the primary is closed.
 */
void vmbus_dev_offer_subchannels(struct vmbus_dev *dev, unsigned int n);

/* ---- channels ---------------------------------------------------------- */

struct vmbus_dev *chan_dev(struct chan *c);
unsigned int chan_sub_index(struct chan *c);	/* 0 = primary */

/*
 * Send a completion or an unsolicited in-band packet.  Any thread.  A full ring
 * queues the packet in the host until the guest makes room; order is kept.  On
 * a closed channel the packet is dropped and false returned.
 */
bool chan_complete(struct chan *c, uint64_t id, const void *payload, size_t len);
bool chan_send(struct chan *c, const void *payload, size_t len, uint64_t id,
	       bool want_completion);

/*
 * Send a transfer-page packet (ringbuffer.md 4.4) as chan_send() does, which the
 * guest has to complete with its id.
 */
struct page_span { uint32_t len, offset; };
bool chan_send_pages(struct chan *c, uint16_t set, const struct page_span *spans,
		     unsigned int n, const void *payload, size_t len, uint64_t id);

/*
 * Host addresses of the *n pages of a GPADL that the guest has made on this
 * channel, to be freed by the caller; NULL if there is none such or it is not one
 * range of whole pages.  Only in packet() of that channel.  A guest that tears it
 * down gets its answer after chan_unmap_gpadl() or close().
 */
uint8_t **chan_map_gpadl(struct chan *c, uint32_t handle, uint32_t *n);
void chan_unmap_gpadl(struct chan *c, uint32_t handle);

/*
 * A channel stays allocated while referenced, so that a worker may complete
 * late; get before handing it to a worker, put after chan_complete().
 */
struct chan *chan_get(struct chan *c);
void chan_put(struct chan *c);

/* ---- counters ----------------------------------------------------------- */

/* VSP-specific counters that the control socket shows with the device's own. */
void vmbus_dev_count(struct vmbus_dev *dev, const char *what, uint64_t add);

#endif /* HVHOST_VMBUS_HOST_H */
