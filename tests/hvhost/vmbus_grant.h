/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_grant.h - which pages the guest has lent to the host, and for what
 *
 * A real host can read all of a guest's memory; that a driver shows it only what
 * it means to show is seen here.  A page in a GPADL is the host's until the
 * guest has been told that it is torn down, a page of a GPA-direct packet until
 * the packet's completion is sent or the channel closed.  Who lends a page that
 * is in a GPADL has freed it too early, and the host now reads what others keep
 * there: counted as memory_conflicts.  The host itself reaches the pages of
 * packets only through guest_dma() (vmbus_host.h), which refuses those that are
 * not lent at the moment: memory_denied.
 */
#ifndef HVHOST_VMBUS_GRANT_H
#define HVHOST_VMBUS_GRANT_H

#include <stddef.h>
#include <stdint.h>

#include "vmbus_host.h"

struct gpadl;
struct granted;
struct session_desc;

/* What the packets of one channel lend; begins as all zero. */
struct grants {
	struct granted *bucket[64];
};

/* A GPADL came into being; is over; is over for us, but the guest was not told. */
void grant_gpadl(const struct gpadl *g);
void grant_gpadl_end(const struct gpadl *g);
void grant_gpadl_keep(const struct gpadl *g);
/* The connection is over, and with it all GPADLs. */
void grant_gpadls_void(void);

/*
 * Rings are opened.  Their memory holds what its last owner left there, unless the
 * guest has cleared it: counted as dirty_rings.
 */
void grant_rings(const char *device, const struct session_desc *d);

/* A packet with these ranges came; it is completed; the channel is closed. */
void grant_packet(struct grants *gs, const struct guest_packet *p);
void grant_packet_end(struct grants *gs, uint64_t id);
void grant_packets_void(struct grants *gs);

#endif /* HVHOST_VMBUS_GRANT_H */
