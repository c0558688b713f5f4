// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_storvsp.c - the storage service provider, driven as a guest drives it
 *
 * build-with: vsp_storage.c storage_io.c storage_fault.c storage_device.c device_id.c
 * build-with: disk_time.c work_pool.c disk_store.c scsi_disk.c scsi_thin.c scsi_vpd.c scsi_dvd.c
 * build-with: vsp_storage_hostile.c
 */
#include "layout.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "test_vmbus.h"
#include "vsp_storage.h"

static struct stor_dev *dev;
static char path[64];
static char why[300];
static uint64_t next_id;

/* ---- a guest -------------------------------------------------------------------- */

static bool start_with(enum host_generation g, struct stor_config c)
{
	struct disk_config d = { .path = path, .size = 4 << 20,
				 .write_cache = true, .thin = true };

	snprintf(path, sizeof(path), "/tmp/test_storvsp.%d.img", (int)getpid());
	unlink(path);
	/* A test that failed has left its device behind. */
	if (storage_first())
		storage_device_remove(storage_first());
	test_generation = g;
	next_id = 0;
	forget_answers();
	memset(guest, 0, sizeof(guest));
	dev = storage_device_new(&c, why, sizeof(why));
	if (!dev || storage_disk_add(dev, &d, why, sizeof(why))) {
		printf("%s\n", why);
		return false;
	}
	storage_device_offer(dev);
	return guest_open(0) != NULL;
}

static bool start(enum host_generation g)
{
	return start_with(g, (struct stor_config){
		.name = "s0", .subchannels = 3,
		.max_transfer = DEFAULT_MAX_TRANSFER });
}

static void stop(void)
{
	storage_device_remove(dev);
	unlink(path);
}

static uint64_t send_on(unsigned int sub, const struct vstor_packet *v, size_t len,
			const struct gpa_range *g, bool *ok)
{
	static uint8_t payload[128];
	struct guest_packet p = {
		.type = g ? 9 : 6, .completion_requested = true,
		.id = ++next_id, .payload = payload, .len = (len + 7) / 8 * 8,
		.nr_ranges = g ? 1 : 0, .ranges = g,
	};
	bool accepted;

	memset(payload, 0, sizeof(payload));
	memcpy(payload, v, len < sizeof(*v) ? len : sizeof(*v));
	accepted = test_dev.ops->packet(test_chans[sub], test_dev.priv, &p);
	if (ok)
		*ok = accepted;
	return p.id;
}

/* Send a control operation; the status of its answer, which out gets. */
static uint32_t ask(uint32_t op, struct vstor_packet *v, struct vstor_packet *out)
{
	struct vstor_packet none = { 0 };
	struct answer *a;
	uint64_t id;

	if (!v)
		v = &none;
	v->header = (struct vstor_header){ op, 1, 0 };
	id = send_on(0, v, 64, NULL, NULL);
	a = next_answer();
	if (!a || !a->solicited || a->id != id || a->len != 64 || a->bytes[0] != 1)
		return 0xffffffff;
	if (out)
		memcpy(out, a->bytes, sizeof(*out));
	return ((struct vstor_packet *)a->bytes)->header.status;
}

static uint32_t ask_version(uint16_t word)
{
	struct vstor_packet v = { .version.word = word }, out = { 0 };
	uint32_t status = ask(VSTOR_QUERY_VERSION, &v, &out);

	return out.version.word == word ? status : 0xffffffff;
}

static bool up_to_ready(uint16_t version)
{
	return ask(VSTOR_BEGIN_INIT, NULL, NULL) == 0 &&
	       ask_version(version) == 0 &&
	       ask(VSTOR_QUERY_PROPERTIES, NULL, NULL) == 0 &&
	       ask(VSTOR_END_INIT, NULL, NULL) == 0;
}

static uint64_t pfns[64];

/* A request for a disk; data at guest address gpa. */
static uint64_t srb_on(unsigned int sub, uint8_t lun, const char *cdb, bool in,
		       uint64_t gpa, uint32_t len)
{
	struct vstor_packet v = {
		.header = { VSTOR_EXECUTE_SRB, 1, 0 },
		.srb = { .length = 52, .lun = lun, .cdb_length = 16,
			 .sense_info_length = 20, .data_in = len ? in : 2,
			 .data_transfer_length = len },
	};
	struct gpa_range g = { .len = len, .offset = gpa % 4096, .pfns = pfns };

	v.srb.target_id = dev->target;
	memcpy(v.srb.cdb, cdb, 16);
	while (g.nr_pfns * 4096ull < g.offset + len) {
		pfns[g.nr_pfns] = gpa / 4096 + g.nr_pfns;
		g.nr_pfns++;
	}
	return send_on(sub, &v, 64, len ? &g : NULL, NULL);
}

