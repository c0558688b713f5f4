/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * qemu_plugin.h - the part of QEMU's plug-in interface that hvhost uses
 *
 * Distributions ship QEMU without a plug-in header, so the declarations that we
 * need stand here.  They describe API version 7 (QEMU 11), in which every
 * registration takes a user pointer that its callback gets last.
 */
#ifndef HVHOST_QEMU_PLUGIN_H
#define HVHOST_QEMU_PLUGIN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLUGIN_API 7

struct qemu_info_t {
	const char *target_name;
	struct { int min, cur; } version;
	bool system_emulation;
	struct { int smp_vcpus, max_vcpus; } system;
};
typedef struct qemu_info_t qemu_info_t;
typedef uint64_t qemu_plugin_id_t;

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_scoreboard;
struct qemu_plugin_register;

typedef struct {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
} qemu_plugin_u64;

typedef struct {
	struct qemu_plugin_register *handle;
	const char *name;
	const char *feature;
	bool is_readonly;
} qemu_plugin_reg_descriptor;

/* What an execution callback may do with the registers. */
enum qemu_plugin_cb_flags { CB_NO_REGS, CB_R_REGS, CB_RW_REGS, CB_RW_REGS_PC };
enum qemu_plugin_cond { COND_GE = 7 };
enum qemu_plugin_op { INLINE_ADD_U64, INLINE_STORE_U64 };
enum qemu_plugin_discon_type { DISCON_INTERRUPT = 1 };

typedef void (*plugin_vcpu_fn)(unsigned int vcpu, void *user);
typedef void (*plugin_user_fn)(void *user);
typedef void (*plugin_tb_fn)(struct qemu_plugin_tb *tb, void *user);
typedef void (*plugin_discon_fn)(unsigned int vcpu,
				 enum qemu_plugin_discon_type type,
				 uint64_t from_pc, uint64_t to_pc, void *user);

void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t id, plugin_vcpu_fn fn,
				       void *user);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, plugin_tb_fn fn,
					   void *user);
void qemu_plugin_register_vcpu_discon_cb(qemu_plugin_id_t id,
					 enum qemu_plugin_discon_type type,
					 plugin_discon_fn fn, void *user);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, plugin_user_fn fn,
				    void *user);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
						 size_t idx);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *dest,
			     size_t len);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    plugin_vcpu_fn fn,
					    enum qemu_plugin_cb_flags flags,
					    void *user);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
	struct qemu_plugin_insn *insn, enum qemu_plugin_op op,
	qemu_plugin_u64 entry, uint64_t imm);

void qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(
	struct qemu_plugin_tb *tb, enum qemu_plugin_op op, qemu_plugin_u64 entry,
	uint64_t imm);
/* The callback runs when entry, compared with imm, is as cond says. */
void qemu_plugin_register_vcpu_tb_exec_cond_cb(
	struct qemu_plugin_tb *tb, plugin_vcpu_fn fn, enum qemu_plugin_cb_flags flags,
	enum qemu_plugin_cond cond, qemu_plugin_u64 entry, uint64_t imm, void *user);

int qemu_plugin_num_vcpus(void);
GArray *qemu_plugin_get_registers(void);
bool qemu_plugin_read_register(struct qemu_plugin_register *reg, GByteArray *buf);
bool qemu_plugin_write_register(struct qemu_plugin_register *reg, GByteArray *buf);
void qemu_plugin_set_pc(uint64_t vaddr) __attribute__((__noreturn__));
int qemu_plugin_read_memory_hwaddr(uint64_t addr, GByteArray *data, size_t len);
int qemu_plugin_write_memory_hwaddr(uint64_t addr, GByteArray *data);

struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t element_size);
uint64_t qemu_plugin_u64_get(qemu_plugin_u64 entry, unsigned int vcpu);
void qemu_plugin_u64_set(qemu_plugin_u64 entry, unsigned int vcpu, uint64_t value);

#endif /* HVHOST_QEMU_PLUGIN_H */
