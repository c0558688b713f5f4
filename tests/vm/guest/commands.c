// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands.c - the commands that a test guest knows without any other program
 *
 * Each runs in a process of its own (agent.c), prints to stdout, and returns an
 * exit status: 0, 1 (failed, the reason printed), 2 (wrong use), 3 (a wait ran
 * out of time).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

static int fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	return 1;
}

/* The whole of a file, or NULL; the caller frees it. */
static char *slurp(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY);
	size_t cap = 65536, n = 0;
	char *b = malloc(cap);
	ssize_t r;

	if (fd < 0 || !b) {
		if (fd >= 0)
			close(fd);
		free(b);
		return NULL;
	}
	while ((r = read(fd, b + n, cap - n - 1)) > 0) {
		n += (size_t)r;
		if (cap - n < 4096) {
			char *p = realloc(b, cap * 2);

			if (!p)
				break;
			b = p;
			cap *= 2;
		}
	}
	close(fd);
	if (r < 0) {
		free(b);
		return NULL;
	}
	b[n] = 0;
	*len = n;
	return b;
}

static void join(char *out, size_t size, int argc, char **argv)
{
	size_t n = 0;
	int i;

	out[0] = 0;
	for (i = 0; i < argc && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " " : "",
				      argv[i]);
}

static int cmd_insmod(int argc, char **argv)
{
	char opts[4096];
	size_t len;
	char *image;
	long r;

	join(opts, sizeof(opts), argc - 1, argv + 1);
	image = slurp(argv[0], &len);
	if (!image)
		return fail(argv[0]);
	r = syscall(SYS_init_module, image, (unsigned long)len, opts);
	if (r && errno == EEXIST)
		return 0;
	return r ? fail(argv[0]) : 0;
}

static int cmd_rmmod(int argc, char **argv)
{
	(void)argc;
	return syscall(SYS_delete_module, argv[0], O_NONBLOCK) ?
		fail(argv[0]) : 0;
}

static int cmd_cat(int argc, char **argv)
{
	size_t len;
	char *b;
	int i;

	for (i = 0; i < argc; i++) {
		b = slurp(argv[i], &len);
		if (!b)
			return fail(argv[i]);
		fwrite(b, 1, len, stdout);
		free(b);
	}
	return 0;
}

/* write PATH TEXT: one write() call, as sysfs wants it. */
static int cmd_write(int argc, char **argv)
{
	char text[8192];
	int fd = open(argv[0], O_WRONLY | O_CREAT | O_TRUNC, 0644);
	int r;

	if (fd < 0)
		return fail(argv[0]);
	join(text, sizeof(text), argc - 1, argv + 1);
	r = write(fd, text, strlen(text)) < 0 ? fail(argv[0]) : 0;
	if (close(fd) && !r)
		r = fail(argv[0]);
	return r;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int cmd_ls(int argc, char **argv)
{
	struct dirent **e;
	int i, n;

	(void)argc;
	n = scandir(argv[0], &e, NULL, by_name);
	if (n < 0)
		return fail(argv[0]);
	for (i = 0; i < n; i++)
		if (e[i]->d_name[0] != '.')
			printf("%s\n", e[i]->d_name);
	return 0;
}

static int cmd_readlink(int argc, char **argv)
{
	char b[PATH_MAX];
	ssize_t n = readlink(argv[0], b, sizeof(b));

	(void)argc;
	if (n < 0)
		return fail(argv[0]);
	printf("%.*s\n", (int)n, b);
	return 0;
}

static int cmd_sha256(int argc, char **argv)
{
	char sum[65];

	if (agent_sha256(argv[0], argc > 1 ? strtoull(argv[1], NULL, 0) : 0,
			 argc > 2 ? strtoull(argv[2], NULL, 0) : 0, sum))
		return fail(argv[0]);
	printf("%s\n", sum);
	return 0;
}

static int cmd_mount(int argc, char **argv)
{
	mkdir(argv[1], 0755);
	return mount(argv[0], argv[1], argv[2], 0, argc > 3 ? argv[3] : NULL) ?
		fail(argv[0]) : 0;
}

static int cmd_umount(int argc, char **argv)
{
	(void)argc;
	return umount(argv[0]) ? fail(argv[0]) : 0;
}

static int cmd_swapon(int argc, char **argv)
{
	(void)argc;
	return swapon(argv[0], 0) ? fail(argv[0]) : 0;
}

static int cmd_mkdir(int argc, char **argv)
{
	(void)argc;
	return mkdir(argv[0], 0755) && errno != EEXIST ? fail(argv[0]) : 0;
}

static int cmd_sync(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	sync();
	return 0;
}

/* "size DEV" in bytes, as the block layer has it. */
static int cmd_size(int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY);
	uint64_t n;

	(void)argc;
	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &n))
		return fail(argv[0]);
	printf("%llu\n", (unsigned long long)n);
	close(fd);
	return 0;
}

