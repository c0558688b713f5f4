// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_layout.c - the host's wire headers against tests/layout/vmbus.tsv
 *
 * Every row of the table must be answered by a field here and every field here
 * must have its row.
 */
#include "check.h"

#include <stddef.h>

#include "hv_wire.h"
#include "vmbus_wire.h"

struct field {
	const char *structure, *name;
	size_t offset, size;
	int seen;
};

#define F(row, s, m)	{ row, #m, offsetof(struct s, m), sizeof(((struct s *)0)->m), 0 }
#define S(row, bytes)	{ row, "-", 0, bytes, 0 }
#define TAIL(row, s, m)	{ row, #m, offsetof(struct s, m), 0, 0 }

static struct field fields[] = {
	F("header", msg_header, type), F("header", msg_header, reserved),
	S("header", sizeof(struct msg_header)),
	F("initiate_contact", msg_initiate_contact, version),
	F("initiate_contact", msg_initiate_contact, target_vp),
	F("initiate_contact", msg_initiate_contact, interrupt_page),
	F("initiate_contact", msg_initiate_contact, sint),
	F("initiate_contact", msg_initiate_contact, vtl),
	F("initiate_contact", msg_initiate_contact, feature_flags),
	F("initiate_contact", msg_initiate_contact, monitor_h2g),
	F("initiate_contact", msg_initiate_contact, monitor_g2h),
	S("initiate_contact", INITIATE_CONTACT_SIZE),
	F("initiate_contact_client", msg_initiate_contact, client_id),
	S("initiate_contact_client", sizeof(struct msg_initiate_contact)),
	F("version_response", msg_version_response, supported),
	F("version_response", msg_version_response, connection_state),
	F("version_response", msg_version_response, connection_id),
	S("version_response", VERSION_RESPONSE_SIZE),
	F("version_response_6_0", msg_version_response, feature_flags),
	S("version_response_6_0", VERSION_RESPONSE_SIZE_6_0),
	F("version_response_monitor", msg_version_response, monitor_h2g),
	F("version_response_monitor", msg_version_response, monitor_g2h),
	S("version_response_monitor", sizeof(struct msg_version_response)),
	F("offer", msg_offer, type), F("offer", msg_offer, instance),
	F("offer", msg_offer, channel_flags), F("offer", msg_offer, mmio_megabytes),
	F("offer", msg_offer, user_defined), F("offer", msg_offer, sub_index),
	F("offer", msg_offer, channel_id), F("offer", msg_offer, monitor_id),
	F("offer", msg_offer, monitor_allocated), F("offer", msg_offer, dedicated),
	F("offer", msg_offer, connection_id), S("offer", sizeof(struct msg_offer)),
	F("rescind", msg_channel, channel_id), S("rescind", sizeof(struct msg_channel)),
	F("close", msg_channel, channel_id), S("close", sizeof(struct msg_channel)),
	F("relid_released", msg_channel, channel_id),
	S("relid_released", sizeof(struct msg_channel)),
	F("open", msg_open, channel_id), F("open", msg_open, open_id),
	F("open", msg_open, gpadl), F("open", msg_open, target_vp),
	F("open", msg_open, downstream_page), F("open", msg_open, user_data),
	S("open", sizeof(struct msg_open)),
	F("open_result", msg_open_result, channel_id),
	F("open_result", msg_open_result, open_id),
	F("open_result", msg_open_result, status),
	S("open_result", sizeof(struct msg_open_result)),
	F("gpadl_header", msg_gpadl_header, channel_id),
	F("gpadl_header", msg_gpadl_header, gpadl),
	F("gpadl_header", msg_gpadl_header, range_bytes),
	F("gpadl_header", msg_gpadl_header, range_count),
	TAIL("gpadl_header", msg_gpadl_header, data),
	S("gpadl_header", sizeof(struct msg_gpadl_header)),
	F("gpadl_body", msg_gpadl_body, number), F("gpadl_body", msg_gpadl_body, gpadl),
	TAIL("gpadl_body", msg_gpadl_body, data),
	S("gpadl_body", sizeof(struct msg_gpadl_body)),
	F("gpadl_created", msg_gpadl_created, channel_id),
	F("gpadl_created", msg_gpadl_created, gpadl),
	F("gpadl_created", msg_gpadl_created, status),
	S("gpadl_created", sizeof(struct msg_gpadl_created)),
	F("gpadl_teardown", msg_gpadl_teardown, channel_id),
	F("gpadl_teardown", msg_gpadl_teardown, gpadl),
	S("gpadl_teardown", sizeof(struct msg_gpadl_teardown)),
	F("gpadl_torndown", msg_gpadl_torndown, gpadl),
	S("gpadl_torndown", sizeof(struct msg_gpadl_torndown)),
	F("open_reserved", msg_open_reserved, channel_id),
	F("open_reserved", msg_open_reserved, target_vp),
	F("open_reserved", msg_open_reserved, target_sint),
	F("open_reserved", msg_open_reserved, gpadl),
	F("open_reserved", msg_open_reserved, downstream_page),
	S("open_reserved", sizeof(struct msg_open_reserved)),
	F("close_reserved", msg_close_reserved, channel_id),
	F("close_reserved", msg_close_reserved, target_vp),
	F("close_reserved", msg_close_reserved, target_sint),
	S("close_reserved", sizeof(struct msg_close_reserved)),
	F("close_reserved_response", msg_channel, channel_id),
	S("close_reserved_response", sizeof(struct msg_channel)),
	F("tl_connect_request", msg_tl_connect_request, endpoint),
	F("tl_connect_request", msg_tl_connect_request, service),
	S("tl_connect_request", TL_CONNECT_REQUEST_SIZE),
	F("tl_connect_request_silo", msg_tl_connect_request, silo),
	S("tl_connect_request_silo", sizeof(struct msg_tl_connect_request)),
	F("tl_connect_result", msg_tl_connect_result, endpoint),
	F("tl_connect_result", msg_tl_connect_result, service),
	F("tl_connect_result", msg_tl_connect_result, status),
	S("tl_connect_result", sizeof(struct msg_tl_connect_result)),
	F("modify_channel", msg_modify_channel, channel_id),
	F("modify_channel", msg_modify_channel, target_vp),
	S("modify_channel", sizeof(struct msg_modify_channel)),
	F("modify_channel_response", msg_modify_channel_response, channel_id),
	F("modify_channel_response", msg_modify_channel_response, status),
	S("modify_channel_response", sizeof(struct msg_modify_channel_response)),
	F("modify_connection", msg_modify_connection, monitor_h2g),
	F("modify_connection", msg_modify_connection, monitor_g2h),
	S("modify_connection", sizeof(struct msg_modify_connection)),
	F("modify_connection_response", msg_modify_connection_response, connection_state),
	S("modify_connection_response", sizeof(struct msg_modify_connection_response)),
	F("monitor_page", monitor_page, trigger_state), F("monitor_page", monitor_page, group),
	F("monitor_page", monitor_page, next_check), F("monitor_page", monitor_page, latency),
	F("monitor_page", monitor_page, parameter),
	S("monitor_page", sizeof(struct monitor_page)),
	F("monitor_group", monitor_group, pending), F("monitor_group", monitor_group, armed),
	S("monitor_group", sizeof(struct monitor_group)),
	F("ring", ring_header, write_index), F("ring", ring_header, read_index),
	F("ring", ring_header, interrupt_mask), F("ring", ring_header, pending_send_size),
	F("ring", ring_header, feature_bits), F("ring", ring_header, guest_interrupts),
	S("ring", sizeof(struct ring_header)),
	F("packet", packet_desc, type), F("packet", packet_desc, offset8),
	F("packet", packet_desc, length8), F("packet", packet_desc, flags),
	F("packet", packet_desc, id), S("packet", sizeof(struct packet_desc)),
	F("post_message", hv_post_message, connection_id),
	F("post_message", hv_post_message, type),
	F("post_message", hv_post_message, payload_size),
	F("post_message", hv_post_message, payload),
	S("post_message", sizeof(struct hv_post_message)),
	F("signal_event", hv_signal_event, connection_id),
	F("signal_event", hv_signal_event, flag_number),
	S("signal_event", sizeof(struct hv_signal_event)),
	F("message", hv_message, type), F("message", hv_message, payload_size),
	F("message", hv_message, flags), F("message", hv_message, origin),
	F("message", hv_message, payload), S("message", sizeof(struct hv_message)),
	F("timer_payload", hv_timer_payload, index),
	F("timer_payload", hv_timer_payload, expiration),
	F("timer_payload", hv_timer_payload, delivery),
	S("timer_payload", sizeof(struct hv_timer_payload)),
	F("tsc_page", hv_tsc_page, sequence), F("tsc_page", hv_tsc_page, scale),
	F("tsc_page", hv_tsc_page, offset), S("tsc_page", sizeof(struct hv_tsc_page)),
};

