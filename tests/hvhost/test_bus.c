// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_bus.c - the whole VMBus host against a guest of a few lines
 *
 * The connection thread, sessions, SynIC and monitor run as in the plug-in; the
 * guest posts messages, reads its message slot and its rings.  Everything waits
 * for an event, with a limit only to end a test that has failed.
 *
 * build-with: vmbus_conn.c vmbus_offer.c vmbus_chan.c vmbus_gpadl.c vmbus_ring.c
 * build-with: vmbus_monitor.c vmbus_grant.c meeting.c synic.c hostile.c hostile_layout.c
 */
#include "check.h"

#include "test_bus.h"

/* ---- tests ------------------------------------------------------------------------- */

TEST(versions_match_exactly)
{
	static const uint32_t yes[] = { VMBUS_V0_13, VMBUS_V1_1, VMBUS_V2_4, VMBUS_V3_0,
					VMBUS_V4_0, VMBUS_V4_1, VMBUS_V5_0, VMBUS_V5_1,
					VMBUS_V5_2, VMBUS_V5_3 };
	static const uint32_t no[] = { VMBUS_V6_0, 0x50004, 0x10000, 0, 0xffffffff, 12 };
	size_t i;

	machine_reset();
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		CHECK(connect_as(yes[i]));
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		CHECK(!connect_as(no[i]));
}

TEST(old_hosts_refuse_new_ids)
{
	struct msg_initiate_contact m = { .h.type = MSG_INITIATE_CONTACT };

	machine_reset();
	host_opt.generation = HOST_WS2012R2;
	msg_conn = 4;
	CHECK_EQ(post(&m, 40), HV_INVALID_CONNECTION_ID);
	CHECK(!connect_as(VMBUS_V4_0));
	CHECK(connect_as(VMBUS_V3_0));
	host_opt.generation = HOST_WS2022;
}

TEST(one_echo_through_the_rings)
{
	uint64_t id, value;
	unsigned int n, i;
	uint32_t ch;
	uint8_t r[240];

	machine_reset();
	CHECK(connect_as(VMBUS_V5_2));
	ch = offers(&n);
	CHECK(ch && n >= 1);
	CHECK_EQ(make_gpadl(ch, 0xe1e10), 0);
	CHECK_EQ(open_channel(ch, 0xe1e10, 4), 0);
	for (i = 0; i < 1000; i++) {
		guest_writes(1000 + i, i * 3);
		CHECK_EQ(vmbus_signal(ch | 2 << 12, 0), HV_SUCCESS);
		CHECK(guest_reads(&id, &value));
		CHECK_EQ(id, 1000 + i);
		CHECK_EQ(value, i * 3);
	}
	CHECK(__atomic_load_n(&test_ram[SIEFP_GPA + 512 + ch / 8], __ATOMIC_ACQUIRE) &
	      1u << ch % 8);
	/* Torn down while open: the answer comes with the close. */
	simple(MSG_GPADL_TEARDOWN, ch, 0xe1e10, 16);
	CHECK(silence());
	CHECK(connect_as(VMBUS_V5_2));
	CHECK_EQ(atomic_load(&opened), atomic_load(&closed));
	ch = offers(&n);
	CHECK_EQ(make_gpadl(ch, 5), 0);
	CHECK_EQ(open_channel(ch, 5, 4), 0);
	simple(MSG_CLOSE, ch, 0, 12);
	simple(MSG_GPADL_TEARDOWN, ch, 5, 16);
	CHECK_EQ(receive(r), MSG_GPADL_TORNDOWN);
	CHECK_EQ(((struct msg_gpadl_torndown *)r)->gpadl, 5);
	CHECK_EQ(vmbus_signal(ch | 2 << 12, 0), HV_SUCCESS);
	simple(MSG_UNLOAD, 0, 0, 8);
	CHECK_EQ(receive(r), MSG_UNLOAD_RESPONSE);
	CHECK_EQ(vmbus_signal(ch | 2 << 12, 0), HV_INVALID_CONNECTION_ID);
}

