#pragma once
#include "support/scene/random.h"
#include "support/scene/sprite.h"
#include "support/scene/things.h"

/// One function per kind of thing; things.cc lists them.
namespace veilgate::test::scene {

// labels.cc: what names somebody, and ends at an edge
Sprite wristband(const Materials& materials, Random& random);
Sprite badge(const Materials& materials, Random& random);
Sprite sticky_note(const Materials& materials, Random& random);
Sprite paper_label(const Materials& materials, Random& random);
Sprite faded_label(const Materials& materials, Random& random);
Sprite tube(const Materials& materials, Random& random);
Sprite tape(const Materials& materials, Random& random);
Sprite name_plate(const Materials& materials, Random& random);
// boards.cc: the same, larger
Sprite whiteboard(const Materials& materials, Random& random);
Sprite monitor(const Materials& materials, Random& random);
Sprite form(const Materials& materials, Random& random);
// measures.cc: what is to be kept
Sprite ruler(const Materials& materials, Random& random);
Sprite colour_card(const Materials& materials, Random& random);
Sprite scale_bar(const Materials& materials, Random& random);
Sprite laterality(const Materials& materials, Random& random);
// others.cc: what stands on nothing, and faces in what shines
Sprite skin_marker(const Materials& materials, Random& random);
Sprite reflection(const Materials& materials, Random& random);

}  // namespace veilgate::test::scene
