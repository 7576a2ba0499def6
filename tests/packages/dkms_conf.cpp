// SPDX-License-Identifier: GPL-2.0-or-later
// Prints what kpkg takes a dkms.conf for, as JSON, for tests that compare it with what DKMS takes it for:
//
//   dkms_conf MODULE VERSION KERNEL ARCH [NAME=VALUE ...]
//
// The settings are those of the framework (dkms_tree=…, running_distribution=…), conf_file=…,
// kernel_source_dir=…, directive=… and purpose=changing.
#include "base/json.hpp"
#include "base/text.hpp"
#include "dkmsconf/conf.hpp"

#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace kpkg;

/// Remembers nothing.
class NoMemory : public kernel::Memory {
 public:
  std::optional<SharedBytes> recall(const std::string& /*key*/) override { return std::nullopt; }
  void keep(const std::string& /*key*/, std::string_view /*bytes*/) override {}
};

void set(const std::string& name, const std::string& value, dkmsconf::ConfRequest& request,
         dkmsconf::Framework& framework) {
  const std::map<std::string, std::string dkmsconf::Framework::*> settings = {
      {"source_tree", &dkmsconf::Framework::source_tree},
      {"dkms_tree", &dkmsconf::Framework::dkms_tree},
      {"install_tree", &dkmsconf::Framework::install_tree},
      {"tmp_location", &dkmsconf::Framework::tmp_location},
      {"parallel_jobs", &dkmsconf::Framework::parallel_jobs},
      {"running_distribution", &dkmsconf::Framework::running_distribution},
      {"addon_modules_dir", &dkmsconf::Framework::addon_modules_dir}};
  const auto setting = settings.find(name);
  if (setting != settings.end()) framework.*(setting->second) = value;
  if (name == "conf_file") request.conf_file = value;
  if (name == "kernel_source_dir") request.kernel_source_dir = value;
  if (name == "directive") request.directives.push_back(value);
  if (name == "purpose" && value == "changing") request.purpose = dkmsconf::Purpose::changing;
}

Json as_json(const dkmsconf::Conf& conf) {
  Json modules = Json::array();
  for (const auto& module : conf.modules)
    modules.push_back({{"built_name", module.built_name},
                       {"built_location", module.built_location},
                       {"installed_name", module.installed_name},
                       {"installed_location", module.installed_location},
                       {"is_stripped", module.is_stripped},
                       {"is_excluded", module.is_excluded}});
  std::string errors;
  for (const auto& remark : conf.remarks)
    if (remark.stream == dkmsconf::Stream::errors) errors += remark.text;
  return {{"is_valid", conf.standing == dkmsconf::Standing::valid},
          {"errors", errors},
          {"package", {conf.package_name, conf.package_version}},
          {"modules", modules},
          {"make_command", conf.make_command},
          {"patches", conf.patches},
          {"scripts",
           {conf.scripts.post_add, conf.scripts.pre_build, conf.scripts.post_build, conf.scripts.pre_install,
            conf.scripts.post_install, conf.scripts.post_remove}},
          {"build_depends", conf.build_depends},
          {"answers", {conf.is_installed_by_itself, conf.is_rebuilt_after_these, conf.has_no_weak_modules}},
          {"obsolete_by", conf.obsolete_by},
          {"is_excluded", conf.is_excluded}};
}

Result<std::string> printed(const std::vector<std::string>& words) {
  dkmsconf::ConfRequest request{
      .module = words[0], .version = words[1], .kernel = words[2], .arch = words[3]};
  dkmsconf::Framework framework;
  for (std::size_t i = 4; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    set(words[i].substr(0, equals), words[i].substr(equals + 1), request, framework);
  }
  const auto root = KPKG_TRY(system::Root::open("/"));
  system::SystemRunner runner;
  const auto sandbox = KPKG_TRY(system::Sandbox::choose(runner));
  NoMemory memory;
  dkmsconf::Interpreter interpreter(root, memory);
  const dkmsconf::Means means{.runner = runner, .sandbox = sandbox};
  const auto conf = KPKG_TRY(dkmsconf::read_conf(request, framework, interpreter, means));
  return json_text(as_json(conf));
}

}  // namespace

int main(int count, char** words) {
  if (count < 5) return 64;
  const auto text = printed({words + 1, words + count});
  if (!text) std::fprintf(stderr, "%s\n", text.error().text().c_str());
  if (text) std::printf("%s\n", text->c_str());
  return text ? 0 : 1;
}
