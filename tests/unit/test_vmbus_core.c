/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_vmbus_core.c - the connection's state machine, without a kernel
 * build-with: hv-vmbus/vmbus_core.c hv-vmbus/vmbus_codec.c
 */
#include <pthread.h>
#include <hv/os.h>
#include <hv/vmbus.h>
#include "hv_wire.h"
#include "vmbus_core.h"
#include "check.h"

static struct hvl_core core;
static unsigned int woken;

static void wake(struct hvl_request *req)
{
	woken++;
}

static void connect(u32 version)
{
	struct hvl_reply r = { .supported = true, .connection_id = 0x24 };

	hvl_core_init(&core, wake);
	woken = 0;
	core.state = HVL_CONNECTING;
	if (hvl_core_contacted(&core, version, 0, &r) != HVL_CONTACT_OK)
		abort();
}

static void reply(u32 type, u32 relid, u32 key, u32 status)
{
	u32 m[5] = { type, 0, relid, key, status };
	u32 torndown[3] = { type, 0, key };
	u32 modify[4] = { type, 0, relid, status };

	if (type == 12)
		hvl_core_input(&core, torndown, 12);
	else if (type == 24)
		hvl_core_input(&core, modify, 16);
	else
		hvl_core_input(&core, m, 20);
}

static enum hvl_action rescind(u32 relid)
{
	u32 m[3] = { 2, 0, relid };

	return hvl_core_input(&core, m, 12);
}

static void chan(struct hvl_core_chan *ch, u32 relid)
{
	memset(ch, 0, sizeof(*ch));
	ch->offer.relid = relid;
}

static void req(struct hvl_request *r, u32 type, u32 relid, u32 key)
{
	memset(r, 0, sizeof(*r));
	r->type = type;
	r->relid = relid;
	r->key = key;
}

/* A host that takes exactly one version; what does the guest end up with? */
TEST(negotiation)
{
	static const u32 hosts[] = { 0x0d, 0x10001, 0x20004, 0x30000, 0x40000,
				     0x40001, 0x50000, 0x50001, 0x50002,
				     0x50003, 0x60000 };
	u32 i, n, v, last;
	struct hvl_reply r;
	int posted;

	for (i = 0; i < ARRAY_SIZE(hosts); i++) {
		hvl_core_init(&core, wake);
		core.state = HVL_CONNECTING;
		last = 0xffffffff;
		for (n = 0; (v = hvl_core_version(n)); n++) {
			enum hvl_contact_next next;

			CHECK(v < last);
			last = v;
			CHECK_EQ(hvl_core_contact_id(v), v >= 0x50000 ? 4 : 1);
			memset(&r, 0, sizeof(r));
			/* Old hosts do not have connection 4. */
			posted = hosts[i] < 0x50000 && v >= 0x50000 ? -ENXIO : 0;
			r.supported = !posted && v == hosts[i];
			r.connection_id = 0x77;
			next = hvl_core_contacted(&core, v, posted, &r);
			if (next == HVL_CONTACT_OK)
				break;
			CHECK_EQ(next, HVL_CONTACT_LOWER);
			CHECK_EQ(core.state, HVL_CONNECTING);
		}
		CHECK_EQ(core.state, HVL_CONNECTED);
		CHECK_EQ(core.version, hosts[i]);
		CHECK_EQ(core.connection_id, hosts[i] >= 0x50000 ? 0x77 : 1);
	}
	CHECK_EQ(n, 0);
}

TEST(negotiation_fails)
{
	struct hvl_reply r = { .supported = true, .status = 1 };

	hvl_core_init(&core, wake);
	CHECK_EQ(hvl_core_contacted(&core, HVL_VMBUS_5_3, 0, &r), HVL_CONTACT_FAIL);
	CHECK_EQ(hvl_core_contacted(&core, HVL_VMBUS_5_3, -EIO, &r), HVL_CONTACT_FAIL);
	CHECK_EQ(hvl_core_contacted(&core, HVL_VMBUS_4_0, -ENXIO, &r), HVL_CONTACT_FAIL);
	CHECK_EQ(core.state, HVL_DISCONNECTED);
}

