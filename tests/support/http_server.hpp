// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/assert.hpp"
#include "system/fd.hpp"
#include "system/file.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

namespace kpkg::support {

/// What the server says to one path.
struct HttpAnswer {
  int status = 200;
  std::string body = {};
  std::string location = {};   ///< of a redirect
  std::size_t keeps_back = 0;  ///< bytes of the body that are promised and never sent
  bool hides_length = false;   ///< no Content-Length
  bool stalls = false;         ///< after the body, waits until the client goes away
};

/// A web server on the loopback, at a port that was free. Serves one request a connection, one at a time.
/// Owns its socket and its thread.
class HttpServer {
 public:
  explicit HttpServer(std::map<std::string, HttpAnswer> answers, std::string directory = {})
      : answers_(std::move(answers)),
        directory_(std::move(directory)),
        listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    KPKG_ASSERT(::bind(listener_.get(), raw, size) == 0 && ::listen(listener_.get(), 16) == 0);
    KPKG_ASSERT(::getsockname(listener_.get(), raw, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~HttpServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
  int port() const { return port_; }

 private:
  void serve() const {
    while (true) {
      const system::Fd client(::accept(listener_.get(), nullptr, nullptr));
      if (!client.is_open()) return;
      answer(client.get());
    }
  }

  void answer(int client) const {
    const auto request = read_request(client);
    const auto begin = request.find(' ') + 1;
    const auto path = request.substr(begin, request.find_first_of(" ?", begin) - begin);
    const auto answer = answer_to(path);
    auto head = fmt::format("HTTP/1.1 {} Said\r\nConnection: close\r\n", answer.status);
    if (!answer.location.empty()) head += fmt::format("Location: {}\r\n", answer.location);
    if (!answer.hides_length) head += fmt::format("Content-Length: {}\r\n", answer.body.size());
    const auto sent = head + "\r\n" + answer.body.substr(0, answer.body.size() - answer.keeps_back);
    // MSG_NOSIGNAL: a client that had enough is no reason to die.
    for (std::size_t done = 0; done < sent.size();) {
      const auto written = ::send(client, sent.data() + done, sent.size() - done, MSG_NOSIGNAL);
      if (written <= 0) return;
      done += static_cast<std::size_t>(written);
    }
    pollfd gone{.fd = client, .events = POLLIN | POLLRDHUP, .revents = 0};
    if (answer.stalls) ::poll(&gone, 1, 30'000);
  }

  HttpAnswer answer_to(const std::string& path) const {
    if (const auto found = answers_.find(path); found != answers_.end()) return found->second;
    auto bytes = directory_.empty() ? Result<std::string>("") : system::read_file(directory_ + path);
    if (directory_.empty() || !bytes) return {.status = 404, .body = "not here\n"};
    return {.body = *std::move(bytes)};
  }

  static std::string read_request(int client) {
    std::string request;
    std::vector<char> buffer(4096);
    while (request.find("\r\n\r\n") == std::string::npos) {
      const auto got = ::recv(client, buffer.data(), buffer.size(), 0);
      if (got <= 0) return "GET /none HTTP/1.1";
      request.append(buffer.data(), static_cast<std::size_t>(got));
      // A TLS greeting: whoever sends it waits for an answer that this server cannot give.
      if (request[0] == 0x16) return "GET /none HTTP/1.1";
    }
    return request;
  }

  std::map<std::string, HttpAnswer> answers_;
  std::string directory_;  // what no answer is for is looked up here; empty: 404
  system::Fd listener_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace kpkg::support
