/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_twin.c - the user-space twin of hv/os.h does what the kernel's names say
 */
#include <hv/os.h>
#include "check.h"

struct item {
	int n;
	struct list_head link;
};

TEST(lists)
{
	struct item a = { .n = 1 }, b = { .n = 2 }, c = { .n = 3 }, *p, *q;
	LIST_HEAD(head);
	int sum = 0;

	CHECK(list_empty(&head));
	list_add_tail(&a.link, &head);
	list_add_tail(&b.link, &head);
	list_add(&c.link, &head);
	CHECK_EQ(list_first_entry(&head, struct item, link)->n, 3);
	list_for_each_entry_safe(p, q, &head, link) {
		sum = sum * 10 + p->n;
		if (p->n == 1)
			list_del_init(&p->link);
	}
	CHECK_EQ(sum, 312);
	list_move_tail(&c.link, &head);
	sum = 0;
	list_for_each_entry(p, &head, link)
		sum = sum * 10 + p->n;
	CHECK_EQ(sum, 23);
}

TEST(bits)
{
	DECLARE_BITMAP(map, 130);
	unsigned long b, n = 0;

	bitmap_zero(map, 130);
	set_bit(0, map);
	set_bit(64, map);
	CHECK(!test_and_set_bit(129, map));
	CHECK(test_and_set_bit(129, map));
	for_each_set_bit(b, map, 130)
		n = n * 1000 + b;
	CHECK_EQ(n, 64129);
	CHECK_EQ(find_first_zero_bit(map, 130), 1);
	CHECK(test_and_clear_bit(64, map));
	CHECK_EQ(find_next_bit(map, 130, 1), 129);
	CHECK_EQ(find_next_bit(map, 129, 1), 129);
}

TEST(atomics)
{
	atomic_t a = ATOMIC_INIT(5);
	spinlock_t l;
	unsigned long f;
	u32 w = 7;

	CHECK_EQ(atomic_inc_return(&a), 6);
	CHECK_EQ(atomic_cmpxchg(&a, 5, 1), 6);
	CHECK_EQ(atomic_cmpxchg(&a, 6, 1), 6);
	CHECK(atomic_dec_and_test(&a));
	CHECK_EQ(xchg(&w, 9u), 7);
	CHECK_EQ(cmpxchg(&w, 9u, 10u), 9);
	spin_lock_init(&l);
	spin_lock_irqsave(&l, f);
	CHECK_EQ(l.locked, 1);
	spin_unlock_irqrestore(&l, f);
	CHECK_EQ(l.locked, 0);
	CHECK_EQ(ALIGN(13u, 8), 16);
	CHECK_EQ(min_t(u32, 3, -1), 3);
}

TEST_MAIN(CASE(lists), CASE(bits), CASE(atomics))
