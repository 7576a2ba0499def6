// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/site.hpp"

#include <string>

namespace kpkg::dkmsbuild {

/// Reads configurations as DKMS does: from memory where possible, by bash in the sandbox otherwise. Guards
/// that what a configuration makes DKMS say is said once, until another one is read.
class ConfReader {
 public:
  explicit ConfReader(const Site& site) : site_(site) {}

  /// The configuration; nothing is printed, and what was read last stays that.
  Result<dkmsconf::Conf> read_silently(const dkmsconf::ConfRequest& request) const;

  /// The configuration, with its remarks printed, unless it was the last one that was told and good. Of the
  /// configuration of `request`'s own tree a warning that it has no modules is repeated, as DKMS does.
  Result<dkmsconf::Conf> read(const dkmsconf::ConfRequest& request, Printer& printer);

  /// read(), and where its standing does not let DKMS go on the error that it ends with: 4 or 8, else 0.
  struct Reading {
    dkmsconf::Conf conf;
    ExitStatus status = 0;
  };
  Result<Reading> read_or_refuse(const dkmsconf::ConfRequest& request, Printer& printer);

  /// What was told last. DKMS does much in subshells, at whose end it forgets what it read in them: whoever
  /// stands for one of them puts back what mark() said at its beginning.
  std::string mark() const { return last_; }
  void put_back(std::string mark) { last_ = std::move(mark); }

 private:
  Result<std::string> key_of(const dkmsconf::ConfRequest& request) const;

  const Site& site_;
  std::string last_;
};

}  // namespace kpkg::dkmsbuild
