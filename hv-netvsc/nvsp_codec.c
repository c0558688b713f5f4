// SPDX-License-Identifier: GPL-2.0-only
/*
 * nvsp_codec.c - messages of NVSP to and from plain values
 *
 * Pure C: the same file is in the module, in the unit tests and in the
 * fuzzers.  Decoders are given a private copy of a message of the host; the
 * host cannot change it under them, but it chose every byte.
 */
#include "nvsp_codec.h"

/* Newest first (netvsc.md section 3). */
static const u32 nvsp_versions[] = {
	NVSP_VERSION_6_1, NVSP_VERSION_6, NVSP_VERSION_5, NVSP_VERSION_4,
	NVSP_VERSION_2, NVSP_VERSION_1, 0
};

#define NVSP_BODY(member) \
	(4 + sizeof(((struct nvsp_message *)0)->u.member))

u32 nvsp_version_below(u32 version)
{
	unsigned int i;

	for (i = 0; nvsp_versions[i]; i++) {
		if (nvsp_versions[i] < version)
			break;
	}
	return nvsp_versions[i];
}

u32 nvsp_ndis_version(u32 version)
{
	return version >= NVSP_VERSION_5 ? 6u << 16 | 30 : 6u << 16 | 1;
}

u32 nvsp_recv_buffer_max(u32 version)
{
	return version >= NVSP_VERSION_4 ? 31u << 20 : 15u << 20;
}

/*
 * Teaming is what makes the host tell of a changed link speed (section 4).
 * Without SR-IOV the host never offers a virtual function.
 */
u64 nvsp_capabilities(u32 version)
{
	u64 caps = NVSP_CAP_8021Q;

	if (version >= NVSP_VERSION_5)
		caps |= NVSP_CAP_SRIOV | NVSP_CAP_TEAMING;
	if (version >= NVSP_VERSION_6_1)
		caps |= NVSP_CAP_RSC;
	return caps;
}

/* ---- encoders ---------------------------------------------------------------- */

void nvsp_encode(struct nvsp_message *m, enum nvsp_type type)
{
	memset(m, 0, sizeof(*m));
	m->type = type;
}

void nvsp_encode_init(struct nvsp_message *m, u32 version)
{
	nvsp_encode(m, NVSP_INIT);
	m->u.init.min_version = version;
	m->u.init.max_version = version;
}

void nvsp_encode_ndis_version(struct nvsp_message *m, u32 version)
{
	u32 ndis = nvsp_ndis_version(version);

	nvsp_encode(m, NVSP_NDIS_VERSION);
	m->u.ndis_version.major = ndis >> 16;
	m->u.ndis_version.minor = ndis & 0xffff;
}

void nvsp_encode_config(struct nvsp_message *m, u32 version, u32 mtu)
{
	nvsp_encode(m, NVSP_NDIS_CONFIG);
	m->u.config.mtu = mtu + 14;
	m->u.config.capabilities = nvsp_capabilities(version);
}

void nvsp_encode_buffer(struct nvsp_message *m, enum nvsp_type type, u32 gpadl,
			u16 id)
{
	nvsp_encode(m, type);
	m->u.buffer.gpadl = gpadl;
	m->u.buffer.id = id;
}

void nvsp_encode_revoke(struct nvsp_message *m, enum nvsp_type type, u16 id)
{
	nvsp_encode(m, type);
	m->u.revoke.id = id;
}

void nvsp_encode_path(struct nvsp_message *m, u32 path)
{
	nvsp_encode(m, NVSP_SWITCH_DATA_PATH);
	m->u.path.path = path;
}

void nvsp_encode_subchannels(struct nvsp_message *m, u32 count)
{
	nvsp_encode(m, NVSP_SUBCHANNEL);
	m->u.sub.operation = NVSP_SUBCHANNEL_ALLOCATE;
	m->u.sub.count = count;
}

/* ---- answers ------------------------------------------------------------------- */

u32 nvsp_decode_type(const void *data, u32 len)
{
	u32 type;

	if (len < sizeof(type))
		return 0;
	memcpy(&type, data, sizeof(type));
	return type;
}

/* A message of @type with a body of at least @need bytes, header included. */
static const struct nvsp_message *nvsp_is(const void *data, u32 len, u32 type,
					  u32 need)
{
	return len >= need && nvsp_decode_type(data, len) == type ? data : NULL;
}

int nvsp_decode_init(const void *data, u32 len, u32 *status)
{
	const struct nvsp_message *m = nvsp_is(data, len, NVSP_INIT_COMPLETE,
					       NVSP_BODY(init_complete));

	if (!m)
		return -EINVAL;
	*status = m->u.init_complete.status;
	return 0;
}

