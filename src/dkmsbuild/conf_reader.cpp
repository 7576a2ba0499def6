// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/conf_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::dkmsbuild {
namespace {

/// What DKMS says at each reading, and not only at the first. Source: dkms 3.4.3, read_conf_strict().
constexpr std::string_view repeated = "dkms.conf: Warning! Zero modules specified.";

}  // namespace

Result<dkmsconf::Conf> ConfReader::read_silently(const dkmsconf::ConfRequest& request) const {
  auto known = KPKG_TRY(dkmsconf::recalled_conf(request, site_.framework, site_.interpreter));
  if (known) return *std::move(known);
  const auto* sandbox = KPKG_TRY(site_.sandbox());
  const dkmsconf::Means means{.runner = site_.workspace.runner, .sandbox = *sandbox};
  return dkmsconf::read_conf(request, site_.framework, site_.interpreter, means);
}

Result<dkmsconf::Conf> ConfReader::read(const dkmsconf::ConfRequest& request, Printer& printer) {
  auto conf = KPKG_TRY(read_silently(request));
  const auto key = KPKG_TRY(key_of(request));
  const bool is_known = !last_.empty() && key == last_;
  for (const auto& remark : conf.remarks)
    if (!is_known || remark.text.starts_with(repeated)) printer.say(remark.stream, remark.text);
  if (conf.standing == dkmsconf::Standing::valid) last_ = key;
  return conf;
}

Result<ConfReader::Reading> ConfReader::read_or_refuse(const dkmsconf::ConfRequest& request,
                                                       Printer& printer) {
  auto conf = KPKG_TRY(read(request, printer));
  const auto refusal = dkmsconf::refusal_of(conf, request, site_.framework, request.conf_file);
  if (refusal) printer.say(refusal->remark.stream, refusal->remark.text);
  return Reading{std::move(conf), refusal ? refusal->status : 0};
}

Result<std::string> ConfReader::key_of(const dkmsconf::ConfRequest& request) const {
  const auto file = request.conf_file.empty()
                        ? dkmsconf::conf_file_in_tree(site_.framework, request.module, request.version)
                        : request.conf_file;
  const auto real = KPKG_TRY(site_.workspace.root.real_path(file));
  return fmt::format("{}/{}/{}/{} {}", request.module, request.version, request.kernel, request.arch,
                     real.value_or(file));
}

}  // namespace kpkg::dkmsbuild
