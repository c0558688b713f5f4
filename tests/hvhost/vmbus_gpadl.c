// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_gpadl.c - guest memory shared page by page (vmbus.md 4.7)
 *
 * A GPADL arrives as one header message and as many bodies as its qwords need.
 * All of it belongs to the connection thread, but that sessions look up complete
 * ones to map them.
 *
 * Locks: gpadl_lock, a leaf.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "vmbus_int.h"

static pthread_mutex_t gpadl_lock = PTHREAD_MUTEX_INITIALIZER;

struct gpadl *gpadl_find(struct gpadl_list *l, uint32_t handle)
{
	struct gpadl *g;

	for (g = l->first; g; g = g->next)
		if (g->handle == handle)
			return g;
	return NULL;
}

struct gpadl *gpadl_begin(struct gpadl_list *l, const struct msg_gpadl_header *m,
			  size_t data_len, const char **why)
{
	struct gpadl *g;

	if (!m->gpadl) {
		*why = "its handle is 0";
		return NULL;
	}
	if (gpadl_find(l, m->gpadl)) {
		*why = "its handle is in use";
		return NULL;
	}
	if (!m->range_count || !m->range_bytes || m->range_bytes % 8 ||
	    m->range_bytes / 8 > GPADL_MAX_QWORDS ||
	    m->range_bytes / 8 < 2u * m->range_count) {
		*why = "its range count or length is illegal";
		return NULL;
	}
	g = calloc(1, sizeof(*g));
	if (g)
		g->q = calloc(m->range_bytes / 8u, 8);
	if (!g || !g->q)
		host_die("out of memory");
	g->handle = m->gpadl;
	g->channel_id = m->channel_id;
	g->ranges = m->range_count;
	g->want = m->range_bytes / 8u;
	gpadl_add(g, m->data, data_len);
	pthread_mutex_lock(&gpadl_lock);
	g->next = l->first;
	l->first = g;
	pthread_mutex_unlock(&gpadl_lock);
	return g;
}

void gpadl_add(struct gpadl *g, const uint8_t *data, size_t len)
{
	size_t n = len / 8;

	if (n > g->want - g->have)
		n = g->want - g->have;
	if (n)
		memcpy(g->q + g->have, data, n * 8);
	g->have += (uint32_t)n;
	if (g->have == g->want) {
		pthread_mutex_lock(&gpadl_lock);
		g->complete = true;
		pthread_mutex_unlock(&gpadl_lock);
	}
}

/* One range starting at qword *at; moves *at behind it. */
static bool check_range(const struct gpadl *g, uint32_t *at, const char **why)
{
	uint32_t count, offset, i;
	uint64_t pages;

	if (*at >= g->want) {
		*why = "a range is missing";
		return false;
	}
	count = (uint32_t)g->q[*at];
	offset = (uint32_t)(g->q[*at] >> 32);
	(*at)++;
	if (!count || offset >= HV_PAGE) {
		*why = "a range has an illegal length or offset";
		return false;
	}
	pages = ((uint64_t)count + offset + HV_PAGE - 1) / HV_PAGE;
	if (pages > g->want - *at) {
		*why = "a range has too few page numbers";
		return false;
	}
	for (i = 0; i < pages; i++) {
		uint64_t pfn = g->q[*at + i];

		if (pfn >> 52 || !gpa_ptr(pfn << HV_PAGE_SHIFT, HV_PAGE)) {
			*why = "a page is not RAM";
			return false;
		}
	}
	*at += (uint32_t)pages;
	return true;
}

bool gpadl_check(struct gpadl *g, const char **why)
{
	uint32_t at = 0, i;

	for (i = 0; i < g->ranges; i++)
		if (!check_range(g, &at, why))
			return false;
	return true;
}

void gpadl_free(struct gpadl_list *l, struct gpadl *g)
{
	struct gpadl **p = &l->first;

	pthread_mutex_lock(&gpadl_lock);
	while (*p && *p != g)
		p = &(*p)->next;
	if (*p)
		*p = g->next;
	pthread_mutex_unlock(&gpadl_lock);
	free(g->q);
	free(g);
}

uint8_t **gpadl_ring_pages(const struct gpadl *g, uint32_t *n, const char **why)
{
	uint32_t bytes = (uint32_t)g->q[0], offset = (uint32_t)(g->q[0] >> 32), i;
	uint8_t **pages;

	if (g->ranges != 1 || offset || bytes % HV_PAGE) {
		*why = "a ring needs one range of whole pages";
		return NULL;
	}
	*n = bytes / HV_PAGE;
	pages = calloc(*n, sizeof(*pages));
	if (!pages)
		host_die("out of memory");
	for (i = 0; i < *n; i++)
		pages[i] = gpa_ptr(g->q[1 + i] << HV_PAGE_SHIFT, HV_PAGE);
	return pages;
}

uint8_t **gpadl_map(struct gpadl_list *l, uint32_t handle, uint32_t *n)
{
	uint8_t **pages = NULL;
	const char *why;
	struct gpadl *g;

	pthread_mutex_lock(&gpadl_lock);
	g = gpadl_find(l, handle);
	if (g && g->complete && !g->in_use && !g->mapped) {
		pages = gpadl_ring_pages(g, n, &why);
		g->mapped = pages != NULL;
	}
	pthread_mutex_unlock(&gpadl_lock);
	return pages;
}

void gpadl_unmap(struct gpadl_list *l, uint32_t handle)
{
	struct gpadl *g;

	pthread_mutex_lock(&gpadl_lock);
	g = gpadl_find(l, handle);
	if (g)
		g->mapped = false;
	pthread_mutex_unlock(&gpadl_lock);
}

bool gpadl_mapped(struct gpadl *g)
{
	bool mapped;

	pthread_mutex_lock(&gpadl_lock);
	mapped = g->mapped;
	pthread_mutex_unlock(&gpadl_lock);
	return mapped;
}
