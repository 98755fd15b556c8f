#include "http/reply.h"

#include <strings.h>

#include <array>
#include <charconv>

#include "http/head.h"

namespace wharf::http {
namespace {

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

bool is(std::string_view name, std::string_view other) {
  return ::strncasecmp(name.data(), other.data(), other.size()) == 0;
}

bool written_by_server(std::string_view name) {
  switch (name.size()) {
    case 4:
      return is(name, "Date");
    case 10:
      return is(name, "Connection");
    case 12:
      return is(name, "X-Request-Id");
    case 14:
      return is(name, "Content-Length");
    case 17:
      return is(name, "Transfer-Encoding");
    default:
      return false;
  }
}

void append_safely(std::string& out, std::string_view text) {
  const auto start = out.size();
  out.append(text);
  for (auto i = start; i < out.size(); ++i) {
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  }
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
    return;
  }
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(status));
  out.push_back(' ');
  out.append(reason_phrase(status)).append("\r\n");
}

}  // namespace

ReplyFrame choose_framing(const Response& response, bool head_request, bool http11) {
  ReplyFrame frame;
  if (response.status == 204 || response.status == 304) return frame;
  if (const auto length = response.length_bytes()) {
    frame.framing = Framing::length;
    frame.length_bytes = *length;
  } else if (http11) {
    frame.framing = Framing::chunked;
  } else {
    frame.framing = Framing::until_close;
    frame.close = !head_request;
  }
  return frame;
}

void append_reply_head(std::string& out, const Response& response, const ReplyFrame& frame) {
  append_status_line(out, response.status);
  for (const auto& [name, value] : response.headers) {
    if (written_by_server(name)) continue;
    append_safely(out, name);
    out.append(": ");
    append_safely(out, value);
    out.append("\r\n");
  }
  if (frame.framing == Framing::length) {
    out.append("Content-Length: ");
    append_number(out, frame.length_bytes);
    out.append("\r\n");
  } else if (frame.framing == Framing::chunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  out.append(frame.date_line);
  if (frame.close) {
    out.append("Connection: close\r\n");
  } else if (frame.say_keep_alive) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("X-Request-Id: ").append(frame.request_id).append("\r\n\r\n");
}

Response bare_error() {
  Response response;
  response.status = kInternalError.status;
  response.add("Content-Type", "application/json");
  response.body = refusal_body(kInternalError);
  return response;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return {};
  }
}

}  // namespace wharf::http
