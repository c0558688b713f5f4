// SPDX-License-Identifier: GPL-2.0-only
/*
 * rndis_core.c - a network card of the host: what is asked of it through RNDIS
 *
 * Built unchanged in the module and in the unit tests.  Process context; one
 * request at a time, in the control page (netvsc_core.h).
 */
#include "netvsc_core.h"

/*
 * The page is the host's until it has completed the message in it.  A host that
 * did not complete one in time gets no other.
 */
static int rndis_page(struct net_core *core, u8 **page)
{
	*page = core->cfg.control;
	return READ_ONCE(core->req.page_gen) ? -EBUSY : 0;
}

static int rndis_initialize(struct net_core *core)
{
	u32 id = net_request_id(core), status;
	u8 *page;
	int rc;

	rc = rndis_page(core, &page);
	if (rc)
		return rc;
	rc = net_request_rndis(core, rndis_encode_initialize(page, id), id,
			       RNDIS_INITIALIZE | RNDIS_COMPLETION);
	if (rc)
		return rc;
	if (rndis_decode_initialized(core->req.reply, core->req.reply_len,
				     &status, &core->lim))
		return -EPROTO;
	return status == RNDIS_STATUS_SUCCESS ? 0 : -EIO;
}

int net_core_halt(struct net_core *core)
{
	u32 id = net_request_id(core);
	u8 *page;
	int rc;

	rc = rndis_page(core, &page);
	return rc ? rc : net_request_rndis(core, rndis_encode_halt(page, id),
					   id, 0);
}

/* Set or query @oid and wait; the answer is in core->req. */
static int rndis_ask(struct net_core *core, u32 type, u32 oid, const void *data,
		     u32 len)
{
	u32 id = net_request_id(core);
	u8 *page;
	int rc;

	rc = rndis_page(core, &page);
	if (rc)
		return rc;
	len = rndis_encode_request(page, type, id, oid, data, len);
	return net_request_rndis(core, len, id, type | RNDIS_COMPLETION);
}

int net_core_set(struct net_core *core, u32 oid, const void *data, u32 len)
{
	u32 status;
	int rc;

	rc = rndis_ask(core, RNDIS_SET, oid, data, len);
	if (rc)
		return rc;
	if (rndis_decode_set(core->req.reply, core->req.reply_len, &status))
		return -EPROTO;
	return status == RNDIS_STATUS_SUCCESS ? 0 : -EOPNOTSUPP;
}

/* At most @room bytes of the answer; *got is how many there were to copy. */
int net_core_query(struct net_core *core, u32 oid, const void *in, u32 in_len,
		   void *out, u32 room, u32 *got)
{
	u32 status, len;
	const void *data;
	int rc;

	rc = rndis_ask(core, RNDIS_QUERY, oid, in, in_len);
	if (rc)
		return rc;
	if (rndis_decode_query(core->req.reply, core->req.reply_len, &status,
			       &data, &len))
		return -EPROTO;
	if (status != RNDIS_STATUS_SUCCESS)
		return -EOPNOTSUPP;
	*got = min_t(u32, len, room);
	if (*got)
		memcpy(out, data, *got);
	return 0;
}

static int rndis_query_u32(struct net_core *core, u32 oid, u32 *value)
{
	u8 data[4];
	u32 got;
	int rc = net_core_query(core, oid, NULL, 0, data, sizeof(data), &got);

	return rc ? rc : ndis_decode_u32(data, got, value);
}

/* True if a failed request says no more than that the host does not do this. */
static bool rndis_refused(int rc)
{
	return rc == -EOPNOTSUPP || rc == -EPROTO || rc == -EINVAL;
}

/* ---- what is asked at the start (rndis.md section 8) ----------------------------------- */

static int rndis_query_name(struct net_core *core)
{
	u8 data[512];
	u32 got;
	int rc;

	core->name[0] = 0;
	rc = net_core_query(core, OID_FRIENDLY_NAME, NULL, 0, data,
			    sizeof(data), &got);
	if (!rc)
		ndis_decode_name(data, got, core->name, sizeof(core->name));
	return rc;
}

