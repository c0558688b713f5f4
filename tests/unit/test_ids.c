/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_ids.c - numbers for commands, where the block layer has none
 *
 * build-flags: -Icompat/glue -pthread
 */
#include <pthread.h>
#include <hv/os.h>
#include "hvl-ids.h"
#include "check.h"

#define NR	317		/* no multiple of a word */

TEST(each_once)
{
	DECLARE_BITMAP(map, NR);
	struct hvl_ids ids = { map, NR };
	bool seen[NR] = { false };
	u32 i, id;

	bitmap_zero(map, NR);
	for (i = 0; i < NR; i++) {
		id = hvl_ids_get(&ids, i * 64 % NR);
		CHECK(id < NR && !seen[id]);
		seen[id] = true;
	}
	CHECK_EQ(hvl_ids_get(&ids, 0), NR);
	CHECK_EQ(hvl_ids_get(&ids, NR - 1), NR);
	/* The one that is free is found from wherever the search begins. */
	hvl_ids_put(&ids, 5);
	CHECK_EQ(hvl_ids_get(&ids, NR - 1), 5);
	CHECK_EQ(hvl_ids_get(&ids, 5), NR);
}

TEST(from_where_it_is_told)
{
	DECLARE_BITMAP(map, NR);
	struct hvl_ids ids = { map, NR };

	bitmap_zero(map, NR);
	CHECK_EQ(hvl_ids_get(&ids, 128), 128);
	CHECK_EQ(hvl_ids_get(&ids, 128), 129);
	CHECK_EQ(hvl_ids_get(&ids, 0), 0);
	CHECK_EQ(hvl_ids_get(&ids, NR - 1), NR - 1);
	CHECK_EQ(hvl_ids_get(&ids, NR - 1), 1);
}

/* Threads that take and give back: no number has two owners at a time. */
#define THREADS	4
#define FEW	5
#define ROUNDS	200000

static struct hvl_ids shared;
static u32 owner[FEW];
static u32 clashes, empty, had;

static void *taker(void *arg)
{
	u32 me = (u32)(uintptr_t)arg, i, id;

	for (i = 0; i < ROUNDS; i++) {
		id = hvl_ids_get(&shared, me);
		if (id == FEW) {
			__atomic_fetch_add(&empty, 1, __ATOMIC_RELAXED);
			continue;
		}
		__atomic_fetch_add(&had, 1, __ATOMIC_RELAXED);
		if (__atomic_exchange_n(&owner[id], me, __ATOMIC_SEQ_CST))
			__atomic_fetch_add(&clashes, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&owner[id], 0, __ATOMIC_SEQ_CST);
		hvl_ids_put(&shared, id);
	}
	return NULL;
}

TEST(one_owner)
{
	static unsigned long map[1];
	pthread_t t[THREADS];
	uintptr_t i;

	shared.map = map;
	shared.nr = FEW;
	for (i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&t[i], NULL, taker, (void *)(i + 1)));
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	CHECK_EQ(clashes, 0);
	CHECK_EQ(had + empty, THREADS * ROUNDS);
	CHECK(had > ROUNDS);
	/* All were given back. */
	CHECK_EQ(map[0], 0);
}

TEST_MAIN(CASE(each_once), CASE(from_where_it_is_told), CASE(one_owner))
