/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_int.h - what the files of the VMBus host share
 *
 * One thread, the connection thread, owns all control state: the connection,
 * devices, channel slots, GPADLs.  Guest messages and requests of other threads
 * reach it through an inbox, so that state needs no lock.  What other threads
 * read besides is listed at its lock:
 *
 *   inbox_lock (vmbus_conn.c)	guest messages and work requests
 *   devs_lock (vmbus_offer.c)	the list of devices, named counters
 *   gpadl_lock (vmbus_gpadl.c)	the lists of GPADLs, who is mapped
 *   signal slot (vmbus_chan.c)	channel id -> open session, one lock per id
 *   chan->out_lock		host->guest ring and its backlog
 *   chan->wake_lock		kicked, stop
 *
 * Order: inbox_lock before vp->lock; signal slot before chan->wake_lock;
 * out_lock before vp->lock and wake_lock.  devs_lock and gpadl_lock are
 * leaves.
 */
#ifndef HVHOST_VMBUS_INT_H
#define HVHOST_VMBUS_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "host.h"
#include "partition.h"
#include "vmbus_host.h"
#include "vmbus_wire.h"

/* ---- rings (vmbus_ring.c) ----------------------------------------------- */

struct ring {
	struct ring_header *hdr;
	uint8_t **pages;		/* data pages */
	uint32_t size;			/* of the data */
	uint32_t index;			/* the index that the host owns */
	uint32_t mask;			/* in ring: what we wrote last */
};

enum ring_result { RING_OK, RING_EMPTY, RING_FULL, RING_CORRUPT };

/* pages: header page, then n - 1 data pages.  False if an index is illegal. */
bool ring_in_init(struct ring *r, uint8_t **pages, uint32_t n);
bool ring_out_init(struct ring *r, uint8_t **pages, uint32_t n);
/* Copy the next packet to buf (r->size bytes); *len is length8 * 8. */
enum ring_result ring_in_next(struct ring *r, uint8_t *buf, size_t *len,
			      const char **why);
/* Give the space of a packet back; true if the guest waits for it. */
bool ring_in_commit(struct ring *r, size_t len, const char **why);
void ring_in_set_mask(struct ring *r, uint32_t mask);
bool ring_in_empty(const struct ring *r);
enum ring_result ring_out_write(struct ring *r, const struct packet_desc *d,
				const void *payload, size_t len, bool *signal,
				const char **why);
/* Ask the guest to signal when n bytes are free; true if they are already. */
bool ring_out_wait(struct ring *r, uint32_t n, const char **why);
static inline uint32_t packet_space(size_t len)
{
	return (uint32_t)(16 + ((len + 7) & ~(size_t)7) + 8);
}
/* Check a packet and describe it; ranges has room for max entries. */
bool packet_parse(const uint8_t *buf, size_t len, struct guest_packet *p,
		  struct gpa_range *ranges, size_t max, const char **why);

/* ---- GPADLs (vmbus_gpadl.c) ------------------------------------------------ */

struct gpadl {
	struct gpadl *next;
	uint32_t handle;
	uint32_t channel_id;
	bool complete;
	bool in_use;			/* an open ring lies in it */
	bool mapped;			/* gpadl_lock: a VSP uses it */
	bool teardown_wanted;		/* guest asked while it was in use */
	bool granted;			/* its pages count as lent (vmbus_grant.h) */
	uint32_t ranges;
	uint32_t have, want;		/* qwords */
	uint64_t *q;
};

/* Links and "mapped" are changed with gpadl_lock held, by whatever thread. */
struct gpadl_list { struct gpadl *first; };

struct gpadl *gpadl_find(struct gpadl_list *l, uint32_t handle);
/* New GPADL from a header message; NULL with a reason if it is illegal. */
struct gpadl *gpadl_begin(struct gpadl_list *l, const struct msg_gpadl_header *m,
			  size_t data_len, const char **why);
