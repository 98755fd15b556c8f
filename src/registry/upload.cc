#include "registry/upload.h"

#include "registry/request.h"
#include "service/upload.h"

namespace wharf::registry {
namespace {

using http::Response;
using service::Call;

std::string upload_url(const Call& call, const std::string& name, const std::string& id) {
  return call.base_url + "/v2/" + name + "/blobs/uploads/" + id;
}

/// Where an upload stands. An empty one is "0-0", which the protocol cannot tell from one byte.
Response upload_response(const Call& call, int status, const std::string& name, const service::UploadStatus& upload) {
  Response response;
  response.status = status;
  response.add("Location", upload_url(call, name, upload.id));
  response.add("Range", "0-" + std::to_string(upload.size_bytes == 0 ? 0 : upload.size_bytes - 1));
  response.add("Docker-Upload-UUID", upload.id);
  return response;
}

Response blob_response(const Call& call, const std::string& name, const Digest& digest) {
  Response response;
  response.status = 201;
  response.add("Location", blob_url(call, name, digest));
  response.add("Docker-Content-Digest", digest.text());
  return response;
}

struct BeginUpload {
  std::string name;
  std::optional<std::string> digest;  // query: the body is the whole blob
  std::optional<std::string> mount;   // query: the digest to take over …
  std::optional<std::string> from;    // query: … from this repository
};
BOOST_DESCRIBE_STRUCT(BeginUpload, (), (name, digest, mount, from))

awaitable<Result<Response>> begin_upload(Call& call, BeginUpload in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  if (in.mount) {
    // Whatever is wrong with the mount, the client is given an upload instead.
    auto wanted = Digest::parse(*in.mount);
    std::optional<RepoName> from;
    if (in.from) {
      auto source = repository_name(call, *in.from);
      if (source) from = std::move(*source);
    }
    if (wanted && (from || !in.from)) {
      auto mounted = co_await call.services.uploads.mount(call.token, *name, *wanted, std::move(from));
      if (!mounted) co_return mounted.error();
      if (*mounted) co_return blob_response(call, in.name, *wanted);
    }
  } else if (in.digest) {
    auto wanted = digest(*in.digest);
    if (!wanted) co_return wanted.error();
    auto pushed = co_await call.services.uploads.push_whole(call.token, *name, *wanted, call.request.body);
    if (!pushed) co_return pushed.error();
    co_return blob_response(call, in.name, *wanted);
  }
  auto begun = co_await call.services.uploads.begin(call.token, std::move(*name));
  if (!begun) co_return begun.error();
  co_return upload_response(call, 202, in.name, *begun);
}

struct UploadPath {
  std::string name;
  std::string upload;
};
BOOST_DESCRIBE_STRUCT(UploadPath, (), (name, upload))

awaitable<Result<Response>> get_upload(Call& call, UploadPath in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  auto status = co_await call.services.uploads.status(call.token, std::move(*name), in.upload);
  if (!status) co_return status.error();
  co_return upload_response(call, 204, in.name, *status);
}

awaitable<Result<Response>> patch_upload(Call& call, UploadPath in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  auto range = content_range(call.request.header("Content-Range"));
  if (!range) co_return range.error();
  auto done = co_await call.services.uploads.append(call.token, std::move(*name), in.upload, *range, call.request.body);
  if (!done) co_return done.error();
  co_return upload_response(call, done->refused ? 416 : 202, in.name, done->status);
}

struct FinishUpload {
  std::string name;
  std::string upload;
  std::optional<std::string> digest;  // query
};
BOOST_DESCRIBE_STRUCT(FinishUpload, (), (name, upload, digest))

awaitable<Result<Response>> put_upload(Call& call, FinishUpload in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  if (!in.digest) co_return Error{Errc::digest_invalid, "The query parameter digest is missing"};
  auto wanted = digest(*in.digest);
  if (!wanted) co_return wanted.error();
  auto range = content_range(call.request.header("Content-Range"));
  if (!range) co_return range.error();
  auto done = co_await call.services.uploads.finish(call.token, std::move(*name), in.upload, *range, *wanted,
                                                    call.request.body);
  if (!done) co_return done.error();
  if (done->refused) co_return upload_response(call, 416, in.name, done->status);
  co_return blob_response(call, in.name, *wanted);
}

awaitable<Result<Response>> delete_upload(Call& call, UploadPath in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  auto done = co_await call.services.uploads.cancel(call.token, std::move(*name), in.upload);
  if (!done) co_return done.error();
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace

void add_upload_operations(service::OperationTable& table) {
  using http::Protocol;
  using http::Scope;
  using http::Verb;
  constexpr std::string_view kUpload = "/v2/{name}/blobs/uploads/{upload}";
  table.add({.id = "beginUpload",
             .verb = Verb::post,
             .path = "/v2/{name}/blobs/uploads/",
             .scope = Scope::repo_write,
             .summary = "Begins an upload, pushes a whole blob or mounts one.",
             .tag = "Registry",
             .status = 202,
             .also = {201},
             .errors = {400, 401, 404, 405, 413, 503, 507},
             .anonymous = true,
             .protocol = Protocol::registry},
            begin_upload);
  table.add({.id = "getUpload",
             .verb = Verb::get,
             .path = kUpload,
             .scope = Scope::repo_write,
             .summary = "How far an upload is.",
             .tag = "Registry",
             .status = 204,
             .errors = {400, 401, 404},
             .anonymous = true,
             .protocol = Protocol::registry},
            get_upload);
  table.add({.id = "appendUpload",
             .verb = Verb::patch,
             .path = kUpload,
             .scope = Scope::repo_write,
             .summary = "Adds bytes to an upload.",
             .tag = "Registry",
             .status = 202,
             .errors = {400, 401, 404, 405, 413, 416, 503, 507},
             .anonymous = true,
             .protocol = Protocol::registry},
            patch_upload);
  table.add({.id = "finishUpload",
             .verb = Verb::put,
             .path = kUpload,
             .scope = Scope::repo_write,
             .summary = "Adds the last bytes and makes the upload a blob.",
             .tag = "Registry",
             .status = 201,
             .errors = {400, 401, 404, 405, 413, 416, 503, 507},
             .anonymous = true,
             .protocol = Protocol::registry},
            put_upload);
  table.add({.id = "cancelUpload",
             .verb = Verb::delete_,
             .path = kUpload,
             .scope = Scope::repo_write,
             .summary = "Ends an upload.",
             .tag = "Registry",
             .status = 204,
             .errors = {400, 401, 404},
             .anonymous = true,
             .protocol = Protocol::registry},
            delete_upload);
}

}  // namespace wharf::registry
