// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_control.c - the device list, and the control socket with its commands
 *
 * build-with: control.c commands_storage.c host_config.c
 * build-with: net_config.c net_device.c vsp_net.c net_buffers.c net_receive.c net_transmit.c
 * build-with: net_rndis.c vsp_net_hostile.c net_oid.c net_offload.c net_switch.c net_fault.c
 * build-with: net_socket.c
 * build-with: vsp_storage.c storage_io.c storage_fault.c storage_device.c device_id.c
 * build-with: disk_time.c work_pool.c disk_store.c scsi_disk.c scsi_thin.c scsi_vpd.c scsi_dvd.c
 * build-with: vsp_storage_hostile.c
 */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control.h"
#include "host_config.h"
#include "test_vmbus.h"
#include "vsp_storage.h"

static char base[64];
static char reply[65536];

static const char *in_base(const char *name)
{
	static char full[4][128];
	static unsigned int n;

	n = (n + 1) % 4;
	snprintf(full[n], sizeof(full[n]), "%s/%s", base, name);
	return full[n];
}

/* What loading this text says; NULL when it is taken. */
static const char *load(const char *fmt, ...)
{
	static char err[600];
	FILE *f = fopen(in_base("config"), "w");
	va_list ap;

	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fclose(f);
	return host_config_load(in_base("config"), err, sizeof(err)) ? err : NULL;
}

static int dial(const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct timeval t = { 20, 0 };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", in_base(name));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)))
		printf("connect to %s failed\n", a.sun_path);
	return fd;
}

/* One answer into reply; what it is, or NULL at the end of the connection. */
static const char *hear(int fd)
{
	size_t n = 0;

	while (n < sizeof(reply) - 1 && recv(fd, reply + n, 1, 0) == 1)
		if (reply[n++] == '\n')
			break;
	reply[n] = 0;
	return n ? reply : NULL;
}

static const char *say(int fd, const char *line)
{
	if (send(fd, line, strlen(line), MSG_NOSIGNAL) < 0 ||
	    send(fd, "\n", 1, MSG_NOSIGNAL) < 0)
		return "not sent";
	return hear(fd) ? reply : "closed";
}

static bool is_ok(const char *text)
{
	bool ok = strstr(text, "\"ok\":true") != NULL;

	if (!ok)
		printf("not ok: %s", text);
	return ok;
}

/* It was refused, and the reason names what. */
static bool refused(const char *text, const char *what)
{
	bool yes = strstr(text, "\"ok\":false") && strstr(text, what);

	if (!yes)
		printf("expected a refusal with '%s': %s", what, text);
	return yes;
}

TEST(bad_device_lists)
{
	static const struct {
		const char *text, *what;
	} bad[] = {
		{ "{", "line 1" },
		{ "[]", "devices" },
		{ "{\"devices\": [], \"other\": 1}", "nothing else" },
		{ "{\"devices\": [7]}", "device 1" },
		{ "{\"devices\": [{\"type\": \"tape\", \"name\": \"t\"}]}", "tape" },
		{ "{\"devices\": [{\"type\": \"scsi\"}]}", "name" },
		{ "{\"devices\": [{\"type\": \"scsi\", \"name\": \"s\", \"disk\": []}]}", "disk" },
		{ "{\"devices\": [{\"type\": \"scsi\", \"name\": \"s\", \"subchannels\": -1}]}",
		  "subchannels" },
		{ "{\"devices\": [{\"type\": \"scsi\", \"name\": \"s\", \"protocol\": \"7.0\"}]}",
		  "7.0" },
		{ "{\"devices\": [{\"type\": \"scsi\", \"name\": \"s\", \"disks\": [{}]}]}",
		  "file" },
		{ "{\"devices\": [{\"type\": \"scsi\", \"name\": \"s\", "
		  "\"disks\": [{\"file\": \"/nonexistent/x\"}]}]}", "/nonexistent/x" },
		{ "{\"devices\": [{\"type\": \"scsi\", \"name\": \"s\", "
		  "\"disks\": [{\"lun\": -1, \"file\": \"x\"}]}]}", "lun" },
		{ "{\"devices\": [{\"type\": \"ide\", \"name\": \"i\", \"channel\": 2, "
		  "\"file\": \"x\"}]}", "channel" },
		{ "{\"devices\": [{\"type\": \"ide\", \"name\": \"i\"}]}", "file" },
	};
	const char *why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = load("%s", bad[i].text);
		if (!why || !strstr(why, bad[i].what))
			printf("%s: %s\n", bad[i].text, why ? why : "taken");
		CHECK(why && strstr(why, bad[i].what) && !strchr(why, '\n'));
		CHECK(!storage_first());
	}
	CHECK(!host_config_load(NULL, reply, sizeof(reply)));
	CHECK(host_config_load("/nonexistent/config", reply, sizeof(reply)));
	CHECK(strstr(reply, "/nonexistent/config"));
}

