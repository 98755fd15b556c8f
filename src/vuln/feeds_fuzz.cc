#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "vuln/feed_alpine.h"
#include "vuln/feed_cve.h"
#include "vuln/feed_debian.h"
#include "vuln/feed_osv.h"
#include "vuln/feed_oval.h"
#include "vuln/feed_updateinfo.h"
#include "vuln/feed_vex.h"
#include "vuln/feed_yaml.h"
#include "vuln/pack.h"
#include "vuln/severity.h"
#include "vuln/store.h"
#include "vuln/testing.h"

/// Feeds come from other people's servers and disks: whatever they say, no reader crashes, hangs or names an advisory
/// that it has not given.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace wharf::vuln;
  if (size < 1) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  CollectingSink sink;
  TextInput input(text, 1 + data[0] / 10U);
  switch (data[0] % 10) {
    case 0:
      static_cast<void>(read_oval(input, sink));
      break;
    case 1:
      static_cast<void>(read_debian_tracker(input, sink));
      break;
    case 2:
      static_cast<void>(read_gitlab(text, sink));
      break;
    case 3:
      static_cast<void>(read_ruby(text, sink));
      break;
    case 4:
      static_cast<void>(read_epss(input, sink));
      break;
    case 5:
      static_cast<void>(read_nvd(input, sink));
      break;
    case 6: {
      const auto entries = unpack_entries(text);
      std::string again;
      for (const auto& entry : entries ? *entries : std::vector<Affected>()) pack(again, entry);
      if (entries && unpack_entries(again).value() != *entries) std::abort();
      static_cast<void>(unpack_text(text));
      static_cast<void>(open_body(text));
      break;
    }
    case 7: {
      const auto score = cvss_score(text);
      if (score && (*score < 0 || *score > 10)) std::abort();
      break;
    }
    case 8:
      static_cast<void>(read_updateinfo(input, sink));
      break;
    default: {
      const auto parsed = wharf::json::parse(text);
      if (!parsed || !parsed->is_object()) break;
      read_osv(parsed->as_object(), sink);
      read_secdb(parsed->as_object(), sink);
      read_vex(parsed->as_object(), sink);
      read_repository_list(parsed->as_object(), sink);
    }
  }
  for (const auto& entry : sink.entries) {
    if (entry.affected.advisory >= sink.advisories.size()) std::abort();
  }
  return 0;
}
