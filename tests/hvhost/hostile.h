/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hostile.h - a host that lies: mutation of what the guest is sent
 *
 * One device is the target.  What the host sends about it (control messages)
 * and through it (packets) is changed field by field, sent twice, late or never;
 * other things are made up.  The other devices of the guest are served in good
 * faith: their traffic is the proof that the guest lives.
 *
 * What was changed is counted by layout and field, so that a run can say what it
 * has covered.  Layouts are tables of named fields; hostile_layout.c has those
 * of the bus, a VSP brings its own through vsp_ops.layout.
 */
#ifndef HVHOST_HOSTILE_H
#define HVHOST_HOSTILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hv_wire.h"
#include "vmbus_wire.h"

struct chan;
struct vmbus_dev;

#define HOSTILE_FIELDS_MAX	24

struct hostile_field {
	const char *name;
	uint16_t at, size;		/* bytes */
};

struct hostile_layout {
	const char *name;
	uint32_t type;			/* of a control message, else 0 */
	uint16_t len;
	struct hostile_field fields[HOSTILE_FIELDS_MAX];
	_Atomic uint64_t hits[HOSTILE_FIELDS_MAX];
};

#define HOSTILE_FIELD(s, f) \
	{ #f, offsetof(struct s, f), sizeof(((struct s *)NULL)->f) }

/* ---- hostile_layout.c: pure, no locks -------------------------------------- */

/* The control messages that a host sends; ends with one without a name. */
extern struct hostile_layout hostile_messages[];
extern struct hostile_layout hostile_desc, hostile_ring_in, hostile_ring_out;

struct hostile_layout *hostile_message_layout(uint32_t type);
uint64_t hostile_random(uint64_t *state);
/* Change one field that lies within len bytes; NULL if none does. */
const struct hostile_field *hostile_mutate(struct hostile_layout *l, uint64_t *random,
					   void *buf, size_t len);

/* vsp_storage_hostile.c, vsp_net_hostile.c; each ends with one without a name. */
extern struct hostile_layout hostile_storage[], hostile_net[];

/* ---- hostile.c ---------------------------------------------------------------- */

/* Is this device lied about now?  Any thread. */
bool hostile_target(const struct vmbus_dev *dev);

/*
 * Connection thread: a control message is about to go to the guest.  msg is a
 * copy of it, of len bytes, that may be changed; returns how often that is to be
 * sent, and in *true_too whether the true message follows.
 */
unsigned int hostile_message(void *msg, size_t len, bool *true_too);

/* In place of a packet of the target: sends it changed, twice, later or never. */
void hostile_packet(struct chan *c, const struct packet_desc *d, const void *payload,
		    size_t len);

/* Any thread: bytes of that layout are about to be put into the guest's memory. */
void hostile_bytes(const struct vmbus_dev *dev, struct hostile_layout *l, void *buf, size_t len);

/* Connection thread: a channel of the target has been set up, not yet answered. */
void hostile_opened(struct chan *c);

#endif /* HVHOST_HOSTILE_H */
