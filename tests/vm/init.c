// SPDX-License-Identifier: GPL-2.0-or-later
// PID 1 of the test machine: does the steps of /steps one after the other and answers on the console. Static,
// no shell, no libraries, so that the exact errno of the kernel is what arrives. machine.py writes the steps
// and reads the answers.
//
// A step is one line, its words separated by tabs, each word percent-encoded. An answer is a run of lines
//     @kpkg CHECKSUM LINE STEP FIELD VALUE
// with the CRC-32 of what follows the checksum, each line sent twice: a kernel in trouble writes into the
// middle of lines, and the reader then still finds one whole copy of each or knows that a line is lost.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
  words_max = 32,
  value_max = 200,
  step_limit_ms = 20000,
  program_limit_ms = 150000,
  appear_limit_ms = 1000,
  console_level = 8
};

enum outcome { done, refused, trouble };

static int line_number, step_number;

static uint32_t checksum(const char* bytes) {
  uint32_t crc = ~0U;

  for (; *bytes; bytes++) {
    crc ^= (unsigned char)*bytes;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
  }
  return ~crc;
}

static void say(const char* field, const char* format, ...) {
  char value[1024], body[4096], *end = body;
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(value, sizeof(value), format, arguments);
  va_end(arguments);
  end += sprintf(end, "%d %d %s ", line_number++, step_number, field);
  for (const unsigned char* at = (const unsigned char*)value; *at; at++)
    end += sprintf(end, *at <= ' ' || *at > '~' || *at == '%' ? "%%%02x" : "%c", *at);
  // An oops turns the console fully on; off again, or the kernel's lines go on breaking ours.
  klogctl(console_level, NULL, 1);
  for (int copy = 0; copy < 2; copy++) printf("\n@kpkg %08x %s\n", checksum(body), body);
  fflush(stdout);
  tcdrain(STDOUT_FILENO);
}

static void decode(char* word) {
  char* to = word;

  for (; *word; word++) {
    unsigned int byte;

    if (*word == '%' && sscanf(word + 1, "%2x", &byte) == 1) {
      *to++ = (char)byte;
      word += 2;
    } else {
      *to++ = *word;
    }
  }
  *to = 0;
}

static ssize_t read_text(const char* path, char* text, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

  if (fd >= 0) close(fd);
  text[got > 0 ? got : 0] = 0;
  text[strcspn(text, "\n")] = 0;
  return got;
}

