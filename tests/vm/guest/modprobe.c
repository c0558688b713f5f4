// SPDX-License-Identifier: GPL-2.0-only
/*
 * modprobe.c - what loads modules in a distribution: modprobe and udev
 *
 * "modprobe NAME" loads a module, or those that an alias stands for, with what
 * they need, by the tables that depmod made of the kernel's module tree.  "udev"
 * does what udev does since RHEL 5: it listens for devices, has the kernel
 * announce once more those that are there, and asks modprobe for each by its
 * MODALIAS.
 *
 * A test guest has few files of the tree; what is not there is said and left out.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent.h"

/* Kernel ABI: <linux/netlink.h>. */
#define UEVENTS		15
#define RCVBUF_FORCE	33
struct netlink_address {
	unsigned short family, pad;
	unsigned int pid, groups;
};

static FILE *table(const char *name)
{
	char path[PATH_MAX];
	struct utsname u;
	FILE *f;

	uname(&u);
	snprintf(path, sizeof(path), "/lib/modules/%s/%s", u.release, name);
	f = fopen(path, "r");
	if (!f)
		printf("%s: %s\n", path, strerror(errno));
	return f;
}

/* "kernel/fs/some-thing.ko" is some_thing. */
static void module_name(char *out, size_t size, const char *path)
{
	const char *p = strrchr(path, '/');
	size_t n;

	p = p ? p + 1 : path;
	for (n = 0; n < size - 1 && p[n] && p[n] != '.'; n++)
		out[n] = p[n] == '-' ? '_' : p[n];
	out[n] = 0;
}

/* One file of the tree; 0 if its module is loaded then. */
static int load_file(const char *path)
{
	char name[NAME_MAX], full[PATH_MAX];
	char *args[] = { (char *)"insmod", full, NULL };
	struct utsname u;

	module_name(name, sizeof(name), path);
	snprintf(full, sizeof(full), "/sys/module/%s", name);
	if (!access(full, F_OK))
		return 0;
	uname(&u);
	snprintf(full, sizeof(full), "%s%s%s%s", *path == '/' ? "" : "/lib/modules/",
		 *path == '/' ? "" : u.release, *path == '/' ? "" : "/", path);
	if (access(full, F_OK)) {
		printf("%s: not in this image\n", path);
		return 1;
	}
	if (agent_command(2, args))
		return 1;
	printf("loaded %s\n", path);
	return 0;
}

/* A module after those it needs, which modules.dep lists the other way round. */
static int load_module(const char *name)
{
	char line[65536], have[NAME_MAX];
	FILE *f = table("modules.dep");
	char *path[512], *p;
	int n, ret = -1;

	while (f && ret < 0 && fgets(line, sizeof(line), f)) {
		p = strchr(line, ':');
		if (!p)
			continue;
		*p++ = 0;
		module_name(have, sizeof(have), line);
		if (strcmp(have, name))
			continue;
		path[0] = line;
		for (n = 1, p = strtok(p, " \n"); p && n < 512; p = strtok(NULL, " \n"))
			path[n++] = p;
		for (ret = 0; n-- && !ret; )
			ret = load_file(path[n]);
	}
	if (f)
		fclose(f);
	if (ret < 0)
		printf("no module %s\n", name);
	return ret != 0;
}

int cmd_modprobe(int argc, char **argv)
{
	char line[4096], pattern[2048], name[NAME_MAX];
	FILE *f = table("modules.alias");
	int found = 0, ret = 0;

	(void)argc;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "alias %2047s %254s", pattern, name) != 2 ||
		    fnmatch(pattern, argv[0], 0))
			continue;
		found++;
		ret |= load_module(name);
	}
	if (f)
		fclose(f);
	if (!found && !strchr(argv[0], ':')) {
		module_name(name, sizeof(name), argv[0]);
		return load_module(name);
	}
	if (!found)
		printf("no module has the alias %s\n", argv[0]);
	return ret || !found;
}

/* Have every device under a directory announced once more, as when it came. */
static void trigger(const char *dir)
{
	char path[PATH_MAX];
	struct dirent *e;
	struct stat st;
	DIR *d;
	int fd;

	snprintf(path, sizeof(path), "%s/uevent", dir);
	fd = open(path, O_WRONLY);
	if (fd >= 0) {
		if (write(fd, "add", 3) != 3)
			printf("%s: %s\n", path, strerror(errno));
		close(fd);
	}
	d = opendir(dir);
	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_name[0] != '.' && !lstat(path, &st) && S_ISDIR(st.st_mode))
			trigger(path);
	}
	if (d)
		closedir(d);
}

/* The value of a key in a message of strings, one after the other. */
static char *value(char *msg, size_t len, const char *key)
{
	size_t n = strlen(key), i;

	for (i = 0; i < len; i += strlen(msg + i) + 1)
		if (!strncmp(msg + i, key, n) && msg[i + n] == '=')
			return msg + i + n + 1;
	return NULL;
}

int cmd_udev(int argc, char **argv)
{
	struct netlink_address at = { .family = AF_NETLINK, .groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM, UEVENTS), room = 4 << 20;
	char msg[8192], *alias, *action;
	ssize_t n;

	(void)argc;
	(void)argv;
	/* Refused before 2.6.14; the usual room does for a machine as small as this. */
	setsockopt(fd, SOL_SOCKET, RCVBUF_FORCE, &room, sizeof(room));
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at))) {
		printf("uevents: %s\n", strerror(errno));
		return 1;
	}
	trigger("/sys/devices");
	printf("listening\n");
	for (;;) {
		fflush(stdout);
		n = recv(fd, msg, sizeof(msg) - 1, 0);
		if (n < 0) {
			printf("uevents: %s\n", strerror(errno));
			return 1;
		}
		msg[n] = 0;
		action = value(msg, (size_t)n, "ACTION");
		alias = value(msg, (size_t)n, "MODALIAS");
		if (!action || !alias || strcmp(action, "add"))
			continue;
		printf("modprobe %s\n", alias);
		cmd_modprobe(1, &alias);
	}
}
