// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_ring.c - the host's rings: wrap, full, empty, signals, every illegal index
 *
 * build-with: vmbus_ring.c
 */
#include "check.h"

#include "test_machine.h"
#include "vmbus_int.h"

#define MAX_DATA 16

static struct ring_header *hdr;
static uint8_t *data;
static uint8_t *pages[1 + MAX_DATA];
static uint8_t buf[MAX_DATA * 4096];
static const char *why;

/* A ring of n data pages that lie in RAM in reverse order. */
static uint32_t fresh(unsigned int n)
{
	unsigned int i;

	memset(test_ram, 0, (n + 1) * 4096);
	hdr = (struct ring_header *)test_ram;
	pages[0] = test_ram;
	for (i = 0; i < n; i++)
		pages[1 + i] = test_ram + (n - i) * 4096;
	data = test_ram + 4096;
	why = NULL;
	return n * 4096;
}

static uint8_t *at(uint32_t size, uint32_t i)
{
	i %= size;
	return pages[1 + i / 4096] + i % 4096;
}

static void guest_bytes(uint32_t size, uint32_t *w, const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n--) {
		*at(size, *w) = *b++;
		*w = (*w + 1) % size;
	}
}

/* The guest writes one packet of len payload bytes. */
static void guest_packet(uint32_t size, uint16_t type, uint64_t id, const void *p, size_t len)
{
	uint32_t w = hdr->write_index, start = w;
	struct packet_desc d = { type, 2, (uint16_t)(2 + (len + 7) / 8), 1, id };
	uint64_t zero = 0, trailer = (uint64_t)start << 32;

	guest_bytes(size, &w, &d, sizeof(d));
	guest_bytes(size, &w, p, len);
	guest_bytes(size, &w, &zero, (8 - len % 8) % 8);
	guest_bytes(size, &w, &trailer, 8);
	hdr->write_index = w;
}

TEST(in_ring_wraps_at_every_offset)
{
	uint32_t size = fresh(1), start, n, i;
	uint8_t payload[64];
	struct ring r;
	size_t len;

	for (i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i * 3 + 1);
	for (start = 0; start < size; start += 8) {
		for (n = 0; n <= sizeof(payload); n += 13) {
			hdr->write_index = hdr->read_index = start;
			CHECK(ring_in_init(&r, pages, 2));
			CHECK_EQ(ring_in_next(&r, buf, &len, &why), RING_EMPTY);
			guest_packet(size, PACKET_IN_BAND, start, payload, n);
			CHECK_EQ(ring_in_next(&r, buf, &len, &why), RING_OK);
			CHECK_EQ(len, 16 + (n + 7) / 8 * 8);
			CHECK(!memcmp(buf + 16, payload, n));
			CHECK(!ring_in_commit(&r, len, &why));
			CHECK_EQ(hdr->read_index, hdr->write_index);
			CHECK(ring_in_empty(&r));
		}
	}
}

TEST(worked_example_of_the_sheet)
{
	static const uint8_t want_desc[16] = { 6, 0, 2, 0, 5, 0, 1, 0, 1 };
	static const uint8_t want_trailer[8] = { 0, 0, 0, 0, 0xf0, 0x0f, 0, 0 };
	struct packet_desc d = { 6, 2, 5, 1, 1 };
	uint8_t payload[20];
	bool signal = false;
	struct ring r;

	fresh(1);
	memset(payload, 0x5a, sizeof(payload));
	hdr->write_index = hdr->read_index = 4080;
	CHECK(ring_out_init(&r, pages, 2));
	CHECK_EQ(ring_out_write(&r, &d, payload, sizeof(payload), &signal, &why), RING_OK);
	CHECK_EQ(hdr->write_index, 32);
	CHECK(signal);
	CHECK(!memcmp(data + 4080, want_desc, 16));
	CHECK(!memcmp(data, payload, 20));
	CHECK_EQ(data[20] | data[21] | data[22] | data[23], 0);
	CHECK(!memcmp(data + 24, want_trailer, 8));
}

