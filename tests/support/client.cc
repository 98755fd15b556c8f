#include "tests/support/client.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "base/hex.h"

namespace wharf::test {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<Answer*>(into)->text.append(data, size * count);
  return size * count;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* into) {
  auto& answer = *static_cast<Answer*>(into);
  std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) answer.headers.clear();  // after 100 Continue comes the real head
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) {
    auto value = line.substr(colon + 1);
    while (!value.empty() && std::string_view(" \t\r\n").find(value.front()) != std::string_view::npos) {
      value.remove_prefix(1);
    }
    while (!value.empty() && std::string_view(" \t\r\n").find(value.back()) != std::string_view::npos) {
      value.remove_suffix(1);
    }
    answer.headers.emplace_back(line.substr(0, colon), value);
  }
  return size * count;
}

constexpr std::string_view kCookieStart = "_csrf_token=";

}  // namespace

std::string to_base64(std::string_view bytes) {
  auto text = to_base64url(bytes);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string basic(std::string_view name, std::string_view secret) {
  return "Basic " + to_base64(std::string(name) + ':' + std::string(secret));
}

std::string Answer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

bool Answer::has_header(std::string_view name) const {
  return std::ranges::any_of(headers, [&](const auto& header) { return same_name(header.first, name); });
}

json::Value Answer::json() const {
  auto value = json::parse(text, 64);
  if (value) return std::move(*value);
  ADD_FAILURE() << "not JSON: " << summary();
  return nullptr;
}

json::Value Answer::at(std::string_view pointer) const {
  const auto whole = json();
  boost::system::error_code missing;
  const auto* found = whole.find_pointer(pointer, missing);
  return found ? *found : json::Value(nullptr);
}

std::string Answer::string(std::string_view pointer) const {
  const auto value = at(pointer);
  if (value.is_string()) return std::string(value.get_string());
  ADD_FAILURE() << pointer << " is no string in " << summary();
  return {};
}

bool Answer::flag(std::string_view pointer) const {
  const auto value = at(pointer);
  if (value.is_bool()) return value.get_bool();
  ADD_FAILURE() << pointer << " is no boolean in " << summary();
  return false;
}

std::int64_t Answer::number(std::string_view pointer) const {
  const auto value = at(pointer);
  if (value.is_int64()) return value.get_int64();
  ADD_FAILURE() << pointer << " is no whole number in " << summary();
  return 0;
}

Names Answer::names(std::string_view list, std::string_view member) const {
  const auto value = at('/' + std::string(list));
  Names all;
  if (!value.is_array()) {
    ADD_FAILURE() << list << " is no list in " << summary();
    return all;
  }
  for (const auto& item : value.get_array()) {
    const auto* name = item.is_object() ? item.get_object().if_contains(member) : nullptr;
    all.push_back(name && name->is_string() ? std::string(name->get_string()) : "(no " + std::string(member) + ')');
  }
  return all;
}

std::string Answer::summary() const { return std::to_string(status) + ' ' + text.substr(0, 2000); }

struct Client::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

Client::Client(std::string base_url, std::string authorization, Check check)
    : base_url_(std::move(base_url)),
      authorization_(std::move(authorization)),
      check_(std::move(check)),
      handle_(std::make_unique<Handle>()) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Client& Client::keep_session() {
  session_.emplace();
  return *this;
}

void Client::keep(const Answer& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (same_name(name, "X-Next-CSRF-Token")) session_->csrf_token = value;
    if (!same_name(name, "Set-Cookie") || !value.starts_with(kCookieStart)) continue;
    session_->cookie = value.substr(kCookieStart.size(), value.find(';') - kCookieStart.size());
  }
}

Answer Client::get(std::string_view path, const Headers& headers) { return request("GET", path, {}, headers); }
Answer Client::head(std::string_view path, const Headers& headers) { return request("HEAD", path, {}, headers); }
Answer Client::del(std::string_view path, const Headers& headers) { return request("DELETE", path, {}, headers); }
Answer Client::post(std::string_view path, const json::Value& body) {
  return request("POST", path, json::to_text(body), {{"Content-Type", "application/json"}});
}
Answer Client::put(std::string_view path, const json::Value& body) {
  return request("PUT", path, json::to_text(body), {{"Content-Type", "application/json"}});
}

Answer Client::request(std::string_view verb, std::string_view path, std::string_view body, const Headers& headers) {
  const bool change = verb != "GET" && verb != "HEAD" && verb != "OPTIONS";
  if (session_ && change && session_->csrf_token.empty()) {
    session_->csrf_token = get("/csrf_token").string("/csrf_token");
  }
  auto* curl = handle_->curl;
  curl_easy_reset(curl);  // keeps the connection
  const std::string url = path.starts_with("http") ? std::string(path) : base_url_ + std::string(path);
  const std::string method(verb);
  Answer answer;
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
  if (!authorization_.empty()) add("Authorization: " + authorization_);
  if (session_ && !session_->cookie.empty()) add("Cookie: " + std::string(kCookieStart) + session_->cookie);
  if (session_ && change) add("X-CSRF-Token: " + session_->csrf_token);
  bool typed = false;
  for (const auto& [name, value] : headers) {
    add(name + ": " + value);
    typed = typed || same_name(name, "Content-Type");
  }
  add("Expect:");
  if (!typed) add("Content-Type:");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 120L);
  if (verb == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (!body.empty() || verb == "POST" || verb == "PUT" || verb == "PATCH") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
  const auto result = curl_easy_perform(curl);
  curl_slist_free_all(list);
  if (result != CURLE_OK) throw std::runtime_error(method + ' ' + url + ": " + curl_easy_strerror(result));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  if (session_) keep(answer);
  if (check_) {
    const auto plain = path.starts_with(base_url_) ? path.substr(base_url_.size()) : path;
    check_(verb, plain.substr(0, plain.find('?')), answer);
  }
  return answer;
}

}  // namespace wharf::test
