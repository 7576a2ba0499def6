// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/engine.hpp"
#include "support/module_builder.hpp"
#include "system/temp_dir.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::test {

using dkmsbuild::ExitStatus;
using dkmsbuild::Stream;

/// Keeps what is said, in one text.
class TextPrinter : public dkmsbuild::Printer {
 public:
  void say(Stream stream, std::string_view said) override {
    text += said;
    if (stream == Stream::errors) errors += said;
  }
  void start_dots() override { text += "<"; }
  void stop_dots() override { text += ">"; }

  std::string text;
  std::string errors;
};

/// Runs programs, but for those that would work in the root with root's rights: of these it notes the words
/// and does what the test says.
class HalfRunner : public system::Runner {
 public:
  Result<system::Outcome> run_observed(const system::Command& command,
                                       const system::LineObserver& on_line) override;

  std::vector<std::string> in_root;                 ///< "depmod -a 6.1.0-test"
  std::map<std::string, system::Outcome> outcomes;  ///< of those that begin so; else they succeed

 private:
  system::SystemRunner runner_;
};

class QuietObserver : public workflow::Observer {
 public:
  void on(const workflow::Event& /*event*/) override {}
};

class KeptMemory : public kernel::Memory {
 public:
  std::optional<SharedBytes> recall(const std::string& key) override {
    const auto found = kept_.find(key);
    return found == kept_.end() ? std::nullopt : std::optional(SharedBytes(found->second));
  }
  void keep(const std::string& key, std::string_view bytes) override { kept_[key] = bytes; }

 private:
  std::map<std::string, std::string> kept_;
};

/// A root with the driver "driver" 1.0 in DKMS's tree, a kernel 6.1.0-test with headers and an index of its
/// modules, and Debian. The driver is not compiled: its source has the finished module, and make copies it.
class BuildWorld {
 public:
  BuildWorld();

  BuildWorld& file(const std::string& path, std::string_view text);
  BuildWorld& script(const std::string& path, std::string_view text);
  BuildWorld& link(const std::string& target, const std::string& path);

  /// The driver's dkms.conf, after what every one here has.
  BuildWorld& conf(std::string_view more);

  /// Another version of it, whose module says so.
  BuildWorld& version(const std::string& version);

  /// Another driver in the tree, with the same make.
  BuildWorld& driver(const std::string& name, std::string_view more);

  /// Both "driver" and these, by names; the statuses are in their order.
  std::vector<ExitStatus> install_together(const std::vector<std::string>& names);

  /// Builds them one after the other, once all were told to be expected.
  std::vector<ExitStatus> build_expected(const std::vector<dkmsbuild::Task>& tasks);

  ExitStatus build();
  ExitStatus install();
  ExitStatus uninstall();
  ExitStatus unbuild();

  /// What was printed by the last of these.
  std::string said;

  std::string read(const std::string& path) const;
  bool has(const std::string& path) const;
  std::string directory() const { return directory_.path(); }

  dkmsbuild::Task task;
  dkmsbuild::Choices choices;
  dkmsconf::Framework framework;
  HalfRunner runner;
  std::vector<std::string> added;  ///< what the engine asked to be added
  ExitStatus adding_ends_with = 0;

 private:
  template <typename Work>
  ExitStatus with_engine(const Work& work);

  system::TempDir directory_;
  system::Root root_;
  KeptMemory memory_;
  TextPrinter* printer_ = nullptr;
};

/// The paths of a build of the world's driver.
inline constexpr const char* build_place = "/var/lib/dkms/driver/1.0/build";
inline constexpr const char* built = "/var/lib/dkms/driver/1.0/6.1.0-test/x86_64";
inline constexpr const char* installed = "/lib/modules/6.1.0-test/updates/dkms/driver.ko";

}  // namespace kpkg::test
