// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands_storage.c - what the control socket can do to the storage devices
 *
 *   device-add     an entry of the device list (host_config.c) as "device"
 *   device-remove  {device}
 *   disk-add       {device, lun, file|dvd, size?, ...}; tells the guest
 *   disk-remove    {device, lun, notify?: "enumerate"|"remove"|"none"}
 *   disk-resize    {device, lun, size}
 *   inject         {device, lun?, opcode?, nth?, count?, srb_status,
 *                   scsi_status?, sense?: {key, asc, ascq}, sense_length?,
 *                   transferred?}
 *   delay          {device, lun?, opcode?, nth?, count?, ms | until: "release"}
 *   release        {device}: serve what "delay" with "until" holds
 *   never-answer   {device, lun?, opcode?, nth?, count?}
 *   answer-held    {device, force?}: serve what "never-answer" holds; with
 *                  force also complete, with their old ids, those whose channel
 *                  was closed
 *   clear-faults   {device}: forget inject, delay and never-answer
 *   storage-send   {device, operation, status?}: an unsolicited packet
 *   storage-stats  {device?}
 *   cut-power      drop the volatile caches and end the host at once
 *
 * nth counts from 1 the requests that match from now on; count is how many of
 * them, 0 for all that follow.  srb_status goes onto the wire as it is, with the
 * autosense bit added when there is a sense.
 *
 * No locks of its own; all of it runs on the control thread.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "host_config.h"
#include "net_json.h"
#include "storage_json.h"
#include "vsp_storage.h"

static char reason[512];

/* The device that the request names, or NULL with reason. */
static struct stor_dev *device_of(json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "device"));
	struct stor_dev *dev = name ? storage_find(name) : NULL;

	if (!name)
		snprintf(reason, sizeof(reason), "\"device\" is missing or not a string");
	else if (!dev)
		snprintf(reason, sizeof(reason), "there is no storage device \"%s\"",
			 name);
	return dev;
}

/* Unpack all keys, refusing unknown ones; NULL or what is wrong. */
#define UNPACK(request, fmt, ...) \
	(json_unpack_ex((request), &unpack_error, 0, "{s:s, " fmt " !}", "cmd", \
			&unpack_cmd, __VA_ARGS__) ? unpack_error.text : NULL)

static json_error_t unpack_error;
static const char *unpack_cmd;

/* ---- devices and disks -------------------------------------------------------------- */

static const char *device_add(json_t *request, json_t *answer)
{
	json_t *o = NULL;
	const char *bad = UNPACK(request, "s:o", "device", &o);

	(void)answer;
	if (bad)
		return bad;
	return host_device_from_json(o, reason, sizeof(reason)) ? NULL : reason;
}

static const char *device_remove(json_t *request, json_t *answer)
{
	const char *name, *bad = UNPACK(request, "s:s", "device", &name);
	struct stor_dev *dev;

	(void)answer;
	if (bad)
		return bad;
	if (net_device_remove_named(name))
		return NULL;
	dev = device_of(request);
	if (!dev)
		return reason;
	storage_device_remove(dev);
	return NULL;
}

static const char *disk_add(json_t *request, json_t *answer)
{
	struct stor_dev *dev = device_of(request);
	json_t *disk;
	int ret;

	if (!dev)
		return reason;
	disk = json_copy(request);
	json_object_del(disk, "cmd");
	json_object_del(disk, "device");
	ret = storage_disk_from_json(dev, disk, reason, sizeof(reason));
	json_decref(disk);
	if (ret)
		return reason;
	json_object_set_new(answer, "notified",
			    json_boolean(storage_notify(dev, VSTOR_ENUMERATE_BUS)));
	return NULL;
}

