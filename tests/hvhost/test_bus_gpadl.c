// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_bus_gpadl.c - guest memory that a device uses, and packets that point into it
 *
 * build-with: vmbus_conn.c vmbus_offer.c vmbus_chan.c vmbus_gpadl.c vmbus_ring.c
 * build-with: vmbus_monitor.c vmbus_grant.c meeting.c synic.c hostile.c hostile_layout.c
 */
#include "check.h"

#include "test_bus.h"

/* Have the device do it; its answer. */
static uint64_t order(uint32_t ch, uint64_t what, uint64_t handle)
{
	uint64_t id = 0, value = 0;

	guest_writes(what, handle);
	vmbus_signal(ch | 2 << 12, 0);
	return guest_reads(&id, &value) && id == what ? value : 0xdead;
}

/* No message has come, up to the answer to one that is refused at once. */
static bool nothing_yet(uint32_t ch)
{
	struct msg_gpadl_header m = { .h.type = MSG_GPADL_HEADER, .channel_id = ch };
	uint8_t r[240];

	post(&m, sizeof(m));
	return receive(r) == MSG_GPADL_CREATED;
}

TEST(memory_is_torn_down_when_the_device_is_done)
{
	uint8_t r[240];
	unsigned int n;
	uint32_t ch;

	machine_reset();
	CHECK(connect_as(VMBUS_V5_2));
	ch = offers(&n);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK_EQ(make_gpadl(ch, 2), 0);
	CHECK_EQ(make_gpadl(ch, 3), 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
	CHECK_EQ(order(ch, MAP_IT, 1), 0);	/* the rings lie in it */
	CHECK_EQ(order(ch, MAP_IT, 7), 0);
	CHECK_EQ(order(ch, MAP_IT, 2), 8);
	CHECK_EQ(order(ch, MAP_IT, 2), 0);
	CHECK_EQ(order(ch, MAP_IT, 3), 8);
	simple(MSG_GPADL_TEARDOWN, ch, 2, 16);
	CHECK(nothing_yet(ch));
	CHECK_EQ(order(ch, UNMAP_IT, 2), 1);
	CHECK_EQ(receive(r), MSG_GPADL_TORNDOWN);
	CHECK_EQ(((struct msg_gpadl_torndown *)r)->gpadl, 2);
	CHECK_EQ(order(ch, MAP_IT, 2), 0);
	/* The close ends it too. */
	simple(MSG_GPADL_TEARDOWN, ch, 3, 16);
	CHECK(nothing_yet(ch));
	simple(MSG_CLOSE, ch, 0, 12);
	CHECK_EQ(receive(r), MSG_GPADL_TORNDOWN);
	CHECK_EQ(((struct msg_gpadl_torndown *)r)->gpadl, 3);
	simple(MSG_GPADL_TEARDOWN, ch, 1, 16);
	CHECK_EQ(receive(r), MSG_GPADL_TORNDOWN);
	simple(MSG_UNLOAD, 0, 0, 8);
	CHECK_EQ(receive(r), MSG_UNLOAD_RESPONSE);
}

TEST(transfer_pages)
{
	static const uint32_t want[] = {
		5 << 16 | PACKET_TRANSFER_PAGES, 1 << 16 | 6, 99, 0,
		0xcafe, 2, 100, 4096, 200, 8192 };
	const uint8_t *data = test_ram + (RING_PFN + 5) * 4096;
	uint64_t id, value;
	unsigned int n;
	uint32_t ch;

	machine_reset();
	CHECK(connect_as(VMBUS_V5_2));
	ch = offers(&n);
	CHECK_EQ(make_gpadl(ch, 1), 0);
	CHECK_EQ(open_channel(ch, 1, 4), 0);
	guest_writes(SEND_PAGES, 0);
	vmbus_signal(ch | 2 << 12, 0);
	CHECK(!guest_reads(&id, &value));	/* it has come, and is no completion */
	CHECK_EQ(id, 99);
	CHECK(!memcmp(data, want, sizeof(want)));
	CHECK(!memcmp(data + sizeof(want), "payload", 8));
	simple(MSG_UNLOAD, 0, 0, 8);
}

int main(int argc, char **argv)
{
	static const struct check_case cases[] = {
		CASE(memory_is_torn_down_when_the_device_is_done), CASE(transfer_pages),
	};

	start_bus();
	return check_run(cases, (int)(sizeof(cases) / sizeof(cases[0])), argc, argv);
}
