#include "ui/page.h"

#include <zlib.h>

#include <array>
#include <map>
#include <memory>
#include <span>

#include "base/digest.h"
#include "base/html.h"
#include "ui/template.h"

namespace wharf::ui {

/// The web UI as it was built: "index.html", "assets/…", which are compressed where they gain by it ("….js.gz").
std::span<const std::pair<std::string_view, std::string_view>> embedded_web();
/// Files of the pages that the server makes itself.
std::span<const std::pair<std::string_view, std::string_view>> embedded_files();

namespace {

using http::Operation;
using http::Protocol;
using http::Response;
using service::Call;

// Nothing from elsewhere, nothing inline, in nobody's frame. Scripts set styles through the object model, which needs
// no leave.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

constexpr std::string_view kNoWeb =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{{REGISTRY_TITLE}}</title>\n"
    "<link rel=\"icon\" href=\"/ui/wharf.svg\" type=\"image/svg+xml\">\n"
    "<link rel=\"stylesheet\" href=\"/ui/wharf.css\">\n</head>\n<body>\n<main><section class=\"card\">\n"
    "<h1>No web UI</h1>\n<p class=\"lead\">This server was built without its web UI; <code>./dev build</code> builds "
    "both. The registry and its API are here: <a href=\"/openapi.json\">OpenAPI document</a>.</p>\n"
    "</section></main>\n</body>\n</html>\n";

struct File {
  std::string_view type;
  std::shared_ptr<const std::string> content;
  std::string etag;
  bool compressed = false;  ///< `content` is gzip.
  bool forever = false;     ///< Its name changes with its content.
};

File file_of(std::string_view type, std::string content) {
  auto etag = '"' + std::string(Digest::of(content).hex().substr(0, 32)) + '"';
  return {type, std::make_shared<const std::string>(std::move(content)), std::move(etag)};
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  if (name.ends_with(".woff2")) return "font/woff2";
  return "application/octet-stream";
}

using Files = std::map<std::string, File, std::less<>>;

void add_files(Files& all, std::span<const std::pair<std::string_view, std::string_view>> embedded) {
  for (const auto& [stored, content] : embedded) {
    constexpr std::string_view kCompressed = ".gz";
    const bool compressed = stored.ends_with(kCompressed);
    const auto name = compressed ? stored.substr(0, stored.size() - kCompressed.size()) : stored;
    auto file = file_of(type_of(name), std::string(content));
    file.compressed = compressed;
    file.forever = name.starts_with("assets/");
    all.insert_or_assign(std::string(name), std::move(file));
  }
}

const Files& files() {
  static const auto kFiles = [] {
    Files all;
    all.emplace("index.html", file_of(type_of("index.html"), std::string(kNoWeb)));
    add_files(all, embedded_files());
    add_files(all, embedded_web());
    return all;
  }();
  return kFiles;
}

/// The content of a gzip file that we made ourselves.
std::string unpacked(const std::string& packed) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  if (inflateInit2(&stream, kGzip) != Z_OK) throw Accident({Errc::internal, "zlib"});
  std::string content;
  std::array<char, 16 * 1024> buffer{};
  // zlib does not write where it reads, it only does not say so.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&stream, Z_NO_FLUSH);
    content.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END) throw Accident({Errc::internal, "a file of the web UI is damaged"});
  return content;
}

/// Whether an Accept-Encoding has gzip and does not refuse it ("gzip;q=0").
bool takes_gzip(std::string_view accepted) {
  const auto at = accepted.find("gzip");
  if (at == std::string_view::npos) return false;
  auto rest = accepted.substr(at + 4);
  rest = rest.substr(0, rest.find(','));
  const auto quality = rest.find("q=");
  return quality == std::string_view::npos || rest.substr(quality + 2).find_first_of("123456789") != rest.npos;
}

