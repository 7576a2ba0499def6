// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/sightings.hpp"

#include "crypto/digest.hpp"
#include "dkmsconf/plain_file.hpp"
#include "dkmsconf/reader_text.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

namespace kpkg::dkmsconf {
namespace {

/// A configuration file larger than that is none.
constexpr std::uint64_t most_bytes = 4U << 20;

/// What changes whenever a package is installed, upgraded or removed: dpkg, rpm (two places), pacman.
constexpr std::array<const char*, 4> package_records = {"/var/lib/dpkg/status", "/usr/lib/sysimage/rpm",
                                                        "/var/lib/rpm", "/var/lib/pacman/local"};

constexpr const char* running_release = "/proc/sys/kernel/osrelease";

/// No driver has more files. Who keeps a dkms.conf in a directory with all the rest of a disk below it does
/// not wait for its end; what lies beyond is not seen.
constexpr std::size_t most_entries = 50'000;

/// Texts on their way to one digest, each apart from the next.
class Sum {
 public:
  void add(std::string_view text) {
    ++count_;
    text_.append(std::to_string(text.size())).push_back('\n');
    text_ += text;
  }

  /// What shows that a file was replaced or changed.
  void add(std::string_view name, const std::optional<system::FileStatus>& status) {
    add(name);
    add(status ? fmt::format("{} {} {}", status->size, status->modified_ns, status->inode) : "absent");
  }

  bool is_full() const { return count_ > 2 * most_entries; }

  std::string finish() const { return crypto::sha256(text_).hex(); }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

/// Adds what is below the directory of the host, each by its name from where this began.
Status add_below(Sum& sum, const std::string& directory, const std::string& name, Extent extent) {
  auto listed = system::list_directory(directory);
  if (!listed && listed.error().kind == ErrorKind::permission) {
    sum.add("not to be read");
    return {};
  }
  const auto entries = KPKG_TRY(std::move(listed));
  if (!entries) return {};
  for (const auto& entry : *entries) {
    if (sum.is_full()) return {};
    const auto path = fmt::format("{}/{}", directory, entry.name);
    const auto inside = fmt::format("{}/{}", name, entry.name);
    const bool is_directory = entry.type == system::FileType::directory;
    if (extent == Extent::directories && !is_directory) continue;
    if (extent == Extent::entries || extent == Extent::everything)
      sum.add(inside, KPKG_TRY(system::status_of(path)));
    else
      sum.add(inside);
    const bool goes_on = extent == Extent::everything || (extent == Extent::directories && name.empty());
    if (is_directory && goes_on) KPKG_TRY(add_below(sum, path, inside, extent));
  }
  return {};
}

/// The directory or file behind `path`, wherever links lead, or nothing.
Result<std::optional<system::FileStatus>> status_behind(const system::Root& root, const std::string& path) {
  const auto real = KPKG_TRY(root.real_path(path));
  if (!real) return std::optional<system::FileStatus>();
  return root.status(*real);
}

void add_question(Sum& sum, const Question& question) {
  static const auto reader = crypto::sha256(reader_text()).hex();
  sum.add(reader);
  for (const auto& [name, value] : question.variables) {
    sum.add(name);
    sum.add(value);
  }
  for (const auto text : {question.names, question.retired}) sum.add(text);
  for (const auto* texts : {&question.files, &question.directives, &question.searches, &question.consulted}) {
    sum.add(std::to_string(texts->size()));
    for (const auto& text : *texts) sum.add(text);
  }
  for (const auto& comparison : question.comparisons) {
    sum.add(comparison.name);
    sum.add(comparison.text);
  }
}

bool are_plain(const Question& question, const std::vector<const std::string*>& texts) {
  std::set<std::string, std::less<>> known;
  for (const auto& [name, value] : question.variables) {
    if (!is_harmless(value)) return false;
    known.insert(name);
  }
  return std::all_of(texts.begin(), texts.end(), [&](const auto* text) { return is_plain(*text, known); });
}

}  // namespace

Result<bool> Sightings::has(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  // To open it is one call of the system, to follow the path a dozen.
  const auto file = root_.open_file(path);
  const bool is_there = file.has_value() || file.error().kind != ErrorKind::not_found;
  return files_[path] = is_there;
}

Result<const std::vector<std::string>*> Sightings::names_in(const std::string& directory) {
  const auto known = names_.find(directory);
  if (known != names_.end()) return &known->second;
  auto& names = names_[directory];
  const auto entries = KPKG_TRY(root_.list(directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>()))
    names.push_back(entry.name);
  return &names;
}

Result<const std::string*> Sightings::text(const std::string& file) {
  const auto known = texts_.find(file);
  if (known != texts_.end()) return &known->second;
  auto& text = texts_[file] = KPKG_TRY(root_.read(file, most_bytes));
  return &text;
}

Result<std::string> Sightings::seen(const Sight& sight) {
  const auto known = seen_.find({sight.path, sight.extent});
  if (known != seen_.end()) return known->second;
  Sum sum;
  sum.add(sight.path, KPKG_TRY(status_behind(root_, sight.path)));
  if (sight.extent != Extent::itself)
    KPKG_TRY(add_below(sum, KPKG_TRY(root_.host_path(sight.path)), "", sight.extent));
  return seen_[{sight.path, sight.extent}] = sum.finish();
}

Result<std::string> stamp_of(const Question& question, const system::Root& root, Sightings& sightings) {
  Sum sum;
  add_question(sum, question);
  std::vector<const std::string*> texts;
  for (const auto& file : question.files) {
    texts.push_back(KPKG_TRY(sightings.text(file)));
    sum.add(*texts.back());
  }
  for (const auto& path : question.consulted) sum.add(KPKG_TRY(sightings.seen({path, Extent::itself})));
  if (are_plain(question, texts)) return sum.finish();
  for (const auto& sight : question.sights) sum.add(KPKG_TRY(sightings.seen(sight)));
  for (const auto* record : package_records) sum.add(KPKG_TRY(sightings.seen({record, Extent::itself})));
  const auto release = root.read_if_present(running_release);
  sum.add(release && *release ? **release : "not known");
  return sum.finish();
}

}  // namespace kpkg::dkmsconf