static const char *disk_remove(json_t *request, json_t *answer)
{
	const char *name, *notify = "enumerate", *bad;
	uint32_t operation = VSTOR_ENUMERATE_BUS;
	struct stor_dev *dev;
	bool told = false;
	int lun;

	bad = UNPACK(request, "s:s, s:i, s?s", "device", &name, "lun", &lun,
		     "notify", &notify);
	if (bad)
		return bad;
	if (!strcmp(notify, "remove"))
		operation = VSTOR_REMOVE_DEVICE;
	else if (strcmp(notify, "enumerate") && strcmp(notify, "none"))
		return "\"notify\" is \"enumerate\", \"remove\" or \"none\"";
	dev = device_of(request);
	if (!dev || storage_disk_remove(dev, (unsigned int)lun, reason,
					sizeof(reason)))
		return reason;
	if (strcmp(notify, "none"))
		told = storage_notify(dev, operation);
	json_object_set_new(answer, "notified", json_boolean(told));
	return NULL;
}

static const char *disk_resize(json_t *request, json_t *answer)
{
	const char *name, *bad;
	struct stor_dev *dev;
	json_int_t size;
	int lun;

	(void)answer;
	bad = UNPACK(request, "s:s, s:i, s:I", "device", &name, "lun", &lun,
		     "size", &size);
	if (bad)
		return bad;
	if (size <= 0 || size % STORE_SECTOR)
		return control_error("\"size\" is a positive multiple of %u", STORE_SECTOR);
	dev = device_of(request);
	if (!dev || storage_disk_resize(dev, (unsigned int)lun, (uint64_t)size,
					reason, sizeof(reason)))
		return reason;
	return NULL;
}

/* ---- faults --------------------------------------------------------------------------- */

/* The part that all faults share; taken out of the copy that it is given. */
static const char *match_of(json_t *o, struct fault *f)
{
	json_int_t nth = 1, count = 1;
	int lun = -1, opcode = -1;

	if (json_unpack_ex(o, &unpack_error, 0, "{s?i, s?i, s?I, s?I}",
			   "lun", &lun, "opcode", &opcode, "nth", &nth,
			   "count", &count))
		return unpack_error.text;
	if (lun < -1 || lun > MAX_LUNS || opcode < -1 || opcode > 255)
		return "\"lun\" or \"opcode\" is not a byte";
	if (nth < 1 || count < 0 || nth > INT_MAX || count > INT_MAX)
		return "\"nth\" counts from 1, and \"count\" is not negative";
	f->lun = lun;
	f->opcode = opcode;
	f->nth = (uint64_t)nth;
	f->count = (uint64_t)count;
	json_object_del(o, "cmd");
	json_object_del(o, "device");
	json_object_del(o, "lun");
	json_object_del(o, "opcode");
	json_object_del(o, "nth");
	json_object_del(o, "count");
	return NULL;
}

static const char *inject_of(json_t *o, struct fault *f)
{
	int srb = 0, scsi = 0, key = 0, asc = 0, ascq = 0, sense_length = -1;
	json_int_t transferred = -1;
	json_t *sense = NULL;

	if (json_unpack_ex(o, &unpack_error, 0, "{s:i, s?i, s?o, s?i, s?I !}",
			   "srb_status", &srb, "scsi_status", &scsi,
			   "sense", &sense, "sense_length", &sense_length,
			   "transferred", &transferred))
		return unpack_error.text;
	if (sense && json_unpack_ex(sense, &unpack_error, 0, "{s:i, s:i, s:i !}",
				    "key", &key, "asc", &asc, "ascq", &ascq))
		return unpack_error.text;
	if (srb < 0 || srb > 255 || scsi < 0 || scsi > 255 || key < 0 ||
	    key > 15 || asc < 0 || asc > 255 || ascq < 0 || ascq > 255)
		return "a status, asc or ascq is a byte, and a key is 0 to 15";
	if (sense_length < -1 || sense_length > 255 || transferred < -1 ||
	    transferred > 0xffffffffll)
		return "\"sense_length\" or \"transferred\" is out of range";
	f->kind = FAULT_INJECT;
	f->inject.has_sense = sense != NULL;
	f->inject.srb_status = (uint8_t)(srb | (sense ? SRB_AUTOSENSE : 0));
	f->inject.scsi_status = (uint8_t)scsi;
	f->inject.sense = (uint32_t)SENSE(key, asc, ascq);
	f->inject.sense_length = sense_length;
	f->inject.transferred = transferred;
	return NULL;
}

