/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-compat.h - included ahead of every source file, after the probes' answers
 *
 * Only what must be known before any kernel header is read belongs here.  What
 * a kernel lacks is filled in by the shadow header of the kernel header that
 * should have had it.
 */
#ifndef HVL_COMPAT_H
#define HVL_COMPAT_H

#endif /* HVL_COMPAT_H */
