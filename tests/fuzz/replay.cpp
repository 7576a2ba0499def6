// SPDX-License-Identifier: GPL-2.0-or-later
// Replays one target without libFuzzer: its seeds, what was found before (corpus/TARGET.hex: an input a line,
// in hexadecimal; lines that begin with # say what they were), and the same few thousand offspring of both on
// every run. The sanitizers and the limits below are the judges.
//
//   replay_TARGET CORPUS                the test; there need not be such a file
//   replay_TARGET CORPUS DIRECTORY      writes all of them for libFuzzer
#include "fuzz/target.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr unsigned most_seconds = 10;          // for one input; SIGALRM ends the test
constexpr long most_memory_kib = 1024 * 1024;  // for all of them, sanitizers included
constexpr int flips_of_each = 2000;
constexpr std::size_t cuts_of_each = 200;

std::string bytes_of_hex(const std::string& line) {
  std::string bytes;
  for (std::size_t place = 0; place + 1 < line.size(); place += 2)
    bytes += static_cast<char>(std::stoi(line.substr(place, 2), nullptr, 16));
  return bytes;
}

std::vector<std::string> inputs(const std::filesystem::path& corpus) {
  auto all = kpkg::fuzz::seeds();
  std::ifstream stream(corpus);
  for (std::string line; std::getline(stream, line);)
    if (!line.starts_with('#')) all.push_back(bytes_of_hex(line));
  return all;
}

void try_one(const std::string& bytes) {
  alarm(most_seconds);
  kpkg::fuzz::read(bytes);
  alarm(0);
}

/// Cut off at many places.
void try_cuts(const std::string& bytes) {
  const auto step = std::max<std::size_t>(1, bytes.size() / cuts_of_each);
  for (std::size_t size = 0; size < bytes.size(); size += step) try_one(bytes.substr(0, size));
}

/// With some of its bytes changed to a value that is likely to be interesting.
void try_flips(const std::string& bytes, std::mt19937& random) {
  constexpr unsigned char interesting[] = {0, 1, 2, 0x7f, 0x80, 0xfe, 0xff};
  if (bytes.empty()) return;
  for (int flip = 0; flip < flips_of_each; ++flip) {
    auto changed = bytes;
    for (auto left = 1 + random() % 6; left > 0; --left) {
      auto& victim = changed[random() % changed.size()];
      victim =
          static_cast<char>(random() % 2 == 0 ? interesting[random() % std::size(interesting)] : random());
    }
    try_one(changed);
  }
}

int write(const std::vector<std::string>& inputs, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  int number = 0;
  for (const auto& input : inputs)
    std::ofstream(directory / ("seed-" + std::to_string(number++)), std::ios::binary) << input;
  return 0;
}

long peak_memory_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2 && count != 3) return 64;
  const auto all = inputs(words[1]);
  if (count == 3) return write(all, words[2]);
  std::mt19937 random(20261121);  // the same on every run
  for (const auto& input : all) {
    try_one(input);
    try_cuts(input);
    try_flips(input, random);
  }
  const auto memory = peak_memory_kib();
  std::printf("%zu inputs and their offspring, %ld MiB at most\n", all.size(), memory / 1024);
  return memory > most_memory_kib ? 1 : 0;
}
