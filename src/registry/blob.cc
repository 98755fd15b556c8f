#include "registry/blob.h"

#include "registry/request.h"
#include "service/blob.h"

namespace wharf::registry {
namespace {

using http::Response;
using service::Call;

struct BlobPath {
  std::string name;
  std::string digest;
};
BOOST_DESCRIBE_STRUCT(BlobPath, (), (name, digest))

awaitable<Result<Response>> get_blob(Call& call, BlobPath in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  auto wanted = digest(in.digest);
  if (!wanted) co_return wanted.error();
  auto found = co_await call.services.blobs.find(call.token, std::move(*name), *wanted);
  if (!found) co_return found.error();

  Response response;
  response.headers.reserve(8);
  const auto etag = '"' + wanted->text() + '"';
  response.add("Docker-Content-Digest", wanted->text());
  response.add("ETag", etag);
  response.add("Accept-Ranges", "bytes");
  response.add("Cache-Control", "max-age=31536000");
  if (matches_etag(call.request.header("If-None-Match"), etag)) {
    response.status = 304;
    co_return response;
  }
  response.add("Content-Type", "application/octet-stream");
  if (call.request.verb == http::Verb::head) {
    response.body = http::LengthOnly{found->size_bytes};
    co_return response;
  }
  // The object store answers a Range itself; a HEAD was answered above, from what the database knows.
  auto link = co_await call.services.blobs.link(*found);
  if (!link) co_return link.error();
  if (*link) {
    response.status = 307;
    response.headers.clear();
    response.add("Docker-Content-Digest", wanted->text());
    response.add("Location", std::move(**link));
    co_return response;
  }
  ByteRange part{0, found->size_bytes};
  const auto if_range = call.request.header("If-Range");
  if (if_range.empty() || if_range == etag) {
    auto range = byte_range(call.request.header("Range"), found->size_bytes);
    if (!range) {
      response.status = 416;
      response.headers.clear();
      response.add("Content-Range", "bytes */" + std::to_string(found->size_bytes));
      response.add("Docker-Content-Digest", wanted->text());
      co_return response;
    }
    if (*range) {
      part = **range;
      response.status = 206;
      response.add("Content-Range", "bytes " + std::to_string(part.offset) + '-' +
                                        std::to_string(part.offset + part.length_bytes - 1) + '/' +
                                        std::to_string(found->size_bytes));
    }
  }
  auto body = co_await call.services.blobs.open(*found, part.offset, part.length_bytes);
  if (!body) co_return body.error();
  response.body = std::move(*body);
  co_return response;
}

awaitable<Result<Response>> delete_blob(Call& call, BlobPath in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  auto wanted = digest(in.digest);
  if (!wanted) co_return wanted.error();
  auto done = co_await call.services.blobs.remove(call.token, std::move(*name), std::move(*wanted));
  if (!done) co_return done.error();
  Response response;
  response.status = 202;
  co_return response;
}

}  // namespace

void add_blob_operations(service::OperationTable& table) {
  using http::Protocol;
  using http::Scope;
  using http::Verb;
  constexpr std::string_view kPath = "/v2/{name}/blobs/{digest}";
  table.add({.id = "getBlob",
             .verb = Verb::get,
             .path = kPath,
             .scope = Scope::repo_read,
             .summary = "A blob, or a range of it.",
             .tag = "Registry",
             .also = {206, 304, 307},
             .errors = {400, 401, 404, 416, 503},
             .anonymous = true,
             .protocol = Protocol::registry},
            get_blob);
  table.add({.id = "deleteBlob",
             .verb = Verb::delete_,
             .path = kPath,
             .scope = Scope::repo_write,
             .summary = "Takes a blob out of a repository.",
             .tag = "Registry",
             .status = 202,
             .errors = {400, 401, 404, 405},
             .anonymous = true,
             .protocol = Protocol::registry},
            delete_blob);
}

}  // namespace wharf::registry
