#pragma once
#include <filesystem>
#include <string>

#include "base/error.h"
#include "http/server.h"

namespace wharf::http {

/// A certificate for trying things out, signed by itself: `tls.crt` and `tls.key` (mode 0600) in `folder`.
///
/// ECDSA P-256, 825 days, for `host` (a name or an address), localhost, 127.0.0.1 and ::1. Files that are there already
/// are used again while the certificate belongs to the key, names `host` and lasts another week; else made anew.
/// Errors: invalid_request (the folder cannot be written), internal.
Result<TlsFiles> make_self_signed(std::filesystem::path folder, std::string host);

}  // namespace wharf::http
