// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_grant.c - which pages the guest has lent to the host, and for what
 *
 * Locks: grant_lock, a leaf, guards the counts of all pages and the lists of all
 * channels.  It is held while a page is copied: nobody ends a loan meanwhile.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "vmbus_grant.h"
#include "vmbus_int.h"

#define PAGES	(1u << 19)		/* 2 GiB, the most that -M pc has below 4 GiB */

struct granted {
	struct granted *next;
	uint64_t id;
	size_t nr;
	uint64_t pfns[];
};

static pthread_mutex_t grant_lock = PTHREAD_MUTEX_INITIALIZER;
static uint16_t shared[PAGES];		/* by GPADLs */
static uint16_t moving[PAGES];		/* by packets */

static bool no_page(uint64_t pfn)
{
	return pfn >= PAGES || !gpa_ptr(pfn << HV_PAGE_SHIFT, HV_PAGE);
}

static void conflict(uint64_t pfn, const char *what, const char *with)
{
	TOTAL(memory_conflicts);
	host_warn("the guest lends page %#llx %s, which it has lent %s",
		  (unsigned long long)pfn, what, with);
}

/* ---- GPADLs ------------------------------------------------------------------------ */

static void share(uint64_t pfn)
{
	if (shared[pfn])
		conflict(pfn, "in a GPADL", "in another");
	if (moving[pfn])
		conflict(pfn, "in a GPADL", "in a packet");
	shared[pfn]++;
}

static void keep_shared(uint64_t pfn)
{
	shared[pfn]++;
}

/* Those of a reserved channel may have been voided with the connection. */
static void take_back(uint64_t pfn)
{
	if (shared[pfn])
		shared[pfn]--;
}

/* The ranges were checked when the GPADL was complete. */
static void each_page(const struct gpadl *g, void (*fn)(uint64_t pfn))
{
	uint32_t at = 0, range;
	uint64_t pages;

	pthread_mutex_lock(&grant_lock);
	for (range = 0; range < g->ranges; range++) {
		pages = ((uint32_t)g->q[at] + (g->q[at] >> 32) + HV_PAGE - 1) / HV_PAGE;
		for (at++; pages; pages--, at++)
			if (!no_page(g->q[at]))
				fn(g->q[at]);
	}
	pthread_mutex_unlock(&grant_lock);
}

void grant_gpadl(const struct gpadl *g)
{
	each_page(g, share);
}

void grant_gpadl_end(const struct gpadl *g)
{
	each_page(g, take_back);
}

void grant_gpadl_keep(const struct gpadl *g)
{
	each_page(g, keep_shared);
}

void grant_gpadls_void(void)
{
	pthread_mutex_lock(&grant_lock);
	memset(shared, 0, sizeof(shared));
	pthread_mutex_unlock(&grant_lock);
}

void grant_rings(const char *device, const struct session_desc *d)
{
	const uint8_t *page;
	uint32_t i, at;

	for (i = 0; i < d->nr_pages; i++) {
		page = d->pages[i];
		at = i == 0 || i == d->downstream_page ?
			offsetof(struct ring_header, reserved2) : 0;
		while (at < HV_PAGE && !page[at])
			at++;
		if (at == HV_PAGE)
			continue;
		TOTAL(dirty_rings);
		host_warn("%s: page %u of its rings shows %#x at %u when they are opened",
			  device, i, page[at], at);
		return;
	}
}

/* ---- packets ----------------------------------------------------------------------- */

static struct granted **bucket_of(struct grants *gs, uint64_t id)
{
	return &gs->bucket[(id ^ id >> 6) % (sizeof(gs->bucket) / sizeof(gs->bucket[0]))];
}

static struct granted *granted_new(const struct guest_packet *p)
{
	struct granted *g;
	size_t nr = 0;
	unsigned int i;

	for (i = 0; i < p->nr_ranges; i++)
		nr += p->ranges[i].nr_pfns;
	g = malloc(sizeof(*g) + nr * sizeof(g->pfns[0]));
	if (!g)
		host_die("out of memory");
	g->id = p->id;
	g->nr = 0;
	for (i = 0; i < p->nr_ranges; i++) {
		memcpy(g->pfns + g->nr, p->ranges[i].pfns,
		       p->ranges[i].nr_pfns * sizeof(g->pfns[0]));
		g->nr += p->ranges[i].nr_pfns;
	}
	return g;
}

void grant_packet(struct grants *gs, const struct guest_packet *p)
{
	struct granted *g, **b = bucket_of(gs, p->id);
	size_t i;

	if (!p->nr_ranges)
		return;
	g = granted_new(p);
	pthread_mutex_lock(&grant_lock);
	for (i = 0; i < g->nr; i++) {
		if (no_page(g->pfns[i]))
			continue;
		if (shared[g->pfns[i]])
			conflict(g->pfns[i], "in a packet", "in a GPADL");
		moving[g->pfns[i]]++;
	}
	g->next = *b;
	*b = g;
	pthread_mutex_unlock(&grant_lock);
}

/* grant_lock held. */
static void drop(struct granted **p)
{
	struct granted *g = *p;
	size_t i;

	*p = g->next;
	for (i = 0; i < g->nr; i++)
		if (!no_page(g->pfns[i]))
			moving[g->pfns[i]]--;
	free(g);
}

void grant_packet_end(struct grants *gs, uint64_t id)
{
	struct granted **p;

	pthread_mutex_lock(&grant_lock);
	for (p = bucket_of(gs, id); *p; p = &(*p)->next) {
		if ((*p)->id == id) {
			drop(p);
			break;
		}
	}
	pthread_mutex_unlock(&grant_lock);
}

void grant_packets_void(struct grants *gs)
{
	size_t i;

	pthread_mutex_lock(&grant_lock);
	for (i = 0; i < sizeof(gs->bucket) / sizeof(gs->bucket[0]); i++)
		while (gs->bucket[i])
			drop(&gs->bucket[i]);
	pthread_mutex_unlock(&grant_lock);
}

/* ---- access ------------------------------------------------------------------------ */

bool guest_dma(uint64_t gpa, void *data, size_t n, bool to_guest)
{
	uint64_t pfn = gpa >> HV_PAGE_SHIFT;
	bool lent;
	uint8_t *mem;

	if (no_page(pfn) || n > HV_PAGE - (gpa & (HV_PAGE - 1)))
		return false;
	mem = gpa_ptr(gpa, n);
	pthread_mutex_lock(&grant_lock);
	lent = moving[pfn];
	if (lent && to_guest)
		memcpy(mem, data, n);
	else if (lent)
		memcpy(data, mem, n);
	pthread_mutex_unlock(&grant_lock);
	if (!lent)
		TOTAL(memory_denied);
	return lent;
}
