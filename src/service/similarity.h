#pragma once
#include <string_view>

namespace wharf::service {

/// How well `text` fits as a short form of `name`, from 0 (it does not) to 1: each of its letters in order, those at
/// the start of a word first. Source: LiquidMetal, which Quay's search takes its scores from.
double similarity(std::string_view name, std::string_view text);

}  // namespace wharf::service