static const char read_8[16] = "\x28\0\0\0\0\x10\0\0\x08";
static const char write_8[16] = "\x2a\0\0\0\0\x10\0\0\x08";
static const char ready[16];

/* Send it and wait; the completion's request part. */
static struct vstor_request *srb(uint8_t lun, const char *cdb, bool in,
				 uint64_t gpa, uint32_t len)
{
	uint64_t id = srb_on(0, lun, cdb, in, gpa, len);
	struct answer *a = next_answer();

	if (!a || !a->solicited || a->id != id || a->chan != test_chans[0])
		return NULL;
	return &((struct vstor_packet *)a->bytes)->srb;
}

static bool srb_is(const struct vstor_request *r, uint8_t status, uint8_t sam)
{
	return r && r->srb_status == status && r->scsi_status == sam;
}

/* ---- tests -------------------------------------------------------------------------- */

#define WHOLE(n, s)	LAYOUT_WHOLE(n, s)
#define AT(n, s, m)	LAYOUT_FIELD(n "." #m, struct s, m)

static struct layout places[] = {
	WHOLE("packet_header", sizeof(struct vstor_header)),
	AT("packet_header", vstor_header, operation),
	AT("packet_header", vstor_header, flags),
	AT("packet_header", vstor_header, status),
	WHOLE("scsi_request_v1", VSTOR_REQUEST_V1),
	WHOLE("scsi_request_v2", sizeof(struct vstor_request)),
	AT("scsi_request", vstor_request, length),
	AT("scsi_request", vstor_request, srb_status),
	AT("scsi_request", vstor_request, scsi_status),
	AT("scsi_request", vstor_request, port_number),
	AT("scsi_request", vstor_request, path_id),
	AT("scsi_request", vstor_request, target_id),
	AT("scsi_request", vstor_request, lun),
	AT("scsi_request", vstor_request, cdb_length),
	AT("scsi_request", vstor_request, sense_info_length),
	AT("scsi_request", vstor_request, data_in),
	AT("scsi_request", vstor_request, properties),
	AT("scsi_request", vstor_request, data_transfer_length),
	AT("scsi_request", vstor_request, cdb),
	{ "scsi_request.sense_v1", offsetof(struct vstor_request, sense), VSTOR_SENSE_V1, 0 },
	{ "scsi_request.sense_v2", offsetof(struct vstor_request, sense), VSTOR_SENSE_V2, 0 },
	AT("scsi_request", vstor_request, reserve),
	AT("scsi_request", vstor_request, queue_tag),
	AT("scsi_request", vstor_request, queue_action),
	AT("scsi_request", vstor_request, srb_flags),
	AT("scsi_request", vstor_request, time_out_value),
	AT("scsi_request", vstor_request, queue_sort_key),
	WHOLE("packet_v1", sizeof(struct vstor_header) + VSTOR_REQUEST_V1),
	WHOLE("packet_v2", sizeof(struct vstor_packet)),
	AT("packet", vstor_packet, header),
	AT("packet", vstor_packet, payload),
	WHOLE("protocol_version", sizeof(struct vstor_version)),
	AT("protocol_version", vstor_version, word),
	AT("protocol_version", vstor_version, revision),
	WHOLE("properties", sizeof(struct vstor_properties)),
	AT("properties", vstor_properties, reserved0),
	AT("properties", vstor_properties, max_sub_channels),
	AT("properties", vstor_properties, reserved1),
	AT("properties", vstor_properties, flags),
	AT("properties", vstor_properties, max_transfer_bytes),
	AT("properties", vstor_properties, reserved2),
	WHOLE("fc_hba_data", sizeof(struct vstor_fc_data)),
	AT("fc_hba_data", vstor_fc_data, primary_active),
	AT("fc_hba_data", vstor_fc_data, reserved),
	AT("fc_hba_data", vstor_fc_data, primary_port_wwn),
	AT("fc_hba_data", vstor_fc_data, primary_node_wwn),
	AT("fc_hba_data", vstor_fc_data, secondary_port_wwn),
	AT("fc_hba_data", vstor_fc_data, secondary_node_wwn),
	WHOLE("sub_channel_count", sizeof(((struct vstor_packet *)0)->sub_channel_count)),
	WHOLE("ide_offer", sizeof(struct ide_offer)),
	AT("ide_offer", ide_offer, reserved0),
	AT("ide_offer", ide_offer, path_id),
	AT("ide_offer", ide_offer, target_id),
	AT("ide_offer", ide_offer, reserved1),
	AT("ide_offer", ide_offer, flags),
	AT("ide_offer", ide_offer, reserved2),
};

