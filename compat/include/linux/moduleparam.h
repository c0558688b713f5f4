/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/moduleparam.h - a parameter of type bool is an int before 2.6.30
 */
#include_next <linux/moduleparam.h>

#ifndef HVL_COMPAT_LINUX_MODULEPARAM_H
#define HVL_COMPAT_LINUX_MODULEPARAM_H

#ifdef HAVE_PARAM_BOOL_IS_INT
static inline int hvl_compat_param_set_bool(const char *text,
					    struct kernel_param *kp)
{
	/* A parameter without a value is set. */
	char c = text ? *text : '1';
	bool yes = c == '1' || c == 'y' || c == 'Y';

	if (!yes && c != '0' && c != 'n' && c != 'N')
		return -EINVAL;
	*(bool *)kp->arg = yes;
	return 0;
}

static inline int hvl_compat_param_get_bool(char *buf, struct kernel_param *kp)
{
	return sprintf(buf, "%c", *(bool *)kp->arg ? 'Y' : 'N');
}

#define param_set_bool		hvl_compat_param_set_bool
#define param_get_bool		hvl_compat_param_get_bool
#undef param_check_bool
#define param_check_bool(name, p)	__param_check(name, p, bool)
#endif

#endif /* HVL_COMPAT_LINUX_MODULEPARAM_H */
