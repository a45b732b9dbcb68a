// What passes between runner and worker about a patient, and what a worker makes of it.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/files.h"
#include "deidentify/text/text_cleaner.h"
#include "support/jobs.h"
#include "support/store_tools.h"
#include "support/temp_folder.h"
#include "worker/patients.h"

namespace veilgate::worker {
namespace {

using testing::ElementsAre;

class PatientsTest : public testing::Test {
 protected:
  PatientsTest() {
    project_.name = "p";
    project_.crosswalk_key_file = folder_.path() / "crosswalk.key";
    EXPECT_TRUE(create_key(project_.crosswalk_key_file));
    EXPECT_TRUE(dicom::init_dicom());
  }
  static dicom::File object(const std::string& id, const std::string& name, const std::string& issuer = "") {
    dicom::File file;
    auto dataset = file.dataset();
    EXPECT_TRUE(dataset.set_text({0x0010, 0x0020}, id));
    EXPECT_TRUE(dataset.set_text({0x0010, 0x0010}, name));
    EXPECT_TRUE(dataset.set_text({0x0010, 0x0030}, "19580317"));
    EXPECT_TRUE(dataset.set_text({0x0010, 0x1000}, "OLD-1\\OLD-2"));
    EXPECT_TRUE(dataset.set_text({0x0010, 0x1005}, "Born^Else"));
    EXPECT_TRUE(dataset.set_text({0x0010, 0x0021}, issuer));
    return file;
  }
  deidentify::Identity identity() const {
    return {test::test_key(), project_.name, project_.pseudonym_prefix, {}, std::nullopt, nullptr};
  }
  Patients patients() {
    auto made = Patients::create(project_, identity());
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
  PatientSeen see(Patients& patients, const dicom::File& file, const PatientKnown& known) {
    const auto plan = patients.begin(file, known);
    EXPECT_TRUE(plan) << plan.error().message;
    return patients.seen(*plan, deidentify::subject_of(file, plan->identity), object_, "2.25.7");
  }
  void write_list(const std::string& text) {
    project_.pseudonyms.method = config::PseudonymMethod::Lookup;
    project_.pseudonyms.file = folder_.path() / "list.csv";
    ASSERT_OK(
        write_durably(project_.pseudonyms.file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  }

  test::TempFolder folder_;
  config::Project project_;
  const ObjectId object_ = ObjectId::random();
};

TEST_F(PatientsTest, LearnFromObjectToObject) {
  auto all = patients();
  const auto first = object("4711", "Quell^Anna");
  const Sha256 token = all.token_of(first);
  const auto seen = see(all, first, {token});
  EXPECT_THAT(seen.pseudonym, testing::StartsWith("VG-"));
  ASSERT_FALSE(seen.entry_sealed.empty());
  EXPECT_TRUE(see(all, first, {token, "", seen.entry_sealed}).entry_sealed.empty()) << "nothing new";

  const auto married = object("4711", "Berg^Anna");
  EXPECT_EQ(all.token_of(married), token);
  const auto plan = all.begin(married, PatientKnown{token, "", seen.entry_sealed});
  ASSERT_OK(plan);
  ASSERT_TRUE(plan->identity.known);
  std::vector<std::string> names;
  for (const auto& name : plan->identity.known->patient_names) names.push_back(name.reveal());
  EXPECT_THAT(names, ElementsAre("Quell^Anna", "Born^Else"));
  const auto grown = all.seen(*plan, deidentify::subject_of(married, plan->identity), object_, "");
  EXPECT_EQ(grown.pseudonym, seen.pseudonym);
  const auto entry =
      crosswalk::open_entry(*crosswalk::load_sealer(project_.crosswalk_key_file), "p", token, grown.entry_sealed);
  ASSERT_OK(entry);
  EXPECT_THAT(entry->reveal().names, ElementsAre("Quell^Anna", "Berg^Anna"));
  EXPECT_EQ(entry->reveal().other_ids.size(), 2u);
}

TEST_F(PatientsTest, RepeatAnObjectByItsRecordWhateverWasLearntSince) {
  auto all = patients();
  const auto first = object("4711", "Quell^Anna");
  const Sha256 token = all.token_of(first);
  const auto one = see(all, first, {token});
  const auto two = see(all, object("4711", "Berg^Anna"), {token, "", one.entry_sealed});
  const auto repeated = all.repeat(object_, PatientKnown{token, "", "", one.object_sealed});
  ASSERT_OK(repeated);
  EXPECT_TRUE(repeated->identity.known->patient_names.empty()) << "nothing was known when it was cleaned";
  EXPECT_EQ(repeated->identity.assigned_pseudonym, one.pseudonym);
  EXPECT_EQ(all.repeat(object_, PatientKnown{token, "", "", two.object_sealed})->identity.known->patient_names.size(),
            2u);
  EXPECT_EQ(all.repeat(object_, std::nullopt).error().code, "crosswalk.no_record");
  EXPECT_EQ(all.repeat(ObjectId::random(), PatientKnown{token, "", "", one.object_sealed}).error().code,
            "crosswalk.tampered");
}

TEST_F(PatientsTest, TakeNoAnswerAboutSomebodyElse) {
  auto all = patients();
  EXPECT_EQ(all.begin(object("4711", "A"), PatientKnown{sha256("other")}).error().code, "worker.other_patient");
  EXPECT_NE(all.token_of(object("4711", "A")), all.token_of(object("4711", "A", "KLINIK"))) << "issuers are told apart";
}

TEST_F(PatientsTest, GiveTheNumberOfTheStoreAndKeepIt) {
  project_.pseudonyms.method = config::PseudonymMethod::Sequence;
  auto all = patients();
  const auto file = object("4711", "A");
  const Sha256 token = all.token_of(file);
  EXPECT_EQ(all.begin(file, PatientKnown{token}).error().code, "pseudonym.sequence");
  const auto seen = see(all, file, {token, "P007"});
  EXPECT_EQ(seen.pseudonym, "P007");
  EXPECT_EQ(see(all, file, {token, "", seen.entry_sealed}).pseudonym, "P007");
}

TEST_F(PatientsTest, FollowTheListAndSeeWhenItIsReplaced) {
  write_list("patient_id,pseudonym\n1,S-1\n");
  auto all = patients();
  const auto file = object("4711", "A");
  const Sha256 token = all.token_of(file);
  const auto missing = all.begin(file, PatientKnown{token});
  EXPECT_EQ(missing.error().code, "pseudonym.missing");
  EXPECT_EQ(missing.error().kind, ErrorKind::Refused);
  write_list("patient_id,pseudonym\n1,S-1\n4711,S-2\n");
  const auto seen = see(all, file, {token});
  EXPECT_EQ(seen.pseudonym, "S-2");
  write_list("patient_id,pseudonym\n1,S-1\n4711,S-3\n");
  EXPECT_EQ(all.begin(file, PatientKnown{token, "", seen.entry_sealed}).error().code, "pseudonym.changed");
  write_list("patient_id,pseudonym\n1,S-1\n1,S-3\n");
  EXPECT_EQ(all.begin(file, PatientKnown{token}).error().kind, ErrorKind::Config);
}

TEST_F(PatientsTest, KeepNothingWithoutAKey) {
  project_.crosswalk_key_file.clear();
  auto all = patients();
  EXPECT_FALSE(all.keeps_crosswalk());
  EXPECT_TRUE(all.begin(object("4711", "A"), std::nullopt));
}

TEST(PatientProtocol, GoesBothWaysWithAnyByte) {
  const auto job = test::some_job(store::JobState::Routed);
  Task task{Stage::Deidentify,
            job.admission.id,
            "/o",
            "/out",
            job.admission.calling_ae,
            job.admission.called_ae,
            "",
            std::nullopt,
            "r",
            nlohmann::json::object(),
            std::nullopt};
  EXPECT_FALSE(decode_task(encode(task))->patient);
  const std::string bytes("\0\xFF\n\"", 4);
  task.patient = PatientKnown{sha256("t"), "P1", bytes, bytes + "x"};
  const auto read = decode_task(encode(task));
  ASSERT_OK(read);
  EXPECT_EQ(read->patient->token, sha256("t"));
  EXPECT_EQ(read->patient->entry_sealed, bytes);
  EXPECT_EQ(read->patient->object_sealed, bytes + "x");

  StageOutput output;
  output.asks_for = sha256("t");
  EXPECT_EQ(decode_result(task, encode(task, output))->asks_for, sha256("t"));
  output.asks_for.reset();
  output.patient = PatientSeen{sha256("t"), "P1", bytes, bytes, sha256("u")};
  const auto answer = decode_result(task, encode(task, output));
  ASSERT_OK(answer);
  EXPECT_EQ(answer->patient->entry_sealed, bytes);
  EXPECT_EQ(answer->patient->output_key, sha256("u"));
  EXPECT_EQ(answer->patient->entry_read, "") << "a worker cannot say what it was given";

  std::string forged = encode(task, output);
  forged.replace(forged.find("\"entry\":\"") + 9, 1, "!");
  EXPECT_EQ(decode_result(task, forged).error().code, "task.malformed");
}

}  // namespace
}  // namespace veilgate::worker
