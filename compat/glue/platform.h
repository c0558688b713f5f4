/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * glue/platform.h - a platform driver's remove(), which once returned int
 */
#ifndef HVL_GLUE_PLATFORM_H
#define HVL_GLUE_PLATFORM_H

#ifdef HAVE_PLATFORM_REMOVE_VOID
#define HVL_PLATFORM_REMOVE(fn)	fn
#define HVL_PLATFORM_CALLBACKS(fn)
#else
#define HVL_PLATFORM_REMOVE(fn)	fn##_adapter
#define HVL_PLATFORM_CALLBACKS(fn)					\
static int fn##_adapter(struct platform_device *pdev)			\
{									\
	fn(pdev);							\
	return 0;							\
}
#endif

#endif /* HVL_GLUE_PLATFORM_H */
