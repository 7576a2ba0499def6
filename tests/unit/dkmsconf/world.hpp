// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsconf/conf.hpp"
#include "dkmsconf/framework.hpp"
#include "system/temp_dir.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kpkg::test {

/// Remembers in this process.
class TestMemory : public kernel::Memory {
 public:
  std::optional<SharedBytes> recall(const std::string& key) override {
    const auto found = kept.find(key);
    return found == kept.end() ? std::nullopt : std::optional(SharedBytes(found->second));
  }
  void keep(const std::string& key, std::string_view bytes) override { kept[key] = bytes; }

  std::map<std::string, std::string> kept;
};

/// A system::Runner that counts what it runs.
class CountingRunner : public system::Runner {
 public:
  Result<system::Outcome> run_observed(const system::Command& command,
                                       const system::LineObserver& on_line) override {
    ++runs;
    return runner_.run_observed(command, on_line);
  }

  int runs = 0;

 private:
  system::SystemRunner runner_;
};

/// The strongest sandbox that works here.
const system::Sandbox& the_sandbox();

/// A root with the driver "driver" 1.0 in DKMS's tree, a kernel 6.1.0-test with headers, and Debian. Real
/// bash reads its files in the real sandbox.
class DkmsWorld {
 public:
  DkmsWorld();

  DkmsWorld& file(const std::string& path, std::string_view text);
  DkmsWorld& link(const std::string& target, const std::string& path);

  /// The driver's dkms.conf.
  DkmsWorld& conf(std::string_view text) { return file("/usr/src/driver-1.0/dkms.conf", text); }

  /// The same, after what every dkms.conf of one module has.
  DkmsWorld& more_conf(std::string_view text);

  DkmsWorld& configuration(std::string_view text) {
    return file("/usr/src/linux-headers-6.1.0-test/.config", text);
  }

  /// From now on the files of the root are read where they lie on this machine, by their names there: all
  /// that can be done without mount namespaces.
  DkmsWorld& on_this_machine();

  dkmsconf::Conf read() { return read_in(the_sandbox()); }
  dkmsconf::Conf read_in(const system::Sandbox& sandbox);
  Error failure();
  std::optional<dkmsconf::Conf> recall();
  bool is_of_every_kernel();
  dkmsconf::Framework read_framework();
  Error framework_failure();
  std::optional<dkmsconf::Framework> recall_framework();

  /// The host's directory that is the root.
  const std::string& directory() const { return directory_.path(); }

  dkmsconf::ConfRequest request;
  dkmsconf::FrameworkRequest framework_request;
  dkmsconf::Framework framework;
  std::chrono::milliseconds patience{60'000};
  TestMemory memory;
  CountingRunner runner;

 private:
  system::TempDir directory_;
  system::Root root_;
};

/// Everything that a configuration makes DKMS print, one after the other.
std::string said(const dkmsconf::Conf& conf);

/// The dkms.conf of one module: nothing is wrong with it.
inline constexpr std::string_view one_module =
    "PACKAGE_NAME=\"driver\"\n"
    "PACKAGE_VERSION=\"1.0\"\n"
    "BUILT_MODULE_NAME[0]=\"driver\"\n"
    "DEST_MODULE_LOCATION[0]=\"/kernel/drivers/misc\"\n";

}  // namespace kpkg::test
