#pragma once
#include "service/call.h"

namespace wharf::ui {

/// The built-in page at / and its files under /ui/: makes the first user, then says how to log in and push.
void add_page_operations(service::OperationTable& table);

}  // namespace wharf::ui
