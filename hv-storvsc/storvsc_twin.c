// SPDX-License-Identifier: GPL-2.0-only
/*
 * storvsc_twin.c - an IDE disk must not be used twice
 *
 * A virtual machine of the first generation has each of its IDE disks twice: on
 * an emulated PIIX controller, and as an accelerated offer on the bus.  Two
 * block devices over the same sectors destroy the file system on them, so who
 * comes first keeps the disk: an offer whose twin is in use is declined, with a
 * line in the log that says what to set, and a twin that shows up behind the
 * back of an accelerated disk gets no upper-level driver.
 *
 * The twin's driver is either the old IDE layer, which is always there before
 * us, or libata's ata_piix, which declines by itself on Hyper-V unless it is
 * told otherwise (prefer_ms_hyperv=0) or does not know of Hyper-V.
 *
 * Locks: stor_twin_lock guards what is owned, stor_twin_watch_lock that the
 * SCSI bus is watched once.  The bus calls us with a lock of its own held, under
 * which stor_twin_lock is taken: never register under the latter.
 */
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include "storvsc_drv.h"

#define STOR_TWIN_DISKS	4	/* two channels of two disks */

/* The controller that the host emulates, and the one of other PC emulators. */
static const struct pci_device_id stor_twin_controllers[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, PCI_DEVICE_ID_INTEL_82371AB) },
	{ PCI_DEVICE(PCI_VENDOR_ID_INTEL, PCI_DEVICE_ID_INTEL_82371SB_1) },
	{ }
};

static DEFINE_MUTEX(stor_twin_lock);
static bool stor_twin_owned[STOR_TWIN_DISKS];

/* Set once the bus is watched; what it points to is const on some kernels. */
static DEFINE_MUTEX(stor_twin_watch_lock);
static typeof(((struct device *)NULL)->bus) stor_twin_bus;

enum stor_twin_kind {
	STOR_TWIN_NONE,
	STOR_TWIN_IDE,		/* a disk of the old IDE layer */
	STOR_TWIN_ATA,		/* one of libata, behind the SCSI layer */
};

/* What is looked for below a controller, and what was found. */
struct stor_twin_walk {
	unsigned int disk;
	struct device *controller;
	const struct Scsi_Host *shost;
	unsigned int before;
	enum stor_twin_kind found;
};

static struct device *stor_twin_controller_of(struct device *dev)
{
	for (; dev; dev = dev->parent) {
		if (dev->bus == &pci_bus_type)
			return pci_match_id(stor_twin_controllers,
					    to_pci_dev(dev)) ? dev : NULL;
	}
	return NULL;
}

/* Hosts of a controller are numbered in the order of its channels. */
static int stor_twin_count_host(struct device *dev, void *data)
{
	struct stor_twin_walk *w = data;

	if (!scsi_is_host_device(dev))
		return device_for_each_child(dev, w, stor_twin_count_host);
	if (dev_to_shost(dev)->host_no < w->shost->host_no)
		w->before++;
	return 0;
}

/* The number of an emulated disk, or -1 if it is none. */
static int stor_twin_disk_of(struct scsi_device *sdev)
{
	struct stor_twin_walk w = { .shost = sdev->host };
	struct device *pci = stor_twin_controller_of(&sdev->sdev_gendev);

	if (!pci || sdev->type != TYPE_DISK || sdev->id > 1)
		return -1;
	device_for_each_child(pci, &w, stor_twin_count_host);
	return w.before > 1 ? -1 : (int)(w.before * 2 + sdev->id);
}

/* A drive of the IDE layer is called "channel.unit" and its parent "ide*". */
static bool stor_twin_is_ide(struct device *dev, unsigned int disk)
{
	char name[24];

	snprintf(name, sizeof(name), "%u.%u", disk / 2, disk % 2);
	return !strcmp(dev_name(dev), name) &&
	       !strncmp(dev_name(dev->parent), "ide", 3);
}

static int stor_twin_find(struct device *dev, void *data)
{
	struct stor_twin_walk *w = data;

	if (scsi_is_sdev_device(dev)) {
		struct scsi_device *sdev = to_scsi_device(dev);

		if (stor_twin_disk_of(sdev) == (int)w->disk &&
		    !sdev->no_uld_attach)
			w->found = STOR_TWIN_ATA;
	} else if (stor_twin_is_ide(dev, w->disk)) {
		w->found = STOR_TWIN_IDE;
	}
	return w->found || device_for_each_child(dev, w, stor_twin_find);
}

