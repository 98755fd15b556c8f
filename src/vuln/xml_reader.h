#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct XML_ParserStruct;

namespace wharf::vuln {

/// Reads XML as it comes in, in bounded memory: elements nested beyond reason, tags and texts that do not end, and
/// document types, hence any entity of its own, are refused. Names are told without their prefix: "red-def:test" is a
/// "test", whatever the prefix stands for.
class XmlReader {
 public:
  virtual ~XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  /// The next piece. Errors: invalid_request for what is no XML, or refused.
  Result<void> feed(std::string_view bytes, bool last);

 protected:
  XmlReader();

  /// An element's attributes, as long as it is told of.
  class Attributes {
   public:
    explicit Attributes(const char** list) : list_(list) {}
    std::string_view get(std::string_view name) const;

   private:
    const char** list_;
  };

  virtual void start(std::string_view name, const Attributes& attributes) = 0;
  /// `text` is what stood between the last tag and this one, cut off at 64 KiB.
  virtual void end(std::string_view name, const std::string& text) = 0;
  /// Nothing more is read.
  void refuse();
  std::size_t depth() const { return depth_; }

 private:
  struct Handlers;
  struct Free {
    void operator()(XML_ParserStruct* parser) const;
  };
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  std::size_t depth_ = 0;
  bool refused_ = false;
  std::int64_t fed_ = 0;
  std::string text_;
};

}  // namespace wharf::vuln
