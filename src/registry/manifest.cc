#include "registry/manifest.h"

#include "base/clock.h"
#include "registry/request.h"
#include "service/event.h"
#include "service/manifest.h"
#include "service/pull_count.h"

namespace wharf::registry {
namespace {

using http::Response;
using service::Call;

struct ManifestPath {
  std::string name;
  std::string reference;
};
BOOST_DESCRIBE_STRUCT(ManifestPath, (), (name, reference))

bool is_tag(const std::string& text) { return text.find(':') == std::string::npos; }

service::Origin origin_of(const Call& call) {
  return {.address = call.request.peer,
          .user_agent = std::string(call.request.header("User-Agent")),
          .request = call.who.request};
}

/// Has it written later that this request came to nothing, where the configuration wants that.
void note_failure(const Call& call, service::PullEvent event, const RepoName& name, const ManifestPath& in,
                  const Error& error) {
  service::PullNote note{.event = event, .ns = name.ns, .name = name.name, .reference = in.reference};
  note.by_tag = is_tag(in.reference);
  note.message = error.message;
  note.address = call.request.peer;
  note.user_agent = call.request.header("User-Agent");
  call.services.pull_counts.note(note, call.token, now_ms());
}

void note_pull(const Call& call, const RepoName& name, const ManifestPath& in, const service::PulledManifest& found) {
  service::PullNote note{.namespace_id = found.namespace_id,
                         .repository_id = found.repository_id,
                         .manifest_id = found.manifest_id,
                         .ns = name.ns,
                         .name = name.name};
  note.by_tag = is_tag(in.reference);
  note.reference = note.by_tag ? in.reference : found.digest;
  note.media_type = found.media_type;
  note.address = call.request.peer;
  note.user_agent = call.request.header("User-Agent");
  call.services.pull_counts.note(note, call.token, now_ms());
  call.services.events.note_client(call.who, "pull_repo", name);
}

awaitable<Result<Response>> get_manifest(Call& call, ManifestPath in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  auto wanted = reference(in.reference, true);
  if (!wanted) co_return wanted.error();
  auto found = co_await call.services.manifests.pull(call.token, *name, std::move(*wanted));
  // A look at the head is no pull.
  const bool pulling = call.request.verb == http::Verb::get;
  if (!found) {
    if (pulling) note_failure(call, service::PullEvent::pull_failed, *name, in, found.error());
    co_return found.error();
  }
  if (pulling) note_pull(call, *name, in, *found);
  Response response;
  response.headers.reserve(4);
  const auto etag = '"' + found->digest + '"';
  if (matches_etag(call.request.header("If-None-Match"), etag)) {
    response.status = 304;
  } else {
    response.add("Content-Type", std::move(found->media_type));
    response.body = std::move(found->content);
  }
  response.add("Docker-Content-Digest", std::move(found->digest));
  response.add("ETag", etag);
  if (found->as_of_ms && is_tag(in.reference)) {
    // Source: OCI distribution-spec 1.1, "Warnings".
    response.add("Warning", "299 - \"The database cannot be reached; this is what the tag was at " +
                                rfc3339(*found->as_of_ms) + '"');
  }
  co_return response;
}

awaitable<Result<Response>> put_manifest(Call& call, ManifestPath in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  auto wanted = reference(in.reference, false);
  if (!wanted) co_return wanted.error();
  // Before the body: a caller without the right need not send it.
  if (!service::is_granted(call.token, *name, true)) co_return service::registry_refusal();
  auto content = co_await call.request.body->read_all(call.services.settings.maximum_manifest_bytes);
  if (!content) {
    if (content.error().code == Errc::payload_too_large) {
      co_return Error{Errc::manifest_too_large, "The manifest is larger than this registry allows"};
    }
    co_return content.error();
  }
  auto pushed =
      co_await call.services.manifests.push(call.token, origin_of(call), *name, std::move(*wanted),
                                            std::string(call.request.header("Content-Type")), std::move(*content));
  if (!pushed) {
    note_failure(call, service::PullEvent::push_failed, *name, in, pushed.error());
    co_return pushed.error();
  }
  service::PullNote note{.event = service::PullEvent::push, .repository_id = pushed->repository_id};
  call.services.pull_counts.note(note, nullptr, now_ms());
  if (is_tag(in.reference)) call.services.events.note_client(call.who, "push_repo", *name);
  Response response;
  response.status = 201;
  response.add("Location", "/v2/" + in.name + "/manifests/" + pushed->digest.text());
  response.add("Docker-Content-Digest", pushed->digest.text());
  if (pushed->subject) response.add("OCI-Subject", *pushed->subject);
  response.add("Content-Type", "text/plain");
  response.body = std::string("OK");
  co_return response;
}

awaitable<Result<Response>> delete_manifest(Call& call, ManifestPath in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  auto wanted = reference(in.reference, true);
  if (!wanted) co_return wanted.error();
  auto done = co_await call.services.manifests.remove(call.token, origin_of(call), *name, std::move(*wanted));
  if (!done) {
    note_failure(call, service::PullEvent::delete_failed, *name, in, done.error());
    co_return done.error();
  }
  call.services.events.note_client(call.who, "delete_tag", *name);
  Response response;
  response.status = 202;
  co_return response;
}

}  // namespace

void add_manifest_operations(service::OperationTable& table) {
  using http::Protocol;
  using http::Scope;
  using http::Verb;
  constexpr std::string_view kPath = "/v2/{name}/manifests/{reference}";
  table.add({.id = "getManifest",
             .verb = Verb::get,
             .path = kPath,
             .scope = Scope::repo_read,
             .summary = "A manifest by tag or digest, byte for byte as it was pushed.",
             .tag = "Registry",
             .also = {304},
             .errors = {400, 401, 404},
             .anonymous = true,
             .protocol = Protocol::registry},
            get_manifest);
  table.add({.id = "putManifest",
             .verb = Verb::put,
             .path = kPath,
             .scope = Scope::repo_write,
             .summary = "Pushes a manifest by tag or digest.",
             .tag = "Registry",
             .status = 201,
             .errors = {400, 401, 404, 405, 409, 413, 415},
             .anonymous = true,
             .protocol = Protocol::registry},
            put_manifest);
  table.add({.id = "deleteManifest",
             .verb = Verb::delete_,
             .path = kPath,
             .scope = Scope::repo_write,
             .summary = "Deletes a tag, or a manifest with all its tags.",
             .tag = "Registry",
             .status = 202,
             .errors = {400, 401, 404, 405, 409},
             .anonymous = true,
             .protocol = Protocol::registry},
            delete_manifest);
}

}  // namespace wharf::registry
