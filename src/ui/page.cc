#include "ui/page.h"

#include <map>
#include <memory>
#include <span>

#include "base/digest.h"

namespace wharf::ui {

/// The files that were compiled in: name and content.
std::span<const std::pair<std::string_view, std::string_view>> embedded_page();

namespace {

using http::Operation;
using http::Protocol;
using http::Response;
using service::Call;

// Nothing from elsewhere, nothing inline, in nobody's frame.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

struct File {
  std::string_view type;
  std::shared_ptr<const std::string> content;
  std::string etag;
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
  return "application/octet-stream";
}

const std::map<std::string, File, std::less<>>& files() {
  static const auto kFiles = [] {
    std::map<std::string, File, std::less<>> all;
    for (const auto& [name, content] : embedded_page()) {
      all.emplace(std::string(name), file_of(type_of(name), std::string(content)));
    }
    return all;
  }();
  return kFiles;
}

/// `text` where HTML has text.
std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

/// The page with the registry's name on it.
File titled(const File& page, const service::Settings& settings) {
  auto text = *page.content;
  const auto fill = [&text](std::string_view mark, std::string_view title) {
    if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), escaped(title));
  };
  fill("{{REGISTRY_TITLE}}", settings.registry_title);
  fill("{{REGISTRY_TITLE_SHORT}}", settings.registry_title_short);
  return file_of(page.type, std::move(text));
}

Response serve(const http::Request& request, const File& file) {
  Response response;
  response.add("Content-Type", std::string(file.type));
  response.add("Content-Security-Policy", std::string(kPolicy));
  response.add("Referrer-Policy", "no-referrer");
  // Asked again each time, so that a page never meets the files of another version.
  response.add("Cache-Control", "no-cache");
  response.add("ETag", file.etag);
  if (request.header("If-None-Match") == file.etag) {
    response.status = 304;
  } else {
    response.body = file.content;
  }
  return response;
}

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

awaitable<Result<Response>> index(Call& call, NoParameters) {
  const auto page = titled(files().at("index.html"), call.services.settings);
  co_return serve(call.request, page);
}

struct PageFile {
  std::string file;  // path: "wharf.css"
};
BOOST_DESCRIBE_STRUCT(PageFile, (), (file))

awaitable<Result<Response>> file(Call& call, PageFile in) {
  const auto found = files().find(in.file);
  if (found == files().end() || in.file == "index.html") co_return Error{Errc::not_found, "Not Found"};
  co_return serve(call.request, found->second);
}

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

}  // namespace

void add_page_operations(service::OperationTable& table) {
  table.add(page("getPage", "/", "The built-in page."), index);
  table.add(page("getPageFile", "/ui/{file}", "A file of the built-in page."), file);
}

}  // namespace wharf::ui