TEST(out_ring_fills_and_signals_once)
{
	struct packet_desc d = { 11, 2, 3, 0, 7 };
	uint64_t payload = 0x1122334455667788;
	unsigned int written = 0;
	bool signal, first = false;
	enum ring_result res;
	struct ring r;

	fresh(1);
	CHECK(ring_out_init(&r, pages, 2));
	CHECK_EQ(hdr->feature_bits & 1, 1);
	for (;;) {
		signal = false;
		res = ring_out_write(&r, &d, &payload, 8, &signal, &why);
		if (res != RING_OK)
			break;
		CHECK_EQ(signal, !written);
		first |= signal;
		written++;
	}
	CHECK_EQ(res, RING_FULL);
	/* 32 bytes a packet, 8 must stay unused: 127 of 128. */
	CHECK_EQ(written, 127);
	CHECK(first);
	CHECK(!ring_out_wait(&r, 32, &why));
	CHECK_EQ(hdr->pending_send_size, (4096 - 8) / 4 & ~7u);
	hdr->read_index = 32;
	CHECK(ring_out_wait(&r, 32, &why));
	CHECK_EQ(hdr->pending_send_size, 0);
	hdr->interrupt_mask = 1;
	hdr->read_index = hdr->write_index;
	signal = false;
	CHECK_EQ(ring_out_write(&r, &d, &payload, 8, &signal, &why), RING_OK);
	CHECK(!signal);
}

TEST(free_space_signal_only_at_the_threshold)
{
	uint32_t size = fresh(1);
	uint8_t payload[8] = { 0 };
	unsigned int signals = 0, i;
	struct ring r;
	size_t len;

	CHECK(ring_in_init(&r, pages, 2));
	for (i = 0; i < 100; i++)
		guest_packet(size, PACKET_IN_BAND, i, payload, 8);
	hdr->pending_send_size = 2048;
	for (i = 0; i < 100; i++) {
		CHECK_EQ(ring_in_next(&r, buf, &len, &why), RING_OK);
		if (ring_in_commit(&r, len, &why)) {
			signals++;
			/* free as the sheet's O counts it */
			CHECK(4096 - 8 - (99 - i) * 32 >= 2048);
			CHECK(4096 - 8 - (100 - i) * 32 < 2048);
		}
	}
	CHECK_EQ(signals, 1);
}

TEST(illegal_indices_break_the_ring)
{
	static const uint32_t bad[] = { 1, 4, 7, 12, 4096, 4104, 8192, 0x80000000, 0xfffffff8,
					0xffffffff };
	struct packet_desc d = { 11, 2, 2, 0, 7 };
	uint32_t size = fresh(1);
	bool signal = false;
	struct ring r;
	size_t len, i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fresh(1);
		hdr->write_index = bad[i];
		CHECK(!ring_in_init(&r, pages, 2));
		CHECK(!ring_out_init(&r, pages, 2));
		fresh(1);
		hdr->read_index = bad[i];
		CHECK(!ring_in_init(&r, pages, 2));
		CHECK(!ring_out_init(&r, pages, 2));
		fresh(1);
		CHECK(ring_in_init(&r, pages, 2));
		hdr->write_index = bad[i];
		CHECK_EQ(ring_in_next(&r, buf, &len, &why), RING_CORRUPT);
		fresh(1);
		CHECK(ring_out_init(&r, pages, 2));
		hdr->read_index = bad[i];
		CHECK_EQ(ring_out_write(&r, &d, NULL, 0, &signal, &why), RING_CORRUPT);
	}
	fresh(1);
	CHECK(ring_in_init(&r, pages, 2));
	guest_packet(size, PACKET_IN_BAND, 1, "", 0);
	hdr->read_index = 8;
	CHECK_EQ(ring_in_next(&r, buf, &len, &why), RING_CORRUPT);
	fresh(1);
	CHECK(ring_in_init(&r, pages, 2));
	guest_packet(size, PACKET_IN_BAND, 1, "", 0);
	hdr->interrupt_mask = 0;
	CHECK_EQ(ring_in_next(&r, buf, &len, &why), RING_CORRUPT);
	fresh(1);
	CHECK(ring_out_init(&r, pages, 2));
	hdr->write_index = 64;
	CHECK_EQ(ring_out_write(&r, &d, NULL, 0, &signal, &why), RING_CORRUPT);
}

TEST(illegal_descriptors_break_the_ring)
{
	static const struct packet_desc bad[] = {
		{ 6, 0, 3, 1, 1 }, { 6, 1, 3, 1, 1 }, { 6, 4, 3, 1, 1 }, { 6, 2, 0, 1, 1 },
		{ 6, 2, 1, 1, 1 }, { 6, 2, 4, 1, 1 }, { 6, 2, 0xffff, 1, 1 },
		{ 6, 0xffff, 0xffff, 1, 1 }, { 0, 2, 3, 1, 1 }, { 7, 2, 3, 1, 1 },
		{ 10, 2, 3, 1, 1 }, { 12, 2, 3, 1, 1 }, { 6, 2, 3, 2, 1 },
	};
	uint32_t size = fresh(1);
	uint8_t payload[8] = { 0 };
	struct ring r;
	size_t len, i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fresh(1);
		CHECK(ring_in_init(&r, pages, 2));
		guest_packet(size, PACKET_IN_BAND, 1, payload, 8);
		memcpy(data, &bad[i], sizeof(bad[i]));
		why = NULL;
		CHECK_EQ(ring_in_next(&r, buf, &len, &why), RING_CORRUPT);
		CHECK(why);
	}
	fresh(1);
	CHECK(ring_in_init(&r, pages, 2));
	hdr->write_index = 16;
	CHECK_EQ(ring_in_next(&r, buf, &len, &why), RING_CORRUPT);
}

