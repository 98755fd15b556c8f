#pragma once
#include <string>
#include <vector>

#include "base/json.h"

namespace wharf::test {

/// What in `value` does not fit `schema`, one sentence each ("/tags/0/size: must be integer"); empty when it fits.
///
/// Knows the part of JSON Schema that the documents use: type, properties, required, additionalProperties (a schema),
/// items, enum, anyOf, $ref into `named` (#/components/schemas/…). Throws logic_error for any other keyword that would
/// restrict, so that nothing is let through for not being known.
std::vector<std::string> misfits(const json::Value& value, const json::Value& schema, const json::Object& named);

}  // namespace wharf::test
