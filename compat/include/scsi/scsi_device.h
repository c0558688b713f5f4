/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scsi/scsi_device.h - devices as the kernel of 6.12 has them
 */
#ifndef HVL_COMPAT_SCSI_DEVICE_H
#define HVL_COMPAT_SCSI_DEVICE_H

#include_next <scsi/scsi_device.h>

#ifndef HAVE_SCSI_TEST_UNIT_READY_SENSE
#define scsi_test_unit_ready(sdev, timeout, retries, sshdr)		\
	((void)(sshdr), scsi_test_unit_ready(sdev, timeout, retries))
#endif

#endif /* HVL_COMPAT_SCSI_DEVICE_H */
