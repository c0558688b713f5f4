// SPDX-License-Identifier: GPL-2.0-only
/*
 * agent.c - the init of a test guest, obeying the runner over a serial line
 *
 * Static and with nothing newer than Linux 2.6.18 in it, so that one binary
 * serves every kernel.  A request is one line of words, each percent-encoded:
 *
 *	ID COMMAND ARGUMENT...
 *
 * and is answered, in the order in which requests finish, with
 *
 *	ID = STATUS OUTPUT
 *
 * where STATUS is the exit status of the command (128 + signal if one killed
 * it) and OUTPUT what it wrote, percent-encoded.  "ID > LINE" carries single
 * lines ahead of the end, for commands that report progress.  Each command runs
 * in a child of its own: one that hangs in the kernel does not stop the others.
 *
 * One thread, no locks.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"

#define MAX_JOBS	32
#define MAX_WORDS	128
#define LINE_SIZE	65536
#define CONTROL_TTY	"/dev/ttyS1"

/* A command under way.  pid is 0 when the slot is free. */
struct job {
	char id[32];
	pid_t pid;
	int fd;			/* what the command writes; -1 after its end */
	bool reaped;
	int status;
	bool stream;		/* send each line as it comes */
	char *out;
	size_t len, sent;
};

static struct job jobs[MAX_JOBS];
static int tty = -1;

/* ---- the line ------------------------------------------------------------- */

static void tty_write(const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(tty, p, n);

		if (w < 0) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			return;
		}
		p += w;
		n -= (size_t)w;
	}
}

/* Send one answer; text is encoded so that it is a single word. */
static void answer(const char *id, const char *mark, const char *text, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	char *line = malloc(strlen(id) + strlen(mark) + 3 * n + 8);
	char *p = line;
	size_t i;

	if (!line)
		return;
	p += sprintf(p, "%s %s ", id, mark);
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c > ' ' && c < 0x7f && c != '%') {
			*p++ = (char)c;
		} else {
			*p++ = '%';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		}
	}
	*p++ = '\n';
	tty_write(line, (size_t)(p - line));
	free(line);
}

static int hexval(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return tolower((unsigned char)c) - 'a' + 10;
}

/* Undo the percent encoding in place. */
static void decode(char *s)
{
	char *d = s;

	while (*s) {
		if (*s == '%' && isxdigit((unsigned char)s[1]) &&
		    isxdigit((unsigned char)s[2])) {
			*d++ = (char)(hexval(s[1]) << 4 | hexval(s[2]));
			s += 3;
		} else {
			*d++ = *s++;
		}
	}
	*d = 0;
}

/* ---- jobs ----------------------------------------------------------------- */

static void send_lines(struct job *j)
{
	char *nl;

	while (j->stream &&
	       (nl = memchr(j->out + j->sent, '\n', j->len - j->sent))) {
		answer(j->id, ">", j->out + j->sent,
		       (size_t)(nl - (j->out + j->sent)));
		j->sent = (size_t)(nl - j->out) + 1;
	}
}

static void job_read(struct job *j)
{
	char buf[4096];
	ssize_t n = read(j->fd, buf, sizeof(buf));
	char *p;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close(j->fd);
		j->fd = -1;
		return;
	}
	p = realloc(j->out, j->len + (size_t)n);
	if (!p)
		return;
	j->out = p;
	memcpy(j->out + j->len, buf, (size_t)n);
	j->len += (size_t)n;
	send_lines(j);
}

static void job_end(struct job *j)
{
	char mark[32];

	snprintf(mark, sizeof(mark), "= %d", j->status);
	answer(j->id, mark, j->out + j->sent, j->len - j->sent);
	free(j->out);
	memset(j, 0, sizeof(*j));
}

static void reap(void)
{
	int st, i;
	pid_t p;

	while ((p = waitpid(-1, &st, WNOHANG)) > 0) {
		for (i = 0; i < MAX_JOBS; i++) {
			if (jobs[i].pid != p)
				continue;
			jobs[i].reaped = true;
			jobs[i].status = WIFSIGNALED(st) ?
				128 + WTERMSIG(st) : WEXITSTATUS(st);
		}
	}
}

static void run_child(int out, int argc, char **argv)
{
	int null = open("/dev/null", O_RDONLY);

	if (null >= 0)
		dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	for (null = 3; null < 256; null++)
		close(null);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	exit(agent_command(argc, argv));
}

static void start(const char *id, bool stream, int argc, char **argv)
{
	struct job *j = NULL;
	int fds[2], i;

	for (i = 0; i < MAX_JOBS && !j; i++)
		if (!jobs[i].pid)
			j = &jobs[i];
	if (!j || pipe(fds)) {
		answer(id, "= 126", "no room for a command", 21);
		return;
	}
	j->pid = fork();
	if (!j->pid)
		run_child(fds[1], argc, argv);
	close(fds[1]);
	if (j->pid < 0) {
		close(fds[0]);
		memset(j, 0, sizeof(*j));
		answer(id, "= 126", "cannot fork", 11);
		return;
	}
	snprintf(j->id, sizeof(j->id), "%s", id);
	j->fd = fds[0];
	j->stream = stream;
}

