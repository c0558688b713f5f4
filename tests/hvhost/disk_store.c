// SPDX-License-Identifier: GPL-2.0-only
/*
 * disk_store.c - raw files behind virtual disks, with a cache that can be lost
 *
 * A written sector stays in memory until it is asked for (SYNCHRONIZE CACHE,
 * force unit access), or is evicted: when the cache is over its limit, and now
 * and then at random, so that sectors reach the file in no order a guest could
 * lean on.  A cut of power drops what is cached.  Reads see the cache.
 *
 * HVHOST_FLIP=N spoils one bit of what is stored for the N-th write (of this
 * process) that is at least 128 KiB long and has no block of 4 KiB that is mostly
 * zero: so large file data are hit, and neither journals nor inode tables nor
 * orphan files, each of whose empty blocks ends with a checksum.  It is bit 0 of the byte in the middle of the write.
 * HVHOST_SEED=N seeds the random eviction.
 *
 * Locks: list_lock (all_stores), then store->lock (everything else of a store,
 * also held over file I/O, so that file and cache change together).
 */
#include "disk_store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES	4096u
#define LINE_SECTORS	(LINE_BYTES / STORE_SECTOR)
#define NR_BUCKETS	4096u
#define MAX_LINES	4096u		/* 16 MiB */
#define EVICT_ONE_IN	16u
#define FLIP_MIN_BYTES	(128u * 1024)

struct line {
	struct line *next;
	uint64_t nr;			/* offset / LINE_BYTES */
	uint8_t dirty;			/* a bit a sector; never 0 */
	uint8_t data[LINE_BYTES];
};

struct store {
	struct store *next;		/* list_lock */
	pthread_mutex_t lock;
	int fd;
	bool read_only;
	bool cache_on;
	bool dead;			/* the power was cut */
	uint64_t size;
	struct line *buckets[NR_BUCKETS];
	unsigned int nr_lines;
	uint64_t random;
	struct store_stats stats;
};

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct store *all_stores;
static bool power_is_cut;

static uint64_t next_random(struct store *s)
{
	/* xorshift64: eviction has to be repeatable, not unpredictable */
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random;
}