/* Take as many qwords as are missing. */
void gpadl_add(struct gpadl *g, const uint8_t *data, size_t len);
/* All there: check the ranges and the memory. */
bool gpadl_check(struct gpadl *g, const char **why);
void gpadl_free(struct gpadl_list *l, struct gpadl *g);
/* Host addresses of the pages of a one-range, page-aligned GPADL; or NULL. */
uint8_t **gpadl_ring_pages(const struct gpadl *g, uint32_t *n, const char **why);
/* Any thread, while the list's channel is open. */
uint8_t **gpadl_map(struct gpadl_list *l, uint32_t handle, uint32_t *n);
void gpadl_unmap(struct gpadl_list *l, uint32_t handle);
bool gpadl_mapped(struct gpadl *g);

/* ---- devices and channel slots (vmbus_offer.c) ------------------------------- */

/* What a hostile host can do to a ring (vmbus_dev_break()). */
enum ring_break {
	BREAK_WRITE_BEYOND,		/* host->guest: write index after the end */
	BREAK_WRITE_LATE,		/* the same, when the guest has just drained the ring */
	BREAK_WRITE_ODD,		/* host->guest: write index not a multiple of 8 */
	BREAK_PACKET,			/* host->guest: packet longer than what is there */
	BREAK_READ_BEYOND,		/* guest->host: read index after the end */
	NR_BREAKS
};

#define DEV_COUNTERS(X)							\
	X(packets_in)							\
	X(packets_out)							\
	X(bytes_in)							\
	X(bytes_out)							\
	X(signals)							\
	X(spurious_signals)						\
	X(monitor_kicks)						\
	X(space_signals)						\
	X(interrupts)							\
	X(opens)							\
	X(closes)							\
	X(ring_errors)							\
	X(backlogged)

struct dev_counters {
#define X(name) _Atomic uint64_t name;
	DEV_COUNTERS(X)
#undef X
};

struct named_counter {
	struct named_counter *next;
	char *name;
	uint64_t value;
};

enum slot_state { SLOT_UNOFFERED, SLOT_CLOSED, SLOT_OPEN, SLOT_REVOKED, SLOT_RELEASED };

/* One channel of a device, owned by the connection thread. */
struct slot {
	struct slot *next;
	struct vmbus_dev *dev;
	unsigned int sub_index;
	uint32_t id;			/* channel id, 1..2047 */
	int monitor_id;			/* -1: none */
	enum slot_state state;
	bool reserved;
	struct gpadl_list gpadls;
	struct gpadl *ring_gpadl;
	struct chan *session;
};

/*
 * A device stays allocated after its removal, so that a late counter, a second
 * removal or a session that a worker still holds does no harm.
 */
struct vmbus_dev {
	struct vmbus_dev *next;
	char *name;
	struct offer_desc desc;
	const struct vsp_ops *ops;
	void *priv;
	struct slot *slots;		/* primary first */
	bool revoked;			/* removed, or rescinded by command */
	bool removed;			/* its VSP has let go for good */
	bool reoffer;			/* offer again once the ids are released */
	struct dev_counters count;
	struct named_counter *named;	/* devs_lock */
};

/* Any thread.  The first device of that name that is not removed. */
struct vmbus_dev *dev_find(const char *name);
void dev_for_each(void (*fn)(struct vmbus_dev *dev, void *arg), void *arg);
void dev_named_counters(struct vmbus_dev *dev,
			void (*fn)(const char *name, uint64_t value, void *arg), void *arg);
/* Any thread: rescind without letting the VSP go; offer it again. */
bool vmbus_dev_rescind(struct vmbus_dev *dev);
bool vmbus_dev_reoffer(struct vmbus_dev *dev);