TEST(layout)
{
	LAYOUT_CHECK("../layout/storvsc.tsv", places, NULL);
}

TEST(versions_of_each_generation)
{
	static const uint16_t words[] = { 0x0602, 0x0600, 0x0501, 0x0402, 0x0200 };
	static const unsigned int newest[HOST_GENERATIONS] = { 4, 3, 2, 1, 0, 0, 0, 0 };
	unsigned int g, i;

	for (g = 0; g < HOST_GENERATIONS; g++)
		for (i = 0; i < 5; i++) {
			CHECK(start((enum host_generation)g));
			CHECK_EQ(ask(VSTOR_BEGIN_INIT, NULL, NULL), 0);
			CHECK_EQ(ask_version(0x0100), NT_REVISION_MISMATCH);
			CHECK_EQ(ask_version(words[i]),
				 i >= newest[g] ? 0 : NT_REVISION_MISMATCH);
			stop();
		}
}

TEST(properties)
{
	struct vstor_packet out;

	CHECK(start(HOST_WS2019));
	CHECK_EQ(ask(VSTOR_BEGIN_INIT, NULL, NULL), 0);
	CHECK_EQ(ask_version(VSTOR_WIN8), 0);
	CHECK_EQ(ask(VSTOR_QUERY_PROPERTIES, NULL, &out), 0);
	CHECK_EQ(out.properties.max_sub_channels, 3);
	CHECK_EQ(out.properties.flags, 1);
	CHECK_EQ(out.properties.max_transfer_bytes, 0x40000);
	stop();
	CHECK(start(HOST_WS2019));
	CHECK_EQ(ask(VSTOR_BEGIN_INIT, NULL, NULL), 0);
	CHECK_EQ(ask_version(VSTOR_WIN7), 0);
	CHECK_EQ(ask(VSTOR_QUERY_PROPERTIES, NULL, &out), 0);
	CHECK_EQ(out.properties.max_sub_channels, 0);
	CHECK_EQ(out.properties.flags, 0);
	stop();
}

TEST(wrong_order)
{
	CHECK(start(HOST_WS2019));
	CHECK_EQ(ask(VSTOR_END_INIT, NULL, NULL), NT_INVALID_STATE);
	CHECK_EQ(ask(VSTOR_QUERY_PROPERTIES, NULL, NULL), NT_INVALID_STATE);
	CHECK_EQ(ask_version(VSTOR_WIN8), 0xffffffff);	/* not echoed */
	CHECK_EQ(ask(VSTOR_EXECUTE_SRB, NULL, NULL), NT_INVALID_STATE);
	CHECK_EQ(ask(VSTOR_RESET_BUS, NULL, NULL), NT_INVALID_STATE);
	CHECK(up_to_ready(VSTOR_WIN10));
	CHECK_EQ(ask(VSTOR_BEGIN_INIT, NULL, NULL), NT_INVALID_STATE);
	CHECK_EQ(ask(VSTOR_END_INIT, NULL, NULL), NT_INVALID_STATE);
	CHECK_EQ(ask(VSTOR_RESET_BUS, NULL, NULL), 0);
	CHECK_EQ(ask(VSTOR_RESET_LUN, NULL, NULL), 0);
	CHECK_EQ(ask(VSTOR_RESET_ADAPTER, NULL, NULL), 0);
	/* A close starts it all over. */
	guest_close(0);
	CHECK(guest_open(0));
	CHECK_EQ(ask(VSTOR_END_INIT, NULL, NULL), NT_INVALID_STATE);
	CHECK(up_to_ready(VSTOR_WIN8));
	stop();
}

