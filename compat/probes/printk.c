/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages and other small things of linux/kernel.h. */
/// include linux/kernel.h
/// include linux/dev_printk.h
/// include linux/bug.h
/// include linux/delay.h
/// include linux/kdebug.h
/// include linux/moduleparam.h
/// include linux/string.h

/* 2.6.29 to 2.6.32, and picked by vendors */
/// probe PR_ERR
#if !defined(pr_err) || !defined(pr_warn) || !defined(pr_info)
#error not all of them
#endif
/// probe PR_FMT
#ifndef pr_fmt
#error not there
#endif

/* 2.6.30 */
/// probe PR_RATELIMITED
#ifndef pr_err_ratelimited
#error not there
#endif
/* 2.6.39 */
/// probe KSTRTOUINT
	unsigned int v;

	(void)kstrtouint("1", 0, &v);
/* 2.6.23 */
/// probe KSTRNDUP
	(void)&kstrndup;
/* 2.6.36 */
/// probe USLEEP_RANGE
	usleep_range(1, 2);
/*
 * 2.6.30: a parameter of type bool may be one.  The flag that tells took half of
 * the room of the permissions.
 */
/// probe PARAM_BOOL_IS_INT
	typedef char fits[HVL_IS(((struct kernel_param *)0)->perm,
			unsigned int) ? 1 : -1];
