/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-regs.h - registers of a trap, whose names moved with the merge of the x86
 *              trees in 2.6.25
 */
#ifndef HVL_COMPAT_REGS_H
#define HVL_COMPAT_REGS_H

#include <asm/ptrace.h>

#ifdef HAVE_PT_REGS_IP
#define hvl_regs_ip(regs)	((regs)->ip)
#define hvl_regs_ax(regs)	((regs)->ax)
#define hvl_regs_sp(regs)	((regs)->sp)
#elif defined(CONFIG_X86_64)
#define hvl_regs_ip(regs)	((regs)->rip)
#define hvl_regs_ax(regs)	((regs)->rax)
#define hvl_regs_sp(regs)	((regs)->rsp)
#else
#define hvl_regs_ip(regs)	((regs)->eip)
#define hvl_regs_ax(regs)	((regs)->eax)
#define hvl_regs_sp(regs)	((regs)->esp)
#endif

#endif /* HVL_COMPAT_REGS_H */