static int cmd_rereadpt(int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY);
	int r;

	(void)argc;
	if (fd < 0)
		return fail(argv[0]);
	r = ioctl(fd, BLKRRPART) ? fail(argv[0]) : 0;
	close(fd);
	return r;
}

/* Make a node for a directory of /sys/block that has a "dev" file. */
static void node_for(const char *dir, const char *name, int mode)
{
	char p[PATH_MAX];
	unsigned int ma, mi;
	size_t len;
	char *b;

	snprintf(p, sizeof(p), "%s/%s/dev", dir, name);
	b = slurp(p, &len);
	if (b && sscanf(b, "%u:%u", &ma, &mi) == 2) {
		snprintf(p, sizeof(p), "/dev/%s", name);
		mknod(p, (mode_t)mode | 0600, makedev(ma, mi));
	}
	free(b);
}

/* nodes: what devtmpfs does, for kernels that lack it. */
static int cmd_nodes(int argc, char **argv)
{
	struct dirent *e, *f;
	char p[PATH_MAX];
	struct statfs sf;
	DIR *d, *s;

	(void)argc;
	(void)argv;
	/* A devtmpfs answers as tmpfs too; what it has is left alone. */
	if (statfs("/dev", &sf))
		return fail("/dev");
	d = opendir("/sys/block");
	if (!d)
		return fail("/sys/block");
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		node_for("/sys/block", e->d_name, S_IFBLK);
		snprintf(p, sizeof(p), "/sys/block/%s", e->d_name);
		s = opendir(p);
		while (s && (f = readdir(s)))
			if (!strncmp(f->d_name, e->d_name, strlen(e->d_name)))
				node_for(p, f->d_name, S_IFBLK);
		if (s)
			closedir(s);
	}
	closedir(d);
	d = opendir("/sys/class/scsi_generic");
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			node_for("/sys/class/scsi_generic", e->d_name, S_IFCHR);
	if (d)
		closedir(d);
	return 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool holds(int argc, char **argv)
{
	bool ok = false;
	size_t len;
	char *b;

	if (!strcmp(argv[0], "exists"))
		return access(argv[1], F_OK) == 0;
	if (!strcmp(argv[0], "gone"))
		return access(argv[1], F_OK) != 0;
	b = slurp(argv[1], &len);
	if (b && argc > 2) {
		while (len && b[len - 1] == '\n')
			b[--len] = 0;
		if (!strcmp(argv[0], "equals"))
			ok = !strcmp(b, argv[2]);
		else if (!strcmp(argv[0], "differs"))
			ok = strcmp(b, argv[2]) != 0;
		else if (!strcmp(argv[0], "contains"))
			ok = strstr(b, argv[2]) != NULL;
	}
	free(b);
	return ok;
}

/* await SECONDS exists|gone|equals|differs|contains PATH [TEXT] */
static int cmd_await(int argc, char **argv)
{
	double end = now() + atof(argv[0]);

	while (!holds(argc - 1, argv + 1)) {
		if (now() > end) {
			printf("%s %s: not so within %s s\n", argv[1], argv[2],
			       argv[0]);
			return 3;
		}
		usleep(20000);
	}
	return 0;
}

/* hold PATH GATE: keep a file open, and read it again once the other exists. */
static int cmd_hold(int argc, char **argv)
{
	int fd = open(argv[0], O_RDONLY);
	char b[4096];
	ssize_t n;

	(void)argc;
	if (fd < 0 || read(fd, b, sizeof(b)) < 0)
		return fail(argv[0]);
	printf("open\n");
	fflush(stdout);
	while (access(argv[1], F_OK))
		usleep(20000);
	n = pread(fd, b, sizeof(b), 0);
	if (n < 0)
		return fail(argv[0]);
	printf("read %zd bytes\n", n);
	return 0;
}

