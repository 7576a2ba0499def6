// SPDX-License-Identifier: GPL-2.0-or-later
// unpack_headers ROOT RELEASE DESTINATION: lets a test unpack the header packages of a kernel, and says a
// line for each thing that it got: its kind, a blank, the rest.
#include "kernel/tree.hpp"
#include "system/console.hpp"
#include "system/interruption.hpp"
#include "workflow/packaged_tree.hpp"
#include "workflow/targets.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using namespace kpkg;

namespace {

class Deaf : public workflow::Observer {
 public:
  void on(const workflow::Event& /*event*/) override {}
};

std::string rows(std::string_view kind, const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += fmt::format("{} {}\n", kind, value);
  return text;
}

Result<std::string> unpack(const std::vector<std::string>& words) {
  const auto host = KPKG_TRY(system::observe_host());
  const auto root = KPKG_TRY(system::Root::open(words.at(0)));
  system::SystemRunner runner;
  Deaf observer;
  const workflow::Workspace workspace{.host = host, .root = root, .runner = runner, .observer = observer};
  const auto selection = KPKG_TRY(workflow::select_kernels(workspace, {words.at(1)}));
  const auto target =
      KPKG_TRY(workflow::learn_target(workspace, selection.kernels.front(), workflow::Headers::ignored));
  const auto search =
      KPKG_TRY(workflow::unpack_packaged_tree(workspace, target.kernel, target.facts, words.at(2)));
  if (!search.tree) return fmt::format("problem {}\nhint {}\n", search.problem, search.hint);
  const auto needed = KPKG_TRY(kernel::needed_directories(root, search.tree->tree));
  return fmt::format("tree {}\nsymvers {}\n", search.tree->tree.path,
                     search.tree->tree.symvers.value_or("")) +
         rows("package", search.tree->packages) + rows("note", search.tree->notes) + rows("needs", needed);
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
  if (!system::Interruption::begin()) return 1;
  const auto text = unpack(std::vector<std::string>(words + 1, words + count));
  if (text) return system::print(*text) ? 0 : 1;
  system::print_error(fmt::format("{}\nhint: {}\n", text.error().text(), text.error().hint));
  return 1;
}
