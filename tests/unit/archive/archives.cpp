// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit/archive/archives.hpp"

#include "base/assert.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>
#include <numeric>

namespace kpkg::archive_test {
namespace {

constexpr std::size_t block = 512;

std::string padded(std::string bytes, std::size_t size) {
  bytes.resize((bytes.size() + size - 1) / size * size, '\0');
  return bytes;
}

std::string field(std::string text, std::size_t width) {
  text.resize(width, '\0');
  return text;
}

std::string a_header(const Member& member) {
  const auto size =
      member.declared_size < 0 ? static_cast<std::int64_t>(member.content.size()) : member.declared_size;
  std::string header = field(member.name, 100) + field(fmt::format("{:07o}", member.mode), 8) +
                       field("0001750", 8) + field("0001750", 8) + field(fmt::format("{:011o}", size), 12) +
                       field("14000000000", 12) + std::string(8, ' ') + member.type +
                       field(member.target, 100) + field("ustar", 6) + "00" + field("someone", 32) +
                       field("someone", 32) + field("0000001", 8) + field("0000003", 8);
  header = padded(header, block);
  const auto sum = std::accumulate(header.begin(), header.end(), 0U, [](unsigned total, char byte) {
    return total + static_cast<unsigned char>(byte);
  });
  return header.replace(148, 8, field(fmt::format("{:06o}", sum), 7) + " ");
}

std::string written(std::string_view bytes, ::archive* writer, const std::vector<Member>& members) {
  std::string out(bytes.size() * 2 + 65536, '\0');
  for (const auto& member : members) out.resize(out.size() + member.content.size() + 1024);
  std::size_t used = 0;
  KPKG_ASSERT(archive_write_open_memory(writer, out.data(), out.size(), &used) == ARCHIVE_OK);
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                            &archive_entry_free);
  for (const auto& member : members) {
    archive_entry_clear(entry.get());
    archive_entry_set_pathname(entry.get(), member.name.c_str());
    archive_entry_set_filetype(entry.get(), member.type == '2' ? AE_IFLNK : AE_IFREG);
    archive_entry_set_perm(entry.get(), static_cast<std::uint16_t>(member.mode));
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(member.content.size()));
    if (member.type == '2') archive_entry_set_symlink(entry.get(), member.target.c_str());
    KPKG_ASSERT(archive_write_header(writer, entry.get()) == ARCHIVE_OK);
    KPKG_ASSERT(archive_write_data(writer, member.content.data(), member.content.size()) >= 0);
  }
  KPKG_ASSERT(archive_write_close(writer) == ARCHIVE_OK);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

}  // namespace

Member a_file(std::string name, std::string content) {
  return {std::move(name), std::move(content)};
}
Member a_program(std::string name) {
  return {std::move(name), "#!/bin/sh\n", '0', {}, 0775};
}
Member a_directory(std::string name) {
  return {std::move(name), {}, '5', {}, 0775};
}
Member a_link(std::string name, std::string target) {
  return {std::move(name), {}, '2', std::move(target)};
}
Member a_hard_link(std::string name, std::string target) {
  return {std::move(name), {}, '1', std::move(target)};
}
Member a_device(std::string name) {
  return {std::move(name), {}, '3'};
}

std::string a_tar(const std::vector<Member>& members) {
  std::string tar;
  for (const auto& member : members) tar += a_header(member) + padded(member.content, block);
  return tar + std::string(2 * block, '\0');
}

std::string a_pax_tar(std::string_view path, std::string_view content) {
  const auto body = fmt::format(" path={}\n", path);
  const auto record = fmt::format("{}{}", body.size() + 2, body);  // the length counts its own two digits
  return a_tar({{"pax", record, 'x'}, a_file("short", std::string(content))});
}

std::string an_ar(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string bytes = "!<arch>\n";
  for (const auto& [name, content] : members) {
    bytes += fmt::format("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", name, 0, 0, 0, "100644", content.size());
    bytes += content.size() % 2 == 0 ? content : content + "\n";
  }
  return bytes;
}

std::string a_deb(const std::string& data_name, const std::string& data) {
  return an_ar(
      {{"debian-binary", "2.0\n"}, {"control.tar", a_tar({a_file("./control")})}, {data_name, data}});
}

std::string compressed(std::string_view bytes, const std::string& filter) {
  ::archive* writer = archive_write_new();
  archive_write_set_format_raw(writer);
  KPKG_ASSERT(archive_write_add_filter_by_name(writer, filter.c_str()) == ARCHIVE_OK);
  archive_write_set_bytes_per_block(writer, 0);
  return written(bytes, writer, {a_file("data", std::string(bytes))});
}

std::string a_zip(const std::vector<Member>& members) {
  ::archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_set_bytes_per_block(writer, 0);
  return written("", writer, members);
}

}  // namespace kpkg::archive_test
