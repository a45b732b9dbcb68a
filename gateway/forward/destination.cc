#include "forward/destination.h"

#include <variant>

namespace veilgate::forward {
namespace {

/// The registry: one line per kind of destination; a kind without a line does not compile.
struct Make {
  Result<std::unique_ptr<Destination>> operator()(const config::DimseDestination& where) { return make_dimse(where); }
  Result<std::unique_ptr<Destination>> operator()(const config::FolderDestination& where) {
    return make_folder_destination(where);
  }
};

}  // namespace

Result<std::unique_ptr<Destination>> make_destination(const config::Destination& destination) {
  return std::visit(Make{}, destination.where);
}

}  // namespace veilgate::forward
