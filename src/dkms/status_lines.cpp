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

Result<StatusLines::Wanted> StatusLines::read(const dkmstree::BuildId& id, std::vector<Remark>& said) {
  const auto of_every_kernel = of_every_kernel_.find(id.of());
  if (of_every_kernel != of_every_kernel_.end()) return Wanted(of_every_kernel->second);
  const auto request = dkmsbuild::conf_request(task_in_tree(context_, id), dkmsconf::Purpose::looking);
  const auto& framework = context_.site.framework;
  const auto conf = KPKG_TRY(context_.reader.read_silently(request));
  said.insert(said.end(), conf.remarks.begin(), conf.remarks.end());
  if (conf.standing == dkmsconf::Standing::missing) {
    if (const auto refusal = dkmsconf::refusal_of(conf, request, framework, request.conf_file))
      said.push_back(refusal->remark);
    return Wanted();
  }
  auto wanted = destinations_of(conf);
  const bool is_silent = conf.standing == dkmsconf::Standing::valid && conf.remarks.empty();
  if (is_silent && KPKG_TRY(dkmsconf::is_of_every_kernel(request, framework, context_.site.interpreter)))
    of_every_kernel_.emplace(id.of(), wanted);
  return Wanted(std::move(wanted));
}

Result<StatusLines::Line> StatusLines::line_for(const Entry& entry) {
  Line line{.begin = dkmstree::line_of(entry), .said = {}, .said_behind = {}, .wanted = {}};
  if (entry.state == State::broken)
    line.said_behind.push_back(dkmsconf::error_remark(
        {fmt::format("{}: Missing the module source directory or the symbolic link pointing to it.",
                     entry.id.of().text()),
         "Manual intervention is required!"}));
  if (entry.state != State::built && entry.state != State::installed) return line;
  auto wanted = read(entry.id, line.said);
  if (!wanted && wanted.error().kind == ErrorKind::interrupted) return fail(wanted.error());
  if (wanted)
    line.wanted = *std::move(wanted);
  else
    line.said.push_back(dkmsconf::error_remark({wanted.error().text()}));
  return line;
}

/// First all configurations are read, then all modules compared, which threads can do at the same time.
Result<std::vector<Entry>> StatusLines::print(const dkmstree::Filter& filter) {
  auto entries = dkmstree::statuses(tree_, filter);
  std::map<dkmstree::BuildId, Line> lines;
  for (const auto& entry : entries) lines[entry.id] = KPKG_TRY(line_for(entry));
  dkmstree::inspect(
      context_.root(), context_.places, tree_,
      [&](const dkmstree::BuildId& id) { return lines.at(id).wanted; }, entries);
  for (const auto& entry : entries) {
    const auto& line = lines.at(entry.id);
    tell(Stream::output, line.begin);
    for (const auto& remark : line.said) tell(remark.stream, remark.text);
    tell(Stream::output, dkmstree::line_of(entry).substr(line.begin.size()) + "\n");
    for (const auto& remark : line.said_behind) tell(remark.stream, remark.text);
  }
  tell_problems();
  flush();
  return entries;
}

}  // namespace kpkg::dkms
