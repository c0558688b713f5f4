// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_codec.c - VMBus control messages to and from bytes
 *
 * No locks, no state, no kernel services: built unchanged in user space.
 */
#include "vmbus_codec.h"
#include "hv_wire.h"
#include <hv/vmbus.h>

bool hvl_guid_equal(const struct hvl_guid *a, const struct hvl_guid *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

int hvl_decode_type(const void *msg, u32 len, u32 *type)
{
	struct hvl_msg_header h;

	if (len < sizeof(h) || len > HVL_MESSAGE_PAYLOAD)
		return -EINVAL;
	memcpy(&h, msg, sizeof(h));
	if (h.type == 0 || h.type > HVL_MSG_LAST)
		return -EINVAL;
	*type = h.type;
	return 0;
}

static bool relid_ok(u32 relid)
{
	return relid != 0 && relid <= HVL_MAX_RELID;
}

int hvl_decode_offer(const void *msg, u32 len, u32 version,
		     struct hvl_offer *o)
{
	struct hvl_msg_offer m;

	if (len < sizeof(m))
		return -EINVAL;
	memcpy(&m, msg, sizeof(m));
	if (!relid_ok(m.relid))
		return -ERANGE;

	o->type = m.type;
	o->instance = m.instance;
	memcpy(o->user_defined, m.user_defined, sizeof(o->user_defined));
	o->flags = m.channel_flags;
	o->mmio_megabytes = m.mmio_megabytes;
	o->relid = m.relid;
	o->monitored = m.monitor_allocated & 1;
	o->monitor_id = m.monitor_id;
	if (o->monitored && o->monitor_id >= HVL_MONITOR_IDS)
		return -ERANGE;

	/* Fields that older hosts do not fill (vmbus.md 4.3). */
	o->sub_index = version >= HVL_VMBUS_2_4 ? m.sub_index : 0;
	o->dedicated = version >= HVL_VMBUS_1_1 && (m.dedicated & 1);
	o->connection_id = version >= HVL_VMBUS_1_1 ?
		m.connection_id : HVL_CONN_ID_SHARED_EVENT;
	return 0;
}

int hvl_decode_rescind(const void *msg, u32 len, u32 *relid)
{
	struct hvl_msg_relid m;

	if (len < sizeof(m))
		return -EINVAL;
	memcpy(&m, msg, sizeof(m));
	if (!relid_ok(m.relid))
		return -ERANGE;
	*relid = m.relid;
	return 0;
}

static int decode_version_response(const void *msg, u32 len,
				   struct hvl_reply *r)
{
	struct hvl_msg_version_response m;
	u32 have = len < sizeof(m) ? len : sizeof(m);

	if (len < HVL_VERSION_RESPONSE_SHORT)
		return -EINVAL;
	memset(&m, 0, sizeof(m));
	memcpy(&m, msg, have);
	r->supported = m.supported != 0;
	r->status = m.connection_state;
	r->connection_id = m.connection_id;
	r->features = m.features;
	return 0;
}

int hvl_decode_reply(const void *msg, u32 len, struct hvl_reply *r)
{
	union {
		struct hvl_msg_open_result open;
		struct hvl_msg_gpadl_created created;
		struct hvl_msg_gpadl_torndown torndown;
		struct hvl_msg_modify_response modify;
	} m;
	u32 need;

	memset(r, 0, sizeof(*r));
	if (hvl_decode_type(msg, len, &r->type))
		return -EINVAL;

	switch (r->type) {
	case HVL_MSG_VERSION_RESPONSE:
		return decode_version_response(msg, len, r);
	case HVL_MSG_ALL_OFFERS:
	case HVL_MSG_UNLOAD_RESPONSE:
		return 0;
	case HVL_MSG_OPEN_RESULT:
		need = sizeof(m.open);
		break;
	case HVL_MSG_GPADL_CREATED:
		need = sizeof(m.created);
		break;
	case HVL_MSG_GPADL_TORNDOWN:
		need = sizeof(m.torndown);
		break;
	case HVL_MSG_MODIFY_CHANNEL_RESPONSE:
		need = sizeof(m.modify);
		break;
	default:
		return -ENOENT;
	}
	if (len < need)
		return -EINVAL;
	memcpy(&m, msg, need);

	switch (r->type) {
	case HVL_MSG_OPEN_RESULT:
		r->relid = m.open.relid;
		r->key = m.open.open_id;
		r->status = m.open.status;
		break;
	case HVL_MSG_GPADL_CREATED:
		r->relid = m.created.relid;
		r->key = m.created.gpadl;
		r->status = m.created.status;
		break;
	case HVL_MSG_GPADL_TORNDOWN:
		r->key = m.torndown.gpadl;
		return 0;
	default:
		r->relid = m.modify.relid;
		r->status = m.modify.status;
		break;
	}
	return relid_ok(r->relid) ? 0 : -ERANGE;
}

u32 hvl_encode_header(void *buf, u32 type)
{
	struct hvl_msg_header h = { type, 0 };

	memcpy(buf, &h, sizeof(h));
	return sizeof(h);
}

u32 hvl_encode_relid(void *buf, u32 type, u32 relid)
{
	struct hvl_msg_relid m;

	memset(&m, 0, sizeof(m));
	m.h.type = type;
	m.relid = relid;
	memcpy(buf, &m, sizeof(m));
	return sizeof(m);
}

u32 hvl_encode_open(void *buf, u32 relid, u32 open_id, u32 gpadl, u32 vp,
		    u32 downstream_page, const void *user, u32 user_len)
{
	struct hvl_msg_open m;

	memset(&m, 0, sizeof(m));
	m.h.type = HVL_MSG_OPEN;
	m.relid = relid;
	m.open_id = open_id;
	m.ring_gpadl = gpadl;
	m.target_vp = vp;
	m.downstream_page = downstream_page;
	if (user_len)
		memcpy(m.user_data, user, user_len);
	memcpy(buf, &m, sizeof(m));
	return sizeof(m);
}

u32 hvl_encode_gpadl_teardown(void *buf, u32 relid, u32 gpadl)
{
	struct hvl_msg_gpadl_teardown m;

	memset(&m, 0, sizeof(m));
	m.h.type = HVL_MSG_GPADL_TEARDOWN;
	m.relid = relid;
	m.gpadl = gpadl;
	memcpy(buf, &m, sizeof(m));
	return sizeof(m);
}

u32 hvl_encode_modify(void *buf, u32 relid, u32 vp)
{
	struct hvl_msg_modify_channel m;

	memset(&m, 0, sizeof(m));
	m.h.type = HVL_MSG_MODIFY_CHANNEL;
	m.relid = relid;
	m.target_vp = vp;
	memcpy(buf, &m, sizeof(m));
	return sizeof(m);
}

u32 hvl_encode_contact(void *buf, const struct hvl_contact *c)
{
	struct hvl_msg_initiate_contact m;

	memset(&m, 0, sizeof(m));
	m.h.type = HVL_MSG_INITIATE_CONTACT;
	m.version = c->version;
	m.target_vp = c->target_vp;
	if (c->version >= HVL_VMBUS_5_0)
		m.where.v5.sint = HVL_SINT_VMBUS;
	else
		m.where.interrupt_page = c->interrupt_page;
	m.monitor_page1 = c->monitor_page1;
	m.monitor_page2 = c->monitor_page2;
	memcpy(buf, &m, sizeof(m));
	return sizeof(m);
}

u32 hvl_encode_gpadl(void *buf, u32 relid, u32 gpadl, const u64 *pfns,
		     u32 nr_pages, u32 *done)
{
	u8 *p = buf;
	u32 left = nr_pages - *done;
	u32 len, n;

	if (*done == 0) {
		struct hvl_msg_gpadl_header m;
		u32 range[2];

		memset(&m, 0, sizeof(m));
		m.h.type = HVL_MSG_GPADL_HEADER;
		m.relid = relid;
		m.gpadl = gpadl;
		m.range_bytes = 8 + 8 * nr_pages;
		m.range_count = 1;
		range[0] = nr_pages * HVL_PAGE_SIZE;
		range[1] = 0;
		memcpy(p, &m, sizeof(m));
		memcpy(p + sizeof(m), range, sizeof(range));
		len = sizeof(m) + sizeof(range);
		n = left < HVL_GPADL_HEADER_PFNS ? left : HVL_GPADL_HEADER_PFNS;
	} else {
		struct hvl_msg_gpadl_body m;

		memset(&m, 0, sizeof(m));
		m.h.type = HVL_MSG_GPADL_BODY;
		m.gpadl = gpadl;
		memcpy(p, &m, sizeof(m));
		len = sizeof(m);
		n = left < HVL_GPADL_BODY_PFNS ? left : HVL_GPADL_BODY_PFNS;
	}
	memcpy(p + len, pfns + *done, n * sizeof(u64));
	*done += n;
	return len + n * sizeof(u64);
}
