// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/confine.hpp"

#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kpkg::system {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_X86_64;
#elif defined(__i386__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_I386;
#elif defined(__aarch64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_AARCH64;
#elif defined(__arm__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_ARM;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint32_t own_architecture = AUDIT_ARCH_RISCV64;
#elif defined(__powerpc64__)
constexpr std::uint32_t own_architecture =
    std::endian::native == std::endian::little ? AUDIT_ARCH_PPC64LE : AUDIT_ARCH_PPC64;
#elif defined(__s390x__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_S390X;
#else
constexpr std::uint32_t own_architecture = 0;
#endif

constexpr std::uint32_t io_uring_setup_call = 425;  // the same everywhere; it can make sockets by itself
constexpr std::uint32_t first_x32_call = 0x40000000;

constexpr std::uint32_t number_offset = offsetof(seccomp_data, nr);
constexpr std::uint32_t architecture_offset = offsetof(seccomp_data, arch);

/// Where the low half of a call's argument stands.
constexpr std::uint32_t argument_offset(std::uint32_t index) {
  const std::uint32_t low_half = std::endian::native == std::endian::little ? 0 : 4;
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + 8 * index + low_half;
}

/// A seccomp filter under construction: instructions of classic BPF, which only jump forward.
class Filter {
 public:
  void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
  void answer(std::uint32_t action) { add(BPF_RET | BPF_K, action, 0, 0); }
  void deny() { answer(SECCOMP_RET_ERRNO | EPERM); }
  void skip_unless_equal(std::uint32_t value, std::uint8_t count) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count);
  }
  void skip_if_equal(std::uint32_t value, std::uint8_t count) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, count, 0);
  }
  void skip_if_below(std::uint32_t value, std::uint8_t count) {
    add(BPF_JMP | BPF_JGE | BPF_K, value, 0, count);
  }

  void deny_call(std::uint32_t number) {
    skip_unless_equal(number, 1);
    deny();
  }

  Status install() {
    const sock_fprog program{.len = static_cast<unsigned short>(code_.size()), .filter = code_.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0) return {};
    return fail(ErrorKind::unsupported, "the kernel takes no seccomp filter");
  }

 private:
  void add(int code, std::uint32_t value, std::uint8_t if_true, std::uint8_t if_false) {
    code_.push_back({static_cast<std::uint16_t>(code), if_true, if_false, value});
  }

  std::vector<sock_filter> code_;
};

/// Calls of another architecture (a 32-bit program on a 64-bit kernel, x32) have other numbers: all denied.
void deny_other_architectures(Filter& filter) {
  filter.load(architecture_offset);
  filter.skip_if_equal(own_architecture, 1);
  filter.deny();
  filter.load(number_offset);
#if defined(__x86_64__)
  filter.skip_if_below(first_x32_call, 1);
  filter.deny();
#endif
}

void deny_sockets(Filter& filter) {
  filter.skip_unless_equal(__NR_socket, 4);
  filter.load(argument_offset(0));
  filter.skip_if_equal(AF_UNIX, 1);
  filter.deny();
  filter.load(number_offset);
#ifdef __NR_socketcall
  // Its arguments are in memory, where a filter cannot look; C libraries use socket(2) since Linux 4.3.
  filter.deny_call(__NR_socketcall);
#endif
  filter.deny_call(io_uring_setup_call);
}

/// TIOCSTI types into the terminal of whoever started kpkg; TIOCLINUX pastes into a console.
void deny_typing(Filter& filter) {
  filter.skip_unless_equal(__NR_ioctl, 5);
  filter.load(argument_offset(1));
  filter.skip_if_equal(TIOCSTI, 1);
  filter.skip_unless_equal(TIOCLINUX, 1);
  filter.deny();
  filter.load(number_offset);
}

}  // namespace

Status restrict_system_calls() {
  if (own_architecture == 0) return fail(ErrorKind::unsupported, "no seccomp filter for this architecture");
  Filter filter;
  deny_other_architectures(filter);
  deny_sockets(filter);
  deny_typing(filter);
  // Without a process namespace, the process group is what ends a build as a whole.
  filter.deny_call(__NR_setsid);
  filter.deny_call(__NR_setpgid);
  filter.answer(SECCOMP_RET_ALLOW);
  KPKG_TRY(gain_no_privileges());
  return filter.install();
}

}  // namespace kpkg::system
