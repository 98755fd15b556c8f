#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "vuln/input.h"
#include "vuln/sink.h"

/// For tests: what a reader tells, kept; and a text as an input.
namespace wharf::vuln {

class CollectingSink : public Sink {
 public:
  struct Entry {
    std::string scope, name;
    Affected affected;
  };
  struct Note {
    std::string scope, name, body;
  };
  std::vector<Advisory> advisories;
  std::vector<Entry> entries;
  std::vector<Note> notes;
  std::vector<std::string> left_out;

  std::uint64_t advisory(Advisory advisory) override {
    advisories.push_back(std::move(advisory));
    return advisories.size() - 1;
  }
  void affects(std::string_view scope, std::string_view name, Affected affected) override {
    entries.push_back({std::string(scope), std::string(name), std::move(affected)});
  }
  void note(std::string_view scope, std::string_view name, std::string_view body) override {
    notes.push_back({std::string(scope), std::string(name), std::string(body)});
  }
  void skipped(std::string_view what) override { left_out.emplace_back(what); }

  /// The entries, a line each: "scope name advisory low..high".
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const Entry& entry : entries) {
      std::string line = entry.scope + " " + entry.name + " " + advisories.at(entry.affected.advisory).id;
      for (const Range& range : entry.affected.ranges) {
        line += " " + range.low + (range.after_low ? "<" : "") + ".." + range.high + (range.until_high ? "=" : "");
      }
      lines.push_back(std::move(line));
    }
    return lines;
  }
};

/// A text that comes in pieces, so that no reader relies on getting it whole.
class TextInput : public Input {
 public:
  explicit TextInput(std::string text, std::size_t piece = 7) : text_(std::move(text)), piece_(piece) {}
  std::string_view name() const override { return "data"; }
  Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t size = std::min({buffer.size(), piece_, text_.size() - at_});
    std::copy_n(text_.data() + at_, size, buffer.data());
    at_ += size;
    return size;
  }

 private:
  std::string text_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

inline json::Object object_of(std::string_view text) { return json::parse(text).value().as_object(); }

}  // namespace wharf::vuln
