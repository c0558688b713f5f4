// SPDX-License-Identifier: GPL-2.0-only
/*
 * twin/vmbus_mem.c - hv/vmbus.h over queues in memory
 *
 * Follows the contracts of hv/vmbus.h to the letter and aborts where a caller
 * breaks one: id 0 with a completion wanted, an empty range, a send that would
 * have been -EINVAL in the bus.  No threads, no locks.
 */
#include "vmbus_mem.h"

struct mem_list {
	struct mem_packet *head;
	struct mem_packet **tail;
	u32 n;
};

struct hvl_channel {
	struct hvl_device *dev;
	u16 sub_index;
	unsigned int cpu;
	void *priv;
	bool open;
	bool rescinded;
	bool broken;
	u32 room;
	struct hvl_open_params params;
	struct mem_list to_host;
	struct mem_list to_guest;
	struct mem_packet *current;	/* handed out by the last recv */
};

static u32 mem_version = HVL_VMBUS_5_3;

static void mem_misuse(const char *what)
{
	fprintf(stderr, "vmbus_mem: %s\n", what);
	abort();
}

static void mem_put(struct mem_list *l, struct mem_packet *p)
{
	if (!l->head)
		l->tail = &l->head;
	p->next = NULL;
	*l->tail = p;
	l->tail = &p->next;
	l->n++;
}

static struct mem_packet *mem_get(struct mem_list *l)
{
	struct mem_packet *p = l->head;

	if (p) {
		l->head = p->next;
		l->n--;
	}
	return p;
}

void mem_packet_free(struct mem_packet *p)
{
	if (p) {
		free(p->data);
		free(p->pfns);
		free(p->ranges);
		free(p->head);
		free(p);
	}
}

static void mem_drop_all(struct hvl_channel *ch)
{
	struct mem_packet *p;

	while ((p = mem_get(&ch->to_host)))
		mem_packet_free(p);
	while ((p = mem_get(&ch->to_guest)))
		mem_packet_free(p);
	mem_packet_free(ch->current);
	ch->current = NULL;
}

static struct mem_packet *mem_packet_new(u16 type, u16 flags, u64 id,
					 const void *data, u32 len)
{
	struct mem_packet *p = calloc(1, sizeof(*p));
	u32 padded = ALIGN(len, 8u);

	p->type = type;
	p->flags = flags;
	p->id = id;
	p->len = padded;
	p->data = calloc(1, padded ? padded : 1);
	if (len)
		memcpy(p->data, data, len);
	return p;
}

/* ---- the guest's side: hv/vmbus.h ------------------------------------------ */

int hvl_channel_open(struct hvl_channel *ch, const struct hvl_open_params *p)
{
	if (ch->rescinded)
		return -ENODEV;
	if (ch->open)
		return -EBUSY;
	if (p->out_bytes % HVL_PAGE_SIZE || p->out_bytes < 2 * HVL_PAGE_SIZE ||
	    p->in_bytes % HVL_PAGE_SIZE || p->in_bytes < 2 * HVL_PAGE_SIZE ||
	    p->user_len > 120 || !p->fn)
		return -EINVAL;
	ch->params = *p;
	ch->open = true;
	ch->broken = false;
	return 0;
}

int hvl_channel_close(struct hvl_channel *ch)
{
	ch->open = false;
	mem_drop_all(ch);
	return 0;
}

static int mem_may_send(const struct hvl_channel *ch, u64 id, bool completion)
{
	if (completion && !id)
		mem_misuse("a completion is wanted but the id is 0");
	if (ch->rescinded || !ch->open)
		return -ENODEV;
	if (ch->broken)
		return -EIO;
	return ch->to_host.n >= ch->room ? -EAGAIN : 0;
}

int hvl_channel_send(struct hvl_channel *ch, const void *data, u32 len,
		     u64 id, u16 flags)
{
	int rc = mem_may_send(ch, id,
			      flags & HVL_PKT_FLAG_COMPLETION_REQUESTED);

	if (!rc)
		mem_put(&ch->to_host, mem_packet_new(HVL_PKT_INBAND, flags, id,
						     data, len));
	return rc;
}

int hvl_channel_send_completion(struct hvl_channel *ch, const void *data,
				u32 len, u64 id)
{
	int rc = mem_may_send(ch, id, false);

	if (!rc)
		mem_put(&ch->to_host, mem_packet_new(HVL_PKT_COMPLETION, 0, id,
						     data, len));
	return rc;
}