/// The page with the registry's name on it.
File titled(const File& page, const service::Settings& settings) {
  auto text = *page.content;
  constexpr std::string_view kMark = "{{REGISTRY_TITLE}}";
  if (const auto at = text.find(kMark); at != std::string::npos) {
    text.replace(at, kMark.size(), html_escaped(settings.registry_title));
  }
  return file_of(page.type, std::move(text));
}

Response serve(const http::Request& request, const File& file) {
  Response response;
  response.add("Content-Type", std::string(file.type));
  response.add("Content-Security-Policy", std::string(kPolicy));
  response.add("Referrer-Policy", "no-referrer");
  // What keeps its name is asked for again each time, so that a page never meets the files of another version.
  response.add("Cache-Control", file.forever ? "public, max-age=31536000, immutable" : "no-cache");
  response.add("ETag", file.etag);
  if (file.compressed) response.add("Vary", "Accept-Encoding");
  if (request.header("If-None-Match") == file.etag) {
    response.status = 304;
  } else if (file.compressed && !takes_gzip(request.header("Accept-Encoding"))) {
    response.body = unpacked(*file.content);
  } else {
    if (file.compressed) response.add("Content-Encoding", "gzip");
    response.body = file.content;
  }
  return response;
}

struct PagePath {
  std::string name;  // path: what the page is of; its scripts read the address themselves
};
BOOST_DESCRIBE_STRUCT(PagePath, (), (name))

awaitable<Result<Response>> index(Call& call, PagePath) {
  const auto page = titled(files().at("index.html"), call.services.settings);
  co_return serve(call.request, page);
}

struct PageFile {
  std::string file;  // path: "wharf.css"
};
BOOST_DESCRIBE_STRUCT(PageFile, (), (file))

Result<Response> file_named(const http::Request& request, std::string_view name) {
  const auto found = files().find(name);
  if (found == files().end() || name == "index.html") return Error{Errc::not_found, "Not Found"};
  return serve(request, found->second);
}

awaitable<Result<Response>> file(Call& call, PageFile in) { co_return file_named(call.request, in.file); }

awaitable<Result<Response>> asset(Call& call, PageFile in) { co_return file_named(call.request, "assets/" + in.file); }

Operation page(std::string_view id, std::string_view path, std::string_view summary) {
  return {.id = id,
          .path = path,
          .summary = summary,
          .tag = "Web",
          .also = {304},
          .errors = {404},
          .anonymous = true,
          .protocol = Protocol::web,
          .internal = true};
}

/// Addresses of the web UI's pages, which are Quay's (web/src/app/routes.tsx has what is below them). A name takes
/// several segments. What is not here stays unknown.
constexpr std::pair<std::string_view, std::string_view> kPages[] = {
    {"getPage", "/"},
    {"getSignInPage", "/signin"},
    {"getSignUpPage", "/createaccount"},
    {"getSetupPage", "/setup"},
    {"getForgottenPage", "/forgot"},
    {"getInvitationPage", "/confirminvite"},
    {"getRepositoriesPage", "/repository"},
    {"getRepositoryPage", "/repository/{name}"},
    {"getOrganizationsPage", "/organization"},
    {"getOrganizationPage", "/organization/{name}"},
    {"getUserPage", "/user/{name}"},
    {"getOwnUserPage", "/updateuser"},
    {"getNotificationsPage", "/notifications"},
    {"getSearchPage", "/search"},
    {"getOverviewPage", "/overview"},
    {"getSuperuserPage", "/superuser"},
    {"getSuperuserPageOf", "/superuser/{name}"},
};

}  // namespace

void add_page_operations(service::OperationTable& table) {
  for (const auto& [id, path] : kPages) table.add(page(id, path, "A page of the web UI."), index);
  table.add(page("getPageFile", "/ui/{file}", "A file of the pages that the server makes."), file);
  table.add(page("getPageAsset", "/ui/assets/{file}", "A file of the web UI."), asset);
}

}  // namespace wharf::ui