TEST(answer_lengths)
{
	static const size_t pairs[][2] = {
		{ 48, 48 }, { 50, 56 }, { 56, 56 }, { 64, 64 }, { 72, 64 },
	};
	struct vstor_packet v = { .header = { VSTOR_RESET_BUS, 1, 0 } };
	struct answer *a;
	size_t i;

	CHECK(start(HOST_WS2019));
	CHECK(up_to_ready(VSTOR_WIN10));
	for (i = 0; i < 5; i++) {
		send_on(0, &v, pairs[i][0], NULL, NULL);
		a = next_answer();
		CHECK(a);
		CHECK_EQ(a->len, pairs[i][1]);
	}
	stop();
}

TEST(packets_no_driver_sends)
{
	static const uint32_t bad_ops[] = { 0, 1, 2, 11, 12, 14, 15, 0xffffffff };
	struct gpa_range g = { .len = 4096, .offset = 0, .nr_pfns = 1, .pfns = pfns };
	struct guest_packet p = { .type = 6, .completion_requested = true, .id = 1 };
	struct vstor_packet v = { .header = { VSTOR_RESET_BUS, 1, 0 } };
	size_t i;
	bool ok;

	CHECK(start(HOST_WS2019));
	CHECK(up_to_ready(VSTOR_WIN10));
	p.payload = (uint8_t *)&v;
	p.len = 64;
	for (i = 0; i < 8; i++) {
		v.header.operation = bad_ops[i];
		CHECK(!test_dev.ops->packet(test_chans[0], test_dev.priv, &p));
	}
	v.header.operation = VSTOR_RESET_BUS;
	p.completion_requested = false;
	CHECK(!test_dev.ops->packet(test_chans[0], test_dev.priv, &p));
	p.completion_requested = true;
	p.type = 11;
	CHECK(!test_dev.ops->packet(test_chans[0], test_dev.priv, &p));
	p.type = 6;
	p.len = 8;
	CHECK(!test_dev.ops->packet(test_chans[0], test_dev.priv, &p));
	p.len = 12;
	v.header.operation = VSTOR_QUERY_VERSION;
	CHECK(!test_dev.ops->packet(test_chans[0], test_dev.priv, &p));
	v.header.operation = VSTOR_CREATE_SUBCHANNELS;
	CHECK(!test_dev.ops->packet(test_chans[0], test_dev.priv, &p));

	v.header.operation = VSTOR_EXECUTE_SRB;
	v.srb.data_transfer_length = 512;
	send_on(0, &v, 64, NULL, &ok);			/* data without a range */
	CHECK(!ok);
	v.srb.data_transfer_length = 4097;
	send_on(0, &v, 64, &g, &ok);			/* longer than the range */
	CHECK(!ok);
	v.srb.data_transfer_length = 512;
	g.len = 0;
	send_on(0, &v, 64, &g, &ok);
	CHECK(!ok);
	g.len = 4096;
	g.offset = 4096;
	send_on(0, &v, 64, &g, &ok);
	CHECK(!ok);
	g.offset = 1;					/* needs two pages */
	send_on(0, &v, 64, &g, &ok);
	CHECK(!ok);
	CHECK_EQ(answers_waiting(), 0);
	stop();
}

TEST(data_in_guest_pages)
{
	size_t i;

	CHECK(start(HOST_WS2019));
	CHECK(up_to_ready(VSTOR_WIN10));
	for (i = 0; i < 4096; i++)
		guest[0x3700 + i] = (uint8_t)(i * 3 + i / 256);
	CHECK(srb_is(srb(0, write_8, false, 0x3700, 4096), SRB_SUCCESS, SAM_GOOD));
	CHECK(srb_is(srb(0, read_8, true, 0x9e00, 4096), SRB_SUCCESS, SAM_GOOD));
	CHECK(!memcmp(guest + 0x9e00, guest + 0x3700, 4096));
	CHECK_EQ(guest[0x9e00 - 1], 0);
	CHECK_EQ(guest[0x9e00 + 4096], 0);
	/* Not RAM: an error of the request, and nothing else. */
	CHECK(srb_is(srb(0, read_8, true, GUEST_BYTES, 4096),
		     SRB_INVALID_REQUEST | SRB_AUTOSENSE, SAM_CHECK_CONDITION));
	CHECK(srb_is(srb(0, write_8, false, GUEST_BYTES, 4096),
		     SRB_INVALID_REQUEST | SRB_AUTOSENSE, SAM_CHECK_CONDITION));
	CHECK(srb_is(srb(0, ready, false, 0, 0), SRB_SUCCESS, SAM_GOOD));
	stop();
}