TEST(replies_find_their_request)
{
	struct hvl_request a, b, c;
	struct hvl_core_chan x, y;

	connect(HVL_VMBUS_5_2);
	chan(&x, 1);
	chan(&y, 2);
	CHECK_EQ(hvl_core_map(&core, &x), 0);
	CHECK_EQ(hvl_core_map(&core, &y), 0);
	req(&a, 6, 1, 1);
	req(&b, 6, 2, 2);
	req(&c, 12, 0, 500);
	CHECK_EQ(hvl_core_request_add(&core, &a), 0);
	CHECK_EQ(hvl_core_request_add(&core, &b), 0);
	CHECK_EQ(hvl_core_request_add(&core, &c), 0);
	/* Another channel's, another key, another type: nobody's. */
	reply(6, 3, 1, 0);
	reply(6, 1, 9, 0);
	reply(10, 1, 1, 0);
	CHECK_EQ(woken, 0);
	CHECK_EQ(core.stray_replies, 3);
	reply(6, 2, 2, 5);
	CHECK_EQ(woken, 1);
	CHECK_EQ(b.reply.status, 5);
	/* The second answer to the same question is ignored. */
	reply(6, 2, 2, 0);
	CHECK_EQ(woken, 1);
	CHECK_EQ(b.reply.status, 5);
	CHECK_EQ(core.stray_replies, 4);
	reply(12, 0, 500, 0);
	CHECK_EQ(woken, 2);
	CHECK_EQ(hvl_core_request_end(&core, &b), 0);
	CHECK_EQ(hvl_core_request_end(&core, &c), 0);
	CHECK_EQ(hvl_core_request_end(&core, &a), -ETIMEDOUT);
	reply(6, 1, 1, 0);
	CHECK_EQ(woken, 2);
	CHECK(list_empty(&core.requests));
}

TEST(rescind_wakes_all_but_teardowns)
{
	struct hvl_request open[50], down, other;
	struct hvl_core_chan x, y;
	unsigned int i;

	connect(HVL_VMBUS_5_3);
	chan(&x, 7);
	chan(&y, 8);
	hvl_core_map(&core, &x);
	hvl_core_map(&core, &y);
	for (i = 0; i < 50; i++) {
		req(&open[i], i & 1 ? 6 : 10, 7, i + 1);
		CHECK_EQ(hvl_core_request_add(&core, &open[i]), 0);
	}
	req(&down, 12, 0, 99);
	hvl_core_request_add(&core, &down);
	req(&other, 6, 8, 8);
	hvl_core_request_add(&core, &other);

	CHECK_EQ(rescind(7), HVL_ACT_QUEUE);
	CHECK_EQ(woken, 50);
	CHECK(x.rescinded);
	for (i = 0; i < 50; i++)
		CHECK_EQ(hvl_core_request_end(&core, &open[i]), -ENODEV);
	/* Who comes later does not wait at all. */
	CHECK_EQ(hvl_core_request_add(&core, &open[0]), -ENODEV);
	reply(12, 0, 99, 0);
	CHECK_EQ(hvl_core_request_end(&core, &down), 0);
	CHECK_EQ(hvl_core_request_end(&core, &other), -ETIMEDOUT);
}

TEST(id_released_once)
{
	struct hvl_core_chan x, again;

	connect(HVL_VMBUS_5_3);
	chan(&x, 2047);
	chan(&again, 2047);
	CHECK_EQ(hvl_core_map(&core, &x), 0);
	CHECK_EQ(core.top_relid, 2047);
	CHECK_EQ(hvl_core_map(&core, &again), -EEXIST);
	CHECK(hvl_core_rescind(&core, 5) == NULL);
	CHECK(hvl_core_rescind(&core, 2047) == &x);
	CHECK(hvl_core_rescind(&core, 2047) == NULL);
	CHECK(hvl_core_rescind(&core, 4000000) == NULL);
	CHECK(hvl_core_unmap(&core, &x));
	CHECK(!hvl_core_unmap(&core, &x));
	/* The id is another device's now. */
	CHECK_EQ(hvl_core_map(&core, &again), 0);
	CHECK(!again.rescinded);
	CHECK(!hvl_core_unmap(&core, &x));
	CHECK(core.chan[2047] == &again);
}

TEST(bad_messages_count_and_nothing_else)
{
	u8 m[240];
	u32 type, len;

	connect(HVL_VMBUS_5_3);
	for (type = 0; type < 64; type++) {
		for (len = 0; len <= 240; len += 4) {
			memset(m, 0xff, sizeof(m));
			memcpy(m, &type, 4);
			hvl_core_input(&core, m, len);
		}
	}
	CHECK_EQ(woken, 0);
	CHECK_EQ(core.state, HVL_CONNECTED);
	CHECK(core.bad_messages > 1000);
	CHECK_EQ(rescind(0), HVL_ACT_NONE);
	CHECK_EQ(rescind(2048), HVL_ACT_NONE);
	/* A rescind of an id that is not mapped yet waits for its offer. */
	CHECK_EQ(rescind(9), HVL_ACT_QUEUE);
}

TEST(leaving)
{
	struct hvl_core_chan x;
	u8 offer[196] = { 1 };

	connect(HVL_VMBUS_5_3);
	CHECK_EQ(hvl_core_input(&core, offer, 196), HVL_ACT_QUEUE);
	/* Before UNLOAD was sent it says nothing. */
	reply(17, 0, 0, 0);
	CHECK(hvl_core_disconnect(&core));
	CHECK(!core.unloaded);
	CHECK(!hvl_core_disconnect(&core));
	CHECK_EQ(hvl_core_input(&core, offer, 196), HVL_ACT_NONE);
	chan(&x, 1);
	CHECK_EQ(hvl_core_map(&core, &x), -ENOTCONN);
	/* Nobody waits; who polls finds it all the same. */
	reply(17, 0, 0, 0);
	CHECK_EQ(core.stray_replies, 2);
	CHECK(core.unloaded);
	hvl_core_disconnected(&core);
	CHECK(!hvl_core_disconnect(&core));
}

