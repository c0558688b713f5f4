// SPDX-License-Identifier: GPL-2.0-only
/*
 * control.c - the control socket: clients, lines, and the table of commands
 *
 * One thread polls the listening socket and all clients; it reads lines, looks
 * the command up and runs the handler, so that handlers never run at the same
 * time as each other.  A client that sends rubbish gets an answer that says
 * so; one that sends a line without end, or reads no answers, is dropped.
 *
 * Locks: table_lock covers the table of commands (registration is possible
 * from any thread until the end).  It is a leaf and is not held over a handler.
 */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_COMMANDS	64
#define MAX_CLIENTS	16
#define MAX_LINE	65536
#define SEND_PATIENCE_MS 5000

struct command {
	const char *name;
	control_fn fn;
};

struct client {
	int fd;
	size_t used;
	char line[MAX_LINE];
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct command table[MAX_COMMANDS];
static unsigned int nr_commands;

/* The rest belongs to the control thread. */
static struct client *clients[MAX_CLIENTS];
static int listen_fd = -1;
static void (*exit_fn)(void);

static void die(const char *what, const char *path)
{
	fprintf(stderr, "hvhost: control socket %s: %s: %s\n", path, what,
		strerror(errno));
	exit(1);
}

void control_register(const char *cmd, control_fn fn)
{
	unsigned int i;

	pthread_mutex_lock(&table_lock);
	for (i = 0; i < nr_commands; i++)
		if (!strcmp(table[i].name, cmd))
			break;
	if (i == nr_commands) {
		if (nr_commands == MAX_COMMANDS) {
			fprintf(stderr, "hvhost: no room for command %s\n", cmd);
			exit(1);
		}
		nr_commands++;
	}
	table[i].name = cmd;
	table[i].fn = fn;
	pthread_mutex_unlock(&table_lock);
}

const char *control_error(const char *fmt, ...)
{
	/* Handlers share one thread and the answer is made before the next. */
	static __thread char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return text;
}

void control_exit_after_answer(void (*fn)(void))
{
	exit_fn = fn;
}

static control_fn find_command(const char *name)
{
	control_fn fn = NULL;
	unsigned int i;

	pthread_mutex_lock(&table_lock);
	for (i = 0; i < nr_commands; i++)
		if (!strcmp(table[i].name, name))
			fn = table[i].fn;
	pthread_mutex_unlock(&table_lock);
	return fn;
}

static const char *list_commands(json_t *request, json_t *answer)
{
	json_t *names = json_array();
	unsigned int i;

	(void)request;
	pthread_mutex_lock(&table_lock);
	for (i = 0; i < nr_commands; i++)
		json_array_append_new(names, json_string(table[i].name));
	pthread_mutex_unlock(&table_lock);
	json_object_set_new(answer, "commands", names);
	return NULL;
}

/* Run one line; the answer is an object that the caller drops. */
static json_t *run_line(const char *line, size_t len)
{
	const char *error = NULL;
	json_t *answer = json_object();
	json_t *request, *cmd;
	json_error_t why;
	control_fn fn;

	request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	cmd = json_object_get(request, "cmd");
	if (!request)
		error = control_error("not JSON: %s (column %d)", why.text,
				      why.column);
	else if (!json_is_object(request))
		error = "the request is not a JSON object";
	else if (!json_is_string(cmd))
		error = "the request has no \"cmd\" that is a string";
	else if (!(fn = find_command(json_string_value(cmd))))
		error = control_error("no such command: %s; \"commands\" lists them",
				      json_string_value(cmd));
	else
		error = fn(request, answer);

	if (error) {
		json_object_clear(answer);
		json_object_set_new(answer, "error", json_string(error));
	}
	json_object_set_new(answer, "ok", json_boolean(!error));
	json_decref(request);
	return answer;
}

/* All of it or false; a client that does not read is given up. */
static bool send_all(int fd, const char *text, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	ssize_t n;

	while (len) {
		n = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0) {
			text += n;
			len -= (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return false;
		if (poll(&p, 1, SEND_PATIENCE_MS) <= 0)
			return false;
	}
	return true;
}

static bool answer_line(int fd, const char *line, size_t len)
{
	json_t *answer = run_line(line, len);
	char *text = json_dumps(answer, JSON_COMPACT);
	bool sent;

	json_decref(answer);
	if (!text)
		return false;
	sent = send_all(fd, text, strlen(text)) && send_all(fd, "\n", 1);
	free(text);
	if (exit_fn)
		exit_fn();
	return sent;
}

/* Take what the client sent; false when it is gone or has to go. */
static bool serve(struct client *c)
{
	ssize_t n = recv(c->fd, c->line + c->used, sizeof(c->line) - c->used,
			 MSG_DONTWAIT);
	char *start, *end;
	size_t len;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	c->used += (size_t)n;

	start = c->line;
	while ((end = memchr(start, '\n', c->used - (size_t)(start - c->line)))) {
		len = (size_t)(end - start);
		if (len && start[len - 1] == '\r')
			len--;
		if (len && !answer_line(c->fd, start, len))
			return false;
		start = end + 1;
	}
	c->used -= (size_t)(start - c->line);
	memmove(c->line, start, c->used);
	if (c->used == sizeof(c->line)) {
		static const char too_long[] =
			"{\"ok\":false,\"error\":\"line longer than 65535 bytes\"}\n";

		send_all(c->fd, too_long, sizeof(too_long) - 1);
		return false;
	}
	return true;
}

static void drop(unsigned int i)
{
	close(clients[i]->fd);
	free(clients[i]);
	clients[i] = NULL;
}

static void accept_client(void)
{
	static const char full[] = "{\"ok\":false,\"error\":\"too many clients\"}\n";
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	unsigned int i;

	if (fd < 0)
		return;
	for (i = 0; i < MAX_CLIENTS && clients[i]; i++)
		;
	if (i < MAX_CLIENTS)
		clients[i] = calloc(1, sizeof(*clients[i]));
	if (i == MAX_CLIENTS || !clients[i]) {
		send_all(fd, full, sizeof(full) - 1);
		close(fd);
		return;
	}
	clients[i]->fd = fd;
}

static void *control_thread(void *arg)
{
	struct pollfd p[MAX_CLIENTS + 1];
	unsigned int i;

	(void)arg;
	for (;;) {
		for (i = 0; i < MAX_CLIENTS; i++)
			p[i] = (struct pollfd) {
				.fd = clients[i] ? clients[i]->fd : -1,
				.events = POLLIN,
			};
		p[MAX_CLIENTS] = (struct pollfd) {
			.fd = listen_fd, .events = POLLIN,
		};
		if (poll(p, MAX_CLIENTS + 1, -1) < 0)
			continue;
		for (i = 0; i < MAX_CLIENTS; i++)
			if (p[i].revents && !serve(clients[i]))
				drop(i);
		if (p[MAX_CLIENTS].revents)
			accept_client();
	}
	return NULL;
}

void control_start(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	pthread_t thread;
	sigset_t all, old;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		die("cannot be used, choose a shorter path", path);
	}
	strcpy(a.sun_path, path);
	control_register("commands", list_commands);
	listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listen_fd < 0)
		die("socket", path);
	unlink(path);
	if (bind(listen_fd, (struct sockaddr *)&a, sizeof(a)) ||
	    listen(listen_fd, MAX_CLIENTS))
		die("bind", path);

	/* Signals are QEMU's; its main thread shall get them. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	errno = pthread_create(&thread, NULL, control_thread, NULL);
	if (errno)
		die("cannot start its thread", path);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_detach(thread);
}