TEST(absent_luns)
{
	static const char inquiry[16] = "\x12\0\0\0\x24";
	static const char report[16] = "\xa0\0\0\0\0\0\0\0\x10";
	struct vstor_request *r;

	CHECK(start(HOST_WS2019));
	CHECK(up_to_ready(VSTOR_WIN10));
	r = srb(5, ready, false, 0, 0);
	CHECK(srb_is(r, SRB_INVALID_LUN, SAM_CHECK_CONDITION));
	CHECK_EQ(answers[taken - 1].bytes[8], 0xc0);	/* NTSTATUS c00000c0 */
	CHECK(srb_is(srb(5, inquiry, true, 0, 36), SRB_SUCCESS, SAM_GOOD));
	CHECK_EQ(guest[0], 0x7f);
	CHECK_EQ(storage_disk_remove(dev, 0, why, sizeof(why)), 0);
	CHECK(srb_is(srb(0, ready, false, 0, 0), SRB_INVALID_LUN, SAM_CHECK_CONDITION));
	r = srb(0, report, true, 0, 4096);
	CHECK(srb_is(r, SRB_SUCCESS, SAM_GOOD));
	CHECK_EQ(r->data_transfer_length, 8);
	CHECK_EQ(be32(guest), 0);
	CHECK_EQ(storage_disk_remove(dev, 0, why, sizeof(why)), -1);
	stop();
}

TEST(resize_is_noticed_once)
{
	static const char capacity[16] = "\x25";
	struct vstor_request *r;

	CHECK(start(HOST_WS2019));
	CHECK(up_to_ready(VSTOR_WIN10));
	CHECK_EQ(storage_disk_resize(dev, 0, 8 << 20, why, sizeof(why)), 0);
	r = srb(0, ready, false, 0, 0);
	CHECK(srb_is(r, SRB_ERROR | SRB_AUTOSENSE, SAM_CHECK_CONDITION));
	CHECK_EQ(r->sense[2], 6);
	CHECK_EQ(r->sense[12], 0x2a);
	CHECK_EQ(r->sense[13], 0x09);
	CHECK(srb_is(srb(0, capacity, true, 0, 8), SRB_SUCCESS, SAM_GOOD));
	CHECK_EQ(be32(guest), (8u << 20) / 512 - 1);
	stop();
}

TEST(unsolicited)
{
	struct answer *a;

	CHECK(start(HOST_WS2019));
	CHECK(!storage_notify(dev, VSTOR_ENUMERATE_BUS));
	CHECK_EQ(answers_waiting(), 0);
	CHECK(up_to_ready(VSTOR_WIN10));
	CHECK(storage_notify(dev, VSTOR_ENUMERATE_BUS));
	a = next_answer();
	CHECK(a && !a->solicited && a->id == 0 && a->bytes[0] == 11);
	CHECK_EQ(a->len, 64);
	guest_close(0);
	CHECK(!storage_notify(dev, VSTOR_ENUMERATE_BUS));
	stop();
	CHECK(start(HOST_WS2008R2));
	CHECK(up_to_ready(VSTOR_WIN7));
	CHECK(storage_notify(dev, VSTOR_REMOVE_DEVICE));
	a = next_answer();
	CHECK(a && a->bytes[0] == 2);
	CHECK_EQ(a->len, 48);
	stop();
	CHECK(start(HOST_WS2008));
	CHECK(up_to_ready(VSTOR_WIN6));
	CHECK(!storage_notify(dev, VSTOR_ENUMERATE_BUS));
	stop();
}

TEST(sub_channels)
{
	struct vstor_packet v = { .sub_channel_count = 4 };
	struct answer *a;
	uint64_t id;

	CHECK(start(HOST_WS2019));
	CHECK_EQ(ask(VSTOR_CREATE_SUBCHANNELS, &v, NULL), NT_INVALID_STATE);
	CHECK(up_to_ready(VSTOR_WIN10));
	CHECK_EQ(ask(VSTOR_CREATE_SUBCHANNELS, &v, NULL), NT_INVALID_PARAMETER);
	CHECK_EQ(test_dev.offered, 0);
	v.sub_channel_count = 3;
	CHECK_EQ(ask(VSTOR_CREATE_SUBCHANNELS, &v, NULL), 0);
	CHECK_EQ(test_dev.offered, 3);
	CHECK(guest_open(2));
	id = srb_on(2, 0, read_8, true, 0, 4096);
	a = next_answer();
	CHECK(a && a->chan == test_chans[2] && a->id == id);
	v.header = (struct vstor_header){ VSTOR_CREATE_SUBCHANNELS, 1, 0 };
	send_on(2, &v, 64, NULL, NULL);
	a = next_answer();
	CHECK(a && a->chan == test_chans[2]);
	CHECK_EQ(((struct vstor_packet *)a->bytes)->header.status, NT_INVALID_STATE);
	guest_close(2);
	guest_close(0);
	CHECK(!guest_open(1));			/* not without the primary */
	stop();
}

