#include "support/scene/things.h"

#include <opencv2/imgcodecs.hpp>

#include "support/scene/makers.h"

namespace veilgate::test::scene {
Person somebody(Random& random) {
  static const std::vector<std::string> given{"Anna",   "Kunigunde", "Marek",  "Fatima", "Jonas", "Aylin",
                                              "Pierre", "Giulia",    "Tomasz", "Ruth",   "Emeka", "Sofia"};
  static const std::vector<std::string> family{"Zwiebelsberg", "Kowalski", "Obermoser", "Okafor",
                                               "Lindqvist",    "Moreau",   "Bianchi",   "Yilmaz",
                                               "Nguyen",       "Harrison", "Petrov",    "Schneider"};
  static const std::vector<std::string> wards{"Ward 7B", "ICU 2", "Surgery 4", "Dermatology", "Room 312"};
  Person out{random.one_of(given), random.one_of(family), "", "", random.one_of(wards)};
  const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  out.born = two(random.whole(1, 28)) + (random.chance(0.5) ? "." : "/") + two(random.whole(1, 12));
  out.born += out.born.substr(2, 1) + std::to_string(random.whole(1931, 2019));
  out.number = std::to_string(random.whole(1'000'000, 9'999'999));
  return out;
}

std::optional<cv::Mat3b> sample_face(const std::string& samples, Random& random) {
  struct Place {
    int sample;
    cv::Rect box;
  };
  static const std::vector<Place> places{
      {1, {835, 434, 202, 223}}, {1, {411, 382, 209, 222}},  {1, {1469, 201, 224, 251}}, {2, {1428, 155, 231, 244}},
      {2, {880, 237, 205, 232}}, {3, {1067, 195, 242, 308}}, {4, {661, 60, 187, 267}},   {5, {342, 864, 242, 302}},
      {6, {237, 479, 230, 289}}, {6, {1144, 282, 240, 304}}};
  const auto& place = random.one_of(places);
  const cv::Mat photo = cv::imread(samples + "/sample" + std::to_string(place.sample) + ".jpg");
  if (photo.empty()) return std::nullopt;
  const cv::Size more(place.box.width / 2, place.box.height / 2);
  const cv::Rect around = (place.box - cv::Point(more.width / 2, more.height / 2) + more) & cv::Rect({}, photo.size());
  return cv::Mat3b(photo(around).clone());
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{{"wristband", wristband, 0.85, Lies::Around},
                                     {"badge", badge, 0.45, Lies::Hangs},
                                     {"ruler", ruler, 0.85, Lies::OnTop},
                                     {"sticky note", sticky_note, 0.35, Lies::InGroups},
                                     {"paper label", paper_label, 0.5, Lies::InGroups},
                                     {"faded label", faded_label, 0.45, Lies::OnTop},
                                     {"tube", tube, 0.4, Lies::OnTop},
                                     {"tape", tape, 0.5, Lies::OnTop},
                                     {"name plate", name_plate, 0.35, Lies::OnTop},
                                     {"whiteboard", whiteboard, 0.75, Lies::OnTop},
                                     {"screen", monitor, 0.75, Lies::OnTop},
                                     {"form", form, 0.6, Lies::OnTop},
                                     {"colour card", colour_card, 0.5, Lies::OnTop},
                                     {"skin marker", skin_marker, 0.4, Lies::InIt},
                                     {"scale bar", scale_bar, 0.3, Lies::InIt},
                                     {"laterality", laterality, 0.15, Lies::OnTop},
                                     {"reflection", reflection, 0.4, Lies::OnTop}};
  return all;
}

}  // namespace veilgate::test::scene
