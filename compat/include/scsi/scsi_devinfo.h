/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scsi/scsi_devinfo.h - wishes that older kernels do not know are none
 */
#ifndef HVL_COMPAT_SCSI_DEVINFO_H
#define HVL_COMPAT_SCSI_DEVINFO_H

#include_next <scsi/scsi_devinfo.h>

#ifndef HAVE_BLIST_TRY_VPD_PAGES
#define BLIST_TRY_VPD_PAGES	0
#endif

#endif /* HVL_COMPAT_SCSI_DEVINFO_H */
