// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_fault.c - frames that get lost, come twice, late, changed or in disorder
 *
 * Called by net_switch.c with its lock held.
 */
#include <stdlib.h>

#include "host.h"
#include "net_switch.h"

static uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static bool matches(struct net_fault_list *l, struct net_fault *f, enum net_dir dir,
		    const struct net_frame *frame)
{
	struct net_headers h;

	if (f->dir != dir)
		return false;
	if (f->proto && (!net_parse(frame->data, frame->len, &h) || !h.ip ||
			 h.proto != f->proto))
		return false;
	f->seen++;
	if (f->seen < f->nth || (f->count && f->seen >= f->nth + f->count))
		return false;
	return f->percent >= 100 || next_random(&l->random) % 100 < f->percent;
}

/* Those that were held back and have been overtaken by enough others. */
static void release_held(struct net_fault_list *l, enum net_dir dir, struct net_frame **end)
{
	struct net_fault *f;

	for (f = l->first; f; f = f->next) {
		if (!f->held || f->dir != dir || --f->left)
			continue;
		*end = f->held;
		end = &f->held->next;
		f->held = NULL;
	}
	*end = NULL;
}

struct net_frame *net_fault_run(struct net_fault_list *l, enum net_dir dir,
				struct net_frame *frame, struct net_port_stats *stats,
				unsigned int *delay_ms)
{
	struct net_fault *f;
	uint32_t at;

	*delay_ms = 0;
	for (f = l->first; f; f = f->next)
		if (matches(l, f, dir, frame) && !(f->kind == NET_REORDER && f->held))
			break;
	frame->next = NULL;
	if (!f) {
		release_held(l, dir, &frame->next);
		return frame;
	}
	switch (f->kind) {
	case NET_DROP:
		stats->dropped++;
		frame_free_list(frame);
		return NULL;
	case NET_DUPLICATE:
		stats->duplicated++;
		frame->next = frame_clone(frame);
		return frame;
	case NET_REORDER:
		stats->reordered++;
		f->held = frame;
		f->left = f->distance;
		return NULL;
	case NET_DELAY:
		stats->delayed++;
		*delay_ms = f->ms;
		return frame;
	case NET_CORRUPT:
		stats->corrupted++;
		at = f->at < 0 ? frame->len + (uint32_t)f->at : (uint32_t)f->at;
		if (at < frame->len)
			frame->data[at] ^= 0x5a;
		return frame;
	case NET_FAULTS:
		break;
	}
	return frame;
}

void net_fault_insert(struct net_fault_list *l, const struct net_fault *f)
{
	struct net_fault *n = malloc(sizeof(*n)), **end;

	if (!n)
		host_die("out of memory");
	*n = *f;
	n->next = NULL;
	for (end = &l->first; *end; end = &(*end)->next)
		;
	*end = n;
	if (!l->random)
		l->random = 0x9e3779b97f4a7c15ull;
}

struct net_frame *net_fault_drop_all(struct net_fault_list *l, enum net_dir dir)
{
	struct net_frame *list = NULL, **end = &list;
	struct net_fault *f, **p;

	for (p = &l->first; (f = *p);) {
		if (f->dir != dir) {
			p = &f->next;
			continue;
		}
		if (f->held) {
			*end = f->held;
			end = &f->held->next;
		}
		*p = f->next;
		free(f);
	}
	*end = NULL;
	return list;
}
