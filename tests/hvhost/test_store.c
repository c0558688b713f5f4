// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_store.c - what a disk's bytes survive and what they do not
 *
 * build-with: disk_store.c
 */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk_store.h"

#define DISK_BYTES	(8u << 20)

static char path[64];
static char reason[256];

static struct store *fresh(bool cache)
{
	struct store_options o = {
		.path = path, .size = DISK_BYTES, .write_cache = cache,
	};

	snprintf(path, sizeof(path), "/tmp/test_store.%d.img", (int)getpid());
	unlink(path);
	return store_open(&o, reason, sizeof(reason));
}

static void done(struct store *s)
{
	if (s)
		store_close(s);
	unlink(path);
}

static void fill(uint8_t *buf, size_t len, uint8_t start)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = (uint8_t)(start + i * 7 + i / 512);
}

/* What the file itself holds, behind the cache's back. */
static int in_file(uint64_t offset, const uint8_t *want, size_t len)
{
	uint8_t *got = malloc(len);
	int fd = open(path, O_RDONLY);
	int same = pread(fd, got, len, (off_t)offset) == (ssize_t)len &&
		   !memcmp(got, want, len);

	close(fd);
	free(got);
	return same;
}

TEST(cache_reads_back)
{
	struct store *s = fresh(true);
	uint8_t a[9 * 512], b[sizeof(a)];

	CHECK(s);
	fill(a, sizeof(a), 3);
	/* Unaligned to the cache's lines on both sides. */
	CHECK_EQ(store_write(s, 5 * 512, a, sizeof(a), false), 0);
	CHECK_EQ(store_read(s, 5 * 512, b, sizeof(b)), 0);
	CHECK(!memcmp(a, b, sizeof(a)));
	CHECK_EQ(store_read(s, 4 * 512, b, 512), 0);
	CHECK_EQ(b[0], 0);
	CHECK_EQ(b[511], 0);
	CHECK_EQ(store_read(s, 14 * 512, b, 512), 0);
	CHECK_EQ(b[0], 0);
	done(s);
}

TEST(sync_reaches_the_file)
{
	struct store *s = fresh(true);
	struct store_stats st;
	uint8_t a[64 * 512];

	CHECK(s);
	fill(a, sizeof(a), 9);
	CHECK_EQ(store_write(s, 512, a, sizeof(a), false), 0);
	store_get_stats(s, &st);
	CHECK(st.cached_bytes > 0);
	CHECK_EQ(st.cached_bytes + st.evicted_bytes, sizeof(a));
	CHECK(!in_file(512, a, sizeof(a)));
	CHECK_EQ(store_sync(s), 0);
	CHECK(in_file(512, a, sizeof(a)));
	store_get_stats(s, &st);
	CHECK_EQ(st.cached_bytes, 0);
	CHECK_EQ(st.flushes, 1);
	done(s);
}

TEST(through_reaches_the_file)
{
	struct store *s = fresh(true);
	uint8_t a[8192], b[8192];

	CHECK(s);
	fill(a, sizeof(a), 1);
	fill(b, sizeof(b), 2);
	CHECK_EQ(store_write(s, 0, a, sizeof(a), false), 0);
	CHECK_EQ(store_write(s, 4096 - 512, b, 1024, true), 0);
	CHECK(in_file(4096 - 512, b, 1024));
	/* The older cached data must not come back over it. */
	CHECK_EQ(store_sync(s), 0);
	CHECK(in_file(4096 - 512, b, 1024));
	CHECK(in_file(0, a, 4096 - 512));
	CHECK(in_file(4096 + 512, a + 4096 + 512, 4096 - 512));
	done(s);
}

TEST(without_cache_all_is_through)
{
	struct store *s = fresh(false);
	uint8_t a[512];

	CHECK(s);
	CHECK(!store_has_cache(s));
	fill(a, sizeof(a), 77);
	CHECK_EQ(store_write(s, 1024, a, sizeof(a), false), 0);
	CHECK(in_file(1024, a, sizeof(a)));
	done(s);
}

