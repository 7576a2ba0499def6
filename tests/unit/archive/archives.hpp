// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Archives for tests, honest and hostile. Tar headers are written by hand, since a library refuses to write
// the hostile ones.
namespace kpkg::archive_test {

/// One tar member; type as in the header: '0' file, '1' hard link, '2' link, '3' device, '5' directory, '6'
/// pipe.
struct Member {
  std::string name;
  std::string content = {};
  char type = '0';
  std::string target = {};
  unsigned mode = 0644;
  std::int64_t declared_size = -1;  ///< -1: that of the content
};

Member a_file(std::string name, std::string content = "content\n");
Member a_program(std::string name);
Member a_directory(std::string name);
Member a_link(std::string name, std::string target);
Member a_hard_link(std::string name, std::string target);
Member a_device(std::string name);

/// Source: POSIX.1-2017 pax(1), "ustar Interchange Format".
std::string a_tar(const std::vector<Member>& members);

/// A tar with the name in an extended header. Source: POSIX.1-2017 pax(1), "pax Extended Header".
std::string a_pax_tar(std::string_view path, std::string_view content);

/// Source: deb(5) and ar(5).
std::string an_ar(const std::vector<std::pair<std::string, std::string>>& members);
std::string a_deb(const std::string& data_name, const std::string& data);

/// By libarchive: "gzip", "bzip2", "xz", "lzma", "zstd", "lz4".
std::string compressed(std::string_view bytes, const std::string& filter);
std::string a_zip(const std::vector<Member>& members);

}  // namespace kpkg::archive_test