/* A reference to the controller is held in @w if something was found. */
static void stor_twin_look(struct stor_twin_walk *w)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		if (!pci_match_id(stor_twin_controllers, pdev))
			continue;
		device_for_each_child(&pdev->dev, w, stor_twin_find);
		if (!w->found)
			continue;
		w->controller = &pdev->dev;
		return;
	}
}

/* Runs before a new device is offered to drivers. */
static int stor_twin_added(struct notifier_block *nb, unsigned long action,
			   void *data)
{
	struct device *dev = data;
	struct scsi_device *sdev;
	int disk;

	if (action != BUS_NOTIFY_ADD_DEVICE || !scsi_is_sdev_device(dev))
		return NOTIFY_DONE;
	sdev = to_scsi_device(dev);
	disk = stor_twin_disk_of(sdev);
	if (disk < 0)
		return NOTIFY_DONE;
	mutex_lock(&stor_twin_lock);
	if (stor_twin_owned[disk]) {
		sdev->no_uld_attach = 1;
		dev_warn(dev, "emulated twin of a disk that hv_storvsc has: gets no driver\n");
	}
	mutex_unlock(&stor_twin_lock);
	return NOTIFY_OK;
}

static struct notifier_block stor_twin_nb = {
	.notifier_call = stor_twin_added,
};

/* The SCSI bus has a public name only in devices that are on it. */
static int stor_twin_watch(struct scsi_device *sdev)
{
	int rc = 0;

	mutex_lock(&stor_twin_watch_lock);
	if (!stor_twin_bus)
		rc = bus_register_notifier(sdev->sdev_gendev.bus, &stor_twin_nb);
	if (!rc)
		stor_twin_bus = sdev->sdev_gendev.bus;
	mutex_unlock(&stor_twin_watch_lock);
	return rc;
}

/* Says why the disk is not ours; drops the reference to the controller. */
static void stor_twin_declined(struct stor_host *h, struct stor_twin_walk *w)
{
	struct device_driver *drv = w->controller->driver;

	dev_warn(&h->dev->device,
		 "disk %u of IDE channel %u is in use through the emulated controller %s (driver %s): left alone\n",
		 w->disk % 2, w->disk / 2, dev_name(w->controller),
		 drv ? drv->name : "none");
	if (w->found == STOR_TWIN_IDE)
		dev_warn(&h->dev->device,
			 "to have it accelerated, boot with hd%c=noprobe\n",
			 'a' + (int)w->disk);
	else
		dev_warn(&h->dev->device,
			 "to have it accelerated, load hv_storvsc before ata_piix and do not set ata_piix.prefer_ms_hyperv=0\n");
	put_device(w->controller);
}

static int stor_twin_number(const struct stor_host *h)
{
	const u8 *instance = h->dev->instance.b;

	/* Channel and device are in the instance (section 1.1). */
	if (h->kind != STOR_KIND_IDE || instance[0] > 1 || instance[4] > 1)
		return -1;
	return instance[0] * 2 + instance[4];
}

/**
 * stor_twin_claim - take a disk, unless it has a twin that is in use
 * @h: the controller
 * @sdev: its disk, not yet known to anybody; hostdata is set
 *
 * Process context.  Returns 0, and then stor_twin_release() is owed, or -ENXIO:
 * there is no disk for us.  A later rescan asks again.
 */
int stor_twin_claim(struct stor_host *h, struct scsi_device *sdev)
{
	struct stor_unit *unit = sdev->hostdata;
	int disk = stor_twin_number(h);
	struct stor_twin_walk w = { .disk = (unsigned int)disk };
	int rc;

	if (disk < 0)
		return 0;
	rc = stor_twin_watch(sdev);
	if (rc)
		return rc;
	mutex_lock(&stor_twin_lock);
	stor_twin_look(&w);
	if (!w.found) {
		stor_twin_owned[disk] = true;
		unit->claimed = true;
	}
	mutex_unlock(&stor_twin_lock);
	if (!w.found)
		return 0;
	stor_twin_declined(h, &w);
	return -ENXIO;
}

void stor_twin_release(struct stor_host *h, struct scsi_device *sdev)
{
	struct stor_unit *unit = sdev->hostdata;

	if (!unit->claimed)
		return;
	mutex_lock(&stor_twin_lock);
	stor_twin_owned[stor_twin_number(h)] = false;
	mutex_unlock(&stor_twin_lock);
}

/* No disk of ours is left. */
void stor_twin_exit(void)
{
	if (stor_twin_bus)
		bus_unregister_notifier(stor_twin_bus, &stor_twin_nb);
}
