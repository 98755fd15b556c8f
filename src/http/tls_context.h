#pragma once
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/error.h"
#include "http/server.h"

namespace wharf::http {

/// A server's context: TLS 1.2 and later, ALPN http/1.1 alone. Errors: invalid_request (files missing or not a pair).
Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_context(const TlsFiles& files);

}  // namespace wharf::http