#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

static struct field *find(const char *structure, const char *name)
{
	size_t i;

	for (i = 0; i < NR_FIELDS; i++)
		if (!strcmp(fields[i].structure, structure) && !strcmp(fields[i].name, name))
			return &fields[i];
	return NULL;
}

TEST(headers_match_the_table)
{
	FILE *f = fopen("../layout/vmbus.tsv", "r");
	char line[256], structure[64], name[64];
	unsigned long offset, size;
	size_t rows = 0, i;
	struct field *x;

	CHECK(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		CHECK_EQ(sscanf(line, "%63s %63s %lu %lu", structure, name, &offset, &size), 4);
		x = find(structure, name);
		if (!x || x->offset != offset || x->size != size || x->seen)
			printf("row %s.%s: table says %lu, %lu bytes; header %ld, %ld\n",
			       structure, name, offset, size, x ? (long)x->offset : -1,
			       x ? (long)x->size : -1);
		CHECK(x && x->offset == offset && x->size == size && !x->seen);
		x->seen = 1;
		rows++;
	}
	fclose(f);
	for (i = 0; i < NR_FIELDS; i++)
		if (!fields[i].seen)
			printf("%s.%s has no row\n", fields[i].structure, fields[i].name);
	CHECK_EQ(rows, NR_FIELDS);
}

TEST_MAIN(CASE(headers_match_the_table))
