// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_gpadl.c - assembling and checking GPADLs on the host
 *
 * build-with: vmbus_gpadl.c
 */
#include "check.h"

#include "test_machine.h"
#include "vmbus_int.h"

static struct gpadl_list list;
static uint64_t qwords[GPADL_MAX_QWORDS + 8];
static const char *why;

static void drop_all(void)
{
	while (list.first)
		gpadl_free(&list, list.first);
	why = NULL;
}

/* Post nq qwords in pieces as a guest does: 27 in the header, 28 per body. */
static struct gpadl *post(uint32_t handle, uint16_t range_count, uint32_t nq,
			  unsigned int *bodies)
{
	uint8_t raw[240];
	struct msg_gpadl_header *m = (void *)raw;
	uint32_t first = nq < 27 ? nq : 27, at;
	struct gpadl *g;

	memset(raw, 0, sizeof(raw));
	m->channel_id = 1;
	m->gpadl = handle;
	m->range_bytes = (uint16_t)(nq * 8);
	m->range_count = range_count;
	memcpy(m->data, qwords, first * 8);
	*bodies = 0;
	g = gpadl_begin(&list, m, first * 8, &why);
	if (!g)
		return NULL;
	for (at = first; at < nq; at += 28) {
		uint32_t n = nq - at < 28 ? nq - at : 28;

		if (g->complete)
			return NULL;
		gpadl_add(g, (const uint8_t *)(qwords + at), n * 8);
		(*bodies)++;
	}
	return g;
}

static void one_range(uint32_t pages, uint32_t offset)
{
	uint32_t i;

	qwords[0] = (uint64_t)offset << 32 | (pages * 4096 - offset);
	for (i = 0; i < pages; i++)
		qwords[1 + i] = i % (TEST_RAM / 4096);
}

TEST(sizes_of_the_sheet)
{
	static const struct { uint32_t pages, bodies; } rows[] = {
		{ 1, 0 }, { 26, 0 }, { 27, 1 }, { 54, 1 }, { 55, 2 }, { 512, 18 }, { 8190, 292 },
	};
	unsigned int bodies;
	struct gpadl *g;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		one_range(rows[i].pages, 0);
		g = post(0xe1e10, 1, rows[i].pages + 1, &bodies);
		CHECK(g && g->complete);
		CHECK_EQ(bodies, rows[i].bodies);
		CHECK(gpadl_check(g, &why));
		drop_all();
	}
}

TEST(header_checks)
{
	unsigned int bodies;

	one_range(2, 0);
	CHECK(!post(0, 1, 3, &bodies));
	CHECK(!post(5, 0, 3, &bodies));
	CHECK(!post(5, 1, 0, &bodies));
	CHECK(!post(5, 1, 1, &bodies));
	CHECK(!post(5, 2, 3, &bodies));
	CHECK(post(5, 1, 3, &bodies));
	CHECK(!post(5, 1, 3, &bodies));
	drop_all();
}

TEST(range_checks)
{
	unsigned int bodies;
	struct gpadl *g;

	one_range(2, 0);
	qwords[0] = 0;
	g = post(1, 1, 3, &bodies);
	CHECK(g && !gpadl_check(g, &why));
	drop_all();
	one_range(2, 0);
	qwords[0] = 4096ull << 32 | 4096;
	g = post(1, 1, 3, &bodies);
	CHECK(g && !gpadl_check(g, &why));
	drop_all();
	one_range(2, 0);
	qwords[0] = 1ull << 32 | 8192;		/* needs a third page */
	g = post(1, 1, 3, &bodies);
	CHECK(g && !gpadl_check(g, &why));
	drop_all();
	one_range(2, 0);
	qwords[0] = 0xfffull << 32 | 0xffffffff;
	g = post(1, 1, 3, &bodies);
	CHECK(g && !gpadl_check(g, &why));
	drop_all();
	one_range(2, 0);
	qwords[2] = TEST_RAM / 4096;		/* behind the RAM */
	g = post(1, 1, 3, &bodies);
	CHECK(g && !gpadl_check(g, &why));
	drop_all();
	one_range(2, 0);
	qwords[2] = 0xffffffffffffffff;
	g = post(1, 1, 3, &bodies);
	CHECK(g && !gpadl_check(g, &why));
	drop_all();
	/* Two ranges: 1 page, then 2 with an offset. */
	qwords[0] = 4096;
	qwords[1] = 3;
	qwords[2] = 0x10ull << 32 | 4096;
	qwords[3] = 4;
	qwords[4] = 5;
	g = post(1, 2, 5, &bodies);
	CHECK(g && gpadl_check(g, &why));
	drop_all();
	g = post(1, 2, 4, &bodies);
	CHECK(g && !gpadl_check(g, &why));
	drop_all();
}

TEST(padded_messages_are_fine)
{
	uint8_t raw[240] = { 0 };
	struct msg_gpadl_header *m = (void *)raw;
	struct gpadl *g;

	one_range(2, 0);
	m->gpadl = 9;
	m->range_bytes = 24;
	m->range_count = 1;
	memcpy(m->data, qwords, 24);
	g = gpadl_begin(&list, m, sizeof(raw) - sizeof(*m), &why);
	CHECK(g && g->complete);
	CHECK_EQ(g->have, 3);
	gpadl_add(g, raw, sizeof(raw));
	CHECK_EQ(g->have, 3);
	drop_all();
}

TEST(ring_pages)
{
	unsigned int bodies;
	struct gpadl *g;
	uint8_t **p;
	uint32_t n;

	one_range(8, 0);
	g = post(1, 1, 9, &bodies);
	CHECK(g && gpadl_check(g, &why));
	p = gpadl_ring_pages(g, &n, &why);
	CHECK(p);
	CHECK_EQ(n, 8);
	CHECK(p[7] == test_ram + 7 * 4096);
	free(p);
	drop_all();
	one_range(8, 8);
	g = post(1, 1, 9, &bodies);
	CHECK(g && gpadl_check(g, &why));
	CHECK(!gpadl_ring_pages(g, &n, &why));
	drop_all();
}

TEST_MAIN(CASE(sizes_of_the_sheet), CASE(header_checks), CASE(range_checks),
	  CASE(padded_messages_are_fine), CASE(ring_pages))
