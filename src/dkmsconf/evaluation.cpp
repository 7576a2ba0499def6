// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/evaluation.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace kpkg::dkmsconf {
namespace {

/// grep found the option; it did not. Anything else is that it could not search.
constexpr std::string_view grep_found = "0";

std::optional<std::uint64_t> index_of(std::string_view digits) {
  std::uint64_t index = 0;
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, index);
  return read.ec == std::errc() && read.ptr == end ? std::optional(index) : std::nullopt;
}

/// The fields of an answer from its start to its end. Guards that it does not read past it.
class AnswerReader {
 public:
  explicit AnswerReader(const RawAnswer& answer) : fields_(split(answer.fields, '\0')) {
    // What follows the last NUL is no field, or is cut off.
    if (!fields_.empty()) fields_.pop_back();
  }

  Evaluation read() {
    while (place_ < fields_.size() && evaluation_.end != EvaluationEnd::whole)
      if (!read_record(next())) break;
    return std::move(evaluation_);
  }

 private:
  std::string next() { return place_ < fields_.size() ? std::move(fields_[place_++]) : std::string(); }

  bool read_record(const std::string& kind) {
    if (kind == "start") evaluation_.end = EvaluationEnd::cut_short;
    if (evaluation_.end == EvaluationEnd::not_started) return false;
    if (kind == "file") evaluation_.files.push_back(FileRead{.path = next(), .said = {}, .retired = {}});
    if (kind == "unreadable") evaluation_.unreadable.push_back(next());
    if (kind == "clang") evaluation_.kernel_is_clangs = true;
    if (kind == "end") evaluation_.end = EvaluationEnd::whole;
    if (kind == "retired") return read_retired();
    if (kind == "value") return read_value();
    if (kind == "match") return read_match();
    if (kind == "option") return read_option();
    return kind == "start" || kind == "file" || kind == "unreadable" || kind == "clang" || kind == "end";
  }

  bool read_retired() {
    const auto name = next();
    const auto value = next();
    if (evaluation_.files.empty()) return false;
    evaluation_.files.back().retired[name] = value;
    return true;
  }

  bool read_value() {
    const auto name = next();
    const auto index = index_of(next());
    if (index) evaluation_.variables.arrays[name][*index] = next();
    return index.has_value();
  }

  bool read_match() {
    const auto name = next();
    const auto index = index_of(next());
    if (index) evaluation_.matches[name][*index] = next() == "0";
    return index.has_value();
  }

  bool read_option() {
    const auto index = index_of(next());
    const auto word = next();
    const auto status = next();
    const bool is_found = status == grep_found;
    if (index) evaluation_.options[*index].push_back({word, word.starts_with('!') ? !is_found : is_found});
    return index.has_value();
  }

  std::vector<std::string> fields_;
  std::size_t place_ = 0;
  Evaluation evaluation_;
};

}  // namespace

bool Evaluation::does_match(std::string_view name, std::uint64_t index) const {
  const auto known = matches.find(name);
  if (known == matches.end()) return false;
  const auto match = known->second.find(index);
  return match != known->second.end() && match->second;
}

Evaluation parse_answer(const RawAnswer& answer) {
  auto evaluation = AnswerReader(answer).read();
  evaluation.status = answer.status;
  if (answer.timed_out) evaluation.end = EvaluationEnd::timed_out;
  const auto said = split(answer.errors, '\0');
  const auto of_files = std::min(said.size() - 1, evaluation.files.size());
  for (std::size_t i = 0; i < of_files; ++i) evaluation.files[i].said = said[i];
  const auto of_directives = said.begin() + static_cast<std::ptrdiff_t>(of_files);
  evaluation.directives_said.assign(of_directives, said.end() - 1);
  evaluation.said_at_last = said.back();
  return evaluation;
}

}  // namespace kpkg::dkmsconf