static int rndis_query_offloads(struct net_core *core)
{
	u8 in[NDIS_OFFLOAD_SIZE_3], out[512];
	u32 len = ndis_encode_offload_query(in, core->version), got;
	int rc;

	memset(&core->can, 0, sizeof(core->can));
	rc = net_core_query(core, OID_OFFLOAD_CAPABILITIES, in, len, out,
			    sizeof(out), &got);
	if (rc)
		return rc;
	rc = ndis_decode_offload(out, got, &core->can);
	/* Section 14. */
	if (!rc && core->version < NVSP_VERSION_5) {
		core->can.can &= ~(NDIS_CAN_UDP4 | NDIS_CAN_UDP6);
		core->can.rx &= ~(NDIS_CAN_UDP4 | NDIS_CAN_UDP6);
	}
	if (core->version < NVSP_VERSION_6_1)
		core->can.can &= ~NDIS_CAN_RSC;
	return rc;
}

static int rndis_query_rss(struct net_core *core)
{
	u8 buf[sizeof(struct ndis_rss_caps)];
	u32 len = ndis_encode_rss_query(buf), got;
	int rc;

	core->rss_queues = 1;
	core->rss_entries = NDIS_RSS_TABLE_DEFAULT;
	rc = net_core_query(core, OID_RSS_CAPABILITIES, buf, len, buf,
			    sizeof(buf), &got);
	if (!rc)
		rc = ndis_decode_rss_caps(buf, got, &core->rss_queues,
					  &core->rss_entries);
	if (!rc && !core->rss_queues)
		core->rss_queues = 1;
	return rc;
}

static int rndis_query_link(struct net_core *core)
{
	u32 value;
	int rc;

	core->link_up = true;
	rc = rndis_query_u32(core, OID_CONNECT_STATUS, &value);
	if (!rc)
		core->link_up = value == 0;
	core->speed = 0;
	if (core->version >= NVSP_VERSION_5 && (!rc || rndis_refused(rc))) {
		rc = rndis_query_u32(core, OID_LINK_SPEED, &value);
		if (!rc)
			core->speed = value;
	}
	return rc;
}

/*
 * Only the address is needed; whatever else the host does not answer, the card
 * does without.  No answer at all is an error, and so is a lost device.
 */
int net_core_start(struct net_core *core)
{
	static int (*const optional[])(struct net_core *) = {
		rndis_query_name, rndis_query_offloads, rndis_query_link,
	};
	u32 i, got;
	int rc;

	rc = rndis_initialize(core);
	if (rc)
		return rc;
	core->mtu = 0;
	rc = rndis_query_u32(core, OID_MAX_FRAME_SIZE, &core->mtu);
	if (rc && !rndis_refused(rc))
		return rc;
	rc = net_core_query(core, OID_PERMANENT_ADDRESS, NULL, 0, core->mac,
			    sizeof(core->mac), &got);
	if (!rc && got != sizeof(core->mac))
		rc = -EPROTO;
	for (i = 0; !rc && i < ARRAY_SIZE(optional); i++) {
		rc = optional[i](core);
		if (rndis_refused(rc))
			rc = 0;
	}
	if (!rc && core->version >= NVSP_VERSION_5) {
		rc = rndis_query_rss(core);
		if (rndis_refused(rc))
			rc = 0;
	}
	return rc;
}

/* ---- settings ------------------------------------------------------------------------------ */

int net_core_set_filter(struct net_core *core, u32 filter)
{
	return net_core_set(core, OID_PACKET_FILTER, &filter, sizeof(filter));
}

int net_core_set_offloads(struct net_core *core, u32 want)
{
	u8 buf[NDIS_OFFLOAD_PARAMS_SIZE];
	u32 len = ndis_encode_offload_params(buf, core->version, &core->can,
					     want);

	return net_core_set(core, OID_OFFLOAD_PARAMETERS, buf, len);
}

/* A host takes new parameters only when the old ones are off (section 9). */
int net_core_set_rss(struct net_core *core, const struct ndis_rss *rss)
{
	struct ndis_rss off = *rss;
	u8 *buf = core->scratch;
	int rc;

	off.on = false;
	rc = net_core_set(core, OID_RSS_PARAMETERS, buf,
			  ndis_encode_rss(buf, &off));
	if ((rc && !rndis_refused(rc)) || !rss->on)
		return rc;
	return net_core_set(core, OID_RSS_PARAMETERS, buf,
			    ndis_encode_rss(buf, rss));
}

int net_core_set_mac(struct net_core *core, const u8 *mac)
{
	u8 buf[NDIS_ADDRESS_PARAM_BYTES];

	return net_core_set(core, OID_CONFIG_PARAMETER, buf,
			    ndis_encode_address_param(buf, mac));
}
