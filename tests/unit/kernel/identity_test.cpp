// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/identity.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>

using namespace kpkg;

namespace {

const std::string full_banner =
    "6.1.0-56-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU "
    "Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-05-01)";
const std::string header_banner =
    "6.1.0-56-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-05-01)";

std::string a_note(const std::string& owner, std::uint32_t type, const std::string& description) {
  const std::uint32_t header[3] = {static_cast<std::uint32_t>(owner.size()),
                                   static_cast<std::uint32_t>(description.size()), type};
  std::string note(sizeof header, '\0');
  std::memcpy(note.data(), header, sizeof header);
  for (const auto& part : {owner, description}) note += part + std::string((4 - part.size() % 4) % 4, '\0');
  return note;
}

const std::string owner = std::string("GNU\0", 4);

}  // namespace

TEST_CASE("the build id is found behind other notes") {
  const auto notes = a_note(std::string("Xen\0", 4), 3, "12345") + a_note(owner, 1, "abcd") +
                     a_note(owner, 3, "\x01\xfe\x20") + a_note(owner, 3, "later");

  CHECK(kernel::build_id_in(notes) == "01fe20");
}

TEST_CASE("notes that were cut or lie about their size have no build id") {
  const auto note = a_note(owner, 3, "abcdefgh");
  auto liar = note;
  liar[7] = '\x7f';

  CHECK_FALSE(kernel::build_id_in(note.substr(0, note.size() - 1)).has_value());
  CHECK_FALSE(kernel::build_id_in(liar).has_value());
  CHECK_FALSE(kernel::build_id_in("").has_value());
}

TEST_CASE("the compiler is what the banner names before the linker") {
  CHECK(kernel::compiler_in(full_banner) == "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0");
  CHECK_FALSE(kernel::compiler_in(header_banner).has_value());
  CHECK_FALSE(kernel::compiler_in("").has_value());
}

TEST_CASE("an image is the running kernel if their build ids are equal, whatever the banners say") {
  CHECK(kernel::is_same_kernel({.banner = "a", .build_id = "01"}, {"b", "01"}) == true);
  CHECK(kernel::is_same_kernel({.banner = "a", .build_id = "01"}, {"a", "02"}) == false);
}

TEST_CASE("without build ids the banners decide, and that of an x86 header has no compiler") {
  CHECK(kernel::is_same_kernel({.banner = header_banner}, {full_banner, "01"}) == true);
  CHECK(kernel::is_same_kernel({.banner = "6.1.0-56-amd64 (a@b) #2 SMP"}, {full_banner, "01"}) == false);
  CHECK_FALSE(kernel::is_same_kernel({}, {full_banner, "01"}).has_value());
}

TEST_CASE("the running kernel is asked for its notes and its version") {
  test::FakeRoot world;
  world.file("/proc/version", "Linux version " + full_banner + "\n")
      .file("/sys/kernel/notes", a_note(owner, 3, "\x0a"));

  CHECK(kernel::ask_running_kernel(world.root()).value() == kernel::RunningKernel{full_banner, "0a"});
  CHECK(kernel::ask_running_kernel(test::FakeRoot().root()).value() == kernel::RunningKernel{});
}