static long elapsed_ms(void) {
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(long milliseconds) {
  struct timespec span = {milliseconds / 1000, milliseconds % 1000 * 1000000};

  nanosleep(&span, NULL);
}

static void say_taint(const char* field) {
  char text[64];

  read_text("/proc/sys/kernel/tainted", text, sizeof(text));
  say(field, "%s", text);
}

// Records look like "6,1234,5678901,-;text", then lines of context that start with a blank.
static void say_kernel_log(int log) {
  static const char end[] = "kpkg: end of step\n";
  char record[8192];
  int mark = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

  // A message without a newline is not there before the next one is: without the mark the next step would get
  // it.
  if (mark >= 0) {
    if (write(mark, end, sizeof(end) - 1) < 0) say("log", "no mark: %d", errno);
    close(mark);
  }
  for (;;) {
    ssize_t got = read(log, record, sizeof(record) - 1);

    if (got < 0 && errno == EPIPE)  // records were overwritten before they were read: the rest is still good
      continue;
    if (got <= 0) return;
    record[got] = 0;
    record[strcspn(record, "\n")] = 0;
    if (!strstr(record, ";kpkg: end of step"))
      say("log", "%.900s", strchr(record, ';') ? strchr(record, ';') + 1 : record);
  }
}

static void say_file(const char* field, const char* path) {
  char part[value_max + 1];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t got;

  while (fd >= 0 && (got = read(fd, part, value_max)) > 0) {
    part[got] = 0;
    say(field, "%s", part);
  }
  if (fd >= 0) close(fd);
}

static int load(int count, char** word) {
  int fd = open(word[1], O_RDONLY | O_CLOEXEC);

  if (fd < 0) return errno;
  return syscall(SYS_finit_module, fd, count > 3 ? word[3] : "", count > 2 ? atoi(word[2]) : 0) ? errno : 0;
}

// udev is not here: devtmpfs makes the node, a moment after the driver registered it.
static int wait_for(const char* path) {
  struct stat status;
  long end = elapsed_ms() + appear_limit_ms;

  while (stat(path, &status)) {
    if (elapsed_ms() >= end) return errno;
    pause_ms(10);
  }
  return 0;
}

static int open_terminal(const char* path) {
  struct termios mode;
  int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

  if (fd >= 0 && !tcgetattr(fd, &mode)) {
    cfmakeraw(&mode);
    tcsetattr(fd, TCSANOW, &mode);
  }
  return fd;
}

// echo FROM TO TEXT: what is written to one end is what the other reads.
static int echo(char** word) {
  int from = open_terminal(word[1]), to = open_terminal(word[2]);
  char text[value_max + 1] = "";
  size_t length = strlen(word[3]), got = 0;
  struct pollfd readable = {.fd = to, .events = POLLIN};

  if (from < 0 || to < 0) return errno;
  if (length > value_max) return E2BIG;
  if (write(from, word[3], length) != (ssize_t)length) return errno ? errno : EIO;
  while (got < length && poll(&readable, 1, appear_limit_ms) == 1) {
    ssize_t part = read(to, text + got, length - got);

    if (part <= 0) break;
    got += (size_t)part;
  }
  printf("%s", text);
  fflush(stdout);
  return got < length ? ETIMEDOUT : memcmp(text, word[3], length) ? EIO : 0;
}

// judge: as finit, and the module goes again at once. risk: as judge, of a module that may spoil the kernel
// if it loads.
static int is_judged(const char* verb) {
  return !strcmp(verb, "judge") || !strcmp(verb, "risk");
}

static int perform(int count, char** word) {
  if ((!strcmp(word[0], "finit") || is_judged(word[0])) && count >= 2) return load(count, word);
  if (!strcmp(word[0], "rmmod") && count == 2)
    return syscall(SYS_delete_module, word[1], O_NONBLOCK) ? errno : 0;
  if (!strcmp(word[0], "exists") && count == 2) return wait_for(word[1]);
  if (!strcmp(word[0], "echo") && count == 4) return echo(word);
  if (!strcmp(word[0], "run") && count >= 2) {
    execv(word[1], word + 1);
    return errno;
  }
  return ENOSYS;
}

static void redirect(int stream, const char* path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

  if (fd >= 0 && fd != stream) {
    dup2(fd, stream);
    close(fd);
  }
}

// The step is done by a child: an oops in a module kills the task that loads it, and a hang never returns.
// The errno comes back through a pipe that exec closes, so that a program's exit status is never taken for
// one.
static enum outcome answer(int count, char** word, int log) {
  int channel[2], failed = -1, status = 0, waited = 0;
  // A program may learn a whole kernel first, under emulation and with sanitizers.
  long end = elapsed_ms() + (strcmp(word[0], "run") ? step_limit_ms : program_limit_ms);
  pid_t child;

  lseek(log, 0, SEEK_END);
  say_taint("taint_before");
  if (pipe2(channel, O_CLOEXEC | O_NONBLOCK) || (child = fork()) < 0) {
    say("outcome", "no-process");
    return trouble;
  }
  if (!child) {
    redirect(STDOUT_FILENO, "/stdout");
    redirect(STDERR_FILENO, "/stderr");
    failed = perform(count, word);
    _exit(write(channel[1], &failed, sizeof(failed)) == sizeof(failed) ? 0 : 1);
  }
  while (!(waited = waitpid(child, &status, WNOHANG)) && elapsed_ms() < end) pause_ms(2);
  if (read(channel[0], &failed, sizeof(failed)) == sizeof(failed))
    say("errno", "%d", failed);
  else if (waited == child && WIFEXITED(status))
    say("status", "%d", WEXITSTATUS(status));
  say("outcome", "%s", waited != child ? "hang" : WIFSIGNALED(status) ? "killed" : "done");
  if (waited != child) kill(child, SIGKILL);
  close(channel[0]);
  close(channel[1]);
  say_taint("taint_after");
  say_file("stdout", "/stdout");
  say_file("stderr", "/stderr");
  say_kernel_log(log);
  return waited != child || WIFSIGNALED(status) ? trouble : failed ? refused : done;
}

// The newest module is the first line of /proc/modules; its own taint letters stand in brackets at the end.
static void say_newest_module(void) {
  char text[512];

  if (read_text("/proc/modules", text, sizeof(text)) > 0) say("newest", "%s", text);
}

// A module that was only to be judged goes at once, so that the next one may have its name.
static void unload_newest_module(void) {
  char text[512];

  if (read_text("/proc/modules", text, sizeof(text)) <= 0) return;
  text[strcspn(text, " ")] = 0;
  if (syscall(SYS_delete_module, text, O_NONBLOCK)) say("stays", "%s %d", text, errno);
}

static void prepare(void) {
  mkdir("/proc", 0755);
  mkdir("/sys", 0755);
  mkdir("/dev", 0755);
  mount("proc", "/proc", "proc", 0, NULL);
  mount("sysfs", "/sys", "sysfs", 0, NULL);
  mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
  setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
  setenv("LC_ALL", "C", 1);
}

int main(void) {
  char line[8192], *word[words_max + 1];
  struct utsname system;
  FILE* steps;
  int log;

  prepare();
  uname(&system);
  say("ready", "%s", system.release);
  log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  steps = fopen("/steps", "re");
  while (steps && fgets(line, sizeof(line), steps)) {
    enum outcome outcome;
    int count = 0;

    line[strcspn(line, "\n")] = 0;
    for (char *rest = line, *at; count < words_max && (at = strsep(&rest, "\t"));) decode(word[count++] = at);
    word[count] = NULL;
    step_number++;
    outcome = answer(count, word, log);
    say_newest_module();
    if (!strcmp(word[0], "judge") && outcome == done) unload_newest_module();
    say("end", "");
    // Whoever crashed or hung may hold the lock that loading needs: nothing that follows would be an answer.
    if (is_judged(word[0]) && (outcome == trouble || (outcome == done && strcmp(word[0], "judge")))) break;
  }
  say("bye", "");
  // With QEMU's -no-reboot a reboot ends the machine, and needs no ACPI. User-mode Linux would start again; what
  // the kernel does not know of its command line is init's environment.
  reboot(getenv("kpkg_end") ? RB_POWER_OFF : RB_AUTOBOOT);
  return 0;
}