TEST(device_list)
{
	FILE *f = fopen(in_base("d.iso"), "w");

	CHECK(f);
	CHECK_EQ(ftruncate(fileno(f), 20480), 0);
	fclose(f);
	CHECK(!load("{\"devices\": ["
		    "{\"type\": \"scsi\", \"name\": \"scsi0\", \"subchannels\": 2,"
		    " \"max_transfer\": 100000, \"protocol\": \"6.0\", \"disks\": ["
		    " {\"lun\": 0, \"file\": \"%s\", \"size\": 1048576, \"serial\": \"A\"},"
		    " {\"lun\": 7, \"dvd\": \"%s\"}]},"
		    "{\"type\": \"ide\", \"name\": \"ide0\", \"channel\": 1, \"device\": 1,"
		    " \"file\": \"%s\", \"size\": 65536, \"write_cache\": false}]}",
		    in_base("a"), in_base("d.iso"), in_base("b")));
	CHECK(storage_find("scsi0") && storage_find("ide0"));
	CHECK_EQ(storage_find("scsi0")->max_subchannels, 2);
	CHECK_EQ(storage_find("scsi0")->max_transfer, 100000);
	CHECK_EQ(storage_find("scsi0")->newest, VSTOR_WIN8_1);
	CHECK(storage_find("scsi0")->luns[7]->unit.dvd);
	CHECK(!store_has_cache(storage_find("ide0")->luns[0]->unit.store));
	CHECK_EQ(storage_find("ide0")->target, 1);
	storage_device_remove(storage_find("ide0"));
	CHECK(!storage_find("ide0"));
}

TEST(socket_and_lines)
{
	char endless[1000];
	int a, b;
	size_t i;

	memset(endless, 'x', sizeof(endless));
	host_commands_init();
	control_start(in_base("socket"));
	a = dial("socket");
	b = dial("socket");
	CHECK(is_ok(say(a, "{\"cmd\": \"commands\"}")));
	CHECK(strstr(reply, "cut-power"));
	CHECK(refused(say(b, "{\"cmd\": \"no-such\"}"), "no-such"));
	CHECK(refused(say(a, "rubbish"), "JSON"));
	CHECK(refused(say(a, "[1]"), "object"));
	CHECK(refused(say(a, "{\"cmd\": 3}"), "cmd"));
	CHECK(refused(say(a, "{}"), "cmd"));
	/* Two in one write, the first one in two pieces. */
	CHECK_EQ(send(b, "{\"cmd\":", 7, 0), 7);
	CHECK(is_ok(say(b, "\"commands\"}\r\n{\"cmd\": \"commands\"}")));
	CHECK(hear(b) && is_ok(reply));
	close(b);
	b = dial("socket");
	for (i = 0; i < 70; i++)		/* a line without an end */
		if (send(b, endless, sizeof(endless), MSG_NOSIGNAL) < 0)
			break;
	CHECK(hear(b));
	CHECK(strstr(reply, "longer"));
	close(b);
	CHECK(is_ok(say(a, "{\"cmd\": \"commands\"}")));
	close(a);
}

