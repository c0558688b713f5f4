// SPDX-License-Identifier: GPL-2.0-only
/*
 * disk_time.c - how long a disk takes, in guest time (vtime.h)
 *
 * The speeds are those of storage that guests have: the parent's file cache, a
 * local NVMe flash drive, and a disk that a storage service serves over the
 * network.  Lots come from a fixed seed, so that two drivers meet the same disk.
 *
 * No locks: a queue belongs to the vCPU's thread, the choice of a speed to the
 * time between windows.
 */
#include <stddef.h>
#include <string.h>

#include "vtime.h"

static const struct disk_speed speeds[] = {
	{ "cache", 10000, 8, 8000 },
	{ "flash", 80000, 32, 2000 },
	{ "network", 600000, 32, 500 },
};

static const struct disk_speed *chosen = &speeds[0];

const struct disk_speed *disk_speed_nth(unsigned int n)
{
	return n < sizeof(speeds) / sizeof(speeds[0]) ? &speeds[n] : NULL;
}

bool disk_speed_choose(const char *name)
{
	const struct disk_speed *s;
	unsigned int i;

	for (i = 0; (s = disk_speed_nth(i)); i++) {
		if (strcmp(s->name, name))
			continue;
		chosen = s;
		return true;
	}
	return false;
}

const struct disk_speed *disk_speed(void)
{
	return chosen;
}

void disk_queue_reset(struct disk_queue *q)
{
	memset(q, 0, sizeof(*q));
	q->lot = 0x2545f4914f6cdd1dull;
}

/* From half the latency to one and a half of it, all equally likely. */
static uint64_t draw(struct disk_queue *q, uint32_t latency)
{
	q->lot = q->lot * 6364136223846793005ull + 1442695040888963407ull;
	return latency / 2 + (q->lot >> 33) % (latency + 1);
}

uint64_t disk_queue_done(struct disk_queue *q, const struct disk_speed *s,
			 uint64_t now, uint32_t bytes)
{
	uint64_t *way = &q->free_at[0];
	unsigned int i;

	for (i = 1; i < s->ways; i++)
		if (q->free_at[i] < *way)
			way = &q->free_at[i];
	if (*way < now)
		*way = now;
	*way += draw(q, s->latency_ns) + (uint64_t)bytes * 1000 / s->bytes_per_us;
	return *way;
}