TEST(handles_are_never_zero)
{
	u32 a, b;

	connect(HVL_VMBUS_5_3);
	a = hvl_core_new_gpadl(&core);
	b = hvl_core_new_gpadl(&core);
	CHECK(a && b && a != b);
	core.next_gpadl = 0xffffffff;
	CHECK_EQ(hvl_core_new_gpadl(&core), 0xffffffff);
	CHECK_EQ(hvl_core_new_gpadl(&core), 1);
}

/* Replies and rescinds from one thread, requests from another. */
static void *host_thread(void *unused)
{
	u32 i;

	for (i = 0; i < 20000; i++) {
		reply(6, 1, i % 7 + 1, 0);
		if (i == 15000)
			rescind(1);
	}
	return NULL;
}

TEST(two_threads)
{
	struct hvl_core_chan x;
	struct hvl_request r;
	u32 i, answered = 0, gone = 0, late = 0;
	pthread_t t;
	int ret;

	connect(HVL_VMBUS_5_3);
	chan(&x, 1);
	hvl_core_map(&core, &x);
	CHECK_EQ(pthread_create(&t, NULL, host_thread, NULL), 0);
	for (i = 0; i < 20000; i++) {
		req(&r, 6, 1, i % 7 + 1);
		ret = hvl_core_request_add(&core, &r);
		if (!ret) {
			sched_yield();
			ret = hvl_core_request_end(&core, &r);
		}
		if (!ret)
			answered++;
		else if (ret == -ENODEV)
			gone++;
		else
			late++;
	}
	pthread_join(t, NULL);
	CHECK_EQ(answered + gone + late, 20000);
	CHECK_EQ(hvl_core_request_add(&core, &r), -ENODEV);
	CHECK(list_empty(&core.requests));
}

/* How long a message is posted that is refused with this status each time. */
static u64 patience(u32 status, bool contact, unsigned int *attempts)
{
	unsigned int n = 0;
	u64 sum = 0;
	u32 usec;

	while ((usec = hvl_core_post_again(status, n, contact)) && n < 1000) {
		sum += usec;
		n++;
	}
	*attempts = n + 1;
	return sum;
}

/* A host may name a connection that does not exist: that must not take minutes. */
TEST(post_again)
{
	static const u32 final[] = { 2, 3, 4, 5, 6, 8, 0xe, 0x11, 0x14, 0x18, 0x19,
				     0x79, 0xffff };
	static const u32 busy[] = { 0xb, 0x13, 0x78 };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(final); i++) {
		CHECK_EQ(patience(final[i], false, &n), 0);
		CHECK_EQ(n, 1);
	}
	for (i = 0; i < ARRAY_SIZE(busy); i++) {
		CHECK_EQ(patience(busy[i], false, &n) / 1000000, 165);
		CHECK_EQ(n, 100);
	}
	CHECK_EQ(patience(0x12, true, &n), 0);
	CHECK_EQ(n, 1);
	CHECK(patience(0x12, false, &n) < 5000000);
	CHECK(n > 10 && n < 30);
}

/* A host that has not answered yet may still take what INITIATE_CONTACT named. */
TEST(pages_of_an_unanswered_contact)
{
	struct hvl_reply r = { .supported = false };

	hvl_core_init(&core, wake);
	CHECK(!hvl_core_lent(&core));
	hvl_core_contacted(&core, HVL_VMBUS_5_0, -ENXIO, &r);
	hvl_core_contacted(&core, HVL_VMBUS_4_1, -EIO, &r);
	hvl_core_contacted(&core, HVL_VMBUS_4_0, 0, &r);
	CHECK(!hvl_core_lent(&core));
	CHECK_EQ(hvl_core_contacted(&core, HVL_VMBUS_3_0, -ETIMEDOUT, &r),
		 HVL_CONTACT_FAIL);
	CHECK(hvl_core_lent(&core));
	connect(HVL_VMBUS_5_3);
	CHECK(hvl_core_lent(&core));
}

TEST_MAIN(CASE(post_again), CASE(pages_of_an_unanswered_contact), CASE(negotiation), CASE(negotiation_fails),
	  CASE(replies_find_their_request),
	  CASE(rescind_wakes_all_but_teardowns), CASE(id_released_once),
	  CASE(bad_messages_count_and_nothing_else), CASE(leaving),
	  CASE(handles_are_never_zero), CASE(two_threads))