TEST(arguments_are_checked)
{
	static const struct {
		const char *line, *what;
	} bad[] = {
		{ "{\"cmd\":\"disk-add\"}", "device" },
		{ "{\"cmd\":\"disk-add\",\"device\":\"nix\",\"file\":\"x\"}", "nix" },
		{ "{\"cmd\":\"disk-add\",\"device\":\"scsi0\"}", "file" },
		{ "{\"cmd\":\"disk-add\",\"device\":\"scsi0\",\"lun\":0,\"file\":\"x\"}",
		  "LUN 0" },
		{ "{\"cmd\":\"disk-remove\",\"device\":\"scsi0\"}", "lun" },
		{ "{\"cmd\":\"disk-remove\",\"device\":\"scsi0\",\"lun\":55}", "LUN 55" },
		{ "{\"cmd\":\"disk-remove\",\"device\":\"scsi0\",\"lun\":0,"
		  "\"notify\":\"loudly\"}", "notify" },
		{ "{\"cmd\":\"disk-resize\",\"device\":\"scsi0\",\"lun\":0,\"size\":7}",
		  "multiple" },
		{ "{\"cmd\":\"disk-resize\",\"device\":\"scsi0\",\"lun\":9,\"size\":512}",
		  "LUN 9" },
		{ "{\"cmd\":\"disk-resize\",\"device\":\"scsi0\",\"lun\":7,\"size\":4096}",
		  "Read-only" },
		{ "{\"cmd\":\"inject\",\"device\":\"scsi0\"}", "srb_status" },
		{ "{\"cmd\":\"inject\",\"device\":\"scsi0\",\"srb_status\":300}", "byte" },
		{ "{\"cmd\":\"inject\",\"device\":\"scsi0\",\"srb_status\":4,\"nth\":0}", "nth" },
		{ "{\"cmd\":\"inject\",\"device\":\"scsi0\",\"srb_status\":4,\"x\":0}", "x" },
		{ "{\"cmd\":\"inject\",\"device\":\"scsi0\",\"srb_status\":4,"
		  "\"sense\":{\"key\":4}}", "asc" },
		{ "{\"cmd\":\"inject\",\"device\":\"scsi0\",\"srb_status\":4,\"lun\":\"a\"}",
		  "integer" },
		{ "{\"cmd\":\"delay\",\"device\":\"scsi0\"}", "ms" },
		{ "{\"cmd\":\"delay\",\"device\":\"scsi0\",\"ms\":0}", "ms" },
		{ "{\"cmd\":\"delay\",\"device\":\"scsi0\",\"ms\":5,\"until\":\"release\"}",
		  "until" },
		{ "{\"cmd\":\"delay\",\"device\":\"scsi0\",\"until\":\"noon\"}", "release" },
		{ "{\"cmd\":\"never-answer\",\"device\":\"scsi0\",\"ms\":5}", "ms" },
		{ "{\"cmd\":\"answer-held\"}", "device" },
		{ "{\"cmd\":\"release\",\"device\":4}", "string" },
		{ "{\"cmd\":\"storage-send\",\"device\":\"scsi0\",\"operation\":11}", "open" },
		{ "{\"cmd\":\"storage-stats\",\"device\":\"nix\"}", "nix" },
		{ "{\"cmd\":\"device-add\",\"device\":{\"type\":\"scsi\",\"name\":\"scsi0\"}}",
		  "already" },
		{ "{\"cmd\":\"device-remove\",\"device\":\"nix\"}", "nix" },
	};
	size_t i;
	int fd = dial("socket");

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(refused(say(fd, bad[i].line), bad[i].what));
	CHECK(!storage_find("scsi0")->faults);
	close(fd);
}