/* Connection thread only. */
struct slot *slot_by_id(uint32_t id);
void offers_send_all(void);
void offers_close_all(bool reserved_too);
void offer_do_add(struct vmbus_dev *dev);
void offer_do_revoke(struct vmbus_dev *dev, bool remove);
void offer_do_reoffer(struct vmbus_dev *dev);
void offer_do_subchannels(struct vmbus_dev *dev, unsigned int n);
void offer_do_unmapped(struct vmbus_dev *dev);
void slot_close(struct slot *s);
void msg_relid_released(const struct msg_channel *m);
void msg_open(const struct msg_open *m);
void msg_close(const struct msg_channel *m);
void msg_modify(const struct msg_modify_channel *m);
void msg_open_reserved(const struct msg_open_reserved *m);
void msg_close_reserved(const struct msg_close_reserved *m);
void msg_gpadl_header(const struct msg_gpadl_header *m, size_t len);
void msg_gpadl_body(const struct msg_gpadl_body *m, size_t len);
void msg_gpadl_teardown(const struct msg_gpadl_teardown *m);

/* ---- sessions: open channels (vmbus_chan.c) ------------------------------------ */

struct session_desc {
	uint8_t **pages;		/* taken over, also on failure */
	struct gpadl_list *gpadls;	/* of the slot */
	uint32_t nr_pages, downstream_page;
	uint32_t target_vp;
};

/* Connection thread.  0, or a status for the guest. */
uint32_t session_open(struct slot *s, const struct session_desc *d, struct chan **out);
void session_close(struct chan *c);
void session_set_vp(struct chan *c, uint32_t vp);
/* Any thread: a reference to an open session of the device, modulo their number. */
struct chan *session_of(const struct vmbus_dev *dev, unsigned int nth);

/* For hostile.c.  Send a packet with this very descriptor; change a ring header. */
bool chan_send_desc(struct chan *c, const struct packet_desc *d, const void *payload,
		    size_t len);
void chan_smash(struct chan *c, uint64_t *random);
/* Any thread: break a ring of the first open channel; false if none is open. */
bool vmbus_dev_break(const struct vmbus_dev *dev, enum ring_break what);

enum kick_source { KICK_SIGNAL, KICK_MONITOR, KICK_BITMAP };
/* Any thread: wake the session of a channel id; false if none is open. */
bool session_kick(uint32_t channel_id, enum kick_source source);

/* ---- connection (vmbus_conn.c) ---------------------------------------------------- */

/* Connection thread only. */
uint32_t conn_version(void);
bool conn_offers_sent(void);
enum told { TOLD_TRUTH, TOLD_LIES, TOLD_NOTHING };
enum told conn_send(const void *msg, size_t len);
enum told conn_send_to(uint32_t vp, uint32_t sint, const void *msg, size_t len);
/* The same to where the guest listens, and not even a hostile host changes it. */
void conn_send_true(const void *msg, size_t len);
/* Do messages to the guest wait for their slot? */
bool conn_backlog(void);
/* Log a guest's mistake in a control message, and count it. */
void conn_bad(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

enum work_kind { WORK_ADD, WORK_REVOKE, WORK_REMOVE, WORK_REOFFER, WORK_SUBCHANNELS,
		 WORK_UNMAPPED, WORK_RESET, WORK_CALL };
/* Any thread: have the connection thread do something; wait: until it is done. */
void conn_work(enum work_kind kind, struct vmbus_dev *dev, unsigned int n, bool wait);
/* Any other thread: have the connection thread call fn, and wait until it has. */
void conn_call(void (*fn)(void *arg), void *arg);

/* The interrupt page of protocols below 2.4, as the sessions see it. */
uint8_t *conn_interrupt_page(void);
/* Any thread.  A lie: the port that version responses name; and one about none. */
void conn_name_port(uint32_t connection_id);
void conn_close_port(void);
void conn_state(uint32_t *version, bool *connected);

/* ---- monitor page (vmbus_monitor.c) ------------------------------------------------- */

void monitor_start(void);
void monitor_set_page(uint64_t gpa);		/* 0: none */
void monitor_channel(int monitor_id, uint32_t channel_id);	/* 0: closed */

#endif /* HVHOST_VMBUS_INT_H */
