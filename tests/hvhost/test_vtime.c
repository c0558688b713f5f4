// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_vtime.c - windows of guest time: events, halts, interrupts, disks
 *
 * The guest is a number of instructions that the tests let run.
 *
 * build-with: vtime.c disk_time.c
 */
#include "check.h"

#include <time.h>

#include "test_machine.h"
#include "partition.h"
#include "vtime.h"

static uint64_t count, armed;
static unsigned int vps, windows, raised[4], nr_raised;
static bool pending;

unsigned int partition_vps(void) { return vps; }
void refclock_window_begin(void) { }
void refclock_window_end(void) { }
void stimer_window(bool begins) { windows += begins; }
uint64_t vclock_count(void) { return count; }
bool vcpu_interrupt_pending(void) { return pending; }

void vclock_arm(uint64_t insns)
{
	armed = insns >= VCLOCK_NEVER ? UINT64_MAX : count + insns;
}

void vcpu_interrupt(uint32_t vp, uint8_t vector)
{
	raised[nr_raised++ % 4] = vp << 8 | vector;
}

/* Blocks of one instruction: the clock is looked at before each. */
static void run(uint64_t insns)
{
	while (insns--) {
		if (count >= armed)
			vtime_tick();
		count++;
	}
}

#define SEEN 16
static struct { struct work *w; uint64_t at; } seen[SEEN];
static unsigned int nr_seen;

static void note(struct work *w)
{
	seen[nr_seen].w = w;
	seen[nr_seen++ % SEEN].at = vtime_now();
}

static bool begin(void)
{
	vps = 1;
	nr_seen = nr_raised = 0;
	pending = false;
	armed = UINT64_MAX;
	return vtime_begin();
}

TEST(outside_there_is_no_guest_time)
{
	CHECK(!vtime_here());
	vps = 2;
	CHECK(!vtime_begin());
	CHECK(begin());
	CHECK(vtime_here());
	CHECK(!vtime_begin());
	vtime_end();
	CHECK(!vtime_here());
}

TEST(events_come_in_their_order_at_their_time)
{
	struct work a = { .run = note }, b = { .run = note }, c = { .run = note };

	count = 12345;
	CHECK(begin());
	vtime_post(&a, 300);
	vtime_post(&b, 100);
	vtime_post(&c, 100);
	run(100 * VTIME_INSNS_PER_NS);
	CHECK_EQ(nr_seen, 0);
	run(1);
	CHECK_EQ(nr_seen, 2);
	CHECK(seen[0].w == &b && seen[1].w == &c);
	CHECK_EQ(seen[0].at, 100);
	run(1000);
	CHECK_EQ(nr_seen, 3);
	CHECK(seen[2].w == &a);
	CHECK_EQ(seen[2].at, 300);
	vtime_end();
}

TEST(an_earlier_time_counts)
{
	struct work a = { .run = note }, b = { .run = note };

	CHECK(begin());
	vtime_post(&a, 50);
	vtime_post_earlier(&b, 90);
	vtime_post_earlier(&b, 10);
	vtime_post_earlier(&b, 70);
	run(1000);
	CHECK_EQ(nr_seen, 2);
	CHECK(seen[0].w == &b && seen[1].w == &a);
	CHECK_EQ(seen[0].at, 10);
	vtime_end();
}

static struct work second = { .run = note };

static void post_second(struct work *w)
{
	note(w);
	vtime_post(&second, 0);
}

TEST(what_an_event_makes_due_runs_at_once)
{
	struct work a = { .run = post_second };

	CHECK(begin());
	vtime_post(&a, 7);
	run(7 * VTIME_INSNS_PER_NS + 1);
	CHECK_EQ(nr_seen, 2);
	CHECK_EQ(seen[1].at, 7);
	vtime_end();
}

TEST(an_interrupt_takes_its_time)
{
	CHECK(begin());
	run(10);
	vtime_interrupt(0, 0xf3);
	run(VTIME_INTERRUPT_NS * VTIME_INSNS_PER_NS);
	CHECK_EQ(nr_raised, 0);
	run(1);
	CHECK_EQ(nr_raised, 1);
	CHECK_EQ(raised[0], 0xf3);
	vtime_end();
}

static void interrupt(struct work *w)
{
	note(w);
	vtime_interrupt(0, 0x30);
}

/* A halt jumps over what is not an interrupt, and stops behind the first. */
TEST(a_halt_jumps_to_the_next_interrupt)
{
	struct work a = { .run = note }, b = { .run = interrupt }, c = { .run = note };
	uint64_t before;

	CHECK(begin());
	vtime_post(&a, 1000);
	vtime_post(&b, 5000);
	vtime_post(&c, 50000);
	before = count;
	vtime_halt();
	CHECK_EQ(count, before);
	CHECK_EQ(nr_seen, 2);
	CHECK_EQ(nr_raised, 1);
	CHECK_EQ(vtime_now(), 5000 + VTIME_INTERRUPT_NS);
	run(100);
	CHECK_EQ(nr_seen, 2);
	vtime_end();
	CHECK_EQ(nr_seen, 3);
}

