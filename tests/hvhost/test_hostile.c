// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hostile.c - lies change what they say they change, and nothing else
 *
 * build-with: hostile_layout.c vsp_storage_hostile.c vsp_net_hostile.c
 */
#include "check.h"

#include "hostile.h"
#include "vsp_net.h"
#include "vsp_storage.h"
#include "vsp_storage_wire.h"

static uint64_t hits_of(const struct hostile_layout *l)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < HOSTILE_FIELDS_MAX; i++)
		sum += atomic_load(&l->hits[i]);
	return sum;
}

static void fields_lie_within(struct hostile_layout *l)
{
	unsigned int i;

	for (i = 0; i < HOSTILE_FIELDS_MAX && l->fields[i].name; i++) {
		CHECK(l->fields[i].size > 0);
		CHECK(l->fields[i].at + l->fields[i].size <= l->len);
	}
	CHECK(i > 0);
}

TEST(tables)
{
	struct hostile_layout *l;

	for (l = hostile_messages; l->name; l++) {
		fields_lie_within(l);
		CHECK(hostile_message_layout(l->type) == l);
		CHECK(l->len <= HV_MESSAGE_MAX);
	}
	for (l = hostile_storage; l->name; l++)
		fields_lie_within(l);
	for (l = hostile_net; l->name; l++)
		fields_lie_within(l);
	fields_lie_within(&hostile_desc);
	fields_lie_within(&hostile_ring_in);
	fields_lie_within(&hostile_ring_out);
	CHECK(!hostile_message_layout(MSG_OPEN));
}

TEST(only_the_field)
{
	struct hostile_layout *l = hostile_message_layout(MSG_OFFER);
	uint8_t before[sizeof(struct msg_offer)], after[sizeof(before)];
	uint64_t random = 7, sum = hits_of(l);
	const struct hostile_field *f;
	unsigned int i, j, differ = 0;

	for (i = 0; i < 2000; i++) {
		for (j = 0; j < sizeof(before); j++)
			before[j] = (uint8_t)hostile_random(&random);
		memcpy(after, before, sizeof(after));
		f = hostile_mutate(l, &random, after, sizeof(after));
		CHECK(f != NULL);
		CHECK(!memcmp(before, after, f->at));
		CHECK(!memcmp(before + f->at + f->size, after + f->at + f->size,
			      sizeof(before) - f->at - f->size));
		differ += memcmp(before, after, sizeof(before)) != 0;
	}
	CHECK_EQ(hits_of(l), sum + 2000);
	CHECK(differ > 1800);
	for (i = 0; l->fields[i].name; i++)
		CHECK(atomic_load(&l->hits[i]) > 50);
}

TEST(short_message)
{
	struct hostile_layout *l = hostile_message_layout(MSG_OFFER);
	uint8_t raw[12] = { 0 };
	uint64_t random = 1;
	unsigned int i;

	for (i = 0; i < 200; i++)
		CHECK(hostile_mutate(l, &random, raw, 8)->at < 8);
	CHECK(!raw[8] && !raw[9] && !raw[10] && !raw[11]);
	CHECK(!hostile_mutate(l, &random, raw, 3));
}

TEST(seed_repeats)
{
	static struct hostile_layout l, m;
	uint8_t a[64] = { 0 }, b[64] = { 0 };
	uint64_t x = 42, y = 42;
	unsigned int i;

	/* The choice depends on the hits so far. */
	memcpy(&l, &hostile_storage[0], sizeof(l));
	memcpy(&m, &l, sizeof(m));
	for (i = 0; i < 500; i++) {
		hostile_mutate(&l, &x, a, sizeof(a));
		hostile_mutate(&m, &y, b, sizeof(b));
		CHECK(!memcmp(a, b, sizeof(a)));
	}
}

TEST(storage_answers)
{
	struct vstor_packet v = { .header.operation = VSTOR_COMPLETE_IO };

	CHECK(storage_layout(&v, sizeof(v)) == &hostile_storage[1]);
	v.srb.length = VSTOR_REQUEST_V2;
	CHECK(storage_layout(&v, sizeof(v)) == &hostile_storage[0]);
	CHECK(storage_layout(&v, 4) == &hostile_storage[1]);
}

TEST(net_layouts)
{
	static const struct { uint32_t first; const char *name; } packets[] = {
		{ 2, "nvsp_init_complete" }, { 102, "nvsp_recv_complete" },
		{ 105, "nvsp_send_complete" }, { 108, "nvsp_rndis_complete" },
		{ 133, "nvsp_subchannel" }, { 134, "nvsp_indirection" }, { 128, "nvsp_vf" },
		{ 0xcafe, "nvsp_pages" } };
	static const struct { uint32_t first; const char *name; } messages[] = {
		{ 1, "rndis_packet" }, { 7, "rndis_indicate" },
		{ 0x80000002, "rndis_initialize_complete" },
		{ 0x80000004, "rndis_query_complete" }, { 0x80000005, "rndis_set_complete" } };
	size_t i;

	for (i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
		CHECK(!strcmp(net_layout(&packets[i].first, 4)->name, packets[i].name));
	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		CHECK(!strcmp(net_rndis_layout(&messages[i].first)->name, messages[i].name));
	CHECK(!net_layout("", 0));
}

TEST_MAIN(CASE(tables), CASE(net_layouts), CASE(only_the_field), CASE(short_message), CASE(seed_repeats),
	  CASE(storage_answers))