TEST(sub_channel_waits_for_end)
{
	struct vstor_packet v = { .sub_channel_count = 1 };
	struct answer *a;
	uint64_t id;

	CHECK(start(HOST_WS2019));
	CHECK_EQ(ask(VSTOR_BEGIN_INIT, NULL, NULL), 0);
	CHECK_EQ(ask_version(VSTOR_WIN8), 0);
	CHECK_EQ(ask(VSTOR_QUERY_PROPERTIES, NULL, NULL), 0);
	CHECK_EQ(ask(VSTOR_CREATE_SUBCHANNELS, &v, NULL), 0);
	CHECK_EQ(ask(VSTOR_CREATE_SUBCHANNELS, &v, NULL), NT_INVALID_STATE);
	CHECK(guest_open(1));
	id = srb_on(1, 0, ready, false, 0, 0);
	CHECK_EQ(answers_waiting(), 0);
	CHECK_EQ(ask(VSTOR_END_INIT, NULL, NULL), 0);
	a = next_answer();
	CHECK(a && a->id == id && a->chan == test_chans[1]);
	stop();
}

TEST(many_at_once_each_once)
{
	static uint8_t seen[300];
	unsigned int i, disorder = 0;
	uint64_t first, last = 0;
	struct answer *a;

	memset(seen, 0, sizeof(seen));
	CHECK(start(HOST_WS2019));
	CHECK(up_to_ready(VSTOR_WIN10));
	forget_answers();
	first = next_id + 1;
	for (i = 0; i < 256; i++)
		srb_on(0, 0, i % 2 ? read_8 : write_8, i % 2, (i % 64) * 4096, 4096);
	for (i = 0; i < 256; i++) {
		a = next_answer();
		CHECK(a && a->id >= first && a->id < first + 256);
		CHECK_EQ(seen[a->id - first]++, 0);
		disorder += a->id < last;
		last = a->id;
	}
	CHECK_EQ(answers_waiting(), 0);
	CHECK(disorder > 0);
	stop();
}

TEST(injected_results)
{
	struct fault f = {
		.kind = FAULT_INJECT, .lun = -1, .opcode = 0x28, .nth = 2, .count = 2,
		.inject = { .srb_status = SRB_ABORTED | SRB_AUTOSENSE,
			    .scsi_status = SAM_CHECK_CONDITION, .has_sense = true,
			    .sense = SENSE(0xb, 0x44, 0x01), .sense_length = -1,
			    .transferred = -1 },
	};
	struct vstor_request *r;

	CHECK(start(HOST_WS2019));
	CHECK(up_to_ready(VSTOR_WIN10));
	storage_fault_add(dev, &f);
	CHECK(srb_is(srb(0, read_8, true, 0, 4096), SRB_SUCCESS, SAM_GOOD));
	CHECK(srb_is(srb(0, ready, false, 0, 0), SRB_SUCCESS, SAM_GOOD));
	r = srb(0, read_8, true, 0, 4096);
	CHECK(srb_is(r, SRB_ABORTED | SRB_AUTOSENSE, SAM_CHECK_CONDITION));
	CHECK_EQ(r->sense[2], 0xb);
	CHECK_EQ(r->sense[12], 0x44);
	CHECK_EQ(r->sense[13], 0x01);
	CHECK_EQ(r->data_transfer_length, 0);
	CHECK(srb_is(srb(0, read_8, true, 0, 4096), SRB_ABORTED | SRB_AUTOSENSE,
		     SAM_CHECK_CONDITION));
	CHECK(srb_is(srb(0, read_8, true, 0, 4096), SRB_SUCCESS, SAM_GOOD));
	CHECK(!dev->faults);

	/* An overrun with a part of the data; a sense length that is a lie. */
	f.nth = 1;
	f.count = 0;
	f.inject = (struct injection){ .srb_status = SRB_DATA_OVERRUN,
				       .transferred = 512, .sense_length = 99 };
	storage_fault_add(dev, &f);
	r = srb(0, read_8, true, 0, 4096);
	CHECK(srb_is(r, SRB_DATA_OVERRUN, SAM_GOOD));
	CHECK_EQ(r->data_transfer_length, 512);
	CHECK_EQ(r->sense_info_length, 99);
	CHECK(srb_is(srb(0, read_8, true, 0, 4096), SRB_DATA_OVERRUN, SAM_GOOD));
	storage_fault_clear(dev);
	CHECK(srb_is(srb(0, read_8, true, 0, 4096), SRB_SUCCESS, SAM_GOOD));
	stop();
}

