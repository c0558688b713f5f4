// SPDX-License-Identifier: GPL-2.0-only
/*
 * options.c - plug-in options, log lines, totals
 *
 * Locks: log_lock, a leaf: nothing is taken inside it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

struct host_options host_opt = { .generation = HOST_WS2019, .direct = true };
struct host_totals totals;

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *log_file;
static unsigned int warnings_on_stderr;

static const char *const generations[HOST_GENERATIONS] = {
	"ws2008", "ws2008r2", "ws2012", "ws2012r2",
	"ws2016", "ws2019", "ws2022", "ws2025",
};

enum host_generation host_generation(void)
{
	return host_opt.generation;
}

const char *generation_name(enum host_generation g)
{
	return generations[g];
}

static bool parse_onoff(const char *name, const char *value, bool *out,
			char *err, size_t len)
{
	if (!strcmp(value, "on") || !strcmp(value, "true")) {
		*out = true;
	} else if (!strcmp(value, "off") || !strcmp(value, "false")) {
		*out = false;
	} else {
		snprintf(err, len, "option %s=%s: give on or off", name, value);
		return false;
	}
	return true;
}

static bool parse_generation(const char *value, char *err, size_t len)
{
	int i;

	for (i = 0; i < HOST_GENERATIONS; i++) {
		if (!strcmp(value, generations[i])) {
			host_opt.generation = (enum host_generation)i;
			return true;
		}
	}
	snprintf(err, len, "option host=%s: give one of ws2008, ws2008r2, ws2012, "
		 "ws2012r2, ws2016, ws2019, ws2022, ws2025", value);
	return false;
}

static bool parse_size(const char *value, char *err, size_t len)
{
	char *end;

	errno = 0;
	host_opt.ramsize = strtoull(value, &end, 0);
	if (errno || *end || end == value || host_opt.ramsize % 4096 ||
	    host_opt.ramsize == 0 || host_opt.ramsize > 2048ull << 20) {
		snprintf(err, len, "option ramsize=%s: give the guest's RAM in bytes, "
			 "whole pages, at most 2 GiB", value);
		return false;
	}
	return true;
}

bool option_parse(const char *arg, char *err, size_t len)
{
	const char *eq = strchr(arg, '=');
	static const struct { const char *name; const char **where; } texts[] = {
		{ "ram", &host_opt.ram },	{ "qtest", &host_opt.qtest },
		{ "control", &host_opt.control }, { "config", &host_opt.config },
		{ "log", &host_opt.log },
	};
	static const struct { const char *name; bool *where; } flags[] = {
		{ "count", &host_opt.count },	{ "trace", &host_opt.trace },
		{ "direct", &host_opt.direct },	{ "keep", &host_opt.keep },
		{ "isolated", &host_opt.isolated }, { "root", &host_opt.root },
		{ "display", &host_opt.display },
	};
	char name[16];
	size_t i;

	if (!eq || (size_t)(eq - arg) >= sizeof(name)) {
		snprintf(err, len, "option %s: options are NAME=VALUE", arg);
		return false;
	}
	memcpy(name, arg, (size_t)(eq - arg));
	name[eq - arg] = 0;
	eq++;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!strcmp(name, texts[i].name)) {
			*texts[i].where = eq;
			return true;
		}
	}
	if (!strcmp(name, "host"))
		return parse_generation(eq, err, len);
	if (!strcmp(name, "ramsize"))
		return parse_size(eq, err, len);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(name, flags[i].name))
			return parse_onoff(name, eq, flags[i].where, err, len);
	snprintf(err, len, "option %s is unknown; known are host, ram, ramsize, qtest, "
		 "control, config, log, count, trace, direct, keep, isolated, root, display", name);
	return false;
}

bool option_check(char *err, size_t len)
{
	const char *missing = NULL;

	if (!host_opt.ram)
		missing = "ram=FILE (the file of -object memory-backend-file,share=on)";
	else if (!host_opt.ramsize)
		missing = "ramsize=BYTES (the guest's RAM size)";
	else if (!host_opt.qtest)
		missing = "qtest=SOCKET (the socket of -qtest unix:SOCKET,server=on,wait=off)";
	if (missing)
		snprintf(err, len, "the option %s is missing", missing);
	return !missing;
}

void log_open(void)
{
	if (!host_opt.log)
		return;
	log_file = fopen(host_opt.log, "we");
	if (!log_file)
		host_die("cannot write the log %s: %s", host_opt.log, strerror(errno));
	setvbuf(log_file, NULL, _IOLBF, 0);
}

static void log_write(FILE *f, const char *fmt, va_list ap)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	fprintf(f, "%5ld.%06ld ", (long)ts.tv_sec, ts.tv_nsec / 1000);
	vfprintf(f, fmt, ap);
	fputc('\n', f);
}

void host_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "hvhost: ");
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	fflush(NULL);
	_exit(1);
}

void host_warn(const char *fmt, ...)
{
	va_list ap;

	pthread_mutex_lock(&log_lock);
	va_start(ap, fmt);
	if (log_file) {
		log_write(log_file, fmt, ap);
	} else if (warnings_on_stderr < 100) {
		warnings_on_stderr++;
		fprintf(stderr, "hvhost: ");
		vfprintf(stderr, fmt, ap);
		fputc('\n', stderr);
	}
	va_end(ap);
	pthread_mutex_unlock(&log_lock);
}

void host_trace(const char *fmt, ...)
{
	va_list ap;

	if (!host_opt.trace)
		return;
	pthread_mutex_lock(&log_lock);
	va_start(ap, fmt);
	log_write(log_file ? log_file : stderr, fmt, ap);
	va_end(ap);
	pthread_mutex_unlock(&log_lock);
}