int hvl_channel_send_gpa(struct hvl_channel *ch,
			 const struct hvl_gpa_range *r, u32 nr_ranges,
			 const void *data, u32 len, u64 id)
{
	int rc = mem_may_send(ch, id, true);
	struct mem_packet *p;
	u32 i;

	if (!nr_ranges)
		mem_misuse("no range of memory");
	for (i = 0; i < nr_ranges; i++) {
		if (!r[i].len || r[i].offset >= HVL_PAGE_SIZE || !r[i].pfns)
			mem_misuse("a bad range of memory");
	}
	if (rc)
		return rc;
	p = mem_packet_new(HVL_PKT_GPA_DIRECT,
			   HVL_PKT_FLAG_COMPLETION_REQUESTED, id, data, len);
	p->range_len = r->len;
	p->range_offset = r->offset;
	p->nr_pfns = (r->offset + r->len + HVL_PAGE_SIZE - 1) / HVL_PAGE_SIZE;
	p->pfns = malloc(p->nr_pfns * sizeof(u64));
	memcpy(p->pfns, r->pfns, p->nr_pfns * sizeof(u64));
	p->nr_ranges = nr_ranges;
	p->ranges = malloc(nr_ranges * sizeof(*r));
	memcpy(p->ranges, r, nr_ranges * sizeof(*r));
	mem_put(&ch->to_host, p);
	return 0;
}

int hvl_channel_recv(struct hvl_channel *ch, struct hvl_packet *pkt)
{
	mem_packet_free(ch->current);
	ch->current = NULL;
	if (ch->broken)
		return -EIO;
	ch->current = mem_get(&ch->to_guest);
	if (!ch->current)
		return 0;
	memset(pkt, 0, sizeof(*pkt));
	pkt->type = ch->current->type;
	pkt->id = ch->current->id;
	pkt->head = ch->current->head;
	pkt->head_len = ch->current->head_len;
	pkt->data = ch->current->data;
	pkt->len = ch->current->len;
	return 1;
}

u32 hvl_channel_room_percent(const struct hvl_channel *ch)
{
	if (!ch->room)
		return 0;
	return ch->to_host.n >= ch->room ? 0 :
	       100 - (u32)((u64)ch->to_host.n * 100 / ch->room);
}

bool hvl_channel_rescinded(const struct hvl_channel *ch)
{
	return ch->rescinded;
}

struct hvl_device *hvl_channel_device(const struct hvl_channel *ch)
{
	return ch->dev;
}

u16 hvl_channel_sub_index(const struct hvl_channel *ch)
{
	return ch->sub_index;
}

unsigned int hvl_channel_target_cpu(const struct hvl_channel *ch)
{
	return ch->cpu;
}

void *hvl_channel_get_priv(const struct hvl_channel *ch)
{
	return ch->priv;
}

void hvl_channel_set_priv(struct hvl_channel *ch, void *priv)
{
	ch->priv = priv;
}

u32 hvl_vmbus_version(void)
{
	return mem_version;
}

/* ---- the host's side ----------------------------------------------------------- */

struct hvl_channel *mem_channel_new(struct hvl_device *dev, u16 sub_index,
				    unsigned int cpu)
{
	struct hvl_channel *ch = calloc(1, sizeof(*ch));

	ch->dev = dev;
	ch->sub_index = sub_index;
	ch->cpu = cpu;
	ch->room = ~0u;
	return ch;
}

void mem_channel_free(struct hvl_channel *ch)
{
	mem_drop_all(ch);
	free(ch);
}

struct mem_packet *mem_host_take(struct hvl_channel *ch)
{
	return mem_get(&ch->to_host);
}

void mem_host_push(struct hvl_channel *ch, u16 type, u64 id, const void *data,
		   u32 len)
{
	mem_put(&ch->to_guest, mem_packet_new(type, 0, id, data, len));
}

void mem_host_push_xfer(struct hvl_channel *ch, u64 id, const void *head,
			u32 head_len, const void *data, u32 len)
{
	struct mem_packet *p = mem_packet_new(HVL_PKT_XFER_PAGES,
					      HVL_PKT_FLAG_COMPLETION_REQUESTED,
					      id, data, len);

	p->head_len = head_len;
	p->head = malloc(head_len ? head_len : 1);
	if (head_len)
		memcpy(p->head, head, head_len);
	mem_put(&ch->to_guest, p);
}

void mem_run(struct hvl_channel *ch)
{
	do {
		if (ch->open)
			ch->params.fn(ch, ch->params.ctx);
	} while (ch->open && !ch->broken && ch->to_guest.n);
}

void mem_set_room(struct hvl_channel *ch, u32 packets)
{
	ch->room = packets;
}

void mem_rescind(struct hvl_channel *ch)
{
	ch->rescinded = true;
}

void mem_break_ring(struct hvl_channel *ch)
{
	ch->broken = true;
}

void mem_set_cpu(struct hvl_channel *ch, unsigned int cpu)
{
	ch->cpu = cpu;
}

void mem_set_vmbus_version(u32 version)
{
	mem_version = version;
}

u32 mem_queued(const struct hvl_channel *ch)
{
	return ch->to_host.n;
}

const struct hvl_open_params *mem_open_params(const struct hvl_channel *ch)
{
	return &ch->params;
}

bool mem_is_open(const struct hvl_channel *ch)
{
	return ch->open;
}