TEST(a_full_ring_is_finished_in_order)
{
	struct ring_header *in, *out;
	uint64_t id, value, queued;
	unsigned int n, i;
	uint32_t ch;
	int spins;

	machine_reset();
	CHECK(connect_as(VMBUS_V5_2));
	ch = offers(&n);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
	in = ring(0);
	out = ring(4);
	queued = atomic_load(&slot_dev->count.backlogged);
	/* 383 packets of 32 bytes fill a ring of 12288; ask for 300 more. */
	for (i = 0; i < 683; i++) {
		guest_writes(10000 + i, i);
		vmbus_signal(ch | 2 << 12, 0);
		for (spins = 0; spins < LIMIT_MS * 5; spins++) {
			if (__atomic_load_n(&in->read_index, __ATOMIC_ACQUIRE) == in->write_index)
				break;
			nap();
		}
		CHECK(spins < LIMIT_MS * 5);
	}
	for (spins = 0; spins < LIMIT_MS * 5; spins++) {
		if (atomic_load(&slot_dev->count.backlogged) ==
		    queued + 300)
			break;
		nap();
	}
	CHECK_EQ(atomic_load(&slot_dev->count.backlogged), queued + 300);
	CHECK(out->pending_send_size != 0);
	for (i = 0; i < 683; i++) {
		uint32_t used, before, pending, size = 3 * 4096;

		pending = __atomic_load_n(&out->pending_send_size, __ATOMIC_SEQ_CST);
		used = (__atomic_load_n(&out->write_index, __ATOMIC_SEQ_CST) + size -
			out->read_index) % size;
		before = size - used - 8;
		CHECK(guest_reads(&id, &value));
		CHECK_EQ(id, 10000 + i);
		CHECK_EQ(value, i);
		if (pending && before < pending && before + 32 >= pending)
			vmbus_signal(ch | 2 << 12, 0);
	}
	CHECK_EQ(__atomic_load_n(&out->pending_send_size, __ATOMIC_SEQ_CST), 0);
}

/* The session's thread, if it served before the window, is done. */
static bool channel_idle(void)
{
	int spins;

	for (spins = 0; spins < LIMIT_MS * 5; spins++) {
		if (!__atomic_load_n(&ring(0)->interrupt_mask, __ATOMIC_SEQ_CST))
			return true;
		nap();
	}
	return false;
}

/* One packet at each event, the guest masked meanwhile, and then it may ring again. */
TEST(in_a_window_packets_come_at_their_time)
{
	struct ring_header *in, *out;
	uint64_t id, value;
	unsigned int n;
	uint32_t ch;

	machine_reset();
	CHECK(connect_as(VMBUS_V5_2));
	ch = offers(&n);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
	in = ring(0);
	out = ring(4);
	CHECK(channel_idle());
	test_window = true;
	test_now = 100;
	test_posts = 0;
	guest_writes(1, 10);
	CHECK_EQ(vmbus_signal(ch | 2 << 12, 0), HV_SUCCESS);
	guest_writes(2, 20);
	CHECK_EQ(vmbus_signal(ch | 2 << 12, 0), HV_SUCCESS);
	CHECK_EQ(test_posts, 1);
	CHECK_EQ(test_posted->due_ns, 100 + VTIME_WAKE_NS);
	CHECK_EQ(in->read_index, 0);

	CHECK(test_run_posted());
	CHECK_EQ(in->read_index, 32);
	CHECK_EQ(in->interrupt_mask, 1);
	CHECK_EQ(out->write_index, 32);
	CHECK_EQ(test_posted->due_ns, 100 + VTIME_WAKE_NS + VTIME_PACKET_NS);
	CHECK(test_run_posted());
	CHECK_EQ(in->read_index, 64);
	CHECK_EQ(in->interrupt_mask, 1);
	CHECK(test_run_posted());
	CHECK_EQ(in->interrupt_mask, 0);
	CHECK(!test_run_posted());
	CHECK(guest_reads(&id, &value) && id == 1 && value == 10);
	CHECK(guest_reads(&id, &value) && id == 2 && value == 20);

	/* It wakes up again, also by the thread when the window is over. */
	guest_writes(3, 30);
	vmbus_signal(ch | 2 << 12, 0);
	while (test_run_posted())
		;
	CHECK(guest_reads(&id, &value) && id == 3);
	test_window = false;
	guest_writes(4, 40);
	vmbus_signal(ch | 2 << 12, 0);
	CHECK(guest_reads(&id, &value) && id == 4);
}

TEST(old_protocol_uses_the_interrupt_page)
{
	uint64_t id, value;
	unsigned int n;
	uint32_t ch;

	machine_reset();
	CHECK(connect_as(VMBUS_V0_13));
	ch = offers(&n);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
	guest_writes(42, 43);
	test_ram[INT_PAGE_GPA + 2048 + ch / 8] |= (uint8_t)(1u << ch % 8);
	CHECK_EQ(vmbus_signal(2, 0), HV_SUCCESS);
	CHECK(guest_reads(&id, &value));
	CHECK_EQ(id, 42);
	/* The interrupt follows the packet: settle it by closing. */
	simple(MSG_CLOSE, ch, 0, 12);
	CHECK(silence());
	CHECK(test_ram[INT_PAGE_GPA + ch / 8] & 1u << ch % 8);
	CHECK(test_ram[SIEFP_GPA + 512] & 1);
}

