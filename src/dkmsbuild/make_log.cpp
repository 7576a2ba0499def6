// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/make_log.hpp"

#include "system/file.hpp"
#include "system/output_file.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

constexpr std::string_view ruler = "----------------------------------------------------------------";

constexpr std::array<std::pair<char, char>, 6> escapes = {
    {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'e', '\x1b'}, {'a', '\a'}, {'\\', '\\'}}};

std::string clock_text(std::chrono::milliseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
}

}  // namespace

std::string log_head(const dkmstree::BuildId& id, std::string_view date) {
  return fmt::format("DKMS ({}) make.log for {} for kernel {} ({})\n{}\n", release_text, id.of().text(),
                     id.target.kernel, id.target.arch, date);
}

std::string frame_before(std::string_view description, std::string_view command) {
  return fmt::format("\n{}\n# command: {}\n", unescaped(description), unescaped(command));
}

std::string frame_after(int status, std::chrono::milliseconds duration) {
  return fmt::format("\n# exit code: {}\n# elapsed time: {}\n{}\n", status, clock_text(duration), ruler);
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    char meant = '\0';
    for (const auto& [letter, meaning] : escapes)
      if (text[at] == '\\' && next == letter) meant = meaning;
    result += meant == '\0' ? text[at] : meant;
    if (meant != '\0') ++at;
  }
  return result;
}

Result<MakeLog> MakeLog::create(const std::string& path) {
  auto file = KPKG_TRY(system::create_output_file(path));
  return MakeLog(std::move(file), path);
}

Status MakeLog::write(std::string_view text) const {
  return system::write_all(file_.get(), text, path_);
}

}  // namespace kpkg::dkmsbuild
