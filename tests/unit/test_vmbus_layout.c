/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_vmbus_layout.c - the drivers' wire structures against tests/layout
 *
 * What of the protocol the drivers do not speak is named below.
 */
#include <hv/os.h>
#include <hv/vmbus.h>
#include "hv_wire.h"
#include "ring_wire.h"
#include "vmbus_wire.h"
#include "layout.h"

#define F(s, f, type, member)	LAYOUT_FIELD(s "." f, type, member)
#define W(s, type)		LAYOUT_WHOLE(s, sizeof(type))

static struct layout rows[] = {
	F("header", "type", struct hvl_msg_header, type),
	F("header", "reserved", struct hvl_msg_header, zero),
	W("header", struct hvl_msg_header),
	F("offer", "type", struct hvl_msg_offer, type),
	F("offer", "instance", struct hvl_msg_offer, instance),
	F("offer", "channel_flags", struct hvl_msg_offer, channel_flags),
	F("offer", "mmio_megabytes", struct hvl_msg_offer, mmio_megabytes),
	F("offer", "user_defined", struct hvl_msg_offer, user_defined),
	F("offer", "sub_index", struct hvl_msg_offer, sub_index),
	F("offer", "channel_id", struct hvl_msg_offer, relid),
	F("offer", "monitor_id", struct hvl_msg_offer, monitor_id),
	F("offer", "monitor_allocated", struct hvl_msg_offer, monitor_allocated),
	F("offer", "dedicated", struct hvl_msg_offer, dedicated),
	F("offer", "connection_id", struct hvl_msg_offer, connection_id),
	W("offer", struct hvl_msg_offer),
	F("rescind", "channel_id", struct hvl_msg_relid, relid),
	W("rescind", struct hvl_msg_relid),
	F("close", "channel_id", struct hvl_msg_relid, relid),
	W("close", struct hvl_msg_relid),
	F("relid_released", "channel_id", struct hvl_msg_relid, relid),
	W("relid_released", struct hvl_msg_relid),
	F("open", "channel_id", struct hvl_msg_open, relid),
	F("open", "open_id", struct hvl_msg_open, open_id),
	F("open", "gpadl", struct hvl_msg_open, ring_gpadl),
	F("open", "target_vp", struct hvl_msg_open, target_vp),
	F("open", "downstream_page", struct hvl_msg_open, downstream_page),
	F("open", "user_data", struct hvl_msg_open, user_data),
	W("open", struct hvl_msg_open),
	F("open_result", "channel_id", struct hvl_msg_open_result, relid),
	F("open_result", "open_id", struct hvl_msg_open_result, open_id),
	F("open_result", "status", struct hvl_msg_open_result, status),
	W("open_result", struct hvl_msg_open_result),
	F("gpadl_header", "channel_id", struct hvl_msg_gpadl_header, relid),
	F("gpadl_header", "gpadl", struct hvl_msg_gpadl_header, gpadl),
	F("gpadl_header", "range_bytes", struct hvl_msg_gpadl_header, range_bytes),
	F("gpadl_header", "range_count", struct hvl_msg_gpadl_header, range_count),
	{ "gpadl_header.data", sizeof(struct hvl_msg_gpadl_header), 0, 0 },
	W("gpadl_header", struct hvl_msg_gpadl_header),
	F("gpadl_body", "number", struct hvl_msg_gpadl_body, number),
	F("gpadl_body", "gpadl", struct hvl_msg_gpadl_body, gpadl),
	{ "gpadl_body.data", sizeof(struct hvl_msg_gpadl_body), 0, 0 },
	W("gpadl_body", struct hvl_msg_gpadl_body),
	F("gpadl_created", "channel_id", struct hvl_msg_gpadl_created, relid),
	F("gpadl_created", "gpadl", struct hvl_msg_gpadl_created, gpadl),
	F("gpadl_created", "status", struct hvl_msg_gpadl_created, status),
	W("gpadl_created", struct hvl_msg_gpadl_created),
	F("gpadl_teardown", "channel_id", struct hvl_msg_gpadl_teardown, relid),
	F("gpadl_teardown", "gpadl", struct hvl_msg_gpadl_teardown, gpadl),
	W("gpadl_teardown", struct hvl_msg_gpadl_teardown),
	F("gpadl_torndown", "gpadl", struct hvl_msg_gpadl_torndown, gpadl),
	W("gpadl_torndown", struct hvl_msg_gpadl_torndown),
	F("initiate_contact", "version", struct hvl_msg_initiate_contact, version),
	F("initiate_contact", "target_vp", struct hvl_msg_initiate_contact, target_vp),
	F("initiate_contact", "interrupt_page", struct hvl_msg_initiate_contact,
	  where.interrupt_page),
	F("initiate_contact", "sint", struct hvl_msg_initiate_contact, where.v5.sint),
	F("initiate_contact", "vtl", struct hvl_msg_initiate_contact, where.v5.vtl),
	F("initiate_contact", "feature_flags", struct hvl_msg_initiate_contact,
	  where.v5.features),
	F("initiate_contact", "monitor_h2g", struct hvl_msg_initiate_contact, monitor_page1),
	F("initiate_contact", "monitor_g2h", struct hvl_msg_initiate_contact, monitor_page2),
	W("initiate_contact", struct hvl_msg_initiate_contact),
	F("version_response", "supported", struct hvl_msg_version_response, supported),
	F("version_response", "connection_state", struct hvl_msg_version_response,
	  connection_state),
	F("version_response", "connection_id", struct hvl_msg_version_response, connection_id),
	LAYOUT_WHOLE("version_response", HVL_VERSION_RESPONSE_SHORT),
	F("version_response_6_0", "feature_flags", struct hvl_msg_version_response, features),
	W("version_response_6_0", struct hvl_msg_version_response),
	F("modify_channel", "channel_id", struct hvl_msg_modify_channel, relid),
	F("modify_channel", "target_vp", struct hvl_msg_modify_channel, target_vp),
	W("modify_channel", struct hvl_msg_modify_channel),
	F("modify_channel_response", "channel_id", struct hvl_msg_modify_response, relid),
	F("modify_channel_response", "status", struct hvl_msg_modify_response, status),
	W("modify_channel_response", struct hvl_msg_modify_response),
	F("monitor_page", "trigger_state", struct hvl_monitor_page, trigger_state),
	F("monitor_page", "group", struct hvl_monitor_page, group),
	F("monitor_page", "next_check", struct hvl_monitor_page, next_check),
	F("monitor_page", "latency", struct hvl_monitor_page, latency),
	F("monitor_page", "parameter", struct hvl_monitor_page, param),
	W("monitor_page", struct hvl_monitor_page),
	F("monitor_group", "pending", struct hvl_monitor_group, pending),
	F("monitor_group", "armed", struct hvl_monitor_group, armed),
	W("monitor_group", struct hvl_monitor_group),
	F("ring", "write_index", struct hvl_ring_header, write_index),
	F("ring", "read_index", struct hvl_ring_header, read_index),
	F("ring", "interrupt_mask", struct hvl_ring_header, interrupt_mask),
	F("ring", "pending_send_size", struct hvl_ring_header, pending_send_size),
	F("ring", "feature_bits", struct hvl_ring_header, feature_bits),
	F("ring", "guest_interrupts", struct hvl_ring_header, interrupt_count),
	W("ring", struct hvl_ring_header),
	F("packet", "type", struct hvl_packet_desc, type),
	F("packet", "offset8", struct hvl_packet_desc, data_offset8),
	F("packet", "length8", struct hvl_packet_desc, length8),
	F("packet", "flags", struct hvl_packet_desc, flags),
	F("packet", "id", struct hvl_packet_desc, id),
	W("packet", struct hvl_packet_desc),
	F("message", "type", struct hvl_message, type),
	F("message", "payload_size", struct hvl_message, payload_size),
	F("message", "flags", struct hvl_message, flags),
	F("message", "origin", struct hvl_message, origin),
	F("message", "payload", struct hvl_message, payload),
	W("message", struct hvl_message),
	F("post_message", "connection_id", struct hvl_post_input, connection_id),
	F("post_message", "type", struct hvl_post_input, message_type),
	F("post_message", "payload_size", struct hvl_post_input, payload_size),
	F("post_message", "payload", struct hvl_post_input, payload),
	W("post_message", struct hvl_post_input),
	F("tsc_page", "sequence", struct hvl_tsc_page, sequence),
	F("tsc_page", "scale", struct hvl_tsc_page, scale),
	F("tsc_page", "offset", struct hvl_tsc_page, offset),
	W("tsc_page", struct hvl_tsc_page),
};

/* What the drivers do not send, do not ask for, or take from registers. */
static const char *const not_spoken[] = {
	"initiate_contact_client", "modify_connection", "modify_connection_response",
	"open_reserved", "close_reserved", "close_reserved_response",
	"tl_connect_request", "tl_connect_request_silo", "tl_connect_result",
	"version_response_monitor", "signal_event", "timer_payload", NULL
};

TEST(table)
{
	LAYOUT_CHECK("tests/layout/vmbus.tsv", rows, not_spoken);
}

TEST_MAIN(CASE(table))
