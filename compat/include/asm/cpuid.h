/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * asm/cpuid.h - the CPUID instruction, in a header of its own from 5.19 on and
 *               in a directory of its own from 6.16 on
 */
#ifndef HVL_COMPAT_ASM_CPUID_H
#define HVL_COMPAT_ASM_CPUID_H

#include <asm/processor.h>

#ifdef HAVE_HEADER_ASM_CPUID_API_H
#include <asm/cpuid/api.h>
#elif defined(HAVE_HEADER_ASM_CPUID_H)
#include_next <asm/cpuid.h>
#endif

#endif /* HVL_COMPAT_ASM_CPUID_H */
