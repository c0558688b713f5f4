/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmbus_core.h - the state machine of the VMBus connection
 *
 * Messages in, actions out.  It knows the protocol versions, which request
 * waits for which reply, and which channel has which id; it does not know how
 * a message is posted, how one sleeps, or what a device is.  Built unchanged in
 * user space.
 */
#ifndef HVL_VMBUS_CORE_H
#define HVL_VMBUS_CORE_H

#include <hv/os.h>
#include "vmbus_codec.h"

enum hvl_conn_state {
	HVL_DISCONNECTED,
	HVL_CONNECTING,
	HVL_CONNECTED,
	HVL_DISCONNECTING,
};

/**
 * struct hvl_core_chan - what the core knows of a channel
 * @offer: as it came; not changed while @mapped
 * @mapped: stands in the table of ids
 * @rescinded: the host took it back
 * @rescind_taken: hvl_core_rescind() has handed it out
 */
struct hvl_core_chan {
	struct hvl_offer offer;
	bool mapped;
	bool rescinded;
	bool rescind_taken;
};

/**
 * struct hvl_request - somebody waits for a reply
 * @type: the reply's type
 * @relid: channel that a rescind of must wake this, 0 for none
 * @key: open id or GPADL handle
 * @result: 0 when answered, -ENODEV when the channel was rescinded
 * @reply: the answer, if @result is 0
 *
 * Belongs to the waiter, who adds it before posting and removes it afterwards.
 */
struct hvl_request {
	struct list_head link;
	u32 type;
	u32 relid;
	u32 key;
	bool done;
	int result;
	struct hvl_reply reply;
};

/* What the caller of hvl_core_input() has to do with the message. */
enum hvl_action {
	HVL_ACT_NONE,		/* used up, or ignored */
	HVL_ACT_QUEUE,		/* offer or rescind: for the worker, in order */
};

/**
 * struct hvl_core - one connection
 * @lock: guards everything here and in struct hvl_core_chan but @offer; taken
 *        with interrupts off; innermost
 * @wake: called under @lock when a request is done
 * @chan: by id; read without the lock in the interrupt path
 * @top_relid: no id above it was ever mapped
 * @bad_messages: malformed; @stray_replies: nobody waited for
 * @unanswered: an INITIATE_CONTACT was; the host may get to it yet
 * @unloaded: UNLOAD was answered; without @lock, for those who may not take it
 */
struct hvl_core {
	spinlock_t lock;
	void (*wake)(struct hvl_request *req);
	enum hvl_conn_state state;
	u32 version;
	u32 connection_id;
	u32 next_gpadl;
	u32 top_relid;
	u32 bad_messages;
	u32 stray_replies;
	bool unanswered;
	bool unloaded;
	struct list_head requests;
	struct hvl_core_chan *chan[HVL_NR_RELIDS];
};

void hvl_core_init(struct hvl_core *c, void (*wake)(struct hvl_request *req));

/* ---- connecting ----------------------------------------------------------- */

/* The @n-th version to try, newest first; 0 behind the oldest. */
u32 hvl_core_version(unsigned int n);

/* The message connection that INITIATE_CONTACT of that version goes to. */
u32 hvl_core_contact_id(u32 version);

/**
 * hvl_core_post_again - the hypervisor did not take a message: once more?
 * @status: of the hypercall, not success
 * @attempt: how many were refused before this one
 * @contact: it was INITIATE_CONTACT
 *
 * Returns the microseconds to wait before the next attempt, 0 if there shall be
 * none.
 */
u32 hvl_core_post_again(u32 status, unsigned int attempt, bool contact);

enum hvl_contact_next {
	HVL_CONTACT_OK,		/* connected */
	HVL_CONTACT_LOWER,	/* try the next lower version */
	HVL_CONTACT_FAIL,	/* give up */
};

/**
 * hvl_core_contacted - what has become of an INITIATE_CONTACT
 * @posted: 0, or the errno that posting it gave, -ETIMEDOUT if no answer came
 * @reply: the VERSION_RESPONSE, if @posted is 0
 */
enum hvl_contact_next hvl_core_contacted(struct hvl_core *c, u32 version,
					 int posted,
					 const struct hvl_reply *reply);

/*
 * Leave the connected state.  True for one caller only, who then sends UNLOAD;
 * lockless, because a dying kernel calls it too.
 */
bool hvl_core_disconnect(struct hvl_core *c);

/*
 * Unless it is told to let go, may the host touch the pages that INITIATE_CONTACT
 * named?
 */
bool hvl_core_lent(struct hvl_core *c);

/* The host answered UNLOAD, or never will: ids and handles are void. */
void hvl_core_disconnected(struct hvl_core *c);

/* ---- requests -------------------------------------------------------------- */

/* Returns 0, or -ENODEV when the request's channel is rescinded already. */
int hvl_core_request_add(struct hvl_core *c, struct hvl_request *req);

/* Returns the result, or -ETIMEDOUT if it is not done. */
int hvl_core_request_end(struct hvl_core *c, struct hvl_request *req);

u32 hvl_core_new_gpadl(struct hvl_core *c);

/* ---- messages and channels --------------------------------------------------- */

enum hvl_action hvl_core_input(struct hvl_core *c, const void *msg, u32 len);

/* Map the channel's id.  -EEXIST if that is taken, -ENOTCONN. */
int hvl_core_map(struct hvl_core *c, struct hvl_core_chan *ch);

/*
 * The channel with this id has been rescinded: wakes its waiters.  Returns the
 * channel for the first call, NULL if there is none or it was handed out.
 */
struct hvl_core_chan *hvl_core_rescind(struct hvl_core *c, u32 relid);

/* Take the id out of the table.  True once: RELID_RELEASED is to be sent. */
bool hvl_core_unmap(struct hvl_core *c, struct hvl_core_chan *ch);

#endif /* HVL_VMBUS_CORE_H */
