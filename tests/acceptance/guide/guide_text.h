// SPDX-License-Identifier: GPL-3.0-or-later
// docs/guide.md as something that can be done: what its numbered lines say to click, type, press and see.
#pragma once

#include <QList>
#include <QString>

namespace switchyard::test {

struct GuideStep {
    enum class Kind { kClick, kType, kPress, kChoose, kSee, kPicture };
    Kind kind = Kind::kSee;
    QString what;   ///< name on the control, or what can be read; of a picture its file below docs/
    QString value;  ///< text to type, key, or entry to choose
    QString section;
    int line = 0;
};

/// In the numbered lines: "Click **NAME**", "Type `TEXT` into **NAME**", "Press `KEY`", "Choose **ENTRY** in **NAME**";
/// any other bold name has to be on the screen. Every picture of a section is a step of its own.
QList<GuideStep> guideSteps(const QString& markdown);

}  // namespace switchyard::test