static const char *delay_of(json_t *o, struct fault *f)
{
	const char *until = NULL;
	int ms = -1;

	if (json_unpack_ex(o, &unpack_error, 0, "{s?i, s?s !}", "ms", &ms,
			   "until", &until))
		return unpack_error.text;
	if (!until == (ms == -1) || (until && strcmp(until, "release")))
		return "\"delay\" needs \"ms\", or \"until\": \"release\"";
	if (!until && (ms < 1 || ms > 3600000))
		return "\"ms\" is 1 to 3600000";
	f->kind = until ? FAULT_HOLD : FAULT_DELAY;
	f->ms = until ? 0 : (unsigned int)ms;
	return NULL;
}

static const char *never_of(json_t *o, struct fault *f)
{
	f->kind = FAULT_NEVER;
	return json_unpack_ex(o, &unpack_error, 0, "{!}") ? unpack_error.text : NULL;
}

static const char *add_fault(json_t *request,
			     const char *(*rest)(json_t *o, struct fault *f))
{
	struct stor_dev *dev = device_of(request);
	struct fault f = { 0 };
	const char *bad;
	json_t *o;

	if (!dev)
		return reason;
	o = json_copy(request);
	bad = match_of(o, &f);
	if (!bad)
		bad = rest(o, &f);
	json_decref(o);
	if (!bad)
		storage_fault_add(dev, &f);
	return bad;
}

static const char *inject(json_t *request, json_t *answer)
{
	(void)answer;
	return add_fault(request, inject_of);
}

static const char *delay(json_t *request, json_t *answer)
{
	(void)answer;
	return add_fault(request, delay_of);
}

static const char *never_answer(json_t *request, json_t *answer)
{
	(void)answer;
	return add_fault(request, never_of);
}

static const char *release(json_t *request, json_t *answer)
{
	const char *name, *bad = UNPACK(request, "s:s", "device", &name);
	struct stor_dev *dev;

	if (bad)
		return bad;
	dev = device_of(request);
	if (!dev)
		return reason;
	json_object_set_new(answer, "released",
			    json_integer(storage_release(dev, FAULT_HOLD)));
	return NULL;
}

static const char *answer_held(json_t *request, json_t *answer)
{
	struct stor_dev *dev;
	const char *name, *bad;
	int force = 0;

	bad = UNPACK(request, "s:s, s?b", "device", &name, "force", &force);
	if (bad)
		return bad;
	dev = device_of(request);
	if (!dev)
		return reason;
	json_object_set_new(answer, "answered",
			    json_integer(storage_release(dev, FAULT_NEVER)));
	json_object_set_new(answer, "forced",
			    json_integer(force ? storage_answer_orphans(dev) : 0));
	return NULL;
}

static const char *clear_faults(json_t *request, json_t *answer)
{
	const char *name, *bad = UNPACK(request, "s:s", "device", &name);
	struct stor_dev *dev;

	(void)answer;
	if (bad)
		return bad;
	dev = device_of(request);
	if (!dev)
		return reason;
	storage_fault_clear(dev);
	return NULL;
}

static const char *send_packet(json_t *request, json_t *answer)
{
	const char *name, *bad;
	json_int_t status = 0;
	struct stor_dev *dev;
	int operation;

	(void)answer;
	bad = UNPACK(request, "s:s, s:i, s?I", "device", &name, "operation",
		     &operation, "status", &status);
	if (bad)
		return bad;
	dev = device_of(request);
	if (!dev)
		return reason;
	if (!storage_send(dev, (uint32_t)operation, (uint32_t)status))
		return "the guest has not opened the device's channel";
	return NULL;
}

/* ---- looking, and the end ---------------------------------------------------------------- */

