#pragma once
#include <string>
#include <string_view>

// Texts that are looked for inside of others.
namespace wharf::store {

constexpr std::size_t kTrigram = 3;  ///< Characters that a text must have to be found by trigrams.

/// A pattern for `LIKE … ESCAPE '\'`: what has `text` in it.
std::string like_part(std::string_view text);
/// The same for FTS5 with trigrams. Source: SQLite, "FTS5 Strings".
std::string trigram_phrase(std::string_view text);

}  // namespace wharf::store
