/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * disk_store.h - the bytes of a virtual disk: a raw file and a volatile cache
 *
 * Offsets and lengths are multiples of STORE_SECTOR.  All functions may be
 * called from any thread.  After store_cut_power() nothing reaches a file any
 * more and every function that would touch data returns -ENODEV.
 */
#ifndef HVHOST_DISK_STORE_H
#define HVHOST_DISK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_SECTOR		512u

struct store;

struct store_options {
	const char *path;
	uint64_t size;		/* 0: as long as the file is */
	bool write_cache;
	bool read_only;
};

struct store_stats {
	uint64_t cached_bytes;	/* written, not yet in the file */
	uint64_t evicted_bytes;	/* reached the file without being asked for */
	uint64_t lost_bytes;	/* were cached when the power was cut */
	uint64_t flushes;
	uint64_t flipped;	/* bytes spoiled for HVHOST_FLIP */
};

/* NULL with a one-line reason in err. */
struct store *store_open(const struct store_options *o, char *err, size_t len);

/* Writes the cache out, then frees; with the power cut it only frees. */
void store_close(struct store *s);

uint64_t store_size(struct store *s);

/* 0 or -errno */
int store_read(struct store *s, uint64_t offset, void *data, size_t len);
int store_write(struct store *s, uint64_t offset, const void *data, size_t len,
		bool through);
int store_discard(struct store *s, uint64_t offset, uint64_t len);
int store_sync(struct store *s);
int store_resize(struct store *s, uint64_t size);

bool store_read_only(const struct store *s);
bool store_has_cache(struct store *s);
void store_set_cache(struct store *s, bool on);
void store_get_stats(struct store *s, struct store_stats *st);

/* Drop the caches of all stores; returns how many bytes were lost. */
uint64_t store_cut_power(void);

/* Write the caches of all stores out, for an orderly end of the host. */
void store_sync_all(void);

#endif /* HVHOST_DISK_STORE_H */