static size_t gpa_packet(uint32_t count, uint32_t bytes, uint32_t offset, size_t pfns)
{
	struct packet_desc d = { 9, (uint16_t)(3 + 1 + pfns), (uint16_t)(3 + 1 + pfns + 1), 1, 5 };

	memset(buf, 0, 4096);
	memcpy(buf, &d, sizeof(d));
	memcpy(buf + 20, &count, 4);
	memcpy(buf + 24, &bytes, 4);
	memcpy(buf + 28, &offset, 4);
	return d.length8 * 8u;
}

TEST(gpa_direct_ranges)
{
	struct gpa_range ranges[256];
	struct guest_packet p;

	CHECK(packet_parse(buf, gpa_packet(1, 8192, 0, 2), &p, ranges, 256, &why));
	CHECK_EQ(p.nr_ranges, 1);
	CHECK_EQ(p.ranges[0].nr_pfns, 2);
	CHECK_EQ(p.len, 8);
	CHECK(packet_parse(buf, gpa_packet(1, 4096, 1, 2), &p, ranges, 256, &why));
	CHECK_EQ(p.ranges[0].nr_pfns, 2);
	CHECK(!packet_parse(buf, gpa_packet(0, 4096, 0, 1), &p, ranges, 256, &why));
	CHECK(!packet_parse(buf, gpa_packet(2, 4096, 0, 1), &p, ranges, 256, &why));
	CHECK(!packet_parse(buf, gpa_packet(0xffffffff, 4096, 0, 1), &p, ranges, 256, &why));
	CHECK(!packet_parse(buf, gpa_packet(1, 0, 0, 1), &p, ranges, 256, &why));
	CHECK(!packet_parse(buf, gpa_packet(1, 4097, 0, 1), &p, ranges, 256, &why));
	CHECK(!packet_parse(buf, gpa_packet(1, 4096, 4096, 2), &p, ranges, 256, &why));
	CHECK(!packet_parse(buf, gpa_packet(1, 0xffffffff, 4095, 2), &p, ranges, 256, &why));
	CHECK(!packet_parse(buf, gpa_packet(1, 1, 0xffffffff, 1), &p, ranges, 256, &why));
}

TEST(random_traffic_keeps_order_and_content)
{
	uint32_t size = fresh(3), seed = 12345, sent = 0, got = 0, n, i;
	uint32_t lens[4096];
	uint8_t payload[2048];
	struct ring r;
	size_t len;

	CHECK(ring_in_init(&r, pages, 4));
	while (got < 4000) {
		seed = seed * 1103515245 + 12345;
		n = (seed >> 16) % sizeof(payload);
		if ((seed >> 8) % 3 && sent < 4096) {
			uint32_t used = (hdr->write_index + size - hdr->read_index) % size;

			if (packet_space(n) >= size - used)
				continue;
			for (i = 0; i < n; i++)
				payload[i] = (uint8_t)(sent + i);
			lens[sent] = n;
			guest_packet(size, PACKET_IN_BAND, sent, payload, n);
			sent++;
		} else if (got < sent) {
			struct packet_desc d;

			CHECK_EQ(ring_in_next(&r, buf, &len, &why), RING_OK);
			memcpy(&d, buf, sizeof(d));
			CHECK_EQ(d.id, got);
			for (i = 0; i < lens[got]; i++)
				CHECK_EQ(buf[16 + i], (uint8_t)(got + i));
			ring_in_commit(&r, len, &why);
			got++;
		}
	}
	printf("seed 12345: %u packets through a ring of %u bytes\n", got, size);
}

TEST_MAIN(CASE(in_ring_wraps_at_every_offset), CASE(worked_example_of_the_sheet),
	  CASE(out_ring_fills_and_signals_once),
	  CASE(free_space_signal_only_at_the_threshold),
	  CASE(illegal_indices_break_the_ring), CASE(illegal_descriptors_break_the_ring),
	  CASE(gpa_direct_ranges), CASE(random_traffic_keeps_order_and_content))