int nvsp_decode_recv_buffer(const void *data, u32 len, u32 buffer_bytes,
			    u32 *status, struct nvsp_recv_layout *layout)
{
	const struct nvsp_message *m = nvsp_is(data, len,
					       NVSP_RECV_BUFFER_COMPLETE,
					       NVSP_BODY(recv_complete));
	const struct nvsp_recv_section *s;

	if (!m)
		return -EINVAL;
	s = &m->u.recv_complete.section[0];
	if (m->u.recv_complete.status == NVSP_STATUS_SUCCESS) {
		/* One section from the start of the buffer (section 6). */
		if (m->u.recv_complete.nr_sections != 1 || s->offset ||
		    s->cell_size < 68 || s->cell_size > buffer_bytes ||
		    !s->cells || s->cells > buffer_bytes / s->cell_size)
			return -EINVAL;
		layout->cell_size = s->cell_size;
		layout->cells = s->cells;
	}
	*status = m->u.recv_complete.status;
	return 0;
}

int nvsp_decode_send_buffer(const void *data, u32 len, u32 *status,
			    u32 *section_size)
{
	const struct nvsp_message *m = nvsp_is(data, len,
					       NVSP_SEND_BUFFER_COMPLETE,
					       NVSP_BODY(send_complete));

	if (!m)
		return -EINVAL;
	if (m->u.send_complete.status == NVSP_STATUS_SUCCESS) {
		if (m->u.send_complete.section_size < 68 ||
		    m->u.send_complete.section_size & 3)
			return -EINVAL;
		*section_size = m->u.send_complete.section_size;
	}
	*status = m->u.send_complete.status;
	return 0;
}

int nvsp_decode_subchannels(const void *data, u32 len, u32 asked, u32 *status,
			    u32 *count)
{
	const struct nvsp_message *m = nvsp_is(data, len, NVSP_SUBCHANNEL,
					       NVSP_BODY(sub_complete));

	if (!m)
		return -EINVAL;
	if (m->u.sub_complete.status == NVSP_STATUS_SUCCESS) {
		if (m->u.sub_complete.count > asked)
			return -EINVAL;
		*count = m->u.sub_complete.count;
	}
	*status = m->u.sub_complete.status;
	return 0;
}

int nvsp_decode_rndis_complete(const void *data, u32 len, u32 *status)
{
	const struct nvsp_message *m = nvsp_is(data, len, NVSP_RNDIS_COMPLETE,
					       NVSP_BODY(rndis_complete));

	if (!m)
		return -EINVAL;
	*status = m->u.rndis_complete.status;
	return 0;
}

/* ---- what the host sends by itself --------------------------------------------- */

int nvsp_decode_vf(const void *data, u32 len, bool *there, u32 *serial)
{
	const struct nvsp_message *m = nvsp_is(data, len, NVSP_VF_ASSOCIATION,
					       NVSP_BODY(vf));

	if (!m)
		return -EINVAL;
	*there = m->u.vf.allocated != 0;
	*serial = m->u.vf.serial;
	return 0;
}

int nvsp_decode_path(const void *data, u32 len, u32 *path)
{
	const struct nvsp_message *m = nvsp_is(data, len, NVSP_SWITCH_DATA_PATH,
					       NVSP_BODY(path));

	if (!m || m->u.path.path > NVSP_PATH_VF)
		return -EINVAL;
	*path = m->u.path.path;
	return 0;
}

/*
 * Hosts of version 6 and below may give a wrong offset; the table is then 40
 * bytes into the message, if that is long enough (section 11).
 */
int nvsp_decode_table(const void *data, u32 len, u32 version, u32 nr_channels,
		      u16 *table)
{
	const struct nvsp_message *m = nvsp_is(data, len, NVSP_INDIRECTION_TABLE,
					       NVSP_BODY(table));
	const u32 bytes = NVSP_TABLE_SIZE * sizeof(u32);
	u32 i, at, entry;

	if (!m || m->u.table.count != NVSP_TABLE_SIZE || !nr_channels)
		return -EINVAL;
	at = m->u.table.offset;
	if (version <= NVSP_VERSION_6 && len >= 40 + bytes)
		at = 40;
	if (at < NVSP_BODY(table) || at > len || bytes > len - at)
		return -EINVAL;
	for (i = 0; i < NVSP_TABLE_SIZE; i++) {
		memcpy(&entry, (const u8 *)data + at + i * sizeof(entry),
		       sizeof(entry));
		table[i] = entry % nr_channels;
	}
	return 0;
}

int nvsp_decode_xfer(const void *head, u32 head_len, const void *data, u32 len)
{
	const struct nvsp_xfer_head *h = head;
	u32 n;

	if (head_len < sizeof(*h) ||
	    !nvsp_is(data, len, NVSP_RNDIS, sizeof(u32)))
		return -EINVAL;
	n = h->nr_ranges;
	if (h->set_id != NVSP_RECV_BUFFER_ID || n > NVSP_MAX_RANGES ||
	    n > (head_len - sizeof(*h)) / sizeof(struct nvsp_xfer_range))
		return -EINVAL;
	return n;
}
