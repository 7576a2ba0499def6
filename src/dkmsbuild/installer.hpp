// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/conf_reader.hpp"
#include "dkmsbuild/judge.hpp"
#include "dkmsbuild/module_files.hpp"
#include "dkmsbuild/toolchain.hpp"
#include "install/plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// Installs one build of the tree, and takes it back where depmod fails. Owns nothing.
class Installer {
 public:
  Installer(const Site& site, ConfReader& reader, const Choices& choices, const Task& task);

  /// What `dkms install` does once the version is built; not the rebuild of dependants.
  Result<ExitStatus> install();

 private:
  enum class First { no, yes };

  struct Chosen {
    dkmsconf::ConfModule module;
    std::string file;         ///< of the build, in the root
    std::string destination;  ///< as DKMS tells it
  };

  /// One of the chosen modules that the kernel would refuse.
  struct Refused {
    std::size_t index;
    std::vector<std::string> reasons;
  };

  void heed_forced_list();
  Result<ExitStatus> check(const dkmsconf::Conf& conf);
  ExitStatus check_recipes() const;
  Result<ExitStatus> judge();
  void say_reasons(const Refused& refused, std::string_view before);
  void leave_out(const std::vector<Refused>& refused);
  Result<ExitStatus> run_pre_install(const dkmsconf::Conf& conf);
  Result<ExitStatus> choose(const dkmsconf::Conf& conf);
  Status prepare_place(const Chosen& chosen, First first);
  Status put_files();
  Status put_links();
  Status link();
  Result<ExitStatus> index(const dkmsconf::Conf& conf);
  bool is_forced() const { return choices_.force == Force::yes; }
  std::string directory() const { return places_.directory_of(task_.id); }

  const Site& site_;
  ConfReader& reader_;
  Choices choices_;
  const Task& task_;
  dkmstree::Places places_;
  Toolchain toolchain_;
  ModuleFiles files_;  // of the kernel, before anything changes
  std::vector<Chosen> chosen_;
};

}  // namespace kpkg::dkmsbuild
