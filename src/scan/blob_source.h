#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "http/message.h"
#include "inventory/source.h"

namespace wharf::scan {

/// A blob's body as bytes that a thread of its own reads, waiting for them. `loop` runs what the body waits for; it
/// must not be the thread that reads.
std::unique_ptr<inventory::Source> make_blob_source(http::Body body, boost::asio::any_io_executor loop);

}  // namespace wharf::scan
