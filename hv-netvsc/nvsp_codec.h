/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nvsp_codec.h - messages of NVSP to and from plain values
 *
 * Pure functions without state.  A decoder looks at no byte beyond the length
 * that it is given and returns 0 or -EINVAL; on error its result is not set.
 * All encoders fill a whole struct nvsp_message, which is sent as it is.
 */
#ifndef _NVSP_CODEC_H
#define _NVSP_CODEC_H

#include "nvsp_wire.h"

/**
 * struct nvsp_recv_layout - the receive buffer as the host divides it
 * @cell_size: no range is longer
 * @cells: how many ranges can be out at once
 */
struct nvsp_recv_layout {
	u32 cell_size;
	u32 cells;
};

/* The version that follows @version downwards, 0 behind the oldest. */
u32 nvsp_version_below(u32 version);

/* NDIS version that goes with it, major << 16 | minor. */
u32 nvsp_ndis_version(u32 version);

/* The most that the host takes as a receive buffer, in bytes. */
u32 nvsp_recv_buffer_max(u32 version);

/* What we tell the host that we can do. */
u64 nvsp_capabilities(u32 version);

void nvsp_encode(struct nvsp_message *m, enum nvsp_type type);
void nvsp_encode_init(struct nvsp_message *m, u32 version);
void nvsp_encode_ndis_version(struct nvsp_message *m, u32 version);
void nvsp_encode_config(struct nvsp_message *m, u32 version, u32 mtu);
void nvsp_encode_buffer(struct nvsp_message *m, enum nvsp_type type, u32 gpadl,
			u16 id);
void nvsp_encode_revoke(struct nvsp_message *m, enum nvsp_type type, u16 id);
void nvsp_encode_path(struct nvsp_message *m, u32 path);
void nvsp_encode_subchannels(struct nvsp_message *m, u32 count);

/* Type of a message; 0 if it is too short to have one. */
u32 nvsp_decode_type(const void *data, u32 len);

/*
 * Answers: the status of the host is in *status (NVSP_STATUS_*).  What follows it
 * is only looked at, and set, if that is success.
 */
int nvsp_decode_init(const void *data, u32 len, u32 *status);
int nvsp_decode_recv_buffer(const void *data, u32 len, u32 buffer_bytes,
			    u32 *status, struct nvsp_recv_layout *layout);
int nvsp_decode_send_buffer(const void *data, u32 len, u32 *status,
			    u32 *section_size);
int nvsp_decode_subchannels(const void *data, u32 len, u32 asked, u32 *status,
			    u32 *count);
int nvsp_decode_rndis_complete(const void *data, u32 len, u32 *status);

/* What the host sends by itself. */
int nvsp_decode_vf(const void *data, u32 len, bool *there, u32 *serial);
int nvsp_decode_path(const void *data, u32 len, u32 *path);

/*
 * The send table, @table[NVSP_TABLE_SIZE], each entry reduced to a channel below
 * @nr_channels.
 */
int nvsp_decode_table(const void *data, u32 len, u32 version, u32 nr_channels,
		      u16 *table);

/*
 * A received packet of type 7: @head is what lies between descriptor and payload.
 * Returns how many ranges there are, behind struct nvsp_xfer_head, or -EINVAL.
 */
int nvsp_decode_xfer(const void *head, u32 head_len, const void *data, u32 len);

/*
 * Range @i, after nvsp_decode_xfer() was content.  -EINVAL if it leaves the
 * buffer of @buffer_bytes.
 */
static inline int nvsp_decode_range(const void *head, u32 i, u32 buffer_bytes,
				    u32 cell_size, struct nvsp_xfer_range *r)
{
	const struct nvsp_xfer_range *all = (const void *)((const u8 *)head +
						sizeof(struct nvsp_xfer_head));

	*r = all[i];
	return r->offset > buffer_bytes || r->count > buffer_bytes - r->offset ||
	       r->count > cell_size ? -EINVAL : 0;
}

#endif /* _NVSP_CODEC_H */
