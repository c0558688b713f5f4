// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay.c - main() for a fuzz target without a fuzzer: run the inputs in the
 *            files and directories named, for coverage and for a debugger
 */
#include <dirent.h>
#include "fuzz.h"

static void replay(const char *path)
{
	static uint8_t buf[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t len;

	if (!f) {
		perror(path);
		exit(1);
	}
	len = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	LLVMFuzzerTestOneInput(buf, len);
}

int main(int argc, char **argv)
{
	char path[4096];
	struct dirent *e;
	DIR *dir;
	int i, n = 0;

	for (i = 1; i < argc; i++) {
		dir = opendir(argv[i]);
		if (!dir) {
			replay(argv[i]);
			n++;
			continue;
		}
		while ((e = readdir(dir))) {
			if (e->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "%s/%s", argv[i], e->d_name);
			replay(path);
			n++;
		}
		closedir(dir);
	}
	printf("%d inputs\n", n);
	return n ? 0 : 1;
}