TEST(a_halt_with_an_interrupt_waiting_is_none)
{
	struct work a = { .run = interrupt };

	CHECK(begin());
	vtime_post(&a, 1000);
	pending = true;
	vtime_halt();
	CHECK_EQ(nr_seen, 0);
	CHECK_EQ(vtime_now(), 0);
	pending = false;
	vtime_end();
}

/* With nothing to come the guest sleeps until the world outside wakes it. */
TEST(a_halt_for_nothing_takes_real_time)
{
	struct timespec t = { .tv_nsec = 2000000 };

	CHECK(begin());
	vtime_halt();
	nanosleep(&t, NULL);
	CHECK_EQ(vtime_now(), 0);
	run(1);
	CHECK(vtime_now() >= 2000000);
	vtime_end();
}

TEST(the_end_leaves_nothing_behind)
{
	struct work a = { .run = interrupt };

	CHECK(begin());
	vtime_post(&a, 1000000);
	vtime_end();
	CHECK_EQ(nr_seen, 1);
	CHECK_EQ(nr_raised, 1);
	run(10);
	CHECK_EQ(nr_seen, 1);
	CHECK(begin());
	CHECK_EQ(vtime_now(), 0);
	vtime_end();
}

TEST(a_disk_serves_as_many_at_once_as_it_has_ways)
{
	struct disk_speed s = { "test", 1000, 2, 1000 };
	uint64_t first, second_done, third;
	struct disk_queue q;

	disk_queue_reset(&q);
	first = disk_queue_done(&q, &s, 100, 0);
	second_done = disk_queue_done(&q, &s, 100, 0);
	third = disk_queue_done(&q, &s, 100, 0);
	CHECK(first >= 600 && first <= 1600);
	CHECK(second_done >= 600 && second_done <= 1600);
	/* It waits for a way. */
	CHECK(third >= (first < second_done ? first : second_done) + 500);
	/* Long idle: no credit. */
	CHECK(disk_queue_done(&q, &s, 1000000, 0) >= 1000500);
}

TEST(bytes_take_time_and_lots_repeat)
{
	struct disk_speed s = { "test", 1000, 1, 500 };
	struct disk_queue p, q;
	int i;

	disk_queue_reset(&p);
	disk_queue_reset(&q);
	for (i = 0; i < 1000; i++)
		CHECK_EQ(disk_queue_done(&p, &s, 0, 4000), disk_queue_done(&q, &s, 0, 4000));
	/* 1000 times 8 us for the bytes, and the latency on the average. */
	CHECK(p.free_at[0] > 8900000 && p.free_at[0] < 9100000);
}

/* Times of one window mean nothing in the next. */
TEST(each_window_begins_with_an_idle_disk)
{
	struct work a = { .run = note }, b = { .run = note };
	struct disk_queue q = { 0 };
	uint64_t first;

	CHECK(disk_speed_choose("flash"));
	CHECK(begin());
	vtime_disk(&a, &q, 4096);
	vtime_halt();
	first = seen[0].at;
	run(100000000);
	vtime_disk(&b, &q, 1 << 20);
	vtime_end();
	CHECK(begin());
	vtime_disk(&a, &q, 4096);
	vtime_halt();
	CHECK_EQ(nr_seen, 1);
	CHECK_EQ(seen[0].at, first);
	vtime_end();
}

TEST(speeds_have_names)
{
	unsigned int i;

	for (i = 0; disk_speed_nth(i); i++) {
		CHECK(disk_speed_choose(disk_speed_nth(i)->name));
		CHECK(disk_speed() == disk_speed_nth(i));
		CHECK(disk_speed()->ways >= 1 && disk_speed()->ways <= MAX_WAYS);
	}
	CHECK(i >= 2);
	CHECK(!disk_speed_choose("warp"));
}

TEST_MAIN(CASE(outside_there_is_no_guest_time),
	  CASE(events_come_in_their_order_at_their_time),
	  CASE(an_earlier_time_counts),
	  CASE(what_an_event_makes_due_runs_at_once),
	  CASE(an_interrupt_takes_its_time),
	  CASE(a_halt_jumps_to_the_next_interrupt),
	  CASE(a_halt_with_an_interrupt_waiting_is_none),
	  CASE(a_halt_for_nothing_takes_real_time),
	  CASE(the_end_leaves_nothing_behind),
	  CASE(a_disk_serves_as_many_at_once_as_it_has_ways),
	  CASE(bytes_take_time_and_lots_repeat),
	  CASE(each_window_begins_with_an_idle_disk),
	  CASE(speeds_have_names))
