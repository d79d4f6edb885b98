// SPDX-License-Identifier: GPL-3.0-or-later
// What a model can be asked: a question about a picture, one text or two, whether picture and text belong together.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace switchyard::ui {

enum class AskKind { kMatching, kVqa, kText };

struct AskTask {
    QString name;         ///< "sst2"
    bool pair = false;    ///< is about two texts
    bool score = false;   ///< a number is the answer
    QStringList classes;  ///< as the data has them; empty for numbers
};

struct AskSubject {
    AskKind kind = AskKind::kMatching;
    QList<AskTask> tasks;  ///< of a text model
    QString problem;       ///< why it can not be asked: a full sentence, "" = it can
    bool needsPicture() const { return kind != AskKind::kText; }
    /// nullptr for no such task.
    const AskTask* task(const QString& name) const;
};

/// Reads the configuration and the list of classes, no weights. Never throws. Thread: any, but not the GUI's.
AskSubject readAskSubject(const QString& model_folder);

/// "SST-2: positive or negative".
QString taskTitle(const QString& task);
/// A class in words where the data has a number: "positive" for "1" of sst2; else as it stands.
QString classWords(const QString& task, const QString& name);

}  // namespace switchyard::ui
