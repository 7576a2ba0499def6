// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/configuration_search.hpp"

#include "archive/compression.hpp"
#include "base/text.hpp"
#include "kernel/configuration_difference.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_configuration = 16U << 20;
constexpr std::uint64_t largest_module = 64U << 20;

/// Goes through the places in the order of trust. Owns what was found so far.
class Searcher {
 public:
  Searcher(const system::Root& root, const Kernel& kernel) : root_(root), kernel_(kernel) {}

  Result<ConfigurationSearch> search(const ConfigurationClues& clues);

 private:
  Status try_file(const std::string& path);
  Status try_configs_module();
  Status try_tree();
  void take(Result<std::optional<Configuration>> read, const std::string& origin);
  void compare(const Configuration& other, const std::string& origin);

  const system::Root& root_;
  const Kernel& kernel_;
  ConfigurationSearch search_;
};

Result<ConfigurationSearch> Searcher::search(const ConfigurationClues& clues) {
  if (clues.asks_running) KPKG_TRY(try_file("/proc/config.gz"));
  if (clues.inside_image)
    take(std::optional(Configuration::parse(*clues.inside_image)), "the image " + kernel_.image.value_or(""));
  KPKG_TRY(try_file("/boot/config-" + kernel_.release));
  KPKG_TRY(try_file(kernel_.module_directory + "/config"));
  KPKG_TRY(try_configs_module());
  if (!search_.believed) KPKG_TRY(try_tree());
  return std::move(search_);
}

Status Searcher::try_file(const std::string& path) {
  auto read = read_configuration(root_, path);
  if (!read && read.error().kind != ErrorKind::corrupt) return fail(read.error());
  take(std::move(read), path);
  return {};
}

Status Searcher::try_configs_module() {
  for (const std::string_view suffix : {"", ".xz", ".zst", ".gz"}) {
    const auto path = fmt::format("{}/kernel/kernel/configs.ko{}", kernel_.module_directory, suffix);
    const auto file = KPKG_TRY(root_.read_if_present(path, largest_module));
    if (!file) continue;
    const auto bytes = archive::decompress(*file, largest_module);
    take(bytes ? embedded_configuration(*bytes)
               : Result<std::optional<Configuration>>(tl::unexpect, bytes.error()),
         path);
  }
  return {};
}

Status Searcher::try_tree() {
  if (!kernel_.tree) return {};
  KPKG_TRY(try_file(kernel_.tree->path + "/.config"));
  if (search_.believed)
    search_.notes.push_back(fmt::format(
        "{} has no configuration file of its own; that of its tree is believed", kernel_.release));
  return {};
}

void Searcher::take(Result<std::optional<Configuration>> read, const std::string& origin) {
  if (!read) {
    search_.notes.push_back(
        fmt::format("{} is not readable as a configuration: {}", origin, read.error().text()));
    return;
  }
  if (!*read) return;
  auto& configuration = **read;
  if (configuration.size() == 0)
    search_.notes.push_back(origin + " sets nothing, so it is not believed");
  else if (search_.believed)
    compare(configuration, origin);
  else
    search_.believed = BelievedConfiguration{std::move(configuration), origin};
}

void Searcher::compare(const Configuration& other, const std::string& origin) {
  auto found = differences(search_.believed->configuration, other);
  const auto is_indifferent = [](const auto& difference) { return !matters_to_modules(difference.key); };
  found.erase(std::remove_if(found.begin(), found.end(), is_indifferent), found.end());
  if (found.empty()) return;
  // What the loader asks for is the best example.
  const auto example = std::find_if(found.begin(), found.end(),
                                    [](const auto& difference) { return is_of_the_loader(difference.key); });
  search_.notes.push_back(fmt::format(
      "{} is believed, but {} differs in {} that modules depend on, such as {}", search_.believed->origin,
      origin, counted(found.size(), "option"), told(example == found.end() ? found.front() : *example)));
}

}  // namespace

Result<ConfigurationSearch> find_configuration(const system::Root& root, const Kernel& kernel,
                                               const ConfigurationClues& clues) {
  return Searcher(root, kernel).search(clues);
}

Result<std::optional<std::string>> embedded_text(std::string_view bytes) {
  constexpr std::string_view start = "IKCFG_ST";
  constexpr std::string_view end = "IKCFG_ED";
  // The marks stand elsewhere too: in the text of whatever searches for them.
  for (auto mark = bytes.find(start); mark != std::string_view::npos; mark = bytes.find(start, mark + 1)) {
    const auto stream = bytes.substr(mark + start.size());
    if (archive::compression_of(stream) != archive::Compression::gzip) continue;
    auto text = KPKG_TRY(archive::decompress(stream.substr(0, stream.find(end)), largest_configuration));
    return std::optional(std::move(text));
  }
  return std::optional<std::string>{};
}

Result<std::optional<Configuration>> embedded_configuration(std::string_view bytes) {
  const auto text = KPKG_TRY(embedded_text(bytes));
  return text ? std::optional(Configuration::parse(*text)) : std::nullopt;
}

}  // namespace kpkg::kernel
