#include "detect/text_judge.h"

#include <algorithm>
#include <functional>
#include <new>
#include <opencv2/core.hpp>

#include "detect/ruler_parts.h"
#include "detect/ruler_rest.h"
#include "detect/ruler_things.h"
#include "detect/ruler_ticks.h"
#include "detect/ruler_unit.h"
#include "detect/text_boxes.h"
#include "detect/text_lines.h"
#include "detect/text_policy.h"

namespace veilgate::detect {
namespace {

/// Found pieces and lines of one frame that are judged; a wall of text is no clinical picture, and all of it is masked.
constexpr std::size_t kMaxPieces = 400, kMaxLines = 150;
constexpr float kDirectionless = 1.6F;  // length over thickness
constexpr double kReadable = 0.5;
constexpr float kEndPiece = 3;  // of a ruler's row, in its heights: a number with what stands beside it

bool is_inside(const Region& region) { return region.kind == RegionKind::Text && region.reason == kInsideReason; }

class Frame {
 public:
  Frame(const cv::Mat& bgr, const TextRules& rules, TextReader& reader, std::vector<Region>& found)
      : bgr_(bgr), rules_(rules), reader_(reader), found_(found) {}

  Result<void> run() {
    for (std::size_t i = 0; i < found_.size(); ++i) {
      if (found_[i].kind != RegionKind::Text) continue;
      texts_.push_back(i);
      frame_ = found_[i].frame;
    }
    if (texts_.size() > kMaxPieces) return mask_all();
    for (const auto i : texts_) slabs_.push_back(slab_of(found_[i]));
    VG_TRY(keep_rulers());
    return keep_lines();
  }

 private:
  Result<Reading> read(const Slab& slab, int turns) { return reader_.read(cut_out(bgr_, slab, turns)); }

  /// A slanted line stays in short parts: the box around all of it would reach over what lies beside it.
  /// Who looks at a mirrored label reads it all the same.
  Result<Reading> read_mirrored(const Slab& slab, int turns) {
    cv::Mat mirrored;
    cv::flip(cut_out(bgr_, slab, turns), mirrored, 1);
    return reader_.read(mirrored);
  }

  Result<void> mask_all() {
    for (const auto i : texts_) {
      if (!found_[i].kept) found_[i].reason = kTooMuch;
    }
    return {};
  }

  void keep(std::size_t piece, std::string_view reason) {
    Region& region = found_[texts_[piece]];
    region.kept = true;
    region.reason = reason;
    const auto parts = upright_parts(slabs_[piece]);
    if (parts.size() < 2) return;
    const Region whole = region;
    set_slab(parts[0], bgr_.size(), region);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      found_.push_back(whole);
      set_slab(parts[i], bgr_.size(), found_.back());
    }
  }

  Result<void> keep_rulers() {
    const ReadSlab reading = [this](const Slab& slab, int turns) {
      return turns < kMirrored ? read(slab, turns) : read_mirrored(slab, turns - kMirrored);
    };
    const GapIsBlank blank = [this](const Slab& gap, const Slab& number) { return is_blank(bgr_, gap, number); };
    VG_ASSIGN(auto rulers, find_rulers(slabs_, long_things(bgr_, slabs_), reading));
    for (auto& ruler : rulers) {
      VG_ASSIGN(const bool drawn, fit_to_ink(bgr_, ruler, reading));
      const auto reason = judge_scale(text_of(ruler), rules_);
      if (!reason) continue;
      VG_ASSIGN(const bool pure, is_pure(ruler, slabs_, reading, blank));
      if (!pure || !drawn) {
        for (std::size_t i = 0; i < slabs_.size(); ++i) {
          if (touch(slabs_[i], ruler.corridor)) mask(i, kDoubtfulRow);
        }
        continue;
      }
      for (const auto piece : ruler.marks) keep_on_row(ruler, piece, *reason);
      for (std::size_t i = 0; i < slabs_.size(); ++i) {
        if (found_[texts_[i]].kept) continue;
        VG_ASSIGN(const bool belongs, may_stay(ruler, i, reading));
        if (belongs) keep_on_row(ruler, i, *reason);
      }
      const ZoneIsBlank zone = [&](const Slab& slab) { return blank(slab, ruler.numbers.front()); };
      const std::size_t before = slabs_.size();
      VG_TRY(cut(reading, *reason, [&](const Slab& piece) { return beside(ruler, piece, zone); }));
      for (std::size_t i = before; i < slabs_.size(); ++i) {
        VG_ASSIGN(const bool belongs, may_stay(ruler, i, reading));
        if (belongs) keep_on_row(ruler, i, *reason);
      }
      for (const auto& part : upright_parts(ruler.corridor)) add_kept(part, *reason);
      VG_TRY(keep_ticks(ruler));
      VG_ASSIGN(const auto unit, find_unit(ruler, reading));
      if (unit) {
        add_kept(*unit, *reason);
        // Its first number and strokes are drawn right beside it.
        const ZoneIsBlank any = [](const Slab&) { return true; };
        VG_TRY(cut(reading, *reason, [&](const Slab& piece) { return around(*unit, piece, any); }));
      }
      VG_TRY(keep_ends(ruler, unit));
    }
    return {};
  }