static json_t *lun_stats(struct stor_lun *l, unsigned int lun)
{
	struct store_stats st;

	store_get_stats(l->unit.store, &st);
	return json_pack("{s:i, s:b, s:I, s:I, s:I, s:I, s:I}",
			 "lun", (int)lun, "dvd", (int)l->unit.dvd,
			 "size", (json_int_t)store_size(l->unit.store),
			 "cached_bytes", (json_int_t)st.cached_bytes,
			 "evicted_bytes", (json_int_t)st.evicted_bytes,
			 "flushes", (json_int_t)st.flushes,
			 "flipped", (json_int_t)st.flipped);
}

static json_t *device_stats(struct stor_dev *dev)
{
	static const char *const states[] = {
		"begin", "query-version", "query-properties", "end-init", "ready",
	};
	int held = 0, never = 0, orphans = 0, sessions = 0, busy = 0;
	const struct stor_session *s;
	const struct stor_request *r;
	struct stor_stats st;
	enum stor_state state;
	json_t *o, *luns;
	unsigned int i;
	char version[8];

	pthread_mutex_lock(&dev->lock);
	for (r = dev->held; r; r = r->next) {
		held += r->fault == FAULT_HOLD;
		never += r->fault == FAULT_NEVER;
	}
	for (r = dev->orphans; r; r = r->next)
		orphans++;
	for (s = dev->sessions; s; s = s->next) {
		sessions++;
		busy += (int)s->busy;
	}
	st = dev->stats;
	state = dev->state;
	snprintf(version, sizeof(version), "%u.%u", dev->version >> 8,
		 dev->version & 0xff);
	pthread_mutex_unlock(&dev->lock);

	o = json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i}",
		      "device", dev->name, "state", states[state],
		      "protocol", version, "channels", sessions, "busy", busy,
		      "held", held, "never", never, "orphans", orphans);
	json_object_set_new(o, "requests", json_integer((json_int_t)st.requests));
	json_object_set_new(o, "completed", json_integer((json_int_t)st.completed));
	json_object_set_new(o, "injected", json_integer((json_int_t)st.injected));
	json_object_set_new(o, "delayed", json_integer((json_int_t)st.delayed));
	json_object_set_new(o, "dropped", json_integer((json_int_t)st.dropped));
	json_object_set_new(o, "late", json_integer((json_int_t)st.late));
	json_object_set_new(o, "broken", json_integer((json_int_t)st.broken));
	luns = json_array();
	for (i = 0; i <= MAX_LUNS; i++)
		if (dev->luns[i])
			json_array_append_new(luns, lun_stats(dev->luns[i], i));
	json_object_set_new(o, "luns", luns);
	return o;
}

static const char *stats(json_t *request, json_t *answer)
{
	const char *name = NULL, *bad = UNPACK(request, "s?s", "device", &name);
	json_t *list = json_array();
	struct stor_dev *dev;

	if (!bad && name && !device_of(request))
		bad = reason;
	for (dev = storage_first(); dev && !bad; dev = dev->next)
		if (!name || !strcmp(name, dev->name))
			json_array_append_new(list, device_stats(dev));
	json_object_set_new(answer, "devices", list);
	return bad;
}

static void power_off(void)
{
	/* No atexit handlers: nothing may be written out any more. */
	_exit(0);
}

static const char *cut_power(json_t *request, json_t *answer)
{
	(void)request;
	json_object_set_new(answer, "lost_bytes",
			    json_integer((json_int_t)store_cut_power()));
	control_exit_after_answer(power_off);
	return NULL;
}

void host_commands_init(void)
{
	static const struct {
		const char *name;
		control_fn fn;
	} commands[] = {
		{ "device-add", device_add },
		{ "device-remove", device_remove },
		{ "disk-add", disk_add },
		{ "disk-remove", disk_remove },
		{ "disk-resize", disk_resize },
		{ "inject", inject },
		{ "delay", delay },
		{ "release", release },
		{ "never-answer", never_answer },
		{ "answer-held", answer_held },
		{ "clear-faults", clear_faults },
		{ "storage-send", send_packet },
		{ "storage-stats", stats },
		{ "cut-power", cut_power },
	};
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		control_register(commands[i].name, commands[i].fn);
	/* An orderly end of the host loses nothing that a disk had taken. */
	atexit(store_sync_all);
}