TEST(monitor_page_rings)
{
	struct vmbus_dev *d = add("monitored", 9, true);
	struct msg_header m = { .type = MSG_REQUEST_OFFERS };
	uint32_t ch = 0, mon = 0, type;
	uint64_t id, value;
	uint8_t r[240];

	machine_reset();
	CHECK(connect_as(VMBUS_V4_0));
	post(&m, 8);
	while ((type = receive(r)) == MSG_OFFER) {
		const struct msg_offer *o = (const void *)r;

		if (o->monitor_allocated) {
			ch = o->channel_id;
			mon = o->monitor_id;
		}
	}
	CHECK(ch && type == MSG_ALL_OFFERS_DELIVERED && mon < 128);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
	guest_writes(1, 2);
	__atomic_fetch_or((uint32_t *)(test_ram + MONITOR_GPA + 4096 + 8 + mon / 32 * 8),
			  1u << mon % 32, __ATOMIC_SEQ_CST);
	CHECK(guest_reads(&id, &value));
	CHECK_EQ(id, 1);
	vmbus_dev_remove(d);
	CHECK_EQ(receive(r), MSG_RESCIND);
	simple(MSG_RELID_RELEASED, ch, 0, 12);
	CHECK(silence());
}

TEST(illegal_opens_fail)
{
	unsigned int n;
	uint32_t ch;

	machine_reset();
	CHECK(connect_as(VMBUS_V5_3));
	ch = offers(&n);
	CHECK(open_channel(ch, 99, 4) != 0);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK(make_gpadl(ch, 1) != 0);
	CHECK(open_channel(ch, 1, 0) != 0);
	CHECK(open_channel(ch, 1, 1) != 0);
	CHECK(open_channel(ch, 1, 7) != 0);
	CHECK(open_channel(ch, 1, 8) != 0);
	CHECK(open_channel(ch, 1, 0xffffffff) != 0);
	ring(0)->write_index = 4;
	CHECK(open_channel(ch, 1, 4) != 0);
	ring(0)->write_index = 0;
	CHECK(make_gpadl(ch + 1000, 1) != 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
}

TEST(rescind_and_late_completion)
{
	struct msg_open open = { .h.type = MSG_OPEN, .gpadl = 1, .downstream_page = 4 };
	struct vmbus_dev *d = add("victim", 3, false);
	unsigned int n;
	uint32_t ch;
	uint8_t r[240];
	int spins;

	machine_reset();
	CHECK(connect_as(VMBUS_V5_3));
	ch = offers(&n);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
	guest_writes(777, 1);
	vmbus_signal(ch | 2 << 12, 0);
	for (spins = 0; !__atomic_load_n(&late, __ATOMIC_ACQUIRE) && spins < LIMIT_MS * 5; spins++)
		nap();
	CHECK(late);
	CHECK(vmbus_dev_rescind(d));
	CHECK(!vmbus_dev_rescind(d));
	CHECK_EQ(receive(r), MSG_RESCIND);
	CHECK_EQ(((struct msg_channel *)r)->channel_id, ch);
	CHECK(!chan_complete(late, 777, "12345678", 8));
	CHECK_EQ(ring(4)->write_index, 0);
	chan_put(late);
	late = NULL;
	/* Reoffered only after the release, then at once. */
	CHECK(vmbus_dev_reoffer(d));
	open.channel_id = ch;
	post(&open, sizeof(open));		/* gets no result: it is gone */
	simple(MSG_GPADL_TEARDOWN, ch, 1, 16);
	CHECK_EQ(receive(r), MSG_GPADL_TORNDOWN);
	simple(MSG_RELID_RELEASED, ch, 0, 12);
	CHECK_EQ(receive(r), MSG_OFFER);
	vmbus_dev_remove(d);
	CHECK_EQ(receive(r), MSG_RESCIND);
}

TEST(a_broken_guest_stops_only_its_channel)
{
	unsigned int n, errors = (unsigned int)atomic_load(&totals.ring_errors);
	uint32_t ch;
	int spins;

	machine_reset();
	CHECK(connect_as(VMBUS_V5_3));
	ch = offers(&n);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
	ring(0)->write_index = 0x7ffffff8;
	vmbus_signal(ch | 2 << 12, 0);
	for (spins = 0; atomic_load(&totals.ring_errors) == errors && spins < LIMIT_MS * 5; spins++)
		nap();
	CHECK_EQ(atomic_load(&totals.ring_errors), errors + 1);
	CHECK(silence());
	CHECK(connect_as(VMBUS_V5_3));
	CHECK(offers(&n));
}

/* A guest that has noticed closes the channel, and gets it back whole. */
static bool closes_and_reopens(uint32_t ch)
{
	uint64_t id, value;
	uint8_t r[240];

	simple(MSG_CLOSE, ch, 0, 12);
	simple(MSG_GPADL_TEARDOWN, ch, 1, 16);
	if (receive(r) != MSG_GPADL_TORNDOWN || make_gpadl(ch, 1) || open_channel(ch, 1, 4))
		return false;
	guest_writes(5, 6);
	vmbus_signal(ch | 2 << 12, 0);
	return guest_reads(&id, &value) && id == 5;
}

static uint32_t settled(const uint32_t *word, uint32_t was)
{
	int ms;

	for (ms = 0; ms < LIMIT_MS * 5; ms++) {
		if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != was)
			break;
		nap();
	}
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

TEST(a_ring_is_broken_on_command)
{
	unsigned int n, errors = (unsigned int)atomic_load(&totals.ring_errors);
	struct vmbus_dev *d = add("victim", 8, false);
	uint32_t ch, before;

	machine_reset();
	CHECK(connect_as(VMBUS_V5_3));
	CHECK(!vmbus_dev_break(d, BREAK_PACKET));
	ch = offers(&n);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
	before = (uint32_t)atomic_load(&irqs);
	CHECK(vmbus_dev_break(d, BREAK_WRITE_BEYOND));
	CHECK_EQ(ring(4)->write_index, 3 * 4096 + 8);
	CHECK(atomic_load(&irqs) != before);
	CHECK(closes_and_reopens(ch));
	CHECK(vmbus_dev_break(d, BREAK_WRITE_ODD));
	CHECK(ring(4)->write_index & 7);
	CHECK(closes_and_reopens(ch));
	before = ring(4)->write_index;
	CHECK(vmbus_dev_break(d, BREAK_PACKET));
	CHECK_EQ(ring(4)->write_index, before + 32);
	CHECK(closes_and_reopens(ch));
	before = ring(0)->read_index;
	CHECK(vmbus_dev_break(d, BREAK_READ_BEYOND));
	CHECK_EQ(settled(&ring(0)->read_index, before), 3 * 4096);
	CHECK(closes_and_reopens(ch));
	/* None of it was the guest's doing. */
	CHECK_EQ(atomic_load(&totals.ring_errors), errors);
	vmbus_dev_remove(d);
}

/* Free the slot if there is a message in it. */
static unsigned int drain(void)
{
	uint8_t r[240];

	if (!__atomic_load_n(&slot()->type, __ATOMIC_SEQ_CST))
		return 0;
	receive(r);
	return 1;
}

/*
 * A host whose message waits for the slot takes no further one from the guest:
 * who posts without end has to empty the slot meanwhile.
 */
static unsigned int post_and_drain(const void *m, size_t len)
{
	struct hv_post_message p = { .connection_id = msg_conn, .type = 1,
				     .payload_size = (uint32_t)len };
	unsigned int n = 0;

	memcpy(p.payload, m, len);
	while (vmbus_post(&p) == HV_INSUFFICIENT_BUFFERS) {
		n += drain();
		sched_yield();
	}
	return n + drain();
}

TEST(random_messages_do_no_harm)
{
	uint32_t seed = 20260101, i, k, kept = 0;
	uint8_t m[240];
	unsigned int n;

	machine_reset();
	for (i = 0; i < 20000; i++) {
		for (k = 0; k < sizeof(m); k++) {
			seed = seed * 1664525 + 1013904223;
			m[k] = (seed >> 24) % 4 ? 0 : (uint8_t)(seed >> 16) % 8;
		}
		m[0] = (uint8_t)((seed >> 8) % 32);
		m[1] = m[2] = m[3] = 0;
		if (m[0] == MSG_INITIATE_CONTACT) {
			uint32_t v = (seed >> 3) % 2 ? VMBUS_V5_3 : VMBUS_V2_4;

			memcpy(m + 8, &v, 4);
			memset(m + 12, 0, 28);
			m[16] = 2;
		}
		msg_conn = (seed >> 5) % 2 ? 4 : 1;
		kept += post_and_drain(m, (seed >> 7) % 241);
	}
	printf("seed 20260101: 20000 messages, %u answers read on the way\n", kept);
	machine_reset();
	CHECK(kept > 0);
	CHECK(connect_as(VMBUS_V5_3));
	CHECK(offers(&n));
}

int main(int argc, char **argv)
{
	static const struct check_case cases[] = {
		CASE(versions_match_exactly), CASE(old_hosts_refuse_new_ids),
		CASE(one_echo_through_the_rings),
		CASE(a_full_ring_is_finished_in_order), CASE(in_a_window_packets_come_at_their_time),
		CASE(old_protocol_uses_the_interrupt_page),
		CASE(monitor_page_rings), CASE(illegal_opens_fail),
		CASE(rescind_and_late_completion), CASE(a_broken_guest_stops_only_its_channel),
		CASE(a_ring_is_broken_on_command), CASE(random_messages_do_no_harm),
	};

	start_bus();
	return check_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
