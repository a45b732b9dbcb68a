#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/phi.h"
#include "base/types.h"
#include "config/config.h"
#include "config/problem.h"
#include "dicom/dataset.h"
#include "dicom/tag.h"

namespace veilgate::route {

/// Who sent an object, as the receiver saw it.
struct Sender {
  AeTitle calling_ae;
  AeTitle called_ae;
  std::string peer;  ///< IP address
};

/// What rules look at. Attribute values are PHI: they are compared and never shown.
struct RouteFacts {
  std::string calling_ae, called_ae;
  std::string peer;
  std::string sop_class;  ///< UID
  /// Top-level values of an attribute in UTF-8, joined by backslash; empty when absent.
  std::function<Phi<std::string>(dicom::Tag)> attribute;
};

/// The first route that matches; nullptr means that the object is held.
const config::Route* choose(const config::Config& config, const RouteFacts& facts);
/// The same for a parsed object; its SOP class is the dataset's. Text is decoded from its character set first.
const config::Route* choose(const config::Config& config, const Sender& sender, const dicom::Item& dataset);

/// Names of the fixed and protected regions of `route` that have a `match` and whose match this received object fits.
std::vector<std::string> matching_regions(const config::Route& route, const Sender& sender, const dicom::Item& dataset);

/// Problems that only the dicom module can see: SOP classes that the gateway does not accept, unknown attributes.
/// Works on a Config with problems too, so that all mistakes show at once.
std::vector<config::Problem> check(const config::Config& config);

/// Runs the configuration's own `tests:`; one Problem per test whose object takes another route.
std::vector<config::Problem> run_route_tests(const config::Config& config);

}  // namespace veilgate::route
