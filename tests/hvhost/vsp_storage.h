/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vsp_storage.h - the storage service provider: devices, sessions, requests
 *
 * A device is a SCSI controller or an IDE-accelerated disk.  A session is one
 * opening of one of its channels; it ends with the close, and requests that
 * belong to it are then dropped and touch no guest memory any more, even if
 * the same channel is opened again.
 *
 * Locks: registry_lock (the list of devices), then stor_dev->lock (everything
 * of a device, its sessions, requests' lists, faults), then the leaves of
 * work_pool.c, scsi.h and disk_store.c.  No lock is held over a call into
 * vmbus_host.h.
 */
#ifndef HVHOST_VSP_STORAGE_H
#define HVHOST_VSP_STORAGE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "scsi.h"
#include "vmbus_host.h"
#include "vsp_storage_wire.h"
#include "vtime.h"
#include "work_pool.h"

#define MAX_LUNS	255
#define MAX_SUBCHANNELS	64
#define DEFAULT_MAX_TRANSFER	0x40000u

enum stor_state {
	STOR_BEGIN, STOR_QUERY_VERSION, STOR_QUERY_PROPERTIES, STOR_END_INIT,
	STOR_READY
};

/* What to do to a request instead of serving it at once. */
enum fault_kind { FAULT_NONE, FAULT_INJECT, FAULT_DELAY, FAULT_HOLD, FAULT_NEVER };

struct injection {
	uint8_t srb_status;		/* as it goes onto the wire */
	uint8_t scsi_status;
	uint32_t sense;			/* SENSE() */
	bool has_sense;
	int sense_length;		/* -1: what it really is */
	int64_t transferred;		/* -1: nothing; else serve, then claim it */
};

struct fault {
	struct fault *next;
	enum fault_kind kind;
	int lun, opcode;		/* -1: any */
	uint64_t nth, count;		/* from the nth match; count 0: for ever */
	uint64_t seen;
	unsigned int ms;		/* FAULT_DELAY */
	struct injection inject;
};

struct stor_lun {
	struct scsi_unit unit;
	unsigned int users;		/* commands being run on it */
};

struct stor_session {
	struct stor_session *next;
	struct chan *chan;		/* referenced */
	unsigned int sub;
	unsigned int refs;		/* requests, and the open itself */
	unsigned int busy;		/* workers that may touch guest memory */
	bool closed;
	struct stor_request *waiting;	/* sub-channel: came before END */
};

struct stor_request {
	struct work work;		/* first */
	struct stor_request *next;
	struct stor_dev *dev;		/* referenced */
	struct stor_session *session;	/* referenced */
	uint64_t id;
	size_t answer_len;
	struct vstor_packet packet;
	enum fault_kind fault;
	struct injection inject;
	uint32_t buffer_len;		/* usable for the transfer */
	uint32_t offset;
	uint32_t nr_pfns;
	uint64_t pfns[];
};

struct stor_stats {
	uint64_t requests, completed, injected, delayed, dropped, late, broken;
};

struct stor_dev {
	struct stor_dev *next;		/* registry_lock */
	char name[32];
	bool ide;
	uint8_t path, target;		/* where its LUNs live */
	bool monitored;
	uint16_t max_subchannels;
	uint16_t newest;		/* version word, the limit of this host */
	uint32_t max_transfer;
	struct vmbus_dev *vdev;

	pthread_mutex_t lock;
	pthread_cond_t idle;		/* busy or users went down */
	unsigned int refs;
	enum stor_state state;
	uint16_t version;
	bool subchannels_made;		/* before END; allowed once there */
	struct stor_session *sessions;
	struct stor_lun *luns[MAX_LUNS + 1];
	struct fault *faults;
	struct stor_request *held;	/* FAULT_HOLD and FAULT_NEVER */
	struct stor_request *orphans;	/* never answered, session closed */
	struct disk_queue queue;	/* in a window of guest time (vtime.h) */
	struct stor_stats stats;
};

/* ---- vsp_storage.c: devices and their protocol ------------------------------- */

extern const struct vsp_ops storage_ops;

/* The version words this host generation speaks, newest first, 0-terminated. */
const uint16_t *storage_versions(enum host_generation g);

void stor_dev_put(struct stor_dev *dev);	/* takes dev->lock */
void storage_drop(struct stor_request *r);	/* free without an answer */
/* Tell the guest to look again; false if it cannot be told now. */
bool storage_notify(struct stor_dev *dev, uint32_t operation);
/* An unsolicited packet as it is given; false if there is no open channel. */
bool storage_send(struct stor_dev *dev, uint32_t operation, uint32_t status);
/* The session of the primary channel, or NULL.  Caller holds dev->lock. */
struct stor_session *storage_primary(struct stor_dev *dev);

/* ---- storage_io.c: one SCSI request ------------------------------------------- */

bool storage_srb_valid(const struct guest_packet *p, const struct vstor_packet *v);
void storage_submit(struct stor_request *r);
void storage_answer(struct stor_request *r, const struct vstor_packet *answer);
uint32_t storage_nt_status(uint8_t srb_status);

/* ---- storage_device.c: making and changing devices ---------------------------- */

struct disk_config {
	unsigned int lun;
	bool dvd, write_cache, thin;
	const char *path;
	const char *serial;		/* NULL: none */
	uint64_t size;
};

struct stor_config {
	const char *name;
	bool ide;
	unsigned int channel, device;
	unsigned int subchannels;
	bool monitored;			/* doorbell in the monitor page */
	uint32_t max_transfer;
	uint16_t newest;		/* 0: what the host generation has */
};

/* NULL, or -1, with a one-line reason in err. */
struct stor_dev *storage_device_new(const struct stor_config *c, char *err,
				    size_t len);
void storage_device_offer(struct stor_dev *dev);
void storage_device_remove(struct stor_dev *dev);	/* rescinds, frees */
int storage_disk_add(struct stor_dev *dev, const struct disk_config *c,
		     char *err, size_t len);
int storage_disk_remove(struct stor_dev *dev, unsigned int lun, char *err,
			size_t len);
int storage_disk_resize(struct stor_dev *dev, unsigned int lun, uint64_t size,
			char *err, size_t len);

/* The device, or NULL.  Control thread, and loading of the configuration. */
struct stor_dev *storage_find(const char *name);
struct stor_dev *storage_first(void);

/* ---- vsp_storage_hostile.c ------------------------------------------------------ */

struct hostile_layout *storage_layout(const void *payload, size_t len);

/* ---- storage_fault.c ------------------------------------------------------------ */

void storage_fault_add(struct stor_dev *dev, const struct fault *f);
void storage_fault_clear(struct stor_dev *dev);
/* The fault this request has to suffer, copied; caller holds dev->lock. */
enum fault_kind storage_fault_match(struct stor_dev *dev, unsigned int lun,
				    uint8_t opcode, struct fault *out);
/* Serve the held requests of that kind; how many. */
unsigned int storage_release(struct stor_dev *dev, enum fault_kind kind);
/* Complete orphans with their old ids on today's primary channel; how many. */
unsigned int storage_answer_orphans(struct stor_dev *dev);
/* The session ends: sort its held requests out.  Caller holds dev->lock. */
struct stor_request *storage_held_close(struct stor_dev *dev,
					struct stor_session *s);

#endif /* HVHOST_VSP_STORAGE_H */
