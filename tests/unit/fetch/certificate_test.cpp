// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/downloader.hpp"

#include "base/assert.hpp"
#include "system/fd.hpp"
#include "system/temp_dir.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <csignal>
#include <memory>
#include <string>
#include <thread>

using namespace kpkg;

namespace {

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* thing) const {
    release(thing);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;

/// A certificate for 127.0.0.1 that nobody but its own key has signed.
Certificate a_certificate(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  auto* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  const std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>> address(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
  X509_add_ext(certificate.get(), address.get(), -1);
  KPKG_ASSERT(X509_sign(certificate.get(), key, EVP_sha256()) > 0);
  return certificate;
}

/// A web server with TLS that gives everyone the same answer.
class TlsServer {
 public:
  explicit TlsServer(std::string answer) : answer_(std::move(answer)) {
    SSL_CTX_use_certificate(context_.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    KPKG_ASSERT(::bind(listener_.get(), raw, size) == 0 && ::listen(listener_.get(), 4) == 0);
    KPKG_ASSERT(::getsockname(listener_.get(), raw, &size) == 0);
    port_ = ntohs(address.sin_port);
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to clients that went away
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url() const { return fmt::format("https://127.0.0.1:{}/x", port_); }

  void write_certificate(const std::string& path) const {
    const std::unique_ptr<BIO, Release<BIO_free_all>> file(BIO_new_file(path.c_str(), "w"));
    KPKG_ASSERT(PEM_write_bio_X509(file.get(), certificate_.get()) == 1);
  }

 private:
  void serve() const {
    while (true) {
      const system::Fd client(::accept(listener_.get(), nullptr, nullptr));
      if (!client.is_open()) return;
      const std::unique_ptr<SSL, Release<SSL_free>> session(SSL_new(context_.get()));
      SSL_set_fd(session.get(), client.get());
      std::string request(4096, '\0');
      if (SSL_accept(session.get()) != 1) continue;
      if (SSL_read(session.get(), request.data(), static_cast<int>(request.size())) <= 0) continue;
      SSL_write(session.get(), answer_.data(), static_cast<int>(answer_.size()));
      SSL_shutdown(session.get());
    }
  }

  std::string answer_;
  Key key_{EVP_EC_gen("P-256")};
  Certificate certificate_ = a_certificate(key_.get());
  Context context_{SSL_CTX_new(TLS_server_method())};
  system::Fd listener_{::socket(AF_INET, SOCK_STREAM, 0)};
  int port_ = 0;
  std::thread thread_;
};

const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
const std::string redirect_to_http =
    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

struct World {
  TlsServer server;
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-certificate-test-");
  std::string authorities = directory.path() + "/authorities.pem";

  explicit World(const std::string& answer) : server(answer) { server.write_certificate(authorities); }

  Result<fetch::Download> download(fetch::DownloaderSettings settings) const {
    system::SystemRunner runner;
    return fetch::Downloader(runner, std::move(settings))
        .download({.url = server.url(), .destination = directory.path() + "/file"});
  }
};

}  // namespace

TEST_CASE("a server whose certificate no authority signed is not trusted") {
  const World world(hello);

  const auto download = world.download({});

  REQUIRE_FALSE(download.has_value());
  CHECK(download.error().kind == ErrorKind::trust);
  CHECK(download.error().message.starts_with("the certificate of 127.0.0.1 is not valid"));
}

TEST_CASE("the authorities that are named are trusted") {
  const World world(hello);

  CHECK(world.download({.authorities = world.authorities}).has_value());
}

TEST_CASE("a redirect from https to http is refused") {
  const World world(redirect_to_http);

  const auto download = world.download({.authorities = world.authorities});

  REQUIRE_FALSE(download.has_value());
  CHECK(download.error().message == world.server.url() + " is redirected to an address that is not allowed");
}
