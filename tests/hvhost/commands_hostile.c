// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands_hostile.c - control commands of the host that lies
 *
 *   hostile {device, seed, changes}	lie about a device until so many changes are made
 *   hostile-all {seed}			lie about the connection and all devices...
 *   hostile-stop			...until this
 *   rescind-all, reoffer-all		take all devices away at once, made-up ones too; and back
 *   hostile-status			running, done or stuck; how often which field was changed
 *   message-port {id}			name this connection in version responses; 0: the true one
 *   message-port {closed}		take no more messages of the guest until it connects again
 *
 * Handlers run on the control thread.  No locks of its own.
 */
#include "control.h"
#include "hostile.h"
#include "hostile_run.h"
#include "vmbus_int.h"
#include "vsp_storage.h"

static const char *number(json_t *request, const char *name, uint64_t *out)
{
	json_t *v = json_object_get(request, name);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return control_error("give \"%s\": a number", name);
	*out = (uint64_t)json_integer_value(v);
	return NULL;
}

static const char *cmd_hostile(json_t *request, json_t *answer)
{
	const char *name = json_string_value(json_object_get(request, "device"));
	struct vmbus_dev *dev = name ? dev_find(name) : NULL;
	uint64_t seed, changes;
	const char *why;

	(void)answer;
	if (!dev)
		return "give \"device\": the name of one that is there";
	why = number(request, "seed", &seed);
	if (!why)
		why = number(request, "changes", &changes);
	return why ? why : hostile_start(dev, seed, changes);
}

static const char *cmd_hostile_all(json_t *request, json_t *answer)
{
	uint64_t seed;
	const char *why = number(request, "seed", &seed);

	(void)answer;
	return why ? why : hostile_start_all(seed);
}

static const char *cmd_hostile_stop(json_t *request, json_t *answer)
{
	(void)request;
	(void)answer;
	hostile_stop_all();
	return NULL;
}

static const char *cmd_rescind_all(json_t *request, json_t *answer)
{
	(void)request;
	(void)answer;
	hostile_rescind_all();
	return NULL;
}

static const char *cmd_reoffer_all(json_t *request, json_t *answer)
{
	(void)request;
	(void)answer;
	hostile_reoffer_all();
	return NULL;
}

static const char *cmd_message_port(json_t *request, json_t *answer)
{
	uint64_t id;
	const char *why;

	(void)answer;
	if (json_is_true(json_object_get(request, "closed"))) {
		conn_close_port();
		return NULL;
	}
	why = number(request, "id", &id);
	if (!why)
		conn_name_port((uint32_t)id);
	return why;
}

static void put_layout(json_t *all, struct hostile_layout *l)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; i < HOSTILE_FIELDS_MAX && l->fields[i].name; i++)
		json_object_set_new(o, l->fields[i].name,
				    json_integer((json_int_t)atomic_load(&l->hits[i])));
	json_object_set_new(all, l->name, o);
}

static const char *cmd_hostile_status(json_t *request, json_t *answer)
{
	static const char *const names[] = { "idle", "running", "done", "stuck" };
	json_t *hits = json_object(), *net = json_object();
	struct hostile_layout *l;
	uint64_t changes;

	(void)request;
	json_object_set_new(answer, "state", json_string(names[hostile_state(&changes)]));
	json_object_set_new(answer, "changes", json_integer((json_int_t)changes));
	for (l = hostile_messages; l->name; l++)
		put_layout(hits, l);
	put_layout(hits, &hostile_desc);
	put_layout(hits, &hostile_ring_in);
	put_layout(hits, &hostile_ring_out);
	put_layout(hits, &hostile_acts);
	for (l = hostile_storage; l->name; l++)
		put_layout(hits, l);
	for (l = hostile_net; l->name; l++)
		put_layout(net, l);
	json_object_set_new(answer, "hits", hits);
	json_object_set_new(answer, "net_hits", net);
	return NULL;
}

void hostile_commands_init(void)
{
	control_register("hostile", cmd_hostile);
	control_register("hostile-all", cmd_hostile_all);
	control_register("hostile-stop", cmd_hostile_stop);
	control_register("rescind-all", cmd_rescind_all);
	control_register("reoffer-all", cmd_reoffer_all);
	control_register("message-port", cmd_message_port);
	control_register("hostile-status", cmd_hostile_status);
}
