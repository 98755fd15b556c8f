#include "vuln/json_members.h"

#include "base/json.h"

namespace wharf::vuln {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::size_t kLongestKey = 4096;

}  // namespace

Result<void> JsonMembers::feed(std::string_view bytes) {
  for (const char c : bytes) {
    if (value_.size() > limit_ || key_.size() > kLongestKey) {
      return Error{Errc::payload_too_large, "One record of the file is too large"};
    }
    if (state_ == State::in_value) {
      if (!value_ends(c)) continue;
      if (auto done = hand_on(); !done) return done.error();
    }
    if (!step(c)) return Error{Errc::malformed_json, "The JSON text is malformed"};
  }
  return {};
}

Result<void> JsonMembers::hand_on() {
  path_.push_back(std::move(key_));
  auto done = each_(path_, value_);
  path_.pop_back();
  key_.clear();
  value_.clear();
  state_ = State::next;
  return done;
}

Result<void> JsonMembers::finish() const {
  if (state_ != State::done) return Error{Errc::malformed_json, "The JSON text ends too early"};
  return {};
}

bool JsonMembers::step(char c) {
  if (state_ == State::in_key) {
    if (!escaped_ && c == '"') {
      // Keys are handed on as they read, not as they are written.
      const auto read = json::parse("[\"" + key_ + "\"]");
      if (!read) return false;
      key_ = read->as_array()[0].as_string().c_str();
      state_ = State::colon;
      return true;
    }
    escaped_ = !escaped_ && c == '\\';
    key_.push_back(c);
    return true;
  }
  if (is_blank(c)) return true;
  switch (state_) {
    case State::start:
      return open(c);
    case State::first_key:
      if (c == '}') return close('}');
      [[fallthrough]];
    case State::key:
      state_ = State::in_key;
      return c == '"';
    case State::colon:
      state_ = State::value;
      return c == ':';
    case State::first_item:
      if (c == ']') return close(']');
      [[fallthrough]];
    case State::value:
      if (path_.size() + 1 < depth_ && (c == '{' || c == '[')) {
        path_.push_back(std::move(key_));
        key_.clear();
        return open(c);
      }
      state_ = State::in_value;
      nesting_ = 0;
      quoted_ = escaped_ = complete_ = false;
      value_ends(c);
      return c != ',' && c != '}' && c != ']';
    case State::next:
      if (c == '}' || c == ']') return close(c);
      state_ = closers_.back() == '}' ? State::key : State::value;
      return c == ',';
    case State::in_key:
    case State::in_value:
    case State::done:
      return false;
  }
  return false;
}

bool JsonMembers::open(char c) {
  closers_.push_back(c == '{' ? '}' : ']');
  state_ = c == '{' ? State::first_key : State::first_item;
  return c == '{' || c == '[';
}

bool JsonMembers::close(char c) {
  const bool fits = closers_.back() == c;
  closers_.pop_back();
  state_ = closers_.empty() ? State::done : State::next;
  if (!path_.empty()) path_.pop_back();
  return fits;
}

bool JsonMembers::value_ends(char c) {
  if (complete_) return true;
  if (!quoted_ && nesting_ == 0 && !value_.empty() && (c == ',' || c == '}' || c == ']' || is_blank(c))) return true;
  value_.push_back(c);
  if (quoted_) {
    if (!escaped_ && c == '"') {
      quoted_ = false;
      complete_ = nesting_ == 0;
    }
    escaped_ = !escaped_ && c == '\\';
  } else if (c == '"') {
    quoted_ = true;
  } else if (c == '{' || c == '[') {
    ++nesting_;
  } else if (c == '}' || c == ']') {
    complete_ = --nesting_ == 0;
  }
  return false;
}

}  // namespace wharf::vuln