static uint64_t seed_from_environment(void)
{
	const char *text = getenv("HVHOST_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : 0;

	return seed ? seed : 0x9e3779b97f4a7c15ull;
}

static unsigned int bucket_of(uint64_t nr)
{
	return (unsigned int)((nr * 0x9e3779b97f4a7c15ull) >> 52) % NR_BUCKETS;
}

/* ---- file --------------------------------------------------------------- */

static int file_write(struct store *s, uint64_t offset, const uint8_t *data,
		      size_t len)
{
	ssize_t n;

	while (len) {
		n = pwrite(s->fd, data, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int file_read(struct store *s, uint64_t offset, uint8_t *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = pread(s->fd, data, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)		/* somebody cut the file short */
			return -EIO;
		data += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

static int file_zero(struct store *s, uint64_t offset, uint64_t len)
{
	static const uint8_t zeroes[65536];
	size_t part;
	int ret;

	if (!fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		       (off_t)offset, (off_t)len))
		return 0;
	while (len) {
		part = len < sizeof(zeroes) ? (size_t)len : sizeof(zeroes);
		ret = file_write(s, offset, zeroes, part);
		if (ret)
			return ret;
		offset += part;
		len -= part;
	}
	return 0;
}

/* ---- cache; the caller holds s->lock ------------------------------------- */

static struct line **find_line(struct store *s, uint64_t nr)
{
	struct line **l = &s->buckets[bucket_of(nr)];

	while (*l && (*l)->nr != nr)
		l = &(*l)->next;
	return l;
}

static void free_line(struct store *s, struct line **l)
{
	struct line *gone = *l;

	*l = gone->next;
	free(gone);
	s->nr_lines--;
}

static unsigned int dirty_sectors(const struct line *l)
{
	return (unsigned int)__builtin_popcount(l->dirty);
}

/* The dirty bits of sectors from..to-1 of a line. */
static uint8_t sector_bits(unsigned int from, unsigned int to)
{
	return (uint8_t)(((1u << to) - 1) & ~((1u << from) - 1));
}

static int write_back(struct store *s, struct line **l)
{
	uint64_t at = (*l)->nr * LINE_BYTES;
	unsigned int i, end;
	int ret;

	for (i = 0; i < LINE_SECTORS; i = end) {
		end = i + 1;
		if (!((*l)->dirty & (1u << i)))
			continue;
		while (end < LINE_SECTORS && ((*l)->dirty & (1u << end)))
			end++;
		ret = file_write(s, at + i * STORE_SECTOR,
				 (*l)->data + i * STORE_SECTOR,
				 (end - i) * STORE_SECTOR);
		if (ret)
			return ret;
	}
	free_line(s, l);
	return 0;
}

static int write_back_all(struct store *s)
{
	unsigned int i;
	int ret;

	for (i = 0; i < NR_BUCKETS; i++)
		while (s->buckets[i]) {
			ret = write_back(s, &s->buckets[i]);
			if (ret)
				return ret;
		}
	return 0;
}

static void drop_all(struct store *s)
{
	unsigned int i;

	for (i = 0; i < NR_BUCKETS; i++)
		while (s->buckets[i])
			free_line(s, &s->buckets[i]);
}

static int evict_one(struct store *s)
{
	unsigned int i, start = (unsigned int)(next_random(s) % NR_BUCKETS);
	struct line **l;

	for (i = 0; i < NR_BUCKETS; i++) {
		l = &s->buckets[(start + i) % NR_BUCKETS];
		if (*l) {
			s->stats.evicted_bytes += dirty_sectors(*l) * STORE_SECTOR;
			return write_back(s, l);
		}
	}
	return 0;
}

/* Forget what is cached of [offset, offset + len). */
static void forget(struct store *s, uint64_t offset, uint64_t len)
{
	uint64_t first = offset / LINE_BYTES;
	uint64_t last = (offset + len - 1) / LINE_BYTES;
	struct line **l;
	uint64_t from, to;
	unsigned int i;

	for (i = 0; i < NR_BUCKETS && s->nr_lines; i++) {
		l = &s->buckets[i];
		while (*l) {
			if ((*l)->nr < first || (*l)->nr > last) {
				l = &(*l)->next;
				continue;
			}
			from = (*l)->nr * LINE_BYTES;
			to = from + LINE_BYTES;
			if (from < offset)
				from = offset;
			if (to > offset + len)
				to = offset + len;
			(*l)->dirty &= (uint8_t)~sector_bits(
				(unsigned int)(from % LINE_BYTES / STORE_SECTOR),
				(unsigned int)((to - (*l)->nr * LINE_BYTES) /
					       STORE_SECTOR));
			if ((*l)->dirty)
				l = &(*l)->next;
			else
				free_line(s, l);
		}
	}
}

static int cache_write(struct store *s, uint64_t offset, const uint8_t *data,
		       size_t len)
{
	unsigned int in;
	struct line **l;
	size_t part;
	int ret;

	while (len) {
		in = (unsigned int)(offset % LINE_BYTES);
		part = LINE_BYTES - in < len ? LINE_BYTES - in : len;
		l = find_line(s, offset / LINE_BYTES);
		if (!*l) {
			*l = calloc(1, sizeof(**l));
			if (!*l)
				return -ENOMEM;
			(*l)->nr = offset / LINE_BYTES;
			s->nr_lines++;
		}
		memcpy((*l)->data + in, data, part);
		(*l)->dirty |= sector_bits(in / STORE_SECTOR,
					   (unsigned int)(in + part) / STORE_SECTOR);
		offset += part;
		data += part;
		len -= part;
		if (s->nr_lines > MAX_LINES ||
		    next_random(s) % EVICT_ONE_IN == 0) {
			ret = evict_one(s);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/* Lay the cached sectors over what the file gave. */
static void cache_read(struct store *s, uint64_t offset, uint8_t *data,
		       size_t len)
{
	const struct line *l;
	uint64_t at;

	for (at = offset; at < offset + len; at += STORE_SECTOR) {
		l = *find_line(s, at / LINE_BYTES);
		if (!l) {		/* go on behind this line */
			at += LINE_BYTES - at % LINE_BYTES - STORE_SECTOR;
			continue;
		}
		if (l->dirty & (1u << (at % LINE_BYTES / STORE_SECTOR)))
			memcpy(data + (at - offset), l->data + at % LINE_BYTES,
			       STORE_SECTOR);
	}
}

static uint64_t cached_bytes(struct store *s)
{
	const struct line *l;
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < NR_BUCKETS; i++)
		for (l = s->buckets[i]; l; l = l->next)
			sum += dirty_sectors(l) * STORE_SECTOR;
	return sum;
}

/* ---- HVHOST_FLIP ---------------------------------------------------------- */

static bool looks_like_file_data(const uint8_t *data, size_t len)
{
	size_t at, zeroes = 0;

	if (len < FLIP_MIN_BYTES)
		return false;
	for (at = 0; at < len; at++) {
		if (at % LINE_BYTES == 0)
			zeroes = 0;
		zeroes += !data[at];
		if (zeroes > LINE_BYTES / 2)
			return false;
	}
	return true;
}

/* True if this is the write that is to be spoiled. */
static bool flip_now(const void *data, size_t len)
{
	static atomic_ulong seen;
	const char *text = getenv("HVHOST_FLIP");
	unsigned long nr = text ? strtoul(text, NULL, 10) : 0;

	return nr && looks_like_file_data(data, len) &&
	       atomic_fetch_add(&seen, 1) + 1 == nr;
}

/* ---- the interface -------------------------------------------------------- */

static int open_file(const struct store_options *o, char *err, size_t len)
{
	int flags = o->read_only ? O_RDONLY : O_RDWR | (o->size ? O_CREAT : 0);
	int fd = open(o->path, flags | O_CLOEXEC, 0644);

	if (fd < 0) {
		snprintf(err, len, "%s: %s%s", o->path, strerror(errno),
			 errno == ENOENT && !o->size ?
			 " (give \"size\" to have it made)" : "");
		return -1;
	}
	if (flock(fd, (o->read_only ? LOCK_SH : LOCK_EX) | LOCK_NB)) {
		snprintf(err, len, "%s: in use by another disk or another host",
			 o->path);
		close(fd);
		return -1;
	}
	return fd;
}

static bool size_file(struct store *s, const struct store_options *o, char *err,
		      size_t len)
{
	struct stat st;

	if (fstat(s->fd, &st)) {
		snprintf(err, len, "%s: %s", o->path, strerror(errno));
		return false;
	}
	s->size = o->size ? o->size : (uint64_t)st.st_size;
	if (!S_ISREG(st.st_mode))
		snprintf(err, len, "%s: not a regular file", o->path);
	else if (!s->size || s->size % STORE_SECTOR)
		snprintf(err, len, "%s: its size, %llu, is not a multiple of %u, or 0",
			 o->path, (unsigned long long)s->size, STORE_SECTOR);
	else if ((uint64_t)st.st_size > s->size)
		snprintf(err, len, "%s: is longer (%llu) than the \"size\" given (%llu)",
			 o->path, (unsigned long long)st.st_size,
			 (unsigned long long)s->size);
	else if ((uint64_t)st.st_size < s->size && ftruncate(s->fd, (off_t)s->size))
		snprintf(err, len, "%s: cannot make it %llu bytes long: %s", o->path,
			 (unsigned long long)s->size, strerror(errno));
	else
		return true;
	return false;
}

struct store *store_open(const struct store_options *o, char *err, size_t len)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s) {
		snprintf(err, len, "%s: out of memory", o->path);
		return NULL;
	}
	s->read_only = o->read_only;
	s->cache_on = o->write_cache && !o->read_only;
	s->random = seed_from_environment();
	pthread_mutex_init(&s->lock, NULL);
	s->fd = open_file(o, err, len);
	if (s->fd < 0 || !size_file(s, o, err, len)) {
		if (s->fd >= 0)
			close(s->fd);
		free(s);
		return NULL;
	}
	pthread_mutex_lock(&list_lock);
	s->dead = power_is_cut;
	s->next = all_stores;
	all_stores = s;
	pthread_mutex_unlock(&list_lock);
	return s;
}

void store_close(struct store *s)
{
	struct store **p;

	pthread_mutex_lock(&list_lock);
	for (p = &all_stores; *p != s; p = &(*p)->next)
		;
	*p = s->next;
	pthread_mutex_unlock(&list_lock);
	if (!s->dead && write_back_all(s))
		fprintf(stderr, "hvhost: a disk's cache could not be written out\n");
	drop_all(s);
	close(s->fd);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static bool in_range(const struct store *s, uint64_t offset, uint64_t len)
{
	return len && offset % STORE_SECTOR == 0 && len % STORE_SECTOR == 0 &&
	       len <= s->size && offset <= s->size - len;
}

int store_read(struct store *s, uint64_t offset, void *data, size_t len)
{
	int ret = -EINVAL;

	pthread_mutex_lock(&s->lock);
	if (s->dead) {
		ret = -ENODEV;
	} else if (in_range(s, offset, len)) {
		ret = file_read(s, offset, data, len);
		if (!ret && s->nr_lines)
			cache_read(s, offset, data, len);
	}
	pthread_mutex_unlock(&s->lock);
	return ret;
}

/* The caller holds s->lock and has checked the range. */
static int write_locked(struct store *s, uint64_t offset, const uint8_t *data,
			size_t len, bool through)
{
	int ret;

	if (s->cache_on && !through)
		return cache_write(s, offset, data, len);
	ret = file_write(s, offset, data, len);
	if (!ret && s->nr_lines)
		forget(s, offset, len);
	return ret;
}

int store_write(struct store *s, uint64_t offset, const void *data, size_t len,
		bool through)
{
	uint8_t *spoiled = NULL;
	int ret = -EINVAL;

	if (flip_now(data, len)) {
		spoiled = malloc(len);
		if (spoiled) {
			memcpy(spoiled, data, len);
			spoiled[len / 2] ^= 1;
			data = spoiled;
		}
	}
	pthread_mutex_lock(&s->lock);
	if (s->dead)
		ret = -ENODEV;
	else if (s->read_only)
		ret = -EROFS;
	else if (in_range(s, offset, len))
		ret = write_locked(s, offset, data, len, through);
	s->stats.flipped += spoiled != NULL;
	pthread_mutex_unlock(&s->lock);
	free(spoiled);
	return ret;
}

int store_discard(struct store *s, uint64_t offset, uint64_t len)
{
	int ret = -EINVAL;

	pthread_mutex_lock(&s->lock);
	if (s->dead) {
		ret = -ENODEV;
	} else if (s->read_only) {
		ret = -EROFS;
	} else if (in_range(s, offset, len)) {
		forget(s, offset, len);
		ret = file_zero(s, offset, len);
	}
	pthread_mutex_unlock(&s->lock);
	return ret;
}

int store_sync(struct store *s)
{
	int ret = -ENODEV;

	pthread_mutex_lock(&s->lock);
	if (!s->dead) {
		s->stats.flushes++;
		ret = write_back_all(s);
	}
	pthread_mutex_unlock(&s->lock);
	return ret;
}

int store_resize(struct store *s, uint64_t size)
{
	int ret = 0;

	if (!size || size % STORE_SECTOR)
		return -EINVAL;
	pthread_mutex_lock(&s->lock);
	if (s->dead)
		ret = -ENODEV;
	else if (s->read_only)
		ret = -EROFS;
	if (!ret && size < s->size)
		forget(s, size, s->size - size);
	if (!ret && ftruncate(s->fd, (off_t)size))
		ret = -errno;
	if (!ret)
		s->size = size;
	pthread_mutex_unlock(&s->lock);
	return ret;
}

uint64_t store_size(struct store *s)
{
	uint64_t size;

	pthread_mutex_lock(&s->lock);
	size = s->size;
	pthread_mutex_unlock(&s->lock);
	return size;
}

bool store_read_only(const struct store *s)
{
	return s->read_only;
}

bool store_has_cache(struct store *s)
{
	bool on;

	pthread_mutex_lock(&s->lock);
	on = s->cache_on;
	pthread_mutex_unlock(&s->lock);
	return on;
}

void store_set_cache(struct store *s, bool on)
{
	pthread_mutex_lock(&s->lock);
	if (!on && !s->dead)
		write_back_all(s);
	s->cache_on = on && !s->read_only;
	pthread_mutex_unlock(&s->lock);
}

void store_get_stats(struct store *s, struct store_stats *st)
{
	pthread_mutex_lock(&s->lock);
	*st = s->stats;
	st->cached_bytes = cached_bytes(s);
	pthread_mutex_unlock(&s->lock);
}

uint64_t store_cut_power(void)
{
	uint64_t lost = 0;
	struct store *s;

	pthread_mutex_lock(&list_lock);
	power_is_cut = true;
	for (s = all_stores; s; s = s->next) {
		pthread_mutex_lock(&s->lock);
		s->dead = true;
		s->stats.lost_bytes += cached_bytes(s);
		lost += cached_bytes(s);
		drop_all(s);
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&list_lock);
	return lost;
}

void store_sync_all(void)
{
	struct store *s;

	pthread_mutex_lock(&list_lock);
	for (s = all_stores; s; s = s->next) {
		pthread_mutex_lock(&s->lock);
		if (!s->dead && write_back_all(s))
			fprintf(stderr, "hvhost: a disk's cache could not be written out\n");
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&list_lock);
}
