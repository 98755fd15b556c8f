#include "vuln/xml_reader.h"

#include <expat.h>

#include <algorithm>
#include <new>

namespace wharf::vuln {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kLongestText = 64 * 1024;
constexpr std::int64_t kLongestToken = 2 << 20;

std::string_view local_name(std::string_view name) { return name.substr(name.rfind(':') + 1); }

}  // namespace

/// What expat calls.
struct XmlReader::Handlers {
  static XmlReader& self(void* data) { return *static_cast<XmlReader*>(data); }
  static void start(void* data, const char* name, const char** attributes) {
    XmlReader& reader = self(data);
    reader.text_.clear();
    if (++reader.depth_ > kDeepest) return reader.refuse();
    reader.start(local_name(name), Attributes(attributes));
  }
  static void end(void* data, const char* name) {
    XmlReader& reader = self(data);
    --reader.depth_;
    reader.end(local_name(name), reader.text_);
    reader.text_.clear();
  }
  static void text(void* data, const char* piece, int size) {
    auto& text = self(data).text_;
    if (text.size() < kLongestText) text.append(piece, static_cast<std::size_t>(size));
  }
  static void doctype(void* data, const char*, const char*, const char*, int) { self(data).refuse(); }
};

void XmlReader::Free::operator()(XML_ParserStruct* parser) const { XML_ParserFree(parser); }

XmlReader::XmlReader() : parser_(XML_ParserCreate(nullptr)) {
  if (!parser_) throw std::bad_alloc();
  XML_SetUserData(parser_.get(), this);
  XML_SetElementHandler(parser_.get(), Handlers::start, Handlers::end);
  XML_SetCharacterDataHandler(parser_.get(), Handlers::text);
  XML_SetStartDoctypeDeclHandler(parser_.get(), Handlers::doctype);
}

XmlReader::~XmlReader() = default;

std::string_view XmlReader::Attributes::get(std::string_view name) const {
  for (const char** at = list_; *at != nullptr; at += 2) {
    if (name == at[0]) return at[1];
  }
  return {};
}

void XmlReader::refuse() {
  refused_ = true;
  XML_StopParser(parser_.get(), XML_FALSE);
}

Result<void> XmlReader::feed(std::string_view bytes, bool last) {
  const auto status = XML_Parse(parser_.get(), bytes.data(), static_cast<int>(bytes.size()), last ? 1 : 0);
  fed_ += static_cast<std::int64_t>(bytes.size());
  // A tag or comment that does not end is held, and read again with each piece.
  const auto at = std::max<std::int64_t>(XML_GetCurrentByteIndex(parser_.get()), 0);
  if (fed_ - at > kLongestToken) refused_ = true;
  if (status == XML_STATUS_OK && !refused_) return {};
  return Error{
      Errc::invalid_request, "The XML text is malformed",
      refused_ ? "nested, long or declared beyond what is read" : XML_ErrorString(XML_GetErrorCode(parser_.get()))};
}

}  // namespace wharf::vuln