static void kill_job(const char *id)
{
	int i;

	for (i = 0; i < MAX_JOBS; i++)
		if (jobs[i].pid && !strcmp(jobs[i].id, id))
			kill(jobs[i].pid, SIGKILL);
}

static void request(char *line)
{
	char *w[MAX_WORDS];
	int n = 0;
	char *p;
	bool stream = false;

	for (p = strtok(line, " \r"); p && n < MAX_WORDS - 1;
	     p = strtok(NULL, " \r")) {
		decode(p);
		w[n++] = p;
	}
	w[n] = NULL;
	if (n < 2)
		return;
	if (!strcmp(w[1], "kill") && n == 3) {
		kill_job(w[2]);
		answer(w[0], "= 0", "", 0);
		return;
	}
	if (!strcmp(w[1], "stream") && n > 2) {
		stream = true;
		start(w[0], stream, n - 2, w + 2);
		return;
	}
	start(w[0], stream, n - 1, w + 1);
}

/* ---- start of the guest ---------------------------------------------------- */

static void mount_all(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mkdir("/tmp", 01777);
	mkdir("/mnt", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) == 0)
		return;
	/* Kernels without devtmpfs: make_nodes() makes the rest on request. */
	mount("tmpfs", "/dev", "tmpfs", 0, NULL);
	mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
	mknod("/dev/ttyS0", S_IFCHR | 0600, makedev(4, 64));
	mknod("/dev/ttyS1", S_IFCHR | 0600, makedev(4, 65));
	mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3));
	mknod("/dev/zero", S_IFCHR | 0666, makedev(1, 5));
	mknod("/dev/kmsg", S_IFCHR | 0600, makedev(1, 11));
	mknod("/dev/urandom", S_IFCHR | 0666, makedev(1, 9));
}

static void open_lines(void)
{
	struct termios t;
	int con = open("/dev/console", O_RDWR | O_NOCTTY);

	if (con >= 0) {
		dup2(con, 0);
		dup2(con, 1);
		dup2(con, 2);
		if (con > 2)
			close(con);
	}
	/* not to wait for a carrier */
	tty = open(CONTROL_TTY, O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (tty < 0) {
		printf("agent: %s: %s\n", CONTROL_TTY, strerror(errno));
		sleep(1);
		reboot(RB_POWER_OFF);
	}
	tcgetattr(tty, &t);
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&t, B115200);
	tcsetattr(tty, TCSANOW, &t);
	fcntl(tty, F_SETFL, 0);
	printf("agent: listening\n");
	fflush(stdout);
}

/* Take what came on the line and run each whole request in it. */
static void line_input(void)
{
	static char buf[LINE_SIZE];
	static size_t len;
	ssize_t n = read(tty, buf + len, sizeof(buf) - 1 - len);
	char *nl;

	if (n <= 0)
		return;
	len += (size_t)n;
	while ((nl = memchr(buf, '\n', len))) {
		size_t used = (size_t)(nl - buf) + 1;

		*nl = 0;
		request(buf);
		memmove(buf, buf + used, len - used);
		len -= used;
	}
	if (len == sizeof(buf) - 1)
		len = 0;
}

/* A child's end reaches poll() through a pipe, whenever it comes. */
static int wake[2];

static void on_child(int sig)
{
	int saved = errno;
	ssize_t n = write(wake[1], "", 1);

	(void)sig;
	(void)n;
	errno = saved;
}

static void open_wake(void)
{
	struct sigaction sa = { .sa_handler = on_child };

	if (pipe(wake)) {
		printf("agent: pipe: %s\n", strerror(errno));
		reboot(RB_POWER_OFF);
	}
	fcntl(wake[0], F_SETFL, O_NONBLOCK);
	fcntl(wake[1], F_SETFL, O_NONBLOCK);
	sigaction(SIGCHLD, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int main(void)
{
	struct pollfd pf[MAX_JOBS + 2];
	int map[MAX_JOBS + 2];
	char drop[64];
	int i, n;

	mount_all();
	open_lines();
	open_wake();
	setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1);
	setenv("HOME", "/", 1);
	/* The kernel's probing of the port has left rubbish on the line. */
	tty_write("\n", 1);
	answer("0", "= 0", "agent ready", 11);

	for (;;) {
		n = 0;
		pf[n].fd = tty;
		pf[n].events = POLLIN;
		map[n++] = -1;
		pf[n].fd = wake[0];
		pf[n].events = POLLIN;
		map[n++] = -1;
		for (i = 0; i < MAX_JOBS; i++) {
			if (!jobs[i].pid || jobs[i].fd < 0)
				continue;
			pf[n].fd = jobs[i].fd;
			pf[n].events = POLLIN;
			map[n++] = i;
		}
		if (poll(pf, (nfds_t)n, -1) > 0) {
			while (read(wake[0], drop, sizeof(drop)) > 0)
				;
			if (pf[0].revents)
				line_input();
			for (i = 2; i < n; i++)
				if (pf[i].revents)
					job_read(&jobs[map[i]]);
		}
		reap();
		for (i = 0; i < MAX_JOBS; i++)
			if (jobs[i].pid && jobs[i].reaped && jobs[i].fd < 0)
				job_end(&jobs[i]);
	}
}