TEST(commands_work)
{
	char line[400];
	int fd = dial("socket");

	snprintf(line, sizeof(line), "{\"cmd\":\"disk-add\",\"device\":\"scsi0\","
		 "\"lun\":3,\"file\":\"%s\",\"size\":4096}", in_base("c"));
	CHECK(is_ok(say(fd, line)));
	CHECK(strstr(reply, "\"notified\":false"));
	CHECK(storage_find("scsi0")->luns[3]);
	CHECK(is_ok(say(fd, "{\"cmd\":\"disk-resize\",\"device\":\"scsi0\",\"lun\":3,"
			"\"size\":8192}")));
	CHECK_EQ(store_size(storage_find("scsi0")->luns[3]->unit.store), 8192);
	CHECK(is_ok(say(fd, "{\"cmd\":\"disk-remove\",\"device\":\"scsi0\",\"lun\":3}")));
	CHECK(!storage_find("scsi0")->luns[3]);
	CHECK(refused(say(fd, line), "longer"));	/* its file is free again */
	snprintf(line, sizeof(line), "{\"cmd\":\"disk-add\",\"device\":\"scsi0\","
		 "\"lun\":3,\"file\":\"%s\"}", in_base("c"));
	CHECK(is_ok(say(fd, line)));
	CHECK(is_ok(say(fd, "{\"cmd\":\"inject\",\"device\":\"scsi0\",\"lun\":0,"
			"\"opcode\":40,\"nth\":3,\"count\":2,\"srb_status\":4,"
			"\"scsi_status\":2,\"sense\":{\"key\":3,\"asc\":17,\"ascq\":0}}")));
	CHECK_EQ(storage_find("scsi0")->faults->inject.srb_status, 0x84);
	CHECK_EQ(storage_find("scsi0")->faults->nth, 3);
	CHECK(is_ok(say(fd, "{\"cmd\":\"never-answer\",\"device\":\"scsi0\",\"nth\":2}")));
	CHECK(is_ok(say(fd, "{\"cmd\":\"delay\",\"device\":\"scsi0\",\"ms\":5}")));
	CHECK(is_ok(say(fd, "{\"cmd\":\"delay\",\"device\":\"scsi0\",\"until\":\"release\"}")));
	CHECK(is_ok(say(fd, "{\"cmd\":\"clear-faults\",\"device\":\"scsi0\"}")));
	CHECK(!storage_find("scsi0")->faults);
	CHECK(is_ok(say(fd, "{\"cmd\":\"release\",\"device\":\"scsi0\"}")));
	CHECK(strstr(reply, "\"released\":0"));
	CHECK(is_ok(say(fd, "{\"cmd\":\"answer-held\",\"device\":\"scsi0\",\"force\":true}")));
	CHECK(strstr(reply, "\"forced\":0"));
	CHECK(is_ok(say(fd, "{\"cmd\":\"storage-stats\",\"device\":\"scsi0\"}")));
	CHECK(strstr(reply, "\"state\":\"begin\""));
	snprintf(line, sizeof(line), "{\"cmd\":\"device-add\",\"device\":{\"type\":\"scsi\","
		 "\"name\":\"scsi1\",\"disks\":[{\"file\":\"%s\",\"size\":512}]}}",
		 in_base("e"));
	CHECK(is_ok(say(fd, line)));
	CHECK(storage_find("scsi1"));
	CHECK(is_ok(say(fd, "{\"cmd\":\"device-remove\",\"device\":\"scsi1\"}")));
	CHECK(!storage_find("scsi1"));
	CHECK(test_dev.removed);
	close(fd);
}

/* In a child, since it ends the process; the cache has to be gone. */
TEST(cut_power_ends_the_host)
{
	int status, fd, pipes[2];
	char data[512], start;
	struct store *s;
	pid_t pid;

	memset(data, 'x', sizeof(data));
	CHECK_EQ(pipe(pipes), 0);
	pid = fork();
	if (!pid) {
		/* The parent's threads are not here: start anew. */
		control_start(in_base("child"));
		s = storage_find("scsi0")->luns[3]->unit.store;
		store_write(s, 0, data, sizeof(data), false);
		if (write(pipes[1], "s", 1) == 1)
			sleep(20);
		_exit(3);
	}
	close(pipes[1]);
	CHECK_EQ(read(pipes[0], &start, 1), 1);
	close(pipes[0]);
	fd = dial("child");
	CHECK(is_ok(say(fd, "{\"cmd\":\"cut-power\"}")));
	CHECK(strstr(reply, "\"lost_bytes\":512"));
	CHECK(!hear(fd));
	close(fd);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 0);
	fd = open(in_base("c"), O_RDONLY);
	CHECK_EQ(read(fd, data, sizeof(data)), 512);
	CHECK_EQ(data[0], 0);
	close(fd);
}

static const struct check_case cases[] = {
	CASE(bad_device_lists), CASE(device_list), CASE(socket_and_lines),
	CASE(arguments_are_checked), CASE(commands_work), CASE(cut_power_ends_the_host),
};

int main(int argc, char **argv)
{
	char clean[100];
	int ret;

	snprintf(base, sizeof(base), "/tmp/test_control.%d", (int)getpid());
	snprintf(clean, sizeof(clean), "mkdir -p %s", base);
	if (system(clean))
		return 1;
	ret = check_run(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	snprintf(clean, sizeof(clean), "rm -rf %s", base);
	if (system(clean))
		return 1;
	return ret;
}