TEST(cache_has_a_limit)
{
	struct store *s = fresh(true);
	uint8_t *a = malloc(65536);
	struct store_stats st;
	uint64_t at;
	int round;

	CHECK(s && a);
	fill(a, 65536, 5);
	for (round = 0; round < 2; round++)
		for (at = 0; at < DISK_BYTES; at += 65536)
			CHECK_EQ(store_write(s, at, a, 65536, false), 0);
	store_get_stats(s, &st);
	CHECK(st.evicted_bytes > 0);
	CHECK(st.cached_bytes <= 16u << 20);
	/* Evicted or not, a read sees it. */
	for (at = 0; at < DISK_BYTES; at += 65536) {
		uint8_t b[4096];

		CHECK_EQ(store_read(s, at + 8192, b, sizeof(b)), 0);
		CHECK(!memcmp(b, a + 8192, sizeof(b)));
	}
	free(a);
	done(s);
}

TEST(discard_gives_zeroes)
{
	struct store *s = fresh(true);
	uint8_t a[16384], b[16384], zero[16384] = { 0 };

	CHECK(s);
	fill(a, sizeof(a), 4);
	CHECK_EQ(store_write(s, 0, a, sizeof(a), true), 0);
	CHECK_EQ(store_write(s, 4096, a, 8192, false), 0);
	CHECK_EQ(store_discard(s, 2048, 8192), 0);
	CHECK_EQ(store_read(s, 0, b, sizeof(b)), 0);
	CHECK(!memcmp(b, a, 2048));
	CHECK(!memcmp(b + 2048, zero, 8192));
	CHECK(!memcmp(b + 10240, a + 10240 - 4096, 2048));
	CHECK(!memcmp(b + 12288, a + 12288, 4096));
	done(s);
}

TEST(ranges_are_checked)
{
	struct store *s = fresh(true);
	uint8_t a[1024];

	CHECK(s);
	CHECK_EQ(store_read(s, DISK_BYTES, a, 512), -EINVAL);
	CHECK_EQ(store_read(s, DISK_BYTES - 512, a, 1024), -EINVAL);
	CHECK_EQ(store_read(s, 0xfffffffffffffe00ull, a, 512), -EINVAL);
	CHECK_EQ(store_read(s, 1, a, 512), -EINVAL);
	CHECK_EQ(store_read(s, 0, a, 100), -EINVAL);
	CHECK_EQ(store_read(s, 0, a, 0), -EINVAL);
	CHECK_EQ(store_write(s, DISK_BYTES, a, 512, false), -EINVAL);
	CHECK_EQ(store_discard(s, 0, (uint64_t)DISK_BYTES + 512), -EINVAL);
	CHECK_EQ(store_read(s, DISK_BYTES - 512, a, 512), 0);
	done(s);
}

TEST(resize)
{
	struct store *s = fresh(true);
	uint8_t a[512], b[512];
	struct stat st;

	CHECK(s);
	fill(a, sizeof(a), 8);
	CHECK_EQ(store_write(s, DISK_BYTES - 512, a, 512, false), 0);
	CHECK_EQ(store_resize(s, DISK_BYTES + 1), -EINVAL);
	CHECK_EQ(store_resize(s, 0), -EINVAL);
	CHECK_EQ(store_resize(s, DISK_BYTES / 2), 0);
	CHECK_EQ(store_size(s), DISK_BYTES / 2);
	CHECK_EQ(store_read(s, DISK_BYTES / 2, b, 512), -EINVAL);
	/* What was cut off does not come back. */
	CHECK_EQ(store_resize(s, DISK_BYTES * 2ull), 0);
	CHECK_EQ(store_sync(s), 0);
	CHECK_EQ(store_read(s, DISK_BYTES - 512, b, 512), 0);
	CHECK_EQ(b[1], 0);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_size, DISK_BYTES * 2ull);
	done(s);
}

TEST(read_only_image)
{
	struct store_options o = { .path = path, .read_only = true,
				   .write_cache = true };
	struct store *s = fresh(false);
	uint8_t a[512];

	CHECK(s);
	store_close(s);
	s = store_open(&o, reason, sizeof(reason));
	CHECK(s);
	fill(a, sizeof(a), 8);
	CHECK(!store_has_cache(s));
	CHECK_EQ(store_write(s, 0, a, 512, false), -EROFS);
	CHECK_EQ(store_discard(s, 0, 512), -EROFS);
	CHECK_EQ(store_resize(s, 512), -EROFS);
	CHECK_EQ(store_read(s, 0, a, 512), 0);
	CHECK_EQ(a[5], 0);
	done(s);
}

