// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/transfer.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace std::chrono_literals;
using fetch::Progress;
using fetch::TransferLine;
using fetch::TransferRequest;

TEST_CASE("a request is read as it was written, whatever is in its names") {
  const TransferRequest request{.url = "https://user:password@example.org/x?y=1",
                                .descriptor = 12,
                                .destination = "/a b/\n\"c\"",
                                .size_limit = 1ULL << 40,
                                .connect_timeout = 30s,
                                .stall_timeout = 60s,
                                .authorities = "/authorities.pem"};

  CHECK(fetch::parse_transfer_request(text_of(request)) == request);
}

TEST_CASE("what is no request is corrupt") {
  CHECK(fetch::parse_transfer_request("").error().kind == ErrorKind::corrupt);
  CHECK(fetch::parse_transfer_request("[1]").error().kind == ErrorKind::corrupt);
  CHECK(fetch::parse_transfer_request("{\"url\": \"https://example.org\"}").error().kind ==
        ErrorKind::corrupt);
  CHECK(fetch::parse_transfer_request("{\"descriptor\": 3, \"url\": 4}").error().kind == ErrorKind::corrupt);
}

TEST_CASE("progress is read as it was written, also where the server does not tell the size") {
  const TransferLine told{.progress = Progress{.received = 10, .total = 20}};
  const TransferLine untold{.progress = Progress{.received = 0, .total = {}}};

  CHECK(fetch::parse_transfer_line(text_of(told)) == told);
  CHECK(fetch::parse_transfer_line(text_of(untold)) == untold);
}

TEST_CASE("a failure is read as it was written, on one line, with its context and its hint") {
  const TransferLine line{.failure = Error{.kind = ErrorKind::no_space,
                                           .message = "cannot write \"/x\":\nNo space left",
                                           .context = {"inner", "outer"},
                                           .hint = "free some space"}};

  const auto text = text_of(line);

  CHECK(text.find('\n') == text.size() - 1);
  CHECK(fetch::parse_transfer_line(text) == line);
}

TEST_CASE("a line that is something else is neither progress nor a failure") {
  CHECK(fetch::parse_transfer_line("Killed") == TransferLine{});
  CHECK(fetch::parse_transfer_line("3") == TransferLine{});
  CHECK(fetch::parse_transfer_line("{\"failure\": {\"kind\": \"no such kind\"}}") == TransferLine{});
}