TEST(held_and_delayed)
{
	struct fault f = { .kind = FAULT_HOLD, .lun = 0, .opcode = -1,
			   .nth = 1, .count = 1 };
	struct answer *a;
	uint64_t held;

	CHECK(start(HOST_WS2019));
	CHECK(up_to_ready(VSTOR_WIN10));
	storage_fault_add(dev, &f);
	held = srb_on(0, 0, read_8, true, 0, 4096);
	CHECK(srb_is(srb(0, ready, false, 0, 0), SRB_SUCCESS, SAM_GOOD));
	CHECK_EQ(storage_release(dev, FAULT_NEVER), 0);
	CHECK_EQ(storage_release(dev, FAULT_HOLD), 1);
	a = next_answer();
	CHECK(a && a->id == held);
	f.kind = FAULT_DELAY;
	f.ms = 20;
	storage_fault_add(dev, &f);
	held = srb_on(0, 0, read_8, true, 0, 4096);
	srb_on(0, 0, ready, false, 0, 0);
	a = next_answer();
	CHECK(a && a->id == held + 1);
	a = next_answer();
	CHECK(a && a->id == held);
	stop();
}

TEST(never_answered_and_closed)
{
	struct fault f = { .kind = FAULT_NEVER, .lun = -1, .opcode = 0x28,
			   .nth = 1, .count = 2 };
	unsigned long asked;
	struct answer *a;
	uint64_t old;

	CHECK(start(HOST_WS2019));
	CHECK(up_to_ready(VSTOR_WIN10));
	storage_fault_add(dev, &f);
	old = srb_on(0, 0, read_8, true, 0, 4096);
	CHECK_EQ(storage_release(dev, FAULT_NEVER), 1);	/* late, but it comes */
	a = next_answer();
	CHECK(a && a->id == old);
	old = srb_on(0, 0, read_8, true, 0, 4096);
	guest_close(0);
	asked = guest_asked;
	memset(guest, 0x5a, 4096);
	CHECK(guest_open(0));
	CHECK(up_to_ready(VSTOR_WIN10));
	CHECK_EQ(storage_release(dev, FAULT_NEVER), 0);
	CHECK_EQ(answers_waiting(), 0);
	CHECK_EQ(storage_answer_orphans(dev), 1);
	a = next_answer();
	CHECK(a && a->solicited && a->id == old && a->chan == test_chans[0]);
	CHECK_EQ(guest_asked, asked);
	CHECK_EQ(guest[0], 0x5a);
	CHECK_EQ(storage_answer_orphans(dev), 0);
	stop();
}

/* Until each request that came was answered or dropped. */
static bool settled(void)
{
	uint64_t open = 1;
	int patience;

	for (patience = 0; open && patience < 10000; patience++) {
		pthread_mutex_lock(&dev->lock);
		open = dev->refs - 1;
		pthread_mutex_unlock(&dev->lock);
		if (open)
			usleep(1000);
	}
	return !open;
}

TEST(close_with_io_outstanding)
{
	struct fault f = { .kind = FAULT_DELAY, .lun = -1, .opcode = 0x2a,
			   .nth = 1, .count = 0, .ms = 30 };
	unsigned long asked = 0;
	int round, i;

	CHECK(start(HOST_WS2019));
	storage_fault_add(dev, &f);
	for (round = 0; round < 20; round++) {
		CHECK(up_to_ready(VSTOR_WIN10));
		for (i = 0; i < 50; i++)
			srb_on(0, 0, i % 5 ? read_8 : write_8, i % 5, i * 4096, 4096);
		guest_close(0);
		asked = guest_asked;
		forget_answers();
		CHECK(guest_open(0));
		CHECK_EQ(guest_asked, asked);
	}
	CHECK(settled());			/* the delayed ones came due */
	CHECK_EQ(guest_asked, asked);
	CHECK_EQ(answers_waiting(), 0);
	stop();
}

