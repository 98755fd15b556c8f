#include "registry/list.h"

#include <algorithm>
#include <charconv>

#include "registry/request.h"
#include "service/manifest.h"
#include "service/manifest_document.h"

namespace wharf::registry {
namespace {

using http::Response;
using service::Call;

/// The page size that a client asks for: the default for none or for what is no number, never above the bound.
int page_size(const Call& call, const std::optional<std::string>& n, int least) {
  const int bound = call.services.settings.page_size;
  if (!n) return bound;
  int wanted = 0;
  const auto [end, failed] = std::from_chars(n->data(), n->data() + n->size(), wanted);
  if (failed == std::errc::result_out_of_range) return n->starts_with('-') ? least : bound;
  if (failed != std::errc() || end != n->data() + n->size()) return bound;
  return std::clamp(wanted, least, bound);
}

void add_link(Response& response, const std::string& url) { response.add("Link", '<' + url + ">; rel=\"next\""); }

struct ListTags {
  std::string name;
  std::optional<std::string> n;  // query: most names a page
  std::string last;              // query: names after this one
};
BOOST_DESCRIBE_STRUCT(ListTags, (), (name, n, last))

struct TagNames {
  std::string name;
  std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(TagNames, (), (name, tags))

awaitable<Result<Response>> list_tags(Call& call, ListTags in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  const int limit = page_size(call, in.n, 0);
  auto names = co_await call.services.manifests.tags(call.token, *name, in.last, limit);
  if (!names) co_return names.error();
  const bool more = std::ssize(*names) > limit;
  if (more) names->pop_back();
  auto response = http::json_response(200, json::encode(TagNames{name->text(), *names}) + "\n");
  if (more) {
    add_link(response, call.base_url + "/v2/" + in.name + "/tags/list?n=" + std::to_string(limit) +
                           "&last=" + http::percent_encode(names->back()));
  }
  co_return response;
}

struct ListCatalog {
  std::optional<std::string> n;
  std::string last;
};
BOOST_DESCRIBE_STRUCT(ListCatalog, (), (n, last))

struct Catalog {
  std::vector<std::string> repositories;
};
BOOST_DESCRIBE_STRUCT(Catalog, (), (repositories))

awaitable<Result<Response>> list_catalog(Call& call, ListCatalog in) {
  const int limit = page_size(call, in.n, 1);
  auto names = co_await call.services.manifests.catalog(call.token, in.last, limit + 1);
  if (!names) co_return names.error();
  const bool more = std::ssize(*names) > limit;
  if (more) names->pop_back();
  auto response = http::json_response(200, json::encode(Catalog{*names}) + "\n");
  if (more) {
    add_link(response, call.base_url + "/v2/_catalog?n=" + std::to_string(limit) +
                           "&last=" + http::percent_encode(names->back()));
  }
  co_return response;
}

struct ListReferrers {
  std::string name;
  std::string digest;
  std::string artifactType;  // query: only these; "" = all
  std::int64_t after = 0;    // query: of the Link of the page before
};
BOOST_DESCRIBE_STRUCT(ListReferrers, (), (name, digest, artifactType, after))

awaitable<Result<Response>> list_referrers(Call& call, ListReferrers in) {
  auto name = repository_name(call, in.name);
  if (!name) co_return name.error();
  auto subject = digest(in.digest);
  if (!subject) co_return subject.error();
  if (!call.services.settings.features.referrers_api)
    co_return Error{Errc::not_found, "The referrers API is switched off"};
  auto page = co_await call.services.manifests.referrers(call.token, *name, *subject, in.artifactType, in.after);
  if (!page) co_return page.error();

  json::Array manifests;
  for (const auto& row : page->referrers) {
    json::Object entry{{"mediaType", row.media_type}, {"digest", row.digest}, {"size", row.size_bytes}};
    if (row.artifact_type) entry["artifactType"] = *row.artifact_type;
    auto annotations = json::parse(row.annotations);
    if (annotations && annotations->is_object() && !annotations->get_object().empty()) {
      entry["annotations"] = std::move(*annotations);
    }
    manifests.push_back(std::move(entry));
  }
  json::Object index{{"schemaVersion", 2}, {"mediaType", service::media::kOciIndex}};
  index["manifests"] = std::move(manifests);
  auto response = http::json_response(200, json::to_text(index));
  response.headers.front().second = service::media::kOciIndex;
  if (!in.artifactType.empty()) response.add("OCI-Filters-Applied", "artifactType");
  if (page->next_after != 0) {
    auto url = call.base_url + "/v2/" + in.name + "/referrers/" + subject->text() +
               "?after=" + std::to_string(page->next_after);
    if (!in.artifactType.empty()) url += "&artifactType=" + http::percent_encode(in.artifactType);
    add_link(response, url);
  }
  co_return response;
}

}  // namespace

void add_list_operations(service::OperationTable& table) {
  using http::Protocol;
  using http::Scope;
  using http::Verb;
  table.add({.id = "listTagNames",
             .verb = Verb::get,
             .path = "/v2/{name}/tags/list",
             .scope = Scope::repo_read,
             .summary = "Names of the tags of a repository, in order.",
             .tag = "Registry",
             .errors = {400, 401, 404},
             .anonymous = true,
             .protocol = Protocol::registry},
            list_tags);
  table.add({.id = "listCatalog",
             .verb = Verb::get,
             .path = "/v2/_catalog",
             .summary = "Names of the repositories that the caller may see, in order.",
             .tag = "Registry",
             .errors = {401},
             .anonymous = true,
             .protocol = Protocol::registry},
            list_catalog);
  table.add({.id = "listReferrers",
             .verb = Verb::get,
             .path = "/v2/{name}/referrers/{digest}",
             .scope = Scope::repo_read,
             .summary = "Manifests that refer to a manifest, as an image index.",
             .tag = "Registry",
             .errors = {400, 401, 404},
             .anonymous = true,
             .protocol = Protocol::registry},
            list_referrers);
}

}  // namespace wharf::registry
