// Preloaded into a program: ends it by SIGKILL just before the Nth of those calls that leave something behind or reach another
// process. It is armed by a file, named by KILL_POINTS, that holds N; what was called is added to that file's name and `.log`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static ino_t armed_by = 0;
static int count = 0;

static void point(const char* name) {
  const char* file = getenv("KILL_POINTS");
  struct stat status;
  char text[300] = "";
  if (file == NULL || stat(file, &status) != 0) return;
  pthread_mutex_lock(&mutex);
  if (status.st_ino != armed_by) count = 0;
  armed_by = status.st_ino;
  ++count;
  const int wanted = open(file, O_RDONLY | O_CLOEXEC);
  if (read(wanted, text, sizeof text - 1) > 0 && count == atoi(text)) kill(getpid(), SIGKILL);
  close(wanted);
  snprintf(text, sizeof text, "%s.log", file);
  const int log = open(text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  snprintf(text, sizeof text, "%s\n", name);
  if (write(log, text, strlen(text)) < 0) abort();
  close(log);
  pthread_mutex_unlock(&mutex);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int rename(const char* from, const char* to) {
  point("rename");
  return REAL(rename)(from, to);
}
int unlink(const char* path) {
  point("unlink");
  return REAL(unlink)(path);
}
int fsync(int fd) {
  point("fsync");
  return REAL(fsync)(fd);
}
int fdatasync(int fd) {
  point("fdatasync");
  return REAL(fdatasync)(fd);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  point("pwrite");
  return REAL(pwrite64)(fd, bytes, size, at);
}
int connect(int fd, const struct sockaddr* address, socklen_t size) {
  point("connect");
  return REAL(connect)(fd, address, size);
}
int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes, char* const arguments[],
                char* const environment[]) {
  point("posix_spawn");
  return REAL(posix_spawn)(pid, path, actions, attributes, arguments, environment);
}
long syscall(long number, ...) {
  va_list rest;
  va_start(rest, number);
  const long a = va_arg(rest, long), b = va_arg(rest, long), c = va_arg(rest, long), d = va_arg(rest, long), e = va_arg(rest, long), f = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_pidfd_send_signal) point("signal");
  return REAL(syscall)(number, a, b, c, d, e, f);
}
