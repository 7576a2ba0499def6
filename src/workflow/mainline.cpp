// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/mainline.hpp"

#include "base/text.hpp"
#include "fetch/digest_list.hpp"
#include "fetch/url.hpp"
#include "system/file.hpp"
#include "workflow/fetched_source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

/// That of kernel.org's v6.x has 300 kB.
constexpr std::uint64_t largest_list = 16U << 20;

/// Whether it has the form of a release: candidates ("6.13.0-rc3") are not among them, nor what a vendor
/// adds.
bool is_release(std::string_view version) {
  const auto parts = split(version, '.');
  return parts.size() >= 2 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
         });
}

/// The first release of a series has two numbers. Source: kernel.org, since 3.0.
std::string_view name_of_release(std::string_view version) {
  constexpr std::string_view first = ".0";
  if (version.ends_with(first) && std::count(version.begin(), version.end(), '.') == 2)
    version.remove_suffix(first.size());
  return version;
}

/// The text of the list that may be believed, as far as anything makes it so.
Result<std::string> believed_list(const Workspace& workspace, const settings::Mainline& mainline,
                                  const std::string& list) {
  if (mainline.keyring.empty()) return system::read_file(list, largest_list);
  const auto keyring = KPKG_TRY(workspace.root.host_path(mainline.keyring));
  return fetch::signed_text(workspace.runner, list, keyring);
}

}  // namespace

std::string mainline_url(std::string url_template, std::string_view version) {
  const auto name = name_of_release(version);
  auto url = replaced(std::move(url_template), "{version}", name);
  return replaced(std::move(url), "{major}", name.substr(0, name.find('.')));
}

Result<std::string> fetch_mainline(const Workspace& workspace, const settings::Mainline& mainline,
                                   std::string_view version, const std::string& list) {
  if (!is_release(version))
    return fail(ErrorKind::unsupported, fmt::format("Linux {} is no release of kernel.org", version),
                "say in kpkg.toml(5) where the kernel's source is, or name it with --source");
  const auto url = mainline_url(mainline.url, version);
  const auto address = mainline_url(mainline.digests, version);
  const auto digests = fetch::without_credentials(address);
  KPKG_TRY(downloader_of(workspace).download(
      {.url = address, .destination = list, .digest = {}, .size_limit = largest_list},
      progress_of(workspace, digests)));
  const auto text = KPKG_TRY(believed_list(workspace, mainline, list).within("reading " + digests));
  const auto name = url.substr(url.rfind('/') + 1);
  const auto digest = KPKG_TRY(fetch::digest_in_list(text, name).within("reading " + digests));
  if (!digest)
    return fail(ErrorKind::not_found, fmt::format("{} does not have {}", digests, name),
                "if the kernel is not of kernel.org, say in kpkg.toml(5) where its source is");
  return KPKG_TRY(fetch_archive(workspace, {url}, *digest)).file;
}

}  // namespace kpkg::workflow