TEST(ide_disk)
{
	static const char report[16] = "\xa0\0\0\0\0\0\0\0\x10";
	struct vstor_packet v = { .header = { VSTOR_EXECUTE_SRB, 1, 0 } };
	struct answer *a;

	CHECK(start_with(HOST_WS2012, (struct stor_config){
		.name = "i0", .ide = true, .channel = 1, .device = 0,
		.max_transfer = 0x20000 }));
	CHECK_EQ(test_dev.desc.type[0], 0x32);
	CHECK(!memcmp(test_dev.desc.instance, "\x01\0\0\0\0\0\x99\x88\0\0\0\0\0\0\0\0", 16));
	CHECK_EQ(test_dev.desc.user_defined[2], 1);
	CHECK_EQ(test_dev.desc.user_defined[8], 2);
	CHECK(up_to_ready(VSTOR_WIN8));
	/* Path 0 as guests send it, though the channel is 1. */
	CHECK(srb_is(srb(0, read_8, true, 0, 4096), SRB_SUCCESS, SAM_GOOD));
	CHECK(srb_is(srb(1, ready, false, 0, 0), SRB_INVALID_LUN, SAM_CHECK_CONDITION));
	/* REPORT LUNS takes the path as it is. */
	CHECK(srb_is(srb(0, report, true, 0, 4096), SRB_SUCCESS, SAM_GOOD));
	CHECK_EQ(be32(guest), 0);
	v.srb.target_id = 1;
	send_on(0, &v, 64, NULL, NULL);
	a = next_answer();
	CHECK(a && a->bytes[14] == SRB_INVALID_LUN);
	stop();
}

TEST(old_request_size)
{
	struct vstor_packet v = { .header = { VSTOR_EXECUTE_SRB, 1, 0 },
				  .srb = { .length = 36, .cdb_length = 6,
					   .sense_info_length = 18, .data_in = 2 } };
	struct answer *a;

	CHECK(start(HOST_WS2008R2));
	CHECK(up_to_ready(VSTOR_WIN7));
	v.srb.cdb[0] = 0x24;			/* not a command of a disk */
	send_on(0, &v, 48, NULL, NULL);
	a = next_answer();
	CHECK(a);
	CHECK_EQ(a->len, 48);
	CHECK_EQ(a->bytes[14], SRB_INVALID_REQUEST | SRB_AUTOSENSE);
	CHECK_EQ(a->bytes[21], 18);
	CHECK_EQ(a->bytes[28 + 12], 0x20);
	stop();
}

TEST(bad_configurations)
{
	struct stor_config c = { .name = "s0", .max_transfer = 4096 };
	struct disk_config d = { .path = path, .lun = 0, .size = 1 << 20 };

	CHECK(start(HOST_WS2019));
	CHECK(!storage_device_new(&c, why, sizeof(why)));
	CHECK(strstr(why, "already"));
	c.name = "";
	CHECK(!storage_device_new(&c, why, sizeof(why)));
	c.name = "x";
	c.max_transfer = 100;
	CHECK(!storage_device_new(&c, why, sizeof(why)));
	CHECK_EQ(storage_disk_add(dev, &d, why, sizeof(why)), -1);
	CHECK(strstr(why, "in use"));
	d.lun = 300;
	CHECK_EQ(storage_disk_add(dev, &d, why, sizeof(why)), -1);
	d.lun = 1;				/* the file of LUN 0 */
	CHECK_EQ(storage_disk_add(dev, &d, why, sizeof(why)), -1);
	CHECK(strstr(why, "in use"));
	CHECK_EQ(storage_disk_resize(dev, 0, 100, why, sizeof(why)), -1);
	CHECK_EQ(storage_disk_resize(dev, 9, 512, why, sizeof(why)), -1);
	stop();
}

TEST_MAIN(CASE(layout), CASE(versions_of_each_generation), CASE(properties),
	  CASE(wrong_order), CASE(answer_lengths), CASE(packets_no_driver_sends),
	  CASE(data_in_guest_pages), CASE(absent_luns), CASE(resize_is_noticed_once),
	  CASE(unsolicited), CASE(sub_channels), CASE(sub_channel_waits_for_end),
	  CASE(many_at_once_each_once), CASE(injected_results), CASE(held_and_delayed),
	  CASE(never_answered_and_closed), CASE(close_with_io_outstanding),
	  CASE(ide_disk), CASE(old_request_size), CASE(bad_configurations))
