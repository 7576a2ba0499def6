// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/status_lines.hpp"

#include "dkms/healing.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::dkms {

using dkmsconf::Stream;
using dkmstree::Entry;
using dkmstree::State;

void StatusLines::flush() {
  if (!waiting_.empty()) printer_.say(Stream::output, waiting_);
  waiting_.clear();
}

void StatusLines::tell(Stream stream, std::string_view text) {
  if (stream == Stream::output) {
    waiting_ += text;
    return;
  }
  flush();
  printer_.say(stream, text);
}

/// What could not be read is missing in the list, which must be known.
void StatusLines::tell_problems() {
  for (const auto& problem : std::exchange(tree_.problems, {}))
    tell(Stream::errors, dkmsconf::warning_remark({problem.text()}).text);
}

Result<std::optional<std::vector<dkmstree::Destination>>> StatusLines::destinations(
    const dkmstree::BuildId& id) {
  const auto request = dkmsbuild::conf_request(task_in_tree(context_, id), dkmsconf::Purpose::looking);
  const auto& framework = context_.site.framework;
  const auto of_every_kernel = of_every_kernel_.find(id.of());
  if (of_every_kernel != of_every_kernel_.end()) return std::optional(of_every_kernel->second);
  const auto conf = KPKG_TRY(context_.reader.read_silently(request));
  for (const auto& remark : conf.remarks) tell(remark.stream, remark.text);
  if (conf.standing == dkmsconf::Standing::missing) {
    if (const auto refusal = dkmsconf::refusal_of(conf, request, framework, request.conf_file))
      tell(refusal->remark.stream, refusal->remark.text);
    return std::optional<std::vector<dkmstree::Destination>>();
  }
  auto found = destinations_of(conf);
  const bool is_silent = conf.standing == dkmsconf::Standing::valid && conf.remarks.empty();
  if (is_silent && KPKG_TRY(dkmsconf::is_of_every_kernel(request, framework, context_.site.interpreter)))
    of_every_kernel_.emplace(id.of(), found);
  return std::optional(std::move(found));
}

/// Adds to a line what its configuration and the disk make of it.
Status StatusLines::complete(Entry& entry) {
  const auto known = destinations(entry.id);
  if (!known && known.error().kind == ErrorKind::interrupted) return fail(known.error());
  if (!known) {
    tell(Stream::errors, dkmsconf::error_remark({known.error().text()}).text);
    return {};
  }
  std::vector<Entry> one = {entry};
  dkmstree::inspect(
      context_.root(), context_.places, tree_, [&](const auto&) { return *known; }, one);
  entry = std::move(one.front());
  return {};
}

Result<std::vector<Entry>> StatusLines::print(const dkmstree::Filter& filter) {
  auto entries = dkmstree::statuses(tree_, filter);
  for (auto& entry : entries) {
    const auto begin = dkmstree::line_of(entry);
    tell(Stream::output, begin);
    if (entry.state == State::built || entry.state == State::installed) KPKG_TRY(complete(entry));
    tell(Stream::output, dkmstree::line_of(entry).substr(begin.size()) + "\n");
    if (entry.state == State::broken)
      tell(Stream::errors,
           dkmsconf::error_remark(
               {fmt::format("{}: Missing the module source directory or the symbolic link pointing to it.",
                            entry.id.of().text()),
                "Manual intervention is required!"})
               .text);
  }
  tell_problems();
  flush();
  return entries;
}

}  // namespace kpkg::dkms