TEST(bad_files_are_refused)
{
	struct store_options o = { .path = "/nonexistent/disk.img" };
	struct store *s;

	CHECK(!store_open(&o, reason, sizeof(reason)));
	CHECK(strstr(reason, "/nonexistent/disk.img"));
	o.path = "/tmp";
	CHECK(!store_open(&o, reason, sizeof(reason)));
	s = fresh(true);
	CHECK(s);
	/* The same file a second time. */
	o.path = path;
	CHECK(!store_open(&o, reason, sizeof(reason)));
	CHECK(strstr(reason, "in use"));
	store_close(s);
	o.size = 4096;
	CHECK(!store_open(&o, reason, sizeof(reason)));
	CHECK(strstr(reason, "longer"));
	CHECK_EQ(truncate(path, 1000), 0);
	o.size = 0;
	CHECK(!store_open(&o, reason, sizeof(reason)));
	CHECK(strstr(reason, "multiple"));
	unlink(path);
}

TEST(flip_spoils_large_data_only)
{
	size_t len = 256 * 1024, i, differ = 0, where = 0;
	uint8_t *a = malloc(len), *b = malloc(len);
	struct store *s = fresh(true);
	struct store_stats st;

	CHECK(s && a && b);
	setenv("HVHOST_FLIP", "2", 1);
	/* Too short, and with a block that is empty but for its checksum: not counted. */
	fill(a, len, 1);
	CHECK_EQ(store_write(s, 0, a, 64 * 1024, false), 0);
	memset(a + 8192, 0, 4088);
	CHECK_EQ(store_write(s, 0, a, len, false), 0);
	fill(a, len, 1);
	CHECK_EQ(store_write(s, 0, a, len, false), 0);
	store_get_stats(s, &st);
	CHECK_EQ(st.flipped, 0);
	CHECK_EQ(store_write(s, 1 << 20, a, len, false), 0);
	CHECK_EQ(store_write(s, 2 << 20, a, len, false), 0);
	unsetenv("HVHOST_FLIP");
	store_get_stats(s, &st);
	CHECK_EQ(st.flipped, 1);
	CHECK_EQ(store_sync(s), 0);
	CHECK(in_file(0, a, len));
	CHECK(in_file(2 << 20, a, len));
	CHECK_EQ(store_read(s, 1 << 20, b, len), 0);
	for (i = 0; i < len; i++)
		if (a[i] != b[i]) {
			differ++;
			where = i;
		}
	CHECK_EQ(differ, 1);
	CHECK_EQ(where, len / 2);
	CHECK_EQ(a[where] ^ b[where], 1);
	free(a);
	free(b);
	done(s);
}

/* Last: it cuts the power of this whole process. */
TEST(cut_power_loses_the_cache)
{
	struct store *s = fresh(true);
	struct store_stats st;
	uint8_t a[4096], b[4096];
	uint64_t lost;
	int i;

	CHECK(s);
	fill(a, sizeof(a), 1);
	fill(b, sizeof(b), 2);
	CHECK_EQ(store_write(s, 0, a, sizeof(a), false), 0);
	CHECK_EQ(store_sync(s), 0);
	for (i = 0; i < 64; i++)
		CHECK_EQ(store_write(s, (uint64_t)i * 4096, b, sizeof(b), false), 0);
	store_get_stats(s, &st);
	CHECK(st.cached_bytes > 0);
	lost = store_cut_power();
	CHECK_EQ(lost, st.cached_bytes);
	CHECK_EQ(lost + st.evicted_bytes, 64 * 4096);
	CHECK_EQ(store_write(s, 0, b, sizeof(b), true), -ENODEV);
	CHECK_EQ(store_read(s, 0, b, sizeof(b)), -ENODEV);
	CHECK_EQ(store_sync(s), -ENODEV);
	CHECK_EQ(store_discard(s, 0, 4096), -ENODEV);
	store_sync_all();
	store_close(s);
	/* The synced block is as synced, or as evicted: nothing else. */
	CHECK(in_file(0, a, sizeof(a)) || in_file(0, b, sizeof(b)));
	unlink(path);
}

TEST_MAIN(CASE(cache_reads_back), CASE(sync_reaches_the_file),
	  CASE(through_reaches_the_file), CASE(without_cache_all_is_through),
	  CASE(cache_has_a_limit), CASE(discard_gives_zeroes),
	  CASE(ranges_are_checked), CASE(resize), CASE(read_only_image),
	  CASE(bad_files_are_refused), CASE(flip_spoils_large_data_only),
	  CASE(cut_power_loses_the_cache))
