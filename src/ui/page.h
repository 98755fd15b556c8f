#pragma once
#include "service/call.h"

namespace wharf::ui {

/// The web UI: its pages at Quay's addresses, its files under /ui/. The scripts in the page find out what to show.
void add_page_operations(service::OperationTable& table);

}  // namespace wharf::ui