  void keep_on_row(const Ruler& ruler, std::size_t piece, std::string_view reason) {
    replace(piece, on_row(ruler, slabs_[piece]));
    keep(piece, reason);
  }

  /// A part of the ruler that is none of the object's identifiers.
  Result<bool> may_stay(const Ruler& ruler, std::size_t piece, const ReadSlab& reading) {
    VG_ASSIGN(const bool belongs, belongs_to(ruler, slabs_[piece], reading));
    if (!belongs) return false;
    VG_ASSIGN(const bool named, is_identifier(slabs_[piece], reading));
    return !named;
  }

  /// Whether something else than a ruler's numbers and unit can be read in it.
  Result<bool> says_more(const Slab& slab, const ReadSlab& reading) {
    VG_ASSIGN(const bool named, is_identifier(slab, reading));
    if (named) return true;
    VG_ASSIGN(auto best, reading(slab, 0));
    VG_ASSIGN(auto turned, reading(slab, 2));
    if (turned.mean > best.mean) best = std::move(turned);
    return best.mean >= kReadable && !is_ruler_text(best.text, false);
  }

  Result<bool> is_identifier(const Slab& slab, const ReadSlab& reading) {
    for (const int turns : {0, 2, kMirrored, kMirrored + 2}) {
      VG_ASSIGN(const auto read, reading(slab, turns));
      if (rules_.known.matches(read.text)) return true;
    }
    return false;
  }

  /// Small pieces at the row's ends that are made of what stays already, such as the first number and the unit below.
  Result<void> keep_ends(const Ruler& ruler, const std::optional<Slab>& unit) {
    const ReadLinePixels reading = [this](const cv::Mat& line) { return reader_.read(line); };
    const Slab& row = ruler.corridor;
    for (std::size_t i = 0; i < slabs_.size(); ++i) {
      const Slab& piece = slabs_[i];
      const bool small = piece.length <= kEndPiece * row.thickness && piece.thickness <= kEndPiece * row.thickness;
      const bool near = touch(piece, row) || (unit && touch(piece, *unit));
      if (found_[texts_[i]].kept || !small || !near) continue;
      std::vector<Slab> known{row};
      if (unit) known.push_back(*unit);
      for (std::size_t k = 0; k < slabs_.size(); ++k) {
        if (found_[texts_[k]].kept && touch(piece, slabs_[k])) known.push_back(slabs_[k]);
      }
      VG_ASSIGN(const bool nothing, shows_nothing_else(bgr_, piece, known, reading));
      if (nothing) keep(i, kRulerReason);
    }
    return {};
  }

  /// The strokes beside the numbers: without them the ruler measures nothing.
  Result<void> keep_ticks(const Ruler& ruler) {
    for (std::size_t i = 0; i < slabs_.size(); ++i) {
      if (found_[texts_[i]].kept || !are_ticks(bgr_, ruler, slabs_[i])) continue;
      bool strokes = true;
      for (const int turns : {0, 2}) {
        VG_ASSIGN(const auto reading, read(slabs_[i], turns));
        strokes = strokes && (reading.mean < kReadable || reads_like_strokes(reading.text));
      }
      if (strokes) keep(i, kTicksReason);
    }
    return {};
  }

  /// A part of a ruler's row, with numbers that no detector found: it must not lie under the margin of what is masked
  /// beside it, and verification may see it in one with its neighbours.
  void add_kept(const Slab& slab, std::string_view reason) {
    Region region{{}, frame_, RegionKind::Text, 1, reader_.id(), std::string(reason), true};
    set_slab(slab, bgr_.size(), region);
    if (!region.box.empty()) found_.push_back(std::move(region));
  }

  /// What reaches over something that stays is masked beside it only: `parts_of` a piece, none where it shows nothing
  /// else.
  Result<void> cut(const ReadSlab& reading, std::string_view reason,
                   const std::function<std::vector<Slab>(const Slab&)>& parts_of) {
    const std::size_t count = slabs_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (found_[texts_[i]].kept) continue;
      const auto parts = parts_of(slabs_[i]);
      if (parts.empty()) {
        VG_ASSIGN(const bool more, says_more(slabs_[i], reading));
        if (!more) keep(i, reason);
        continue;
      }
      for (std::size_t k = 0; k < parts.size(); ++k) {
        if (k == 0) {
          replace(i, parts[k]);
        } else {
          texts_.push_back(found_.size());
          slabs_.push_back(parts[k]);
          found_.push_back(found_[texts_[i]]);
          set_slab(parts[k], bgr_.size(), found_.back());
        }
      }
    }
    return {};
  }

