// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"
#include "dkmstree/inspect.hpp"
#include "dkmstree/status.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::dkms {

/// Prints the lines of `dkms status`. What a configuration says while it is read stands where DKMS has it: in
/// the middle of its line. Owns what waits for stdout, so that many lines cost one call.
class StatusLines {
 public:
  /// Prints on `printer`, which need not be that of the context.
  StatusLines(const Context& context, dkmstree::Tree tree, dkmsbuild::Printer& printer)
      : context_(context), tree_(std::move(tree)), printer_(printer) {}

  /// Prints the entries that the filter admits, and yields them.
  ///
  /// Errors: interrupted. What else is wrong with an entry is told of on stderr, and the next one follows.
  Result<std::vector<dkmstree::Entry>> print(const dkmstree::Filter& filter);

 private:
  using Remark = dkmsconf::Remark;
  using Wanted = std::optional<std::vector<dkmstree::Destination>>;

  struct Line {
    std::string begin;
    std::vector<Remark> said;  // by its configuration, in the middle of the line
    std::vector<Remark> said_behind;
    Wanted wanted;  // the modules that are looked for
  };

  Result<Wanted> read(const dkmstree::BuildId& id, std::vector<Remark>& said);
  Result<Line> line_for(const dkmstree::Entry& entry);
  void tell(dkmsconf::Stream stream, std::string_view text);
  void tell_problems();
  void flush();

  const Context& context_;
  dkmstree::Tree tree_;
  dkmsbuild::Printer& printer_;
  std::string waiting_;
  std::map<dkmstree::VersionId, std::vector<dkmstree::Destination>> of_every_kernel_;
};

}  // namespace kpkg::dkms
