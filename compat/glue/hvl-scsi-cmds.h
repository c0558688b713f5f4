/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-scsi-cmds.h - the driver's part of a SCSI command, and its number
 *
 * The driver's struct begins with a struct hvl_scsi_cmd.  Between
 * hvl_scsi_cmd_begin() and hvl_scsi_cmd_end() it belongs to one command and has
 * a number that no other command of the host has.
 *
 * Where every command of the block layer has room for a driver and a tag, that
 * is what is used, and the two functions cost nothing.  Elsewhere there are as
 * many structs as the host may have commands, made with the host; none is
 * allocated on the way of a request.
 */
#ifndef HVL_GLUE_SCSI_CMDS_H
#define HVL_GLUE_SCSI_CMDS_H

#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_host.h>

#ifdef HAVE_SCSI_INIT_CMD_PRIV

#include <linux/blk-mq.h>

struct hvl_scsi_cmd {
	struct scsi_cmnd *cmd;
};

struct hvl_scsi_cmds {
	u32 per_queue;
};

/* How many hardware queues the host gets if it would like to have @want. */
static inline u32 hvl_scsi_hw_queues(struct Scsi_Host *shost, u32 want)
{
	shost->nr_hw_queues = want;
	return want;
}

static inline int hvl_scsi_cmds_init(struct hvl_scsi_cmds *cmds, u32 per_queue,
				     u32 queues, size_t size,
				     void (*init)(struct hvl_scsi_cmd *))
{
	cmds->per_queue = per_queue;
	return 0;
}

static inline void hvl_scsi_cmds_free(struct hvl_scsi_cmds *cmds)
{
}

static inline struct hvl_scsi_cmd *
hvl_scsi_cmd_begin(struct hvl_scsi_cmds *cmds, struct scsi_cmnd *cmd)
{
	return scsi_cmd_priv(cmd);
}

/* There was none; not a comparison with NULL, which here would be made in vain. */
static inline bool hvl_scsi_cmd_missing(const struct hvl_scsi_cmd *hc)
{
	return false;
}

static inline u32 hvl_scsi_cmd_nr(const struct hvl_scsi_cmds *cmds,
				  const struct hvl_scsi_cmd *hc)
{
	u32 tag = blk_mq_unique_tag(scsi_cmd_to_rq(hc->cmd));

	return blk_mq_unique_tag_to_hwq(tag) * cmds->per_queue +
	       blk_mq_unique_tag_to_tag(tag);
}

static inline void hvl_scsi_cmd_end(struct hvl_scsi_cmds *cmds,
				    struct hvl_scsi_cmd *hc)
{
}

/*
 * In the template.  The SCSI layer keeps what init() made from one use of a
 * command to the next: since there is such a function, it does not clear it.
 */
#define HVL_SCSI_CMD_INIT(type, init)					\
static int init##_adapter(struct Scsi_Host *shost, struct scsi_cmnd *cmd) \
{									\
	struct hvl_scsi_cmd *hc = scsi_cmd_priv(cmd);			\
									\
	memset(hc, 0, sizeof(type));					\
	hc->cmd = cmd;							\
	init(hc);							\
	return 0;							\
}
#define HVL_SCSI_CMD_TEMPLATE(type, init)				\
	.cmd_size = sizeof(type),					\
	.init_cmd_priv = init##_adapter,

#else /* commands of our own */

#include "hvl-ids.h"

struct hvl_scsi_cmd {
	struct scsi_cmnd *cmd;
	u32 nr;
};

/**
 * struct hvl_scsi_cmds - as many as the host may have at once
 * @ids: which are in use
 * @mem: @ids.nr structs of @size bytes
 */
struct hvl_scsi_cmds {
	struct hvl_ids ids;
	void *mem;
	size_t size;
};

static inline u32 hvl_scsi_hw_queues(struct Scsi_Host *shost, u32 want)
{
	return 1;
}

static inline void hvl_scsi_cmds_free(struct hvl_scsi_cmds *cmds)
{
	kfree(cmds->ids.map);
	kvfree(cmds->mem);
	cmds->ids.map = NULL;
	cmds->mem = NULL;
}

static inline int hvl_scsi_cmds_init(struct hvl_scsi_cmds *cmds, u32 per_queue,
				     u32 queues, size_t size,
				     void (*init)(struct hvl_scsi_cmd *))
{
	struct hvl_scsi_cmd *hc;
	u32 i;

	cmds->size = ALIGN(size, sizeof(u64));
	cmds->ids.nr = per_queue * queues;
	cmds->ids.map = kcalloc(BITS_TO_LONGS(cmds->ids.nr), sizeof(long),
				GFP_KERNEL);
	cmds->mem = kvcalloc(cmds->ids.nr, cmds->size, GFP_KERNEL);
	if (!cmds->ids.map || !cmds->mem) {
		hvl_scsi_cmds_free(cmds);
		return -ENOMEM;
	}
	for (i = 0; i < cmds->ids.nr; i++) {
		hc = cmds->mem + i * cmds->size;
		hc->nr = i;
		init(hc);
	}
	return 0;
}

/*
 * Each CPU looks for a free number in a word of its own at first.
 * host_scribble marks a command that is out.  One that is given to us again
 * all the same (its time was up) has to wait for the answer or the reset.
 */
static inline struct hvl_scsi_cmd *
hvl_scsi_cmd_begin(struct hvl_scsi_cmds *cmds, struct scsi_cmnd *cmd)
{
	u32 from = raw_smp_processor_id() * BITS_PER_LONG % cmds->ids.nr;
	struct hvl_scsi_cmd *hc;
	u32 nr;

	if (cmd->host_scribble)
		return NULL;
	nr = hvl_ids_get(&cmds->ids, from);
	if (nr == cmds->ids.nr)
		return NULL;
	hc = cmds->mem + nr * cmds->size;
	hc->cmd = cmd;
	cmd->host_scribble = (void *)hc;
	return hc;
}

static inline bool hvl_scsi_cmd_missing(const struct hvl_scsi_cmd *hc)
{
	return unlikely(!hc);
}

static inline u32 hvl_scsi_cmd_nr(const struct hvl_scsi_cmds *cmds,
				  const struct hvl_scsi_cmd *hc)
{
	return hc->nr;
}

static inline void hvl_scsi_cmd_end(struct hvl_scsi_cmds *cmds,
				    struct hvl_scsi_cmd *hc)
{
	hc->cmd->host_scribble = NULL;
	hvl_ids_put(&cmds->ids, hc->nr);
}

#define HVL_SCSI_CMD_INIT(type, init)
#define HVL_SCSI_CMD_TEMPLATE(type, init)

#endif /* HAVE_SCSI_INIT_CMD_PRIV */

#endif /* HVL_GLUE_SCSI_CMDS_H */
