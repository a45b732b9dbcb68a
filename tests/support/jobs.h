#pragma once
#include "store/store.h"

namespace veilgate::test {

inline store::Admission some_admission(const ObjectId& id = ObjectId::random()) {
  return {id,
          InstanceKey{sha256(id.str())},
          sha256("dataset of " + id.str()),
          1234,
          *AeTitle::parse("CAMERA"),
          *AeTitle::parse("VEILGATE"),
          "127.0.0.1",
          *Uid::parse("1.2.840.10008.5.1.4.1.1.77.1.4"),
          *Uid::parse("1.2.840.10008.1.2.1"),
          now_ms()};
}

inline store::Job some_job(store::JobState state) {
  store::Job job{.admission = some_admission()};
  job.state = state;
  job.version = 7;
  job.attempts = 1;
  return job;
}

}  // namespace veilgate::test
