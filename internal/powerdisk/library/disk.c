// A disk whose power may go, laid between a process and the C library (LD_PRELOAD): of
// each file that DISK_FILES names (their paths' common beginning) it keeps what has been
// made last beside it, in PATH.durable. Where PATH.fail lies, a sync of PATH fails once, as
// Linux lets it: what it was to make last stays readable, and a later sync that succeeds
// says nothing of it. Where that file names a process, that one alone meets it, and dies of it. With DISK_DIE=N what is written to the file that DISK_FILES names
// itself lasts at once, as it may, and the process dies at the Nth such write.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 512, FILES = 8, BLOCKS = 1 << 20, DIED = 9 };

static struct {
	char path[PATH_MAX];
	unsigned char dirty[BLOCKS];
} files[FILES];

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

// find gives the number of the file that a descriptor is of, -1 for others. Held: one.
static int find(int fd) {
	const char *prefix = getenv("DISK_FILES");
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	if (n < 0 || !prefix) return -1;
	path[n] = 0;
	if (strncmp(path, prefix, strlen(prefix)) || strstr(path, "-shm")) return -1;
	for (int i = 0; i < FILES; i++) {
		if (!files[i].path[0]) strcpy(files[i].path, path);
		if (!strcmp(files[i].path, path)) return i;
	}
	abort();
}

typedef ssize_t writer(int, const void *, size_t, off_t);

// lasts makes a write last at once, of a process that is to die. Held: one.
static void lasts(int f, const void *data, size_t n, off_t at) {
	static int writes;
	const char *die = getenv("DISK_DIE");
	if (!die || strcmp(files[f].path, getenv("DISK_FILES"))) return;
	char path[PATH_MAX + 16];
	snprintf(path, sizeof path, "%s.durable", files[f].path);
	int to = open(path, O_RDWR | O_CREAT, 0600);
	if (to < 0 || ((writer *)dlsym(RTLD_NEXT, "pwrite64"))(to, data, n, at) != (ssize_t)n) abort();
	close(to);
	if (++writes == atoi(die)) _exit(DIED);
}

static void written(int fd, const void *data, size_t n, off_t at) {
	pthread_mutex_lock(&one);
	int f = find(fd);
	if (f >= 0) {
		for (off_t b = at / BLOCK; b * BLOCK < at + (off_t)n; b++) {
			if (b >= BLOCKS) abort();
			files[f].dirty[b] = 1;
		}
		lasts(f, data, n, at);
	}
	pthread_mutex_unlock(&one);
}

// keep copies what is dirty, and the size, to what lasts.
static void keep(int fd, int f) {
	char path[PATH_MAX + 16], block[BLOCK];
	struct stat st;
	snprintf(path, sizeof path, "%s.durable", files[f].path);
	int to = open(path, O_RDWR | O_CREAT, 0600);
	if (to < 0 || fstat(fd, &st) || ftruncate(to, st.st_size)) abort();
	writer *writes = (writer *)dlsym(RTLD_NEXT, "pwrite64");
	for (off_t b = 0; b < BLOCKS; b++)
		if (files[f].dirty[b]) {
			ssize_t n = pread(fd, block, BLOCK, b * BLOCK);
			if (n > 0 && writes(to, block, n, b * BLOCK) != n) abort();
		}
	close(to);
}

// fails_here takes a failure that is there for this process.
static int fails_here(const char *fail, int *dies) {
	char pid[16] = "";
	int from = open(fail, O_RDONLY);
	if (from < 0) return 0;
	*dies = read(from, pid, sizeof pid - 1) > 0;
	close(from);
	if (*dies && atoi(pid) != getpid()) return *dies = 0;
	return !unlink(fail);
}

static int syncs(int fd, const char *name) {
	char fail[PATH_MAX + 16];
	int result = 0;
	pthread_mutex_lock(&one);
	int f = find(fd);
	if (f >= 0) {
		snprintf(fail, sizeof fail, "%s.fail", files[f].path);
		int dies = 0, fails = fails_here(fail, &dies);
		if (dies) _exit(DIED);
		if (fails) {
			errno = EIO;
			result = -1;
		} else
			keep(fd, f);
		memset(files[f].dirty, 0, BLOCKS);
	}
	pthread_mutex_unlock(&one);
	if (f >= 0) return result;
	return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}

int fsync(int fd) { return syncs(fd, "fsync"); }
int fdatasync(int fd) { return syncs(fd, "fdatasync"); }

ssize_t pwrite64(int fd, const void *data, size_t n, off_t at) {
	ssize_t done = ((writer *)dlsym(RTLD_NEXT, "pwrite64"))(fd, data, n, at);
	if (done > 0) written(fd, data, done, at);
	return done;
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { return pwrite64(fd, data, n, at); }