  void replace(std::size_t piece, const Slab& slab) {
    const Slab& before = slabs_[piece];
    if (slab.centre == before.centre && slab.length == before.length && slab.thickness == before.thickness) return;
    Region& region = found_[texts_[piece]];
    set_slab(slab, bgr_.size(), region);
    slabs_[piece] = slab;
  }

  Result<void> keep_lines() {
    std::vector<std::size_t> rest;
    std::vector<Slab> slabs;
    for (std::size_t i = 0; i < slabs_.size(); ++i) {
      if (found_[texts_[i]].kept) continue;
      rest.push_back(i);
      slabs.push_back(slabs_[i]);
    }
    const auto grouped = group_lines(slabs);
    if (grouped.size() > kMaxLines) return mask_all();
    std::vector<ReadLine> lines;
    for (const auto& line : grouped) {
      VG_ASSIGN(auto one, read_line(line.slab));
      lines.push_back(std::move(one));
    }
    const auto verdicts = judge_lines(lines, rules_);
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      for (const auto piece : grouped[i].pieces) {
        if (verdicts[i].stays) {
          keep(rest[piece], verdicts[i].reason);
        } else {
          mask(rest[piece], verdicts[i].reason);
        }
      }
    }
    return {};
  }

  /// What is masked says why: of a row of numbers, that it was taken for one.
  void mask(std::size_t piece, std::string_view reason) {
    Region& region = found_[texts_[piece]];
    if (!region.kept && (region.reason != kDoubtfulRow || reason == kIdentifier)) region.reason = reason;
  }

  Result<ReadLine> read_line(const Slab& slab) {
    ReadLine out{slab, {}};
    const bool any_way = slab.length < kDirectionless * slab.thickness;
    for (int turns = 0; turns < 4; turns += any_way ? 1 : 2) {
      VG_ASSIGN(auto reading, read(slab, turns));
      out.readings.push_back(std::move(reading));
      VG_ASSIGN(auto mirrored, read_mirrored(slab, turns));
      out.mirrored.push_back(std::move(mirrored));
    }
    return out;
  }

  const cv::Mat& bgr_;
  const TextRules& rules_;
  TextReader& reader_;
  std::vector<Region>& found_;
  std::vector<std::size_t> texts_;  ///< indices into found_
  std::vector<Slab> slabs_;         ///< of texts_
  int frame_ = 0;
};

}  // namespace

Result<std::unique_ptr<TextJudge>> TextJudge::create(const config::Detect& config) {
  VG_ASSIGN(auto reader, TextReader::create(config));
  return std::unique_ptr<TextJudge>(new TextJudge(std::move(reader)));
}

Result<void> TextJudge::judge(const cv::Mat& bgr, const TextRules& rules, std::vector<Region>& found) try {
  if (bgr.empty() || bgr.type() != CV_8UC3) {
    return fail(ErrorKind::Permanent, "detect.frame", "the frame is not an 8-bit colour picture");
  }
  if (rules.policy.keeps_some()) return Frame(bgr, rules, *reader_, found).run();
  std::erase_if(found, is_inside);
  return {};
} catch (const std::bad_alloc&) {
  return fail(ErrorKind::Transient, "detect.memory", "not enough memory to judge text");
} catch (const cv::Exception& error) {
  if (error.code == cv::Error::StsNoMem) {
    return fail(ErrorKind::Transient, "detect.memory", "not enough memory to judge text");
  }
  return fail(ErrorKind::Permanent, "detect.frame", "the frame's text cannot be judged");
}

Result<bool> TextJudge::says_more_than_a_ruler(const cv::Mat& bgr, const TextRules& rules, const Region& region,
                                               bool on_strokes) try {
  const Slab slab = slab_of(region);
  const bool any_way = slab.length < kDirectionless * slab.thickness;
  std::optional<Reading> best;
  for (int turns = 0; turns < 4; turns += any_way ? 1 : 2) {
    VG_ASSIGN(auto reading, reader_->read(cut_out(bgr, slab, turns)));
    if (rules.known.matches(reading.text)) return true;
    if (!best || reading.mean > best->mean) best = std::move(reading);
  }
  return best && best->mean >= kReadable && !is_ruler_text(best->text, on_strokes);
} catch (const cv::Exception&) {
  return fail(ErrorKind::Permanent, "detect.frame", "the frame's text cannot be judged");
}

}  // namespace veilgate::detect
