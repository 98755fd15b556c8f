#pragma once
#include "service/call.h"

namespace wharf::api {

/// listRepositoryTags, changeTag, deleteTag.
void add_tag_operations(service::OperationTable& table);

}  // namespace wharf::api
