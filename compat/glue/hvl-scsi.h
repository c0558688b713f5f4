/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-scsi.h - what a SCSI driver asks of kernels that differ in kind
 */
#ifndef HVL_GLUE_SCSI_H
#define HVL_GLUE_SCSI_H

#include <scsi/scsi_host.h>

/*
 * Ask that no request has a gap: inside one, every boundary between two
 * elements is a multiple of @mask + 1.  True if this kernel sees to it; then
 * the driver need not be ready to copy.
 */
static inline bool hvl_scsi_virt_boundary(struct Scsi_Host *shost,
					  unsigned long mask)
{
#ifdef HAVE_SCSI_VIRT_BOUNDARY
	shost->virt_boundary_mask = mask;
	return true;
#else
	return false;
#endif
}

#endif /* HVL_GLUE_SCSI_H */