static int cmd_exec(int argc, char **argv)
{
	(void)argc;
	execvp(argv[0], argv);
	fail(argv[0]);
	return 127;
}

static int cmd_uname(int argc, char **argv)
{
	struct utsname u;

	(void)argc;
	(void)argv;
	uname(&u);
	printf("%s\n", u.release);
	return 0;
}

static int cmd_dmesg(int argc, char **argv)
{
	static char b[1 << 20];
	long n = syscall(SYS_syslog, 3, b, sizeof(b));

	(void)argc;
	(void)argv;
	if (n < 0)
		return fail("syslog");
	fwrite(b, 1, (size_t)n, stdout);
	return 0;
}

#define SYS_KEXEC_FILE_LOAD	320	/* x86-64; unknown to older headers */
#define KEXEC_ON_CRASH		2u
#define REBOOT_KEXEC		0x45584543

/* kexec next|crash KERNEL INITRD WORD...: what to start on "reexec", or on a panic. */
static int cmd_kexec(int argc, char **argv)
{
	int kernel = open(argv[1], O_RDONLY), initrd = open(argv[2], O_RDONLY);
	bool crash = !strcmp(argv[0], "crash");
	char line[4096];

	join(line, sizeof(line), argc - 3, argv + 3);
	if (kernel < 0 || initrd < 0)
		return fail(kernel < 0 ? argv[1] : argv[2]);
	return syscall(SYS_KEXEC_FILE_LOAD, kernel, initrd,
		       (unsigned long)strlen(line) + 1, line,
		       crash ? (unsigned long)KEXEC_ON_CRASH : 0ul) ?
		fail("kexec_file_load") : 0;
}

static int cmd_reexec(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	sync();
	reboot(REBOOT_KEXEC);
	return fail("kexec");
}

static int cmd_poweroff(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	sync();
	reboot(RB_POWER_OFF);
	return fail("poweroff");
}

/* sysrq letter by letter, for the state of a guest that hangs */
static int cmd_sysrq(int argc, char **argv)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY);

	(void)argc;
	if (fd < 0 || write(fd, argv[0], 1) != 1)
		return fail("sysrq");
	close(fd);
	return 0;
}

static const struct {
	const char *name;
	int min;
	int (*fn)(int argc, char **argv);
} commands[] = {
	{ "insmod", 1, cmd_insmod },
	{ "rmmod", 1, cmd_rmmod },
	{ "modprobe", 1, cmd_modprobe },
	{ "udev", 0, cmd_udev },
	{ "clock", 2, cmd_clock },
	{ "cat", 1, cmd_cat },
	{ "write", 2, cmd_write },
	{ "ls", 1, cmd_ls },
	{ "readlink", 1, cmd_readlink },
	{ "sha256", 1, cmd_sha256 },
	{ "mount", 3, cmd_mount },
	{ "umount", 1, cmd_umount },
	{ "swapon", 1, cmd_swapon },
	{ "mkdir", 1, cmd_mkdir },
	{ "sync", 0, cmd_sync },
	{ "size", 1, cmd_size },
	{ "rereadpt", 1, cmd_rereadpt },
	{ "nodes", 0, cmd_nodes },
	{ "await", 3, cmd_await },
	{ "hold", 2, cmd_hold },
	{ "exec", 1, cmd_exec },
	{ "uname", 0, cmd_uname },
	{ "dmesg", 0, cmd_dmesg },
	{ "kexec", 3, cmd_kexec },
	{ "reexec", 0, cmd_reexec },
	{ "poweroff", 0, cmd_poweroff },
	{ "sysrq", 1, cmd_sysrq },
};

int agent_command(int argc, char **argv)
{
	size_t i;
	int r;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[0], commands[i].name))
			continue;
		if (argc - 1 < commands[i].min)
			break;
		r = commands[i].fn(argc - 1, argv + 1);
		fflush(stdout);
		return r;
	}
	printf("%s: no such command, or too few arguments\n", argv[0]);
	return 2;
}
